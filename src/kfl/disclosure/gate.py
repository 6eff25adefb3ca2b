"""The last check before a release: whether what is about to be shown obeys the rules, whoever decided it.

Written from the rules anew, another way round than `decision`, and sharing none of its arithmetic, so that
a slip in one is caught by the other. Where `decision` works down and up the levels and subtracts, the gate
gives every respondent to the lowest node that shows them and adds up. It raises at the first doubt.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kfl.disclosure.counts import Presence
from kfl.disclosure.decision import Shown
from kfl.disclosure.rules import Bool, Int, JudgedScale, check_counts
from kfl.disclosure.thresholds import Thresholds
from kfl.disclosure.tree import Tree


class ReleaseRefused(Exception):
    """A release that would break a rule. Nothing of it may be shown.

    The text is for the log of those who run the portal; it names the scale and the rule, so it must not
    be shown to readers.
    """

    def __init__(self, scale: str, rule: str, nodes: int = 0) -> None:
        self.scale = scale
        self.rule = rule
        super().__init__(f"scale {scale!r}: {rule}" + (f" at {nodes} nodes" if nodes else ""))


@dataclass(frozen=True)
class Judged:
    """What `gate` gives back: that it has let these scales through. Nobody else makes one."""

    scales: tuple[str, ...]


def gate(
    tree: Tree,
    counts: NDArray[np.integer[Any]],
    scales: Sequence[JudgedScale],
    shown: Shown,
    thresholds: Thresholds,
    alone: NDArray[np.integer[Any]] | None = None,
    presence: Presence | None = None,
) -> Judged:
    """Return only if everything that is about to be shown obeys the rules.

    Parameters
    ----------
    tree, counts, scales, thresholds, alone, presence
        As for `decide`.
    shown : Shown
        Marks of what the release holds; best taken from its pages, not from the decision.

    Returns
    -------
    Judged
        For the door (`kfl.disclosure.published`).

    Raises
    ------
    ReleaseRefused
        With the scale's key and the rule that is broken.
    BadCounts, ImpossibleScale
        Numbers that cannot be judged are refused too.
    """
    _gate(tree, counts, scales, shown, thresholds.k, thresholds.k_share, alone, presence)
    return Judged(tuple(scale.key for scale in scales))


def _gate(
    tree: Tree,
    counts: NDArray[np.integer[Any]],
    scales: Sequence[JudgedScale],
    shown: Shown,
    k: int,
    k_share: int,
    alone: NDArray[np.integer[Any]] | None = None,
    presence: Presence | None = None,
) -> None:
    """Check with any thresholds; apart from `gate` only so that tests can try smaller ones."""
    check_counts(counts, len(tree), scales, alone)
    alone = counts if alone is None else alone
    for name in ("scale", "items", "split"):
        marks = getattr(shown, name)
        if marks.dtype != np.bool_ or marks.shape != (len(tree), len(scales)):
            raise ReleaseRefused("all", f"the marks of what is shown ({name}) do not fit the tree and the scales")
    _check_shared_items(scales, shown)
    _check_answered(tree, shown, k, presence)
    for number, scale in enumerate(scales):
        by_scale, by_item, by_split = (marks[:, number] for marks in (shown.scale, shown.items, shown.split))
        if scale.sensitive and (by_scale | by_item | by_split).any():
            raise ReleaseRefused(scale.key, "a sensitive scale is shown before its own gate")
        _refuse(scale, "item results are shown without the scale", by_item & ~by_scale)
        _refuse(scale, "a split is shown without the scale", by_split & ~by_scale)
        own, counted = counts[:, :, list(scale.items)], alone[:, :, list(scale.items)]
        answered = everything_under(tree, counted.sum(axis=-1))
        block, item_block = lowest_shown(tree, by_scale), lowest_shown(tree, by_item)
        blocks = _gather(own, block), _gather(counted, block)
        _refuse(scale, "shown under a hidden node", _orphans(tree, by_scale))
        _refuse(scale, "a node with too few answers is shown", by_scale & (answered.sum(axis=1) < k).any(axis=-1))
        _check_blocks(blocks[0].sum(axis=1), blocks[1].sum(axis=1), scale, k)
        if presence is not None and presence.silence_tells:
            invited = _gather(presence.invited, block)
            silent = (blocks[0].sum(axis=(1, 3)) == 0).any(axis=-1) & (invited > 0)
            _refuse(scale, "a block is known to have kept silent", silent)
        _refuse(scale, "item results are shown under a node without them", _orphans(tree, by_item))
        few = (answered.sum(axis=1) < k_share).any(axis=-1)
        _refuse(scale, "item results of a node with too few answers", by_item & few)
        _check_item_blocks(
            _gather(own.sum(axis=1), item_block), _gather(counted.sum(axis=1), item_block), scale, k_share
        )
        if by_split.any():
            if own.shape[1] != 3:
                raise ReleaseRefused(scale.key, "a split is shown, but there are no parts to split by")
            few = (answered[:, 1:] < k).any(axis=(1, 2))
            _refuse(scale, "girls or boys are too few", by_split & few)
            _check_split(*blocks, lowest_shown(tree, by_split), scale, k)


def _refuse(scale: JudgedScale, rule: str, broken: Bool | np.bool) -> None:
    if broken.any():
        raise ReleaseRefused(scale.key, rule, int(broken.sum()))


def _check_shared_items(scales: Sequence[JudgedScale], shown: Shown) -> None:
    first: dict[int, int] = {}
    for number, scale in enumerate(scales):
        for item in scale.items:
            other = first.setdefault(item, number)
            for marks in (shown.scale, shown.items, shown.split):
                differ = marks[:, other] != marks[:, number]
                _refuse(scale, f"shares an item with {scales[other].key!r} but is shown elsewhere", differ)


def _check_answered(tree: Tree, shown: Shown, k: int, presence: Presence | None) -> None:
    """How many answered is told of no small group, and nothing else is told where that isn't."""
    if (shown.answered is None) != (presence is None):
        raise ReleaseRefused("answered", "a number of answers is told that was not judged, or judged and not told")
    if shown.answered is None or presence is None:
        return
    marks = shown.answered
    if marks.dtype != np.bool_ or marks.shape != (len(tree),):
        raise ReleaseRefused("answered", "the marks of what is shown do not fit the tree")
    block = lowest_shown(tree, marks)
    sheets, counted, invited = (_gather(own, block) for own in (presence.answered, presence.alone, presence.invited))
    broken = {
        "shown under a hidden node": _orphans(tree, marks),
        "a node with too few answers is shown": marks & (everything_under(tree, presence.alone) < k),
        "a block has too few answers": _few(sheets, counted, k),
        "a block is known to have kept silent": presence.silence_tells & (sheets == 0) & (invited > 0),
        "a scale is shown where the number of answers isn't": (shown.scale & ~marks[:, np.newaxis]).any(axis=1),
    }
    for rule, where in broken.items():
        if where.any():
            raise ReleaseRefused("answered", rule, int(where.sum()))


