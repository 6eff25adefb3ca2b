"""Sounds and pictures of questions: files by the digest of their content in the data folder's `files/media/`.

A questionnaire's items name them by digest, so a frozen version's can never change. When a wave opens they are
copied into the wave's answers file (`kfl.answers.media`), from which the answering pages serve them.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from kfl.answers.media import Media

from .picture_files import redrawn
from .sound_files import WrongFile as WrongFile
from .sound_files import checked_sound

_DIGEST = re.compile(r"[0-9a-f]{64}\Z")
_SUFFIX = {"audio/wav": "wav", "audio/mpeg": "mp3", "audio/ogg": "ogg", "audio/mp4": "m4a", "image/png": "png",
           "image/jpeg": "jpg"}  # fmt: skip


def folder() -> Path:
    return Path(settings.KFL_DATA) / "files" / "media"


def keep_sound(body: bytes) -> str:
    """Check a sound and keep it; gives its digest. `WrongFile` says why not."""
    return _keep(Media(checked_sound(body), body))


def keep_picture(body: bytes) -> str:
    """Draw a picture anew and keep it; gives its digest. `WrongFile` says why not."""
    return _keep(Media(*redrawn(body)))


def read(digest: str) -> Media | None:
    """A kept sound or picture; None when there is none, or when its bytes are no longer those of its name."""
    if not _DIGEST.match(digest):
        return None
    for kind, suffix in _SUFFIX.items():
        path = folder() / f"{digest}.{suffix}"
        if path.exists():
            found = Media(kind, path.read_bytes())
            return found if found.digest == digest else None
    return None


def all_of(digests: Iterable[str]) -> list[Media]:
    """These sounds and pictures, each once; `WrongFile` when one of them is gone or changed."""
    found = []
    for digest in sorted(set(digests)):
        media = read(digest)
        if media is None:
            raise WrongFile(_("En lydfil eller et bilde i skjemaet mangler på serveren. Last det opp på nytt."))
        found.append(media)
    return found


def _keep(media: Media) -> str:
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder() / f"{media.digest}.{_SUFFIX[media.kind]}"
    if path.exists() and path.read_bytes() == media.body:
        return media.digest
    unfinished = folder() / f"{secrets.token_hex(8)}.new"
    handle = os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(media.body)
        file.flush()
        os.fsync(file.fileno())
    os.replace(unfinished, path)
    return media.digest
