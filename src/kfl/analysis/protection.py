"""The tables under --protect: the numbers and the rules of the portal's releases, so that few people cannot be found.

Means are those of item means, intervals rest on the whole file, and everything is rounded (RULES B and C): a mean of
person scores would tell who skipped. `kfl.disclosure` decides what is shown, and its gate checks it once more. Numbers
of complete sheets (alpha, fit, an item's mean …) stand only where these may stand beside all that were answered; else
there is a word. All of it leaves by the door, as `Published`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kfl.analysis.codebook import Codebook
from kfl.analysis.collecting import FileSums
from kfl.analysis.pooled import in_blocks, only
from kfl.analysis.problems import WrongOption
from kfl.analysis.quality import ItemQuality, ScaleQuality
from kfl.analysis.rollup import Rollup
from kfl.disclosure import (
    REASONS,
    Decision,
    Hidden,
    JudgedScale,
    OneSet,
    Published,
    Sheets,
    Thresholds,
    Tree,
    decide,
    reason,
    whole_percent,
)
from kfl.disclosure.gate import gate
from kfl.disclosure.one_set import unlike_by_sums
from kfl.stats import (
    USUAL_SHARES,
    CrossProducts,
    ReferenceMoments,
    ScaleSpec,
    Spread,
    Sums,
    alpha_range,
    block_shares,
    estimate_spread,
    group_scores,
    person_sd,
    points,
    points_apart,
    reference,
    scale_means,
    scale_n,
)
from kfl.stats.intervals import Z

from .findings import Groups, Tables, Verdict, cubed, qualities, verdicts
from .judgements import Judgement, Measure, judge

FEWEST_FOR_SD = 30  # RULES C.5
FEWEST_FOR_WORD = 30  # complete sheets behind a word on reliability, as in the portal
SD_STEP = 5
MU_DECIMALS = 4

Float = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class _SideAtNodes:
    """All persons, or those of one side of the split, at every node; shape (nodes, scales)."""

    n: NDArray[np.int64]
    mean: Float  # in points
    sd: Float
    half: Float


def protected_tables(
    file: FileSums, rollup: Rollup, given: ReferenceMoments | None, book: Codebook
) -> Published[Tables]:
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
    Published
        Points in whole numbers, shares in whole per cent, and the sets that they rest on.

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
        JudgedScale(spec.key, spec.items, spec.turned, spec.low, spec.high, sensitive=scale.sensitive)
        for spec, scale in zip(file.plan.scales, book.scales, strict=True)
    ]
    decision = decide(tree, counts, scales, thresholds)
    judged = gate(tree, counts, scales, decision.shown(), thresholds)
    decision = _one_reason(decision)
    own = rollup.own(file.sums)
    rolled = own.roll_up(rollup.parent)
    by = given or _printed(reference(rolled.take(np.array([0]))))
    decision = _without(decision, ~(by.sigma > 0))
    shown = decision.scale == 0
    blocks = _shares(file, rollup, scale_n(rolled), shown)
    wave = _spread(own, tree, rollup, shown)
    found = [_side(rolled, by, wave, blocks)]
    found += [_side(rollup.own(file.sums, side).roll_up(rollup.parent), by, wave, blocks) for side in range(sides)]
    hidden_scales = _reasons(decision.scale[0], book)
    hidden_items = _reasons(decision.items[0], book)
    whole = rolled.take(np.array([0]))
    measured = qualities(file, rollup, book)
    sets = one_sets(file, rollup, tree, shown)
    sheets: list[Sheets] = []
    rows = []
    for number, quality in enumerate(measured):
        if quality.key in hidden_scales:
            rows.append(_hidden_scale(quality))
            continue
        full = quality.key not in hidden_items and sets[number].is_full(thresholds.k)
        rows.append(_rounded(quality, whole, hidden_items, file.products[number] if full else None))
        if full:
            items = [item.item for item in quality.item_rows]
            sheets += sets[number].sheets(quality.key, items, thresholds.k, compared=False)
    words = tuple(
        _word(verdict, quality, whole, hidden=quality.key in hidden_scales, full=one.is_full(thresholds.k))
        for quality, verdict, one in zip(measured, verdicts(measured), sets, strict=True)
    )
    kept = by if given else _shown_of(by, hidden_scales, book)
    tables = Tables(_groups(found, decision), tuple(rows), kept, hidden_scales, hidden_items, words)
    return Published(sheets, tables, thresholds, judged)


def _word(verdict: Verdict, quality: ScaleQuality, whole: Sums, *, hidden: bool, full: bool) -> Verdict:
    """What is said of a scale; of its reliability only what the few left out cannot decide, and not of too few.

    Where its numbers may not stand, that is what alpha's limits alone say: none are known of omega.
    """
    if hidden:
        return Verdict(Judgement.UNKNOWN, Judgement.UNKNOWN)
    complete = quality.n_complete or 0
    number = next(place for place, scale in enumerate(whole.scales) if scale.key == quality.key)
    limits = alpha_range(whole, number, complete)
    low, high = (judge(Measure.RELIABILITY, limit) for limit in limits)
    if complete < FEWEST_FOR_WORD:
        return replace(verdict, reliability=Judgement.UNKNOWN)
    if full:
        return verdict
    certain = low is high and limits[0] > -np.inf
    return replace(verdict, reliability=low if certain else Judgement.UNKNOWN)


def one_sets(file: FileSums, rollup: Rollup, tree: Tree, shown: NDArray[np.bool_]) -> list[OneSet]:
    """Each scale's complete sheets beside everybody who answered each item.

    Parameters
    ----------
    file : FileSums
        Of the whole file.
    rollup : Rollup
        Its groups.
    tree : Tree
        The same as a tree.
    shown : bool array, shape (nodes, scales)
        Where each scale is shown.

    Returns
    -------
    list of OneSet
        In the order of the plan; meaningless where the whole file is hidden.
    """
    nodes, width = len(rollup.labels), len(rollup.sides) + 1
    found = []
    for number, scale in enumerate(file.plan.scales):
        block = np.maximum(tree.nearest(shown[:, number])[rollup.node_of_cell], 0)
        cell = block * width + rollup.side_of_cell + 1
        answered = file.sums.n[:, scale.items]
        columns = [file.complete[:, number], file.sums.persons[:, number], *answered.T]
        table = np.stack([np.bincount(cell, column, nodes * width) for column in columns]).astype(np.int64)
        both = np.broadcast_to(table.reshape(1, len(columns), nodes, width), (2, len(columns), nodes, width))
        unlike = _unlike(file.products[number], file.sums, scale)
        found.append(OneSet(both[:, 0], both[:, 1], np.moveaxis(both[:, 2:], 1, -1), unlike))
    return found


def _unlike(products: CrossProducts, sums: Sums, scale: ScaleSpec) -> NDArray[np.bool_]:
    """Whether neither the complete sheets nor the others are near-unanimous on any item."""
    people, total = products.people.sum(), products.totals.sum(axis=0)
    squares = np.einsum("gii->i", products.products)
    counts = sums.counts.sum(axis=0)[list(scale.items)]
    codes = np.arange(counts.shape[1])
    turned = np.where(np.array(scale.turned)[:, np.newaxis], scale.low + scale.high - codes, codes)
    n, all_total, all_squares = counts.sum(axis=1), (counts * turned).sum(axis=1), (counts * turned**2).sum(axis=1)
    widest = scale.high - scale.low
    held = unlike_by_sums(np.full_like(n, people), total, squares, widest)
    return held & unlike_by_sums(n - people, all_total - total, all_squares - squares, widest)


def _printed(by: ReferenceMoments) -> ReferenceMoments:
    """A reference of this file with no more digits than are printed: all points are measured with these."""
    sigma = np.array([short(value) for value in by.sigma.tolist()])
    return ReferenceMoments(np.round(by.mu, MU_DECIMALS), sigma)


def short(value: float) -> float:
    """Three significant digits."""
    return float(f"{value:.3g}")


def _without(decision: Decision, scales: NDArray[np.bool_]) -> Decision:
    """Hide scales that cannot be put in points, with the reason that all else has: another would tell."""
    protected = np.int8(REASONS.index(Hidden.PROTECTED))
    open_ = (0, REASONS.index(Hidden.SPLIT))
    tables = {
        name: np.where(scales & np.isin(getattr(decision, name), open_), protected, getattr(decision, name))
        for name in ("scale", "items", "split")
    }
    return replace(decision, **tables)


def _one_reason(decision: Decision) -> Decision:
    """One reason for all that is hidden in a group: another would tell that nobody there answered."""
    nobody, protected = (np.int8(REASONS.index(why)) for why in (Hidden.NO_ANSWERS, Hidden.PROTECTED))
    tables = {
        name: np.where(getattr(decision, name) == nobody, protected, getattr(decision, name))
        for name in ("scale", "items", "split")
    }
    return replace(decision, **tables)


def _levels(rollup: Rollup) -> NDArray[np.int64]:
    """The columns of --by from the innermost; -1 for the whole file."""
    deepest = int(rollup.level.max(initial=0))
    return np.where(rollup.level > 0, deepest - rollup.level, -1)


def _spread(own: Sums, tree: Tree, rollup: Rollup, shown: NDArray[np.bool_]) -> Spread:
    """Pooled over the whole file, over release blocks: who else is in the file may not show in a group's interval."""
    childless = np.bincount(tree.parent[1:], minlength=len(tree)) == 0
    lowest = group_scores(only(own, shown & childless[:, np.newaxis]))
    pooled = group_scores(in_blocks(own, tree, shown))
    low, high = (np.array([getattr(scale, end) for scale in own.scales], dtype=np.float64) for end in ("low", "high"))
    columns = int(rollup.level.max(initial=0))
    return estimate_spread(
        lowest, pooled, (low, high), tree.parent, _levels(rollup), columns, USUAL_SHARES[:1] * columns
    ).spread


