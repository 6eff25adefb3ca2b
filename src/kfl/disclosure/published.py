"""The door: statistics leave as `Published`, which knows the sets of sheets behind every number (RULES B.8).

Whoever writes a page, a file or an export of statistics takes a `Published` and nothing else. It is made of values and
of the sets that they rest on, and refuses

- a number of which it isn't said what it rests on, or that rests on a set it hasn't been told of;
- a set of fewer than k sheets;
- two sets about the same items of which one holds 1 to k - 1 sheets that the other lacks, or of which that isn't said.

Values say by class what their fields rest on: ``RESTS`` names for each field with numbers a set, several sets, or one
of `DESIGN`, `COUNTS`, `BLOCKS` and `RELEASED`; ``ABOUT`` names the field that says which item or scale the value is
about.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from kfl.disclosure.thresholds import Thresholds

if TYPE_CHECKING:
    from kfl.disclosure.gate import Judged

DESIGN: Final = "(design)"  # of what was asked and of the method; of nobody's answers
COUNTS: Final = "(counts)"  # how many were invited and answered: `kfl.disclosure.counts` decides
BLOCKS: Final = "(blocks)"  # of whole release blocks, which the gate has judged
RELEASED: Final = "(released)"  # made of numbers that the release's pages show, and of nothing else

# Names of sets of a scale's sheets: all items answered, an item answered, enough answered to be scored.
COMPLETE, ANSWERED, SCORED = "complete", "answered", "scored"

Numbers = TypeVar("Numbers")
Rests = str | tuple[str, ...]  # `girls/complete` is the set `complete` about the girls' side of the same


class NotPublished(Exception):
    """Numbers that may not leave. The text is for the log of those who run the portal, not for readers."""


@dataclass(frozen=True)
class Sheets:
    """One set of sheets behind numbers about some items.

    Only sheets whose person handed in no other are counted.
    """

    about: str  # which scale, or item of it: numbers about the same can be subtracted
    name: str
    people: int
    beyond: Mapping[str, int] = field(
        default_factory=dict
    )  # by another set's name: how many this one has that it lacks


@dataclass(frozen=True)
class Published(Generic[Numbers]):
    """Numbers that may leave.

    Raises
    ------
    NotPublished
        See the module.
    """

    sets: Sequence[Sheets]
    numbers: Numbers
    thresholds: Thresholds = field(default_factory=Thresholds)
    judged: Judged | None = None  # proof that the gate has seen the blocks that numbers rest on

    def __post_init__(self) -> None:
        known = {(one.about, one.name): one for one in self.sets}
        if len(known) != len(self.sets):
            raise NotPublished("a set is named twice")
        _check_sets(known, self.thresholds.k)
        for about, rests, where in _rests(self.numbers, "", None, type(self.numbers).__name__):
            for one in (rests,) if isinstance(rests, str) else rests:
                side, _, name = one.rpartition("/")
                whole = "/".join(filter(None, (about, side)))
                if one == BLOCKS and self.judged is None:
                    raise NotPublished(f"{where} rests on blocks that the gate has not judged")
                if one not in {DESIGN, COUNTS, BLOCKS, RELEASED} and (whole, name) not in known:
                    raise NotPublished(f"{where} rests on the set {name!r} about {whole!r}, which is not there")


def _check_sets(known: Mapping[tuple[str, str], Sheets], k: int) -> None:
    for (about, name), one in known.items():
        if 0 < one.people < k:
            raise NotPublished(f"the set {name!r} about {about!r} has too few sheets")
        for other_about, other in known:
            if other_about == about and other != name:
                beyond = one.beyond.get(other)
                if beyond is None or (beyond != 0 and beyond < k):
                    raise NotPublished(f"{name!r} about {about!r} has a few sheets that {other!r} lacks")


def _rests(value: Any, about: str, rests: Rests | None, where: str) -> Iterator[tuple[str, Rests, str]]:
    """What each number in a value rests on: about what, which set, and where it stands."""
    if value is None or isinstance(value, str | bool | bytes):
        return
    if _is_number(value):
        if rests is None:
            raise NotPublished(f"of {where} it isn't said what it rests on")
        yield about, rests, where
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield from _rests(one, about, rests, f"{where}[{key}]")
    elif isinstance(value, Sequence):
        for place, one in enumerate(value):
            yield from _rests(one, about, rests, f"{where}[{place}]")
    elif names := _fields(value):
        kind = type(value)
        own = getattr(value, kind.ABOUT) if hasattr(kind, "ABOUT") else ""
        about = "/".join(filter(None, (about, own)))
        known: Mapping[str, Rests] = getattr(kind, "RESTS", {})
        for name in names:
            yield from _rests(getattr(value, name), about, known.get(name, rests), f"{where}.{name}")
    else:
        raise NotPublished(f"{where} is a {type(value).__name__}, of which nobody knows what it holds")


def _is_number(value: Any) -> bool:
    """Also of numpy, or an array of them. Where numpy is not loaded nobody has one, and it is not loaded for this."""
    if isinstance(value, int | float):
        return True
    numpy = sys.modules.get("numpy")
    if numpy is None:
        return False
    return isinstance(value, numpy.number) or (isinstance(value, numpy.ndarray) and value.dtype.kind in "iufb")


def _fields(value: Any) -> tuple[str, ...]:
    """Names of the fields of a dataclass or a msgspec struct."""
    if is_dataclass(value):
        return tuple(one.name for one in fields(value))
    return tuple(getattr(value, "__struct_fields__", ()))
