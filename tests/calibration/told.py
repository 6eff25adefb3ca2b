"""What the makers' own code tells of a simulated wave, as measures read it: arrays of shape (nodes, scales)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kfl import stats
from kfl.disclosure import Thresholds
from kfl.results.making.change_over_time import LastShown, changes
from kfl.results.making.compute import compute_form
from kfl.results.making.computed import AskedScale, FrozenScale, Results
from kfl.results.making.history import NOT_THERE, SHOWN, Earlier
from kfl.results.making.sheet_arrays import Answers
from kfl.results.making.verdicts import judge
from kfl.results.payload import ScaleSpread, SpreadComponents

from .worlds import CLASS, ITEMS, STEPS, County, Float, Int

ABOVE, TOP, CHANGE = "above", "top", "change"
NONE, LIKELY, CERTAIN = range(3)


@dataclass(frozen=True, eq=False)
class Claims:
    """One kind of comparison: how far apart, how sure, and which step of certainty."""

    tested: np.ndarray
    apart: Float  # whole points; NaN without a comparison
    se: Float
    half: Float
    step: Int
    best: Float
    other: Int  # node compared with, -1 = none; not used of a change


@dataclass(frozen=True, eq=False)
class Told:
    """The pages of one wave."""

    points: Float  # whole points as shown, NaN where hidden
    se: Float
    half: Float
    n: Int
    reference: stats.ReferenceMoments
    claims: dict[str, Claims]
    results: Results
    then: LastShown

    def spread(self, scale: int) -> ScaleSpread:
        """What a page's intervals on one scale rest on, as the release stores it."""
        used, own = self.results.measure.in_points, self.results.measure.own
        frozen = SpreadComponents(float(used.c[scale]), used.between[:, scale].tolist())
        low, high = float(used.low[scale]), float(used.high[scale])
        return ScaleSpread(low, high, frozen, frozen, own.fitted[:, scale].tolist(), own.blocks[:, scale].tolist())

    def as_earlier(self) -> Earlier:
        """This wave as the next one's pages see it: classes are new each time."""
        shown = np.isfinite(self.points) & (self.results.kind != CLASS)[:, np.newaxis]
        state = np.where(shown, SHOWN, NOT_THERE).astype(np.int8)
        points, half = (np.nan_to_num(table).astype(np.int64) for table in (self.points, self.half))
        return Earlier(
            state, self.n, points, half, np.nan_to_num(self.results.shown.d),
            self.results.tree.parent, self.results.invited,
        )  # fmt: skip


def scales_asked(scales: int) -> list[AskedScale]:
    """Four questions each, the last the other way round."""
    turned = (False,) * (ITEMS - 1) + (True,)
    return [
        AskedScale(stats.ScaleSpec(f"s{n}", tuple(range(ITEMS * n, ITEMS * (n + 1))), turned, 1, STEPS), f"d{n}")
        for n in range(scales)
    ]


def results_of(county: County, answers: Answers, frozen: dict[str, FrozenScale] | None = None) -> Results:
    """One form of one wave, with a reference frozen before or its own."""
    asked = scales_asked(len(answers.codes) // ITEMS)
    return compute_form(county.tree, county.invited, answers, asked, frozen or {}, Thresholds(), silence_tells=False)


def freezes(results: Results) -> dict[str, FrozenScale]:
    """What a release of these results freezes."""
    reference, spread = results.measure.reference, results.measure.spread
    columns = zip(reference.mu, reference.sigma, spread.c, spread.between.T, strict=True)
    return {
        f"d{number}": FrozenScale(float(mu), float(sigma), float(c), tuple(between.tolist()))
        for number, (mu, sigma, c, between) in enumerate(columns)
    }


def told(county: County, answers: Answers, frozen: dict[str, FrozenScale] | None = None, *before: Told) -> Told:
    """One wave, with a reference frozen before or its own, and the earlier waves that it is compared with."""
    results = results_of(county, answers, frozen)
    assert len(results.nodes) == len(county.parent)
    change = changes(results, [wave.as_earlier() for wave in before])
    verdicts = judge(results.above, results.top, change)
    claims = {}
    for name, found, verdict in (
        (ABOVE, results.above, verdicts.above),
        (TOP, results.top, verdicts.top),
    ):
        half = np.rint(stats.Z * found.se)
        claims[name] = Claims(found.node >= 0, found.apart, found.se, half, verdict.step, verdict.best, found.node)
    if before:
        assert verdicts.change is not None
        moved, none = np.rint(change.half), np.full(change.wave.shape, -1)
        claims[CHANGE] = Claims(
            change.wave >= 0, change.points, change.se, moved, verdicts.change.step, verdicts.change.best, none
        )
    half = np.rint(stats.Z * results.se)
    return Told(np.rint(results.points), results.se, half, results.n, results.reference, claims, results, change.then)
