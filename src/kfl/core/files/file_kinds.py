"""The kinds of files that are taken. Which one a file is of is told by what is in it, and never by its name."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from kfl.core.cannot_be_done import CannotBeDone


class UnusableFile(CannotBeDone):
    """The file cannot be used; the message says why, for whoever chose it."""


@dataclass(frozen=True)
class FileKind:
    """One kind of file."""

    suffix: str
    media_type: str
    most_bytes: int  # of what is kept; whoever looks into a file may take a larger one and make it smaller
    is_shown: bool  # in a page; every other kind is only ever saved by the browser


@dataclass(frozen=True)
class Content:
    """The bytes of a file whose kind is known, since somebody has looked into them."""

    kind: FileKind
    body: bytes

    @property
    def digest(self) -> str:
        """SHA-256 of the bytes as hex: the name that rows know it by."""
        return hashlib.sha256(self.body).hexdigest()


MEGABYTE = 1024 * 1024
WAV = FileKind("wav", "audio/wav", MEGABYTE, is_shown=True)
MP3 = FileKind("mp3", "audio/mpeg", MEGABYTE, is_shown=True)
OGG = FileKind("ogg", "audio/ogg", MEGABYTE, is_shown=True)
M4A = FileKind("m4a", "audio/mp4", MEGABYTE, is_shown=True)
PNG = FileKind("png", "image/png", MEGABYTE, is_shown=True)
JPEG = FileKind("jpg", "image/jpeg", MEGABYTE, is_shown=True)
# Nothing that a browser would run is shown: no HTML, no SVG.
ALL = {kind.suffix: kind for kind in (WAV, MP3, OGG, M4A, PNG, JPEG)}