def _shares(file: FileSums, rollup: Rollup, n: NDArray[np.int64], shown: NDArray[np.bool_]) -> Float:
    """How each group's persons fall on the groups below it."""
    asked = np.bincount(rollup.node_of_cell, file.rows, len(rollup.labels)).astype(np.int64)
    columns = int(rollup.level.max(initial=0))
    return block_shares(n, shown, asked, rollup.parent, _levels(rollup), columns).of_nodes()


def _side(sums: Sums, by: ReferenceMoments, wave: Spread, blocks: Float) -> _SideAtNodes:
    n, mean = scale_n(sums), scale_means(sums)
    half = points_apart(Z * np.sqrt(wave.variance(n, mean, blocks)), by)
    return _SideAtNodes(n, points(mean, by), points_apart(person_sd(sums), by), half)


def _groups(found: list[_SideAtNodes], decision: Decision) -> Groups:
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


def _shown_of(by: ReferenceMoments, hidden: dict[str, str], book: Codebook) -> ReferenceMoments:
    """The reference, but for scales of which nothing may be shown."""
    kept = np.array([scale.key not in hidden for scale in book.scales])
    return ReferenceMoments(np.where(kept, by.mu, np.nan), np.where(kept, by.sigma, np.nan))


def _hidden_scale(quality: ScaleQuality) -> ScaleQuality:
    numbers: dict[str, Any] = {one.name: None for one in fields(quality) if one.name not in ("key", "items")}
    rows = tuple(replace(item, **_nothing(item), shares=()) for item in quality.item_rows)
    return replace(quality, **{**numbers, "item_rows": rows})


