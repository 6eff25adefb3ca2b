"""Numbers of a report that are made of what the release's own pages show, and of nothing else.

Nobody's answers are read for them, and `kfl release audit` makes them anew from the stored pages.
"""

from __future__ import annotations

from msgspec import Struct

SIZES = (1, 25, 50, 100, 200, 400)  # invited to a unit: each size goes up to the next


class Answering(Struct, frozen=True, array_like=True):
    """How many answered of those invited, over the units of one grade, or of one size, that tell it."""

    kind: str  # of the units: a grade is one at each school
    least: int  # the grade; of a size the fewest invited to such a unit
    units: int  # that tell how many answered
    hidden: int  # that don't
    invited: int  # to those that tell it
    answered: int


class ResponseSpread(Struct, frozen=True, array_like=True):
    """How response differs between the units of a kind that tell it: whole per cents."""

    kind: str
    units: int
    low: int  # a quarter of them have less
    middle: int
    high: int  # a quarter have more


class Sides(Struct, frozen=True, array_like=True):
    """How many of those who answered a scale are girls and boys, as the page of the whole wave shows it."""

    scale: str
    n: int
    girls: int
    boys: int


class LevelSpread(Struct, frozen=True, array_like=True):
    """How much of a scale's differences lies between the blocks of one level; standard deviations in points."""

    level: int  # 0 class, 1 grade, 2 school, 3 municipality
    frozen: float  # with the reference: what intervals and words of certainty use
    own: float  # this wave's own, computed in the same way
    estimated: bool  # whether this wave has enough such blocks; else its own is the table's
    blocks: int  # shown in this wave
    icc: float | None  # this wave's own share of all differences between persons, beside those of the other levels


class SpreadTold(Struct, frozen=True, array_like=True):
    """What the intervals of one scale rest on."""

    scale: str
    points: int  # of the whole wave
    low: float  # ends of the scale, in points
    high: float
    c: float  # frozen: variance of persons in one block is c (m - low)(high - m)
    c_own: float  # this wave's own
    persons: int  # standard deviation between persons in one block, where its mean is that of the whole wave
    effect: float  # design effect of the wave's mean, by this wave's own
    effect_of_squares: float  # the same of variances and covariances of normal answers, by which alpha, omega and χ² go
    levels: list[LevelSpread]


class TypicalUnit(Struct, frozen=True, array_like=True):
    """The middle one of the units of a kind, over all scales: how people fall on the blocks strictly below it."""

    kind: str
    units: int  # that show a scale
    n: int
    d: list[float]  # of classes, grades, schools


class Smallest(Struct, frozen=True, array_like=True):
    """How sure a unit of a kind and size is in this wave, in points: fewest, middle and most over the scales."""

    kind: str
    n: int
    half: list[int]  # half of the 95 % interval
    single: list[int]  # smallest difference from the rest of the level above that one test would call certain
    page: list[int]  # the same where a page has as many tests as is usual for the kind, and this is the largest
    likely: list[int]  # smallest difference that is likely; empty where such units are not known to differ


class MeansReliability(Struct, frozen=True, array_like=True):
    """How well means of the groups of a kind tell such groups apart (ICC(2)), as the release has it."""

    scale: str
    kind: str
    value: float


class ChangeTold(Struct, frozen=True, array_like=True):
    """How sure change since the last wave is at the units of a kind: half of its interval, over units and scales."""

    kind: str
    units: int  # with a change on some scale
    half: list[int]  # fewest, middle and most
    page: int  # smallest change that is certain on a page of the kind, at the middle one


class PanelTold(Struct, frozen=True, array_like=True):
    """Those who answered a scale in both waves, over the whole wave."""

    scale: str
    n: int
    then: int  # points
    now: int
    half: int
    matched: int  # per cent of those who answered then


class PageNumbers(Struct, frozen=True):
    """All such numbers of one informant group."""

    by_grade: list[Answering] = []
    by_size: list[Answering] = []
    ungraded: int = 0  # invited in classes of several grades, where others are counted by grade
    between: list[ResponseSpread] = []
    sides: Sides | None = None  # of the scale that most answered; None where gender is not told apart
    spreads: list[SpreadTold] = []
    typical: list[TypicalUnit] = []
    smallest: list[Smallest] = []
    likeness: list[MeansReliability] = []
    changes: list[ChangeTold] = []
    panels: list[PanelTold] = []
    panel_gap: str = ""  # where there is none: a PanelGap, as the page of the whole wave has it
