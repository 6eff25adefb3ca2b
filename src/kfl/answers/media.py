"""Recorded sounds and pictures of items: frozen into the wave's file with the bundle, named by their content."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from .bundle import Bundle, WrongBundle

KINDS = frozenset({
    "audio/mpeg", "audio/mp4", "audio/ogg", "audio/wav", "audio/webm", "image/jpeg", "image/png", "image/webp",
})  # fmt: skip
MOST_BYTES = 2 * 1024 * 1024


@dataclass(frozen=True)
class Media:
    """One sound or picture."""

    kind: str  # its media type, one of `KINDS`: nothing that a browser would run
    body: bytes

    @property
    def digest(self) -> str:
        """SHA-256 of the body as hex, which items name it by."""
        return hashlib.sha256(self.body).hexdigest()


def checked_media(bundle: Bundle, media: Iterable[Media]) -> list[Media]:
    """What goes into the wave's file, each once.

    Raises
    ------
    WrongBundle
        An item names something that is not there or is of the other kind, or a file is too large or of a type
        that pages don't show.
    """
    found = {one.digest: one for one in media}
    for one in found.values():
        if one.kind not in KINDS or len(one.body) > MOST_BYTES:
            raise WrongBundle(f"media {one.digest}: {one.kind}, {len(one.body)} bytes")
    for form in bundle.forms:
        for item in form.items:
            wanted = [("audio/", digest) for digest in item.sound.values()]
            wanted += [("image/", item.picture)] if item.picture else []
            for kind, digest in wanted:
                if digest not in found or not found[digest].kind.startswith(kind):
                    raise WrongBundle(f"form {form.number}, item {item.key}: no {kind}… by the name {digest}")
    return [found[digest] for digest in sorted(found)]