def _nothing(item: ItemQuality) -> dict[str, Any]:
    return {one.name: None for one in fields(item) if one.name not in ("item", "shares")}


def _rounded(
    quality: ScaleQuality, whole: Sums, hidden_items: dict[str, str], complete: CrossProducts | None
) -> ScaleQuality:
    """What may stand of a scale; numbers of its complete sheets only where these are given."""
    scale = next(one for one in whole.scales if one.key == quality.key)
    percent = whole_percent(whole.counts[0, :, scale.low : scale.high + 1])
    numbers: dict[str, Any] = {one.name: None for one in fields(quality) if one.name not in ("key", "items")}
    own = [dict[str, Any]() for _item in quality.item_rows]
    if complete is not None:
        # What rests on who is scored gives way to the same of the complete sheets, or to a word.
        numbers |= {name: _short(getattr(quality, name)) for name in numbers if name not in _OF_OTHERS}
        numbers |= dict(zip(("mean_raw", "sd_raw"), _mean_and_sd(complete), strict=True))
        own = [_of_complete(item, complete, place) for place, item in enumerate(quality.item_rows)]
    rows = []
    for row, item, found in zip(scale.items, quality.item_rows, own, strict=True):
        shares = () if quality.key in hidden_items else tuple(float(share) / 100 for share in percent[row])
        rows.append(replace(item, **{**_nothing(item), **found, "n": int(whole.n[0, row])}, shares=shares))
    n = int(scale_n(whole)[0, whole.scales.index(scale)])
    return replace(quality, **{**numbers, "n": n, "item_rows": tuple(rows)})


_OF_OTHERS = ("item_rows", "n", "icc", "icc_low", "icc_high", "mean_raw", "sd_raw")


def _of_complete(item: ItemQuality, complete: CrossProducts, place: int) -> dict[str, Any]:
    """One item's numbers, all over the complete sheets."""
    people, total = int(complete.people.sum()), int(complete.totals[:, place].sum())
    squares = int(complete.products[:, place, place].sum())
    kept = {name: _short(getattr(item, name)) for name in ("item_rest_r", "alpha_if_dropped", "loading")}
    return {"mean": short(total / people), "sd": short(_sd(people, total, squares)), **kept}


def _mean_and_sd(complete: CrossProducts) -> tuple[float, float]:
    """Mean and SD of the complete sheets' own means."""
    items, people = complete.totals.shape[1], int(complete.people.sum())
    total, squares = int(complete.totals.sum()), int(complete.products.sum())
    return short(total / people / items), short(_sd(people, total, squares) / items)


def _sd(people: int, total: int, squares: int) -> float:
    return float(((people * squares - total * total) / (people * (people - 1))) ** 0.5)


def _short(value: Any) -> Any:
    return short(value) if isinstance(value, float) else value