def _few(people: Int, counted: Int, fewest: int) -> Bool:
    """Somebody is there, but too few who handed in no other sheet."""
    return np.asarray((people != 0) & (counted < fewest))


def _check_blocks(blocks: Int, counted: Int, scale: JudgedScale, k: int) -> None:
    """Every block holds, item by item, nobody or at least k, and is not at an end of the scale."""
    few = _few(blocks.sum(axis=-1), counted.sum(axis=-1), k)
    _refuse(scale, "a block has too few answers to an item", few.any(axis=-1))
    for held in (blocks, counted):
        answers = held.sum(axis=-1)
        for end in scale.ends():
            off = answers.sum(axis=-1) - _at(held, end).sum(axis=-1)
            _refuse(scale, "a block stands at an end of the scale", (off < 2) & answers.any(axis=-1))


def _check_item_blocks(blocks: Int, counted: Int, scale: JudgedScale, k_share: int) -> None:
    """Every block of item results holds nobody or at least k_share, and two who differ from the rest."""
    for held in (blocks, counted):
        ranked = np.sort(held, axis=-1)
        alike = (ranked[..., -1] != 0) & (ranked[..., :-1].sum(axis=-1) < 2)
        _refuse(scale, "nearly all in a block gave one answer to an item", alike.any(axis=-1))
    few = _few(blocks.sum(axis=-1), counted.sum(axis=-1), k_share)
    _refuse(scale, "item results of a block with too few answers", few.any(axis=-1))


