"""A release made ready in memory, before any of it is written."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from kfl import disclosure

from ..models import Release
from .computed import FrozenScale
from .pages import WrittenPage


@dataclass(frozen=True)
class FrozenReference:
    """A scale's reference that this release makes."""

    scale_digest: str
    measure: FrozenScale


@dataclass(frozen=True)
class PreparedForm:
    """One informant group, ready to be written; the gate has judged it."""

    informant: str
    text: bytes
    stored: bytes
    pages: list[WrittenPage]
    references: list[FrozenReference]
    sums: bytes  # encrypted: of complete sheets, for later waves


@dataclass(frozen=True)
class PreparedRelease:
    """A whole release, ready to be written."""

    forms: list[PreparedForm]
    thresholds: disclosure.Thresholds
    erased_before: str
    beside: frozenset[int]  # the releases that it was judged beside

    @property
    def was_overtaken(self) -> bool:
        """Whether another wave was released since, so that this one was not judged beside it."""
        return releases_so_far() != self.beside

    @property
    def digest(self) -> str:
        """SHA-256 over texts and pages, informant by informant and node by node."""
        return digest_of(
            text
            for form in self.forms
            for text in (form.informant.encode(), form.text, *(page.text for page in form.pages))
        )


def digest_of(parts: Iterable[bytes]) -> str:
    """SHA-256 over texts, each with its length before it."""
    total = hashlib.sha256()
    for text in parts:
        total.update(len(text).to_bytes(8, "big"))
        total.update(text)
    return total.hexdigest()


def releases_so_far() -> frozenset[int]:
    """Keys of all releases: what may be shown of answers depends on where else they, or the same ones, are shown."""
    rows = Release.objects.everywhere(why="system: a release is judged beside all others")
    return frozenset(rows.values_list("pk", flat=True))
