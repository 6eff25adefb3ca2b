"""What may be shown of a form in a wave, at every node and for every scale."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kfl.disclosure.counts import Presence, decide_answered
from kfl.disclosure.hidden import Hidden
from kfl.disclosure.rules import (
    Bool,
    Int,
    JudgedScale,
    at_an_end,
    check_counts,
    near_unanimous,
    over_codes,
    too_few,
)
from kfl.disclosure.split import Placed, decide_split
from kfl.disclosure.thresholds import Thresholds
from kfl.disclosure.tree import Tree

from .release_blocks import close

Codes = NDArray[np.int8]

#: Reason behind each number in a `Decision`; 0 means shown.
REASONS: tuple[Hidden | None, ...] = (None, *Hidden)
_CODE = {reason: number for number, reason in enumerate(REASONS)}


@dataclass(frozen=True, eq=False)
class Shown:
    """What is about to be released: three tables of marks, shape (nodes, scales), and where the count stands."""

    scale: Bool  # the mean of the whole group
    items: Bool  # the share of each answer
    split: Bool  # the means of girls and boys
    answered: Bool | None = None  # (nodes,) how many answered at all; None where no such number is told


@dataclass(frozen=True, eq=False)
class Decision:
    """For each node and scale 0 where it is shown, else the number of a reason in `REASONS`."""

    scale: Codes
    items: Codes
    split: Codes
    answered: Codes | None = None  # (nodes,); None where nothing was asked about it

    def shown(self) -> Shown:
        """The same as marks, for `gate`."""
        answered = None if self.answered is None else self.answered == 0
        return Shown(self.scale == 0, self.items == 0, self.split == 0, answered)


def reason(code: int) -> Hidden | None:
    """Say why, from a number in a `Decision`.

    Parameters
    ----------
    code : int
        0 for shown.

    Returns
    -------
    Hidden or None
        None only for 0; a number that is no reason is hidden as UNKNOWN.
    """
    return REASONS[code] if 0 <= code < len(REASONS) else Hidden.UNKNOWN


def decide(
    tree: Tree,
    counts: NDArray[np.integer[Any]],
    scales: Sequence[JudgedScale],
    thresholds: Thresholds,
    alone: NDArray[np.integer[Any]] | None = None,
    presence: Presence | None = None,
) -> Decision:
    """Decide what may be shown.

    Parameters
    ----------
    tree : Tree
        N nodes with people of this form.
    counts : integer array, shape (N, parts, items, codes)
        People who hang *directly* on each node, by split part (blank, girls, boys; or one part when there
        is no split), item, and code given (code 0 first). Who skipped an item is in none of its codes.
        From `kfl.stats`: ``collect`` by ``node * 3 + part``, then ``sums.counts.reshape(N, 3, items, codes)``.
    scales : sequence of Scale
        S scales. Those that share an item are decided as one: else what one hides the other might show.
    thresholds : Thresholds
        Of the project.
    alone : integer array, shape as `counts`, optional
        Those of them whose person handed in no other sheet: only they make a group large enough, or unlike
        enough. All, unless given.
    presence : Presence, optional
        Who answered at all, of whom. With it that number is one more scale, and no scale is shown where it isn't;
        without it no such number may be told.

    Returns
    -------
    Decision
        Everything that no rule allows is hidden.

    Raises
    ------
    BadCounts, ImpossibleScale
        Nothing is decided on numbers that do not fit.

    Notes
    -----
    The rules and their proof: docs/privacy-rules.md.
    """
    return _decide(tree, counts, scales, thresholds.k, thresholds.k_share, alone, presence)


def _decide(
    tree: Tree,
    counts: NDArray[np.integer[Any]],
    scales: Sequence[JudgedScale],
    k: int,
    k_share: int,
    alone: NDArray[np.integer[Any]] | None = None,
    presence: Presence | None = None,
) -> Decision:
    """Decide with any thresholds; apart from `decide` only so that tests can try smaller ones."""
    check_counts(counts, len(tree), scales, alone)
    both = [counts] if alone is None or alone is counts else [counts, alone]
    shape = (len(tree), len(scales))
    counted = None if presence is None else decide_answered(tree, presence.checked(len(tree)), k)
    scale, items, split = (np.full(shape, _CODE[Hidden.UNKNOWN], dtype=np.int8) for _ in range(3))
    answered = None if counted is None else np.where(counted, 0, _CODE[Hidden.PROTECTED]).astype(np.int8)
    decision = Decision(scale, items, split, answered)
    # Where a count is told that nobody answered is for the count to say, and it says so of no group.
    nobody = (tree.totals(counts.sum(axis=(1, 2, 3))) == 0) & (presence is None)

    for together in sharing_items(scales):
        if any(scales[number].sensitive for number in together):
            for table in (decision.scale, decision.items, decision.split):
                table[:, together] = _CODE[Hidden.SENSITIVE]
            continue
        shown = _decide_together(tree, both, [scales[number] for number in together], k, k_share, presence, counted)
        hidden = np.where(nobody, _CODE[Hidden.NO_ANSWERS], _CODE[Hidden.PROTECTED])
        apart = np.where(shown.scale, _CODE[Hidden.SPLIT], hidden)
        for number in together:
            decision.scale[:, number] = np.where(shown.scale, 0, hidden)
            decision.items[:, number] = np.where(shown.items, 0, hidden)
            decision.split[:, number] = np.where(shown.split, 0, apart)
    return decision


def sharing_items(scales: Sequence[JudgedScale]) -> Iterator[list[int]]:
    """Numbers of the scales, those with items in common together.

    Parameters
    ----------
    scales : sequence of Scale
        In any order.

    Yields
    ------
    list of int
        Each number comes once; a scale that shares nothing stands alone.
    """
    left = list(range(len(scales)))
    while left:
        together = [left.pop(0)]
        items = set(scales[together[0]].items)
        while near := [number for number in left if items & set(scales[number].items)]:
            together += near
            left = [number for number in left if number not in near]
            items.update(*(scales[number].items for number in near))
        yield together


def _decide_together(
    tree: Tree,
    both: Sequence[NDArray[np.integer[Any]]],
    scales: Sequence[JudgedScale],
    k: int,
    k_share: int,
    presence: Presence | None = None,
    counted: Bool | None = None,
) -> Shown:
    """Decide for scales that share items; marks of shape (N,). `both`: all who answered, then those who count."""
    items = sorted({item for scale in scales for item in scale.items})
    placed: list[Placed] = [(scale, [items.index(item) for item in scale.items]) for scale in scales]
    own = [counts[:, :, items].astype(np.int64, copy=False) for counts in both]
    totals = tree.totals(np.stack([sum(one[:, part] for part in range(1, one.shape[1])) + one[:, 0] for one in own], 1))
    smallest = over_codes(totals[:, -1]).min(axis=-1)

    # Who was invited goes along as one more item, so that silence can be told from nobody being there.
    asked = np.zeros_like(totals[:, :, :1])
    if presence is not None:
        asked[:, :, 0, 0] = tree.totals(presence.invited)[:, np.newaxis]
    with_asked = np.concatenate([totals, asked], axis=2)
    there = np.ones(len(tree), dtype=bool) if counted is None else counted

    def unsafe(group: Int) -> Bool:
        codes, invited = group[:, :, :-1], group[:, 0, -1, :1]
        n, alone = over_codes(codes[:, 0]), over_codes(codes[:, -1])
        bad = too_few(n, k, alone)
        if presence is not None and presence.silence_tells:
            bad |= ((n == 0) & (invited > 0)).any(axis=-1)
        for scale, columns in placed:
            bad |= at_an_end(codes, scale, columns).any(axis=-1)
        return bad

    def unsafe_by_item(codes: Int) -> Bool:
        few = too_few(over_codes(codes[:, 0]), k_share, over_codes(codes[:, -1]))
        return np.asarray(few | near_unanimous(codes).any(axis=-1))

    by_scale = close(tree, with_asked, there & (smallest >= k) & ~unsafe(with_asked), smallest, unsafe)
    by_item = by_scale & (smallest >= k_share) & ~unsafe_by_item(totals)
    by_item = close(tree, totals, by_item, smallest, unsafe_by_item)
    if own[0].shape[1] == 3:
        by_split = decide_split(tree, own, by_scale, placed, k)
    else:
        by_split = np.zeros(len(tree), dtype=bool)
    return Shown(by_scale, by_item, by_split)
