"""What rooms offer beside a wave, a unit, a scale, a question or a sentence of a page that belongs to another room.

A page marks the places with `{% slot "scale" key %}`. A body that is kept for many readers is cut at its slots (`cut`)
and kept so; at serving all slots of the page are answered together, by the reader's rights, and joined (`joined`).
A room answers in its `offers.py`, for the kinds of slots it knows something about:

    @offers.gives("scale", "question")
    def materials(reader: Any, page: Page, slots: Sequence[Slot]) -> Offers:
        \"\"\"Materials about the scales of a page.\"\"\"   # one query for all slots, and through the reader's rights
        return {slot: [Link(url, words)] for …}

What nobody offers anything about leaves no trace in the page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import quote, unquote

from django.template.loader import render_to_string
from django.utils.module_loading import autodiscover_modules
from django.utils.safestring import SafeString, mark_safe

from .cards import Link


@dataclass(frozen=True, order=True)
class Slot:
    """A place in a page: what kind of thing stands there, and its key."""

    kind: str
    key: str


@dataclass(frozen=True)
class AskingPage:
    """Which page asks: its name, and the keys of what it is about."""

    name: str
    about: Mapping[str, Any] = field(default_factory=dict)


Offers = Mapping[Slot, Sequence[Link]]
Giver = Callable[[Any, AskingPage, Sequence[Slot]], Offers]
Piece = str | Slot


# Text that people write is escaped in a page, so that nobody can write a mark.
_MARK = re.compile(r"<!--slot ([a-z-]+) ([\w.~%-]*)-->", re.ASCII)
_givers: dict[Giver, frozenset[str]] = {}


def gives(*kinds: str) -> Callable[[Giver], Giver]:
    """Say that a function answers slots of these kinds."""

    def decorate(giver: Giver) -> Giver:
        _givers[giver] = frozenset(kinds)
        return giver

    return decorate


def mark(kind: str, key: object) -> SafeString:
    """The mark of a slot in a page; the template tag `slot` writes it."""
    return mark_safe(f"<!--slot {kind} {quote(str(key), safe='')}-->")


def cut(body: str) -> tuple[Piece, ...]:
    """A rendered body as what stands between its slots, and the slots: so it is kept."""
    parts = _MARK.split(body)
    pieces: list[Piece] = [parts[0]]
    for kind, key, rest in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        pieces += [Slot(kind, unquote(key)), rest]
    return tuple(pieces)


def joined(pieces: Iterable[Piece], reader: Any, page: AskingPage) -> SafeString:
    """The body for this reader: each slot filled with what the rooms offer there."""
    pieces = tuple(pieces)
    found = beside(reader, page, [piece for piece in pieces if isinstance(piece, Slot)])
    return mark_safe("".join(_drawn(found.get(piece, ())) if isinstance(piece, Slot) else piece for piece in pieces))


def beside(reader: Any, page: AskingPage, slots: Iterable[Slot]) -> dict[Slot, list[Link]]:
    """What the rooms offer in these slots, in the rooms' order. Each room that knows their kinds is asked once."""
    wanted = list(dict.fromkeys(slots))
    found: dict[Slot, list[Link]] = {}
    if not wanted:
        return found
    _load()
    for giver, kinds in _givers.items():
        if own := [slot for slot in wanted if slot.kind in kinds]:
            for slot, links in giver(reader, page, own).items():
                found.setdefault(slot, []).extend(links)
    return found


def beside_one(reader: Any, page: str, slot: Slot) -> list[Link]:
    """The same for a page that is kept for nobody and has one slot; its template includes `core/_offers.html`."""
    return beside(reader, AskingPage(page), [slot]).get(slot, [])


def _drawn(links: Sequence[Link]) -> str:
    return render_to_string("core/_offers.html", {"links": links}) if links else ""


@cache
def _load() -> None:
    autodiscover_modules("offers")
