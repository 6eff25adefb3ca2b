"""Whether a goal is reached by more than chance, from what two pages show and a release has stored (RULES C.10).

A unit that chose its weakest scale gets better by itself: the next result is judged against what was to be expected.
Plain Python, for pages that are read without numpy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

from ..payload import Expected, ScaleSpread, Value

SCHOOL = 2  # place of schools among the levels


class GoalVerdict(StrEnum):
    """What is said of a goal at the next wave."""

    REACHED = "reached"  # certainly above what was expected, and the number at or over the target
    ON_THE_WAY = "on_the_way"  # certainly above, target not met
    NOT_CERTAIN = "not_certain"
    WORSE = "worse"  # certainly below
    UNKNOWN = "unknown"  # cannot be judged: too few units tell what was to be expected


@dataclass(frozen=True)
class Outlook:
    """What is to be expected of a unit at the next wave, without a true change."""

    points: float
    half: float  # half of the interval that 95 % of such units' next numbers lie in


@dataclass(frozen=True)
class JudgedGoal:
    """A goal judged."""

    verdict: GoalVerdict
    outlook: Outlook | None


def variance_between_waves(kind: str, spread: ScaleSpread, value: Value, d: Sequence[float]) -> float:
    """Squared standard error of what changes by chance from one wave to the next, in points.

    Parameters
    ----------
    kind : str
        Of node. A municipality or region has the same schools in both waves: what sets these apart is no chance.
    spread : ScaleSpread
        The scale's.
    value : Value
        What the page shows.
    d : sequence of float
        The page's shares of the blocks below: classes, grades, schools.

    Returns
    -------
    float
    """
    c, between = spread.frozen.c, spread.frozen.between
    persons = c * (value.points - spread.low) * (spread.high - value.points) / value.n
    kept = d if kind in {"grade", "school", "kindergarten"} else d[:SCHOOL]
    return max(persons, 0.0) + sum(variance * share for variance, share in zip(between, kept, strict=False))


def outlook(known: Expected, points: int, variance: float, next_variance: float) -> Outlook:
    """Where the next number of a unit with this one lies.

    Parameters
    ----------
    known : Expected
        Of the kind of unit and the scale.
    points : int
        The unit's number at the first wave.
    variance, next_variance : float
        Squared standard errors at both, from `variance_between_waves`; before the second wave is held the first
        one's stands for both.

    Returns
    -------
    Outlook
    """
    slope = min(max(known.cov / (known.tau2 + variance), 0.0), 1.0) if known.tau2 + variance > 0 else 0.0
    away = points - known.mu1
    fitted = 1 + 1 / known.units + away**2 / ((known.units - 1) * known.var_first)
    return Outlook(known.mu2 + slope * away, known.t * sqrt((next_variance + known.omega2) * fitted))


def judge(
    known: Expected | None, first: tuple[int, float], second: tuple[int, float], target: int, *, more: bool = True
) -> JudgedGoal:
    """Judge a goal against what was to be expected.

    Parameters
    ----------
    known : Expected or None
        None where too few units tell.
    first, second : (int, float)
        The unit's points and squared standard error at both waves.
    target : int
        The number that was to be reached.
    more : bool
        Whether the goal is a higher number; false where less is better.

    Returns
    -------
    JudgedGoal
    """
    if known is None:
        return JudgedGoal(GoalVerdict.UNKNOWN, None)
    found = outlook(known, first[0], first[1], second[1])
    sign = 1 if more else -1
    beyond = sign * (second[0] - found.points)
    if beyond < -found.half:
        return JudgedGoal(GoalVerdict.WORSE, found)
    if beyond <= found.half:
        return JudgedGoal(GoalVerdict.NOT_CERTAIN, found)
    return JudgedGoal(GoalVerdict.REACHED if sign * (second[0] - target) >= 0 else GoalVerdict.ON_THE_WAY, found)


def proposed_target(known: Expected, points: int, variance: float, *, more: bool = True) -> tuple[int, int]:
    """The target that a page proposes, and how many points of the way there come by themselves.

    Parameters
    ----------
    known, points, variance
        As for `outlook`, of the wave that the goal is set after.
    more : bool
        As for `judge`.

    Returns
    -------
    target, by_itself : int
    """
    found = outlook(known, points, variance, variance)
    return round(found.points + (found.half if more else -found.half)), round(found.points - points)
