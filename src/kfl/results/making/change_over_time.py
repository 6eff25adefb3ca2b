"""Change since the latest earlier wave that showed the same: two whole numbers, and how sure that is (RULES C.7).

Everything is worked out from what the pages of both waves show, in points. A school with like classes in it is the same
school; a grade, class or department is another cohort. Municipalities and what lies above hold the same schools in both
waves, so that what sets schools apart for good falls out of their change.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from kfl import stats

from .computed import Float, Results
from .history import SHOWN, Earlier
from .sheet_arrays import Bool, Int
from .variance_levels import CLASS, GRADE, SCHOOL, level_of

FEWEST_BLOCKS = 10  # in both waves, for their own changes to tell how sure the change of all is
FEWEST_UNITS = 20  # of a kind, for the variance of their true changes to be known
ROUNDING = 1 / 6  # variance of the difference of two whole numbers beside the unrounded one


@dataclass(frozen=True, eq=False)
class LastShown:
    """What was shown at each node in the latest earlier wave that showed it; arrays of shape (nodes, scales)."""

    wave: Int  # position among the earlier waves, -1 = none
    n: Float  # NaN where there is nothing, and so on
    points: Float
    d: Float  # (inner, nodes, scales)

    @property
    def there(self) -> Bool:
        return np.asarray(self.wave >= 0)

    @property
    def newest(self) -> Bool:
        """Where it is the scale's latest: changes over one step and over two are not put together."""
        return np.asarray(self.there & (self.wave == self.wave.max(axis=0, initial=-1)))


@dataclass(frozen=True, eq=False)
class Changes:
    """Shown now minus shown then; arrays of shape (nodes, scales), NaN where there is nothing to compare with."""

    then: LastShown
    points: Float  # whole
    se: Float
    degrees: Float  # of freedom of Student's t; NaN = the normal distribution
    half: Float  # half of the 95 % interval
    p: Float
    prior: Float  # variance of true changes among units of the kind; NaN = not known, and then nothing is likely

    @property
    def wave(self) -> Int:
        return self.then.wave


def changes(results: Results, waves: Sequence[Earlier]) -> Changes:
    """The change of every node and scale."""
    then = _latest(results, waves)
    points = results.shown.points - then.points
    level = level_of(results.kind)
    within = results.shown.spread.within((results.shown.points + then.points) / 2)
    persons = within * (1 / np.where(results.n > 0, results.n, np.nan) + 1 / then.n)
    se = np.sqrt(persons + _of_blocks(results, then, level))
    degrees = np.full(points.shape, np.nan)
    above = level[:, np.newaxis] > SCHOOL
    above = above | (level < 0)[:, np.newaxis]
    if above.any() and then.there.any():
        schools = _variance_among(points, se, then.newest & (level == SCHOOL)[:, np.newaxis])
        se = np.where(above, np.sqrt(persons + _of_few(results, then, schools)), se)
        by_blocks = _by_blocks(results, then, waves)
        use = above & np.isfinite(by_blocks.se)
        se, degrees = np.where(use, by_blocks.se, se), np.where(use, by_blocks.degrees, np.nan)
    quantile = np.where(np.isfinite(degrees), stdtrit(np.where(np.isfinite(degrees), degrees, 1.0), 0.975), stats.Z)
    prior = _among_kinds(results, then, points, se)
    return Changes(then, points, se, degrees, quantile * se, stats.two_sided(points, se, degrees), prior)


def _latest(results: Results, waves: Sequence[Earlier]) -> LastShown:
    shape = results.shown.points.shape
    now = np.isfinite(results.shown.points)
    wave, n, points = np.full(shape, -1), np.full(shape, np.nan), np.full(shape, np.nan)
    d = np.full(results.shown.d.shape, np.nan)
    for number, one in enumerate(waves):
        there = now & (one.state == SHOWN)
        wave[there], n[there], points[there] = number, one.n[there], one.points[there]
        d[:, there] = one.d[:, there]
    return LastShown(wave, n, points, d)


def _of_blocks(results: Results, then: LastShown, level: Int) -> Float:
    """What the blocks below make of the squared error, and for another cohort what its own level does, twice."""
    between = results.shown.spread.between
    found = results.shown.spread.of_blocks(results.shown.d + then.d)
    for cohort in (CLASS, GRADE):
        found = found + np.where((level == cohort)[:, np.newaxis], 2 * between[cohort], 0.0)
    return np.asarray(found)


def _of_few(results: Results, then: LastShown, schools: Float) -> Float:
    """The blocks of a unit that holds few schools: these change by `schools`, once, where that is known."""
    between = results.shown.spread.between
    now, before = results.shown.d, then.d
    lower = (between[:SCHOOL, np.newaxis] * (now + before)[:SCHOOL]).sum(axis=0)
    twice = between[SCHOOL] * (now[SCHOOL] + before[SCHOOL])
    once = schools * (now[SCHOOL] + before[SCHOOL]) / 2
    return np.asarray(lower + np.where(np.isfinite(schools), once, twice))


def _variance_among(points: Float, se: Float, of: Bool) -> Float:
    """Variance of the true changes of these units, by scale; NaN where fewer than 20 are shown."""
    known = of & np.isfinite(points) & np.isfinite(se)
    count = known.sum(axis=0)
    enough = np.where(count >= FEWEST_UNITS, count, np.nan)
    centre = np.where(known, points, 0.0).sum(axis=0) / enough
    seen = (np.where(known, points - centre, 0.0) ** 2).sum(axis=0) / (enough - 1)
    error = (np.where(known, se, 0.0) ** 2).sum(axis=0) / enough
    return np.asarray(np.maximum(seen - error, 0.0))


