"""How what pages tell compares with the truth: one county's counts, by level."""

from __future__ import annotations

from dataclasses import fields

import numpy as np

from . import truths
from .tallies import Counts, add, add_share
from .told import ABOVE, CERTAIN, CHANGE, LIKELY, TOP, Claims, Told
from .worlds import CLASS, COUNTY, GRADE, LEVELS, SCHOOL, Float, Int, Wave

KINDS = (*LEVELS, COUNTY)
SAME = 1e-9  # true differences below are none


def in_points(told: Told, truth: Float) -> Float:
    """The truth on the scale that the wave's points have."""
    return 500 + 100 * (truth - told.reference.mu) / told.reference.sigma


def differences(wave: Wave, told: Told, change: Float | None = None) -> dict[str, Float]:
    """(nodes, scales) the true difference behind each kind of claim, in points."""
    truth = truths.of_units(wave)
    found = {
        kind: 100 * (truth - truths.of_rest(wave, truth, claims.other)) / told.reference.sigma
        for kind, claims in told.claims.items()
        if kind in (ABOVE, TOP)
    }
    if CHANGE in told.claims:
        assert change is not None
        found[CHANGE] = change
    return found


def true_change(told: Told, before: Wave, after: Wave) -> Float:
    """(nodes, scales) a unit's true change, in points. A grade's is its school's: cohorts only pass through."""
    then, now = truths.of_units(before), truths.of_units(after)
    moved = 100 * (now - then) / told.reference.sigma
    county = after.county
    for kind in (GRADE, CLASS):
        units = county.of_kind(kind)
        moved[units] = moved[county.ancestor(SCHOOL)[units]]
    return moved


def measure(wave: Wave, told: Told, change: Float | None = None) -> Counts:
    """Intervals and claims of one wave at every level."""
    counts: Counts = {}
    truth = in_points(told, truths.of_units(wave))
    apart = differences(wave, told, change)
    for kind in KINDS:
        units = wave.county.of_kind(kind)
        _intervals(counts, kind, told.points[units] - truth[units], told.half[units])
        _ends(counts, kind, truth[units], told.points[units] - truth[units], told.half[units])
        _claims(
            counts,
            kind,
            {name: _at(claims, units) for name, claims in told.claims.items()},
            {name: values[units] for name, values in apart.items()},
        )
    return counts


def _intervals(counts: Counts, kind: str, error: Float, half: Float) -> None:
    shown = np.isfinite(error)
    add_share(counts, (kind, "covered"), np.abs(error) <= half, shown)
    add(counts, (kind, "variance, stated to true"), ((half[shown] / 1.96) ** 2).sum(), (error[shown] ** 2).sum())


def _ends(counts: Counts, kind: str, truth: Float, error: Float, half: Float) -> None:
    """Intervals of the tenth of units that lie lowest and highest."""
    if len(truth) < 20:
        return
    low, high = np.nanquantile(truth, 0.1, axis=0), np.nanquantile(truth, 0.9, axis=0)
    shown = np.isfinite(error)
    add_share(counts, (kind, "covered, lowest tenth"), np.abs(error) <= half, shown & (truth <= low))
    add_share(counts, (kind, "covered, highest tenth"), np.abs(error) <= half, shown & (truth >= high))


def _at(claims: Claims, units: Int) -> Claims:
    return Claims(*(getattr(claims, one.name)[units] for one in fields(Claims)))


def _claims(counts: Counts, kind: str, claims: dict[str, Claims], apart: dict[str, Float]) -> None:
    """A page is wrong if one of its certain claims is; it is silent if it says nothing."""
    shape = next(iter(claims.values())).step.shape
    tested, wrong, speaks = (np.zeros(shape, dtype=bool) for _ in range(3))
    for name, found in claims.items():
        true = apart[name]
        right = (np.abs(true) > SAME) & (np.sign(true) == np.sign(found.apart))
        certain, likely = found.step == CERTAIN, found.step == LIKELY
        tested |= found.tested
        wrong |= certain & ~right
        speaks |= certain | likely
        real = np.abs(true) > SAME
        add_share(counts, (kind, "right sign, certain"), right, certain & real)
        add_share(counts, (kind, "right sign, likely"), right, likely & real)
        add_share(counts, (kind, f"right sign, likely, {name}"), right, likely & real)
        add_share(counts, (kind, f"right sign, certain, {name}"), right, certain & real)
        add(counts, (kind, "likely a page"), likely.sum(), 0)
        add(counts, (kind, f"likely a page, {name}"), likely.sum(), found.tested.any(axis=1).sum())
        add_share(counts, (kind, f"wrong pages, {name}"), (certain & ~right).any(axis=1), found.tested.any(axis=1))
        sign = np.sign(found.apart)
        for size, seen in (("shown", found.apart), ("best", found.best)):
            told = certain & real & np.isfinite(seen)
            add(counts, (kind, f"certain, {size} to true"), (sign * seen)[told].sum(), (sign * true)[told].sum())
        error = (found.apart - true)[found.tested]
        add(counts, (kind, f"variance, stated to true, {name}"), (found.se[found.tested] ** 2).sum(), (error**2).sum())
        add_share(counts, (kind, f"covered, {name}"), np.abs(found.apart - true) <= found.half, found.tested)
    pages = tested.any(axis=1)
    add(counts, (kind, "likely a page"), 0, pages.sum())
    add_share(counts, (kind, "wrong pages"), wrong.any(axis=1), pages)
    add_share(counts, (kind, "silent pages"), ~speaks.any(axis=1), pages)
