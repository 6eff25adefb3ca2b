"""What could be told from chance in a wave, by level and size: from the release's texts and pages alone.

Each number here can be recomputed by whoever has the pages: with c, the standard deviations between blocks, n and d.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil, sqrt
from statistics import NormalDist, median

from kfl.results.making.variance_levels import INNER, LEVELS, SCHOOL
from kfl.results.payload import FormText, ScaleSpread
from kfl.surveys.models import NodeKind

from ..page_numbers import (
    ChangeTold,
    LevelSpread,
    MeansReliability,
    PanelTold,
    Smallest,
    SpreadTold,
    TypicalUnit,
)
from .told_pages import ToldPages, UnitNumber

Z = 1.96  # as intervals and tests of the pages have it
LEVEL = 2 * NormalDist().cdf(-Z)
LIKELY_SIGN = NormalDist().inv_cdf(0.90)  # probability of the sign from which a difference is likely
SIZES: dict[str, tuple[int, ...]] = {
    NodeKind.GROUP: (10, 15, 20, 25),
    NodeKind.DEPARTMENT: (10, 15, 20, 25),
    NodeKind.GRADE: (25, 50, 75),
    NodeKind.SCHOOL: (10, 15, 25, 50, 100, 200, 400),
    NodeKind.KINDERGARTEN: (10, 15, 25, 50, 100),
    NodeKind.MUNICIPALITY: (25, 50, 100, 200, 400, 800, 1600, 3200),
}
ABOUT = 1.25  # a unit is of about a size where its n is at most so many times more or less
OWN_LEVEL: dict[str, int] = {
    NodeKind.GROUP: 0,
    NodeKind.DEPARTMENT: 0,
    NodeKind.GRADE: 1,
    NodeKind.SCHOOL: SCHOOL,
    NodeKind.KINDERGARTEN: SCHOOL,
    NodeKind.MUNICIPALITY: INNER,
}


def spreads(pages: ToldPages, text: FormText) -> Iterator[SpreadTold]:
    """What intervals rest on, scale by scale; nothing of sensitive ones."""
    for number, told in _told(pages, text):
        spread, points = told
        room = (points - spread.low) * (spread.high - points)
        own = spread.own.c * room
        whole = own + sum(one or 0.0 for one in spread.fitted)
        levels = [_level(spread, level, whole) for level in range(LEVELS)]
        yield SpreadTold(
            text.scales[number].key, points, round(spread.low, 1), round(spread.high, 1),
            round(spread.frozen.c, 3), round(spread.own.c, 3), round(sqrt(max(spread.frozen.c * room, 0.0))),
            *_effects(pages, number, [(one or 0.0) / whole if whole > 0 else 0.0 for one in spread.fitted]), levels,
        )  # fmt: skip


def _level(spread: ScaleSpread, level: int, whole: float) -> LevelSpread:
    fitted = spread.fitted[level]
    return LevelSpread(
        level,
        frozen=_sd(spread.frozen.between[level]),
        own=_sd(spread.own.between[level]),
        estimated=fitted is not None,
        blocks=spread.blocks[level],
        icc=None if fitted is None or whole <= 0 else round(fitted / whole, 2),
    )


def _effects(pages: ToldPages, number: int, ratios: list[float]) -> tuple[float, float]:
    """Design effects of the wave's mean, and of its variances and covariances where answers are normal.

    Two persons in one class correlate by what lies between classes, grades and schools; two in one grade, not class, by
    what lies between grades and schools; and so on. Products of answers correlate by the square of that.
    """
    cell = pages.root.scales[number] if pages.root else None
    if cell is None or cell.value is None:
        return 1.0, 1.0
    mean = squares = 1.0
    inside = 1.0  # persons whom a person shares the level below with, herself among them
    for level in range(INNER):
        size = max(cell.d[level] * cell.value.n, inside)
        correlation = sum(ratios[level:INNER])
        mean += (size - inside) * correlation
        squares += (size - inside) * correlation**2
        inside = size
    return round(mean, 1), round(squares, 2)


def typical(pages: ToldPages) -> list[TypicalUnit]:
    """The middle unit of each kind that has a size."""
    return [
        TypicalUnit(kind, len({unit.node for unit in units}), round(median(unit.n for unit in units)),
                    [round(median(unit.d[level] for unit in units), 3) for level in range(INNER)])
        for kind in OWN_LEVEL
        if (units := pages.units.get(kind))
    ]  # fmt: skip


def smallest(pages: ToldPages, text: FormText) -> Iterator[Smallest]:
    """For each kind the sizes that it has in this wave, from the units of about that size as their pages have them."""
    told = {number: spread for number, (spread, _points) in _told(pages, text)}
    for kind, sizes in SIZES.items():
        tests = round(median(pages.tests[kind])) if pages.tests[kind] else 0
        units = [one for one in pages.units.get(kind, []) if one.above is not None and one.scale in told]
        for n in sizes:
            near = [one for one in units if n / ABOUT <= one.n <= n * ABOUT]
            if near:
                singles = [_apart(one) for one in near]
                likely = [_likely(pages, one, kind, told[one.scale]) for one in near]
                known = [one for one in likely if one is not None]
                yield Smallest(
                    kind,
                    n,
                    half=_range([one.half for one in near]),
                    single=_range(singles),
                    page=_range([ceil(round(one * _holm(tests) / Z, 6)) for one in singles]),
                    likely=_range(known) if len(known) == len(likely) else [],
                )


def _apart(unit: UnitNumber) -> int:
    """Half of the interval of the difference: what it must be larger than by itself."""
    return unit.above.half if unit.above else 0


def _likely(pages: ToldPages, unit: UnitNumber, kind: str, spread: ScaleSpread) -> int | None:
    """The smallest difference that is likely; None where such units are not known to differ."""
    top = OWN_LEVEL.get(pages.kinds[unit.above.node], LEVELS) if unit.above else LEVELS
    prior = sum(spread.frozen.between[OWN_LEVEL[kind] : top])
    se = _apart(unit) / Z
    return ceil(LIKELY_SIGN * se * sqrt((prior + se**2) / prior)) if prior > 0 else None


def likeness(text: FormText) -> Iterator[MeansReliability]:
    """ICC(2) of each kind of groups."""
    for number, scale in enumerate(text.scales):
        if scale.measured and not scale.sensitive:
            for kind in NodeKind.values:
                value = text.icc2.get(kind, [None] * len(text.scales))[number]
                if value is not None:
                    yield MeansReliability(scale.key, kind, round(value, 2))


def changes(pages: ToldPages) -> Iterator[ChangeTold]:
    """How sure change is, kind by kind."""
    for kind in NodeKind.values:
        units = [unit for unit in pages.units.get(kind, []) if unit.change is not None]
        if units:
            halves = [unit.change for unit in units if unit.change is not None]
            page = ceil(median(halves) * _holm(round(median(pages.tests[kind]))) / Z)
            yield ChangeTold(kind, len({unit.node for unit in units}), _range(halves), page)


def panels(pages: ToldPages, text: FormText) -> Iterator[PanelTold]:
    """Those who answered in two waves, as the page of the whole wave shows them."""
    for scale, cell in zip(text.scales, pages.root.scales if pages.root else [], strict=True):
        if cell.panel is not None and not scale.sensitive:
            told = cell.panel
            yield PanelTold(scale.key, told.n, told.then, told.now, told.half, told.matched)


def panel_gap(pages: ToldPages) -> str:
    """Why there is no panel; "" where there is one, or nobody would look for it."""
    cells = pages.root.scales if pages.root else []
    if any(cell.panel for cell in cells):
        return ""
    return next((cell.panel_hidden for cell in cells if cell.panel_hidden), "")


def _told(pages: ToldPages, text: FormText) -> Iterator[tuple[int, tuple[ScaleSpread, int]]]:
    """The scales that have points for the whole wave, with what their intervals rest on."""
    cells = pages.root.scales if pages.root else []
    for number, (scale, spread, cell) in enumerate(zip(text.scales, text.spread, cells, strict=True)):
        if scale.measured and not scale.sensitive and spread is not None and cell.value is not None:
            yield number, (spread, cell.value.points)


def _holm(tests: int) -> float:
    """The quantile that the largest of so many differences must reach."""
    return NormalDist().inv_cdf(1 - LEVEL / (2 * max(tests, 1)))


def _range(found: Sequence[int]) -> list[int]:
    return [min(found), round(median(found)), max(found)]


def _sd(variance: float) -> float:
    return round(sqrt(max(variance, 0.0)), 1)