def _check_split(blocks: Int, counted: Int, splitter: Int, scale: JudgedScale, k: int) -> None:
    """What can be singled out among the blocks that have the same lowest split node above them."""
    stray = _few(blocks[:, 0].sum(axis=-1), counted[:, 0].sum(axis=-1), k).any(axis=-1) & (splitter < len(blocks))
    _refuse(scale, "a block in a split has a few with blank gender", stray)
    smaller, those = (_smaller(held[:, 1], held[:, 2], splitter) for held in (blocks, counted))
    _refuse(scale, "a split leaves too few on the smaller side", _few(smaller, those, k).any(axis=-1))
    for everybody, countable in zip(_divisions(blocks), _divisions(counted), strict=True):
        singled, those = (_smaller(*pair, splitter) for pair in (everybody, countable))
        _refuse(scale, "a split singles out too few", _few(singled, those, k).any(axis=-1))
        for pair in (everybody, countable):
            _check_singled_ends(*pair, splitter, scale)


def _smaller(one: Int, other: Int, splitter: Int) -> Int:
    """The smaller of two groups in each block, added up."""
    here, there = one.sum(axis=-1), other.sum(axis=-1)
    return _gather(np.where(here < there, here, there), splitter)


def _check_singled_ends(group: Int, rest: Int, splitter: Int, scale: JudgedScale) -> None:
    """What a split lets one work out is not at an end of the scale."""
    inseparable = _gather(np.where((rest.sum(axis=-1) > 0)[..., None], group, 0), splitter)
    people = inseparable.sum(axis=(1, 2))
    for end in scale.ends():
        off = people - _at(inseparable, end).sum(axis=-1)
        _refuse(scale, "a split singles out a group at an end of the scale", (people > 0) & (off < 2))


def _at(codes: Int, end: list[int]) -> Int:
    """How many gave each item the answer at this end; shape (nodes, items)."""
    return np.stack([codes[:, item, code] for item, code in enumerate(end)], axis=-1)


def _divisions(blocks: Int) -> Iterator[tuple[Int, Int]]:
    """Each part and what is beside it, both ways round."""
    for part in range(3):
        group, rest = blocks[:, part], blocks[:, part - 1] + blocks[:, part - 2]
        yield group, rest
        yield rest, group


def _orphans(tree: Tree, shown: Bool) -> Bool:
    above = np.maximum(tree.parent, 0)
    return np.asarray(shown & ~shown[above])


def lowest_shown(tree: Tree, shown: Bool) -> Int:
    """For each node the first marked one on its way up, itself included; N where there is none."""
    nowhere = len(tree)
    step = np.append(np.where(shown, np.arange(nowhere), np.where(tree.parent < 0, nowhere, tree.parent)), nowhere)
    while not np.array_equal(further := step[step], step):
        step = further
    return step[:-1]


def _gather(values: NDArray[np.integer[Any]], owner: Int) -> Int:
    """Add up the rows of each owner; those without one belong to nothing that is shown."""
    columns = np.ascontiguousarray(values.reshape(len(values), -1).T, dtype=np.float64)  # exact below 2**53
    sums = [np.bincount(owner, weights=column, minlength=len(values) + 1)[:-1] for column in columns]
    return np.array(sums).T.astype(np.int64).reshape(values.shape)


def everything_under(tree: Tree, own: Int) -> Int:
    """Sums of each node with all under it, by carrying every node's own up one step at a time."""
    totals, carried, at = own.copy(), own, tree.parent.copy()
    while (at >= 0).any():
        owner = np.where(at < 0, len(tree), at)
        totals += _gather(carried, owner)
        at = np.where(at < 0, -1, tree.parent[at])
    return totals
