"""The tables under --protect: the numbers and the rules of the portal's releases, so that few people cannot be found.

Means are those of item means, intervals rest on the whole file, and everything is rounded (RULES B and C): a mean of
person scores would tell who skipped. `kfl.disclosure` decides what is shown, and its gate checks it once more.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kfl.analysis.codebook import Codebook
from kfl.analysis.collecting import FileSums
from kfl.analysis.problems import WrongOption
from kfl.analysis.quality import ItemQuality, ScaleQuality
from kfl.analysis.rollup import Rollup
from kfl.analysis.tables import Groups, Tables, cubed, qualities
from kfl.disclosure import Decision, Scale, Thresholds, Tree, decide, gate, reason, whole_percent
from kfl.stats import (
    Reference,
    Spread,
    Sums,
    person_sd,
    points,
    points_apart,
    reference,
    scale_means,
    scale_n,
    spread,
)
from kfl.stats.intervals import Z

FEWEST_FOR_SD = 30  # RULES C.5
SD_STEP = 5
DECIMALS = 3  # of reliability, fit and the like

Float = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class _Side:
    """All persons, or those of one side of the split, at every node; shape (nodes, scales)."""

    n: NDArray[np.int64]
    mean: Float  # in points
    sd: Float
    half: Float


def protected_tables(file: FileSums, rollup: Rollup, given: Reference | None, book: Codebook) -> Tables:
    """All tables, with what the disclosure rules hide left out.

    Parameters
    ----------
    file : FileSums
        Of the whole file.
    rollup : Rollup
        Its groups.
    given : Reference or None
        What points are measured with; None = the file itself.
    book : Codebook
        Names the items, and which are sensitive.

    Returns
    -------
    Tables
        Points in whole numbers, shares in whole per cent.

    Raises
    ------
    WrongOption
        A split of other than two values.
    """
    sides = len(rollup.sides)
    if file.plan.split is not None and sides != 2:
        raise WrongOption(f"--protect shows a split of two values; column {file.plan.split} has {sides}")
    parts = rollup.by_side(file.sums)
    nodes, width = len(rollup.labels), sides + 1
    counts = parts.counts.reshape(nodes, width, *parts.counts.shape[1:])
    tree, thresholds = Tree(rollup.parent), Thresholds()
    scales = [
        Scale(spec.key, spec.items, spec.turned, spec.low, spec.high, sensitive=scale.sensitive)
        for spec, scale in zip(file.plan.scales, book.scales, strict=True)
    ]
    decision = decide(tree, counts, scales, thresholds)
    gate(tree, counts, scales, decision.shown(), thresholds)
    own = rollup.own(file.sums)
    rolled = own.roll_up(rollup.parent)
    by = given or reference(rolled.take(np.array([0])))
    wave = spread(own, rolled, rollup.parent, rollup.level)
    found = [_side(rolled, by, wave)]
    found += [_side(rollup.own(file.sums, side).roll_up(rollup.parent), by, wave) for side in range(sides)]
    hidden_scales = _reasons(decision.scale[0], book)
    hidden_items = _reasons(decision.items[0], book)
    whole = rolled.take(np.array([0]))
    measured = tuple(_rounded(quality, whole, hidden_scales, hidden_items) for quality in qualities(file, rollup, book))
    kept = by if given else _without(by, hidden_scales, book)
    return Tables(_groups(found, decision), measured, kept, hidden_scales, hidden_items)


def _side(sums: Sums, by: Reference, wave: Spread) -> _Side:
    n = scale_n(sums)
    half = points_apart(wave.half_widths(n), by)
    return _Side(n, points(scale_means(sums), by), points_apart(person_sd(sums), by), half)


def _groups(found: list[_Side], decision: Decision) -> Groups:
    """The rows to show, rounded; hidden ones without numbers."""
    n, mean, sd, half = (cubed([getattr(one, name) for one in found]) for name in ("n", "mean", "sd", "half"))
    hidden = cubed([decision.scale] + [decision.split] * (len(found) - 1))
    shown = hidden == 0

    def whole(values: Float) -> Float:
        return np.where(shown, np.rint(values), np.nan)

    return Groups(
        present=np.ones(shown.shape, dtype=bool),
        n=np.where(shown, n, 0),
        mean=whole(mean),
        sd=np.where(n >= FEWEST_FOR_SD, SD_STEP * whole(sd / SD_STEP), np.nan),
        se=whole(half / Z),
        low=whole(mean - half),
        high=whole(mean + half),
        hidden=hidden,
    )


def _reasons(codes: NDArray[np.int8], book: Codebook) -> dict[str, str]:
    found = {scale.key: reason(int(code)) for scale, code in zip(book.scales, codes, strict=True)}
    return {key: why.value for key, why in found.items() if why is not None}


def _without(by: Reference, hidden: dict[str, str], book: Codebook) -> Reference:
    """The reference, but for scales of which nothing may be shown."""
    kept = np.array([scale.key not in hidden for scale in book.scales])
    return Reference(np.where(kept, by.mu, np.nan), np.where(kept, by.sigma, np.nan))


def _rounded(
    quality: ScaleQuality, whole: Sums, hidden_scales: dict[str, str], hidden_items: dict[str, str]
) -> ScaleQuality:
    if quality.key in hidden_scales:
        numbers: dict[str, Any] = {one.name: None for one in fields(quality) if one.name not in ("key", "items")}
        return replace(quality, **{**numbers, "item_rows": tuple(_hidden(item) for item in quality.item_rows)})
    numbers = {one.name: _round(getattr(quality, one.name)) for one in fields(quality) if one.name != "item_rows"}
    scale = next(one for one in whole.scales if one.key == quality.key)
    percent = whole_percent(whole.counts[0, :, scale.low : scale.high + 1])
    rows = []
    for row, item in zip(scale.items, quality.item_rows, strict=True):
        shares = () if quality.key in hidden_items else tuple(float(share) / 100 for share in percent[row])
        kept = {one.name: _round(getattr(item, one.name)) for one in fields(item) if one.name != "shares"}
        rows.append(replace(item, **kept, shares=shares))
    return replace(quality, **numbers, item_rows=tuple(rows))


def _hidden(item: ItemQuality) -> ItemQuality:
    numbers: dict[str, Any] = {one.name: None for one in fields(item) if one.name not in ("item", "shares")}
    return replace(item, **numbers, shares=())


def _round(value: Any) -> Any:
    return round(value, DECIMALS) if isinstance(value, float) else value