def _among_kinds(results: Results, then: LastShown, points: Float, se: Float) -> Float:
    """How much units of each kind change beside each other; grades are other cohorts, and not told."""
    prior = np.full(points.shape, np.nan)
    for kind in np.unique(results.kind):
        of = results.kind == kind
        if level_of(np.array([kind]))[0] in {CLASS, GRADE}:
            continue
        prior[of] = _variance_among(points, se, then.newest & of[:, np.newaxis])
    return prior


@dataclass(frozen=True, eq=False)
class _ByBlocks:
    se: Float
    degrees: Float


def _by_blocks(results: Results, then: LastShown, waves: Sequence[Earlier]) -> _ByBlocks:
    """From the changes of release blocks: shown schools, and what each unit above holds beside what is shown in it.

    Wave by wave: what was last shown in an earlier one is no block of a unit that a later one shows. Each wave's blocks
    hang where they hung then: a school that moved, closed or opened pulls at one wave's number alone.
    """
    level = level_of(results.kind)
    tall = (level >= SCHOOL) | (level < 0)
    se, degrees = (np.full(then.wave.shape, np.nan) for _ in range(2))
    own = _Hung(results.tree.parent, results.invited)
    for wave in np.unique(then.wave[then.there]):
        kept = (then.wave == wave) & tall[:, np.newaxis]
        hung = _Hung(waves[wave].parent, waves[wave].invited)
        now = own.blocks(kept, results.n.astype(np.float64), results.shown.points)
        before = hung.blocks(kept, then.n, then.points)
        for name in np.unique(results.kind[tall & (level != SCHOOL)]):
            units = results.kind == name
            to, from_ = own.unit(units), hung.unit(units)
            stayed = to == from_
            after = _twice(now, np.ones(len(to), dtype=bool))
            first = _twice(before, stayed)
            to = np.concatenate([to, np.where(stayed, -1, from_)])
            found = stats.change(first, after, to, len(units))
            both = _sums(((after.persons > 0) & (first.persons > 0)).astype(np.float64), to, len(units))
            people = (after.persons + first.persons).astype(np.float64)
            squares, total = (_sums(one, to, len(units)) for one in (people**2, people))
            usable = units[:, np.newaxis] & (both >= FEWEST_BLOCKS) & kept
            se = np.where(usable, np.sqrt(found.se**2 + ROUNDING), se)
            degrees = np.where(usable, total**2 / np.where(squares > 0, squares, np.nan) - 1, degrees)
    return _ByBlocks(se, degrees)


@dataclass(frozen=True, eq=False)
class _Hung:
    """Where the nodes of this wave hung in a wave, and how many were invited at or under each."""

    parent: Int
    invited: Int

    def blocks(self, kept: Bool, n: Float, points: Float) -> stats.GroupScores:
        """Each kept node without the kept nodes below it, as a block of persons with a mean.

        A scale's n is the smallest of its items', so that something is left also where all below is kept: nobody's.
        """
        people = np.where(kept, n, 0.0)
        total = people * np.where(kept, points - stats.CENTRE, 0.0)  # near 0, so that no digits cancel
        holder = self._nearest(kept)
        column = np.arange(kept.shape[1])
        up = np.maximum(self.parent, 0)
        above = np.where(self.parent[:, np.newaxis] >= 0, holder[up], -1)
        right_there = np.flatnonzero(self._holds_people())
        holds = np.zeros(kept.shape, dtype=bool)
        rows, columns = np.nonzero(holder[right_there] >= 0)
        holds[holder[right_there][rows, columns], column[columns]] = True
        rows, columns = np.nonzero(kept & (above >= 0))
        for table in (people, total):
            inside = table[rows, columns]
            np.subtract.at(table, (above[rows, columns], columns), inside)
            table[~holds] = 0.0
        persons = np.maximum(np.rint(people), 0).astype(np.int64)
        mean = np.where(persons > 0, total / np.where(persons > 0, people, 1.0), np.nan)
        return stats.GroupScores(persons, mean, np.zeros(mean.shape))

    def unit(self, units: Bool) -> Int:
        """For each node the unit at or above it, -1 = none."""
        return self._nearest(units[:, np.newaxis])[:, 0]

    def _nearest(self, wanted: Bool) -> Int:
        """For each node the wanted one at or above it, -1 = none; shape (nodes, scales)."""
        at = np.tile(np.arange(len(self.parent))[:, np.newaxis], (1, wanted.shape[1]))
        column = np.arange(wanted.shape[1])
        while (going := (at >= 0) & ~wanted[np.maximum(at, 0), column]).any():
            at = np.where(going, self.parent[np.maximum(at, 0)], at)
        return at

    def _holds_people(self) -> Bool:
        """Nodes with people of their own, or of units that this wave has not; those at the bottom have some."""
        under = np.flatnonzero(self.parent >= 0)
        below = np.bincount(self.parent[under], self.invited[under], len(self.parent))
        childless = np.bincount(self.parent[under], minlength=len(self.parent)) == 0
        return np.asarray(childless | (self.invited > below))


def _twice(blocks: stats.GroupScores, here: Bool) -> stats.GroupScores:
    """Blocks where they hang now, and once more, for those that are not `here`, where they hung then."""
    held = np.concatenate([here, ~here])[:, np.newaxis]
    persons, mean, squares = (np.concatenate([one, one]) for one in (blocks.persons, blocks.mean, blocks.squares))
    return stats.GroupScores(np.where(held, persons, 0), np.where(held, mean, np.nan), squares)


def _sums(values: Float, to: Int, units: int) -> Float:
    found = np.zeros((units, values.shape[1]))
    inside = np.flatnonzero(to >= 0)
    np.add.at(found, to[inside], values[inside])
    return found
