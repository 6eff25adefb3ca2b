"""Numbers of a report that are made of what the release's own pages show, and of nothing else.

Nobody's answers are read for them, and `kfl release audit` makes them anew from the stored pages.
"""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from kfl.disclosure.published import RELEASED

SIZES = (1, 25, 50, 100, 200, 400)  # invited to a unit: each size goes up to the next


class Answering(Struct, frozen=True, array_like=True):
    """How many answered of those invited, over the units of one grade, or of one size, that tell it."""

    RESTS: ClassVar[dict[str, str]] = dict.fromkeys(("least", "units", "hidden", "invited", "answered"), RELEASED)

    kind: str  # of the units: a grade is one at each school
    least: int  # the grade; of a size the fewest invited to such a unit
    units: int  # that tell how many answered
    hidden: int  # that don't
    invited: int  # to those that tell it
    answered: int


class ResponseSpread(Struct, frozen=True, array_like=True):
    """How response differs between the units of a kind that tell it: whole per cents."""

    RESTS: ClassVar[dict[str, str]] = dict.fromkeys(("units", "low", "middle", "high"), RELEASED)

    kind: str
    units: int
    low: int  # a quarter of them have less
    middle: int
    high: int  # a quarter have more


class Sides(Struct, frozen=True, array_like=True):
    """How many of those who answered a scale are girls and boys, as the page of the whole wave shows it."""

    RESTS: ClassVar[dict[str, str]] = dict.fromkeys(("n", "girls", "boys"), RELEASED)

    scale: str
    n: int
    girls: int
    boys: int


class PageNumbers(Struct, frozen=True):
    """All such numbers of one informant group."""

    RESTS: ClassVar[dict[str, str]] = {"ungraded": RELEASED}

    by_grade: list[Answering] = []
    by_size: list[Answering] = []
    ungraded: int = 0  # invited in classes of several grades, where others are counted by grade
    between: list[ResponseSpread] = []
    sides: Sides | None = None  # of the scale that most answered; None where gender is not told apart
