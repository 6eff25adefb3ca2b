"""What an analysis found: the groups, and how good the scales are; here without hiding anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from kfl.analysis.codebook import Codebook
from kfl.analysis.collecting import FileSums
from kfl.analysis.quality import ScaleQuality, known, scale_quality
from kfl.analysis.rollup import Rollup
from kfl.disclosure import Published, reason
from kfl.disclosure.published import BLOCKS, COMPLETE
from kfl.stats import ClusterMean, GroupScores, ReferenceMoments, Sums, cluster_mean, group_scores, person_mean

from .judgements import Judgement, judge_fit, judge_reliability

Int = NDArray[np.int64]
Float = NDArray[np.float64]
Bool = NDArray[np.bool_]

NUMBERS = ("mean", "sd", "se", "low", "high")


@dataclass(frozen=True)
class GroupRow:
    """One scale in one group, of all or of one value of the split; in points."""

    n: int | None
    mean: float | None
    sd: float | None
    low: float | None  # 95 % interval
    high: float | None
    hidden: str | None  # why the numbers are not there


@dataclass(frozen=True, eq=False)
class Groups:
    """All scales in all groups; arrays of shape (scales, nodes, 1 + sides), the last axis beginning with everybody."""

    present: Bool  # whether there is such a row
    n: Int
    mean: Float  # in points; NaN = unknown or hidden
    sd: Float
    se: Float
    low: Float  # 95 % interval
    high: Float
    hidden: NDArray[np.int8]  # 0 = shown, else the number of a reason in `kfl.disclosure.REASONS`; then n means nothing

    def row(self, scale: int, node: int, place: int) -> GroupRow | None:
        """One row.

        Parameters
        ----------
        scale, node, place : int
            Where it stands.

        Returns
        -------
        GroupRow or None
            None where there is no such row.
        """
        at = scale, node, place
        if not self.present[at]:
            return None
        why = reason(int(self.hidden[at]))
        if why is not None:
            return GroupRow(None, None, None, None, None, why.value)
        mean, sd, low, high = (known(values[at]) for values in (self.mean, self.sd, self.low, self.high))
        return GroupRow(int(self.n[at]), mean, sd, low, high, None)


@dataclass(frozen=True)
class Verdict:
    """How good a scale is, in words: a `kfl.analysis.judgements.Judgement` each."""

    reliability: Judgement
    fit: Judgement


@dataclass(frozen=True)
class Tables:
    """What an analysis found: everything that is written, and that the report shows."""

    RESTS: ClassVar[dict[str, str]] = {"groups": BLOCKS, "reference": BLOCKS, "qualities": COMPLETE}

    groups: Groups
    qualities: tuple[ScaleQuality, ...]
    reference: ReferenceMoments
    hidden_scales: Mapping[str, str]  # reason by key, where nothing of a scale may be shown
    hidden_items: Mapping[str, str]  # reason by key, where the shares of its items may not be shown
    verdicts: tuple[Verdict, ...]  # of each scale


@dataclass(frozen=True)
class NotForPublication:
    """Tables with groups of any size, down to a single person. What is published is `kfl.disclosure.Published`."""

    numbers: Tables


#: What writers take: tables that have passed the door, or tables that say that they are not for publication.
Leaving = Published[Tables] | NotForPublication


def plain_tables(file: FileSums, rollup: Rollup, reference: ReferenceMoments, book: Codebook) -> NotForPublication:
    """All tables as they are.

    Parameters
    ----------
    file : FileSums
        Of the whole file.
    rollup : Rollup
        Its groups.
    reference : Reference
        What points are measured with.
    book : Codebook
        Names the items.

    Returns
    -------
    NotForPublication
    """
    found = qualities(file, rollup, book)
    return NotForPublication(Tables(_groups(file, rollup, reference), found, reference, {}, {}, verdicts(found)))


def verdicts(found: Sequence[ScaleQuality]) -> tuple[Verdict, ...]:
    """How good each scale is, in words.

    Parameters
    ----------
    found : sequence of ScaleQuality
        As they were computed, before anything is rounded or left out.

    Returns
    -------
    tuple of Verdict
    """
    return tuple(
        Verdict(judge_reliability(one.alpha, one.omega if one.proper else None), judge_fit(one)) for one in found
    )


def qualities(file: FileSums, rollup: Rollup, book: Codebook) -> tuple[ScaleQuality, ...]:
    """How good each scale is, over the whole file.

    Parameters
    ----------
    file : FileSums
        Of the whole file.
    rollup : Rollup
        Its groups; those of the first column are the clusters of the intraclass correlation.
    book : Codebook
        Names the items.

    Returns
    -------
    tuple of ScaleQuality
    """
    everybody = file.sums.total()
    clusters = rollup.own(_without_counts(file.sums)).roll_up(rollup.parent).take(np.flatnonzero(rollup.level == 1))
    return tuple(
        scale_quality(products, everybody, [item.key for item in scale.items], clusters)
        for products, scale in zip(file.products, book.scales, strict=True)
    )


def _groups(file: FileSums, rollup: Rollup, reference: ReferenceMoments) -> Groups:
    sums = _without_counts(file.sums)
    sides = range(len(rollup.sides))
    depth = len(file.plan.by)
    found = [_means(rollup.own(sums, side), rollup, reference, depth) for side in (None, *sides)]
    persons = np.stack([np.ones(len(rollup.labels)), *(rollup.rows(file, side) for side in sides)], axis=1)
    cube = {name: cubed([getattr(one, name) for one in found]) for name in ("n", *NUMBERS)}
    present = np.broadcast_to(persons > 0, cube["n"].shape)
    return Groups(present=present, hidden=np.zeros(present.shape, dtype=np.int8), **cube)


def cubed(tables: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """Tables of shape (nodes, scales), of everybody and then of each side, as one array.

    Parameters
    ----------
    tables : sequence of array, shape (nodes, scales)
        Everybody first.

    Returns
    -------
    array, shape (scales, nodes, 1 + sides)
    """
    return np.stack(tables, axis=-1).transpose(1, 0, 2)


def _means(own: Sums, rollup: Rollup, reference: ReferenceMoments, depth: int) -> ClusterMean:
    """Each node's mean of person points, with the interval between what lies right below it.

    Persons alone in the innermost groups; above, the groups of the next column, and with them, as one group more, those
    whose value there is blank.
    """
    each = group_scores(own.roll_up(rollup.parent)).in_points(reference)
    left = group_scores(own).in_points(reference)
    holds_groups = np.flatnonzero(rollup.level < depth)
    nodes = np.arange(len(rollup.labels))
    below = [each.take(nodes[1:]), left.take(holds_groups)]
    clusters = GroupScores(*(np.concatenate([getattr(one, field.name) for one in below]) for field in fields(each)))
    between = cluster_mean(clusters, np.concatenate([rollup.parent[1:], holds_groups]), len(nodes))
    alone = person_mean(each)
    inner = (rollup.level == depth)[:, np.newaxis]
    uncertain: dict[str, Any] = {
        name: np.where(inner, getattr(alone, name), getattr(between, name))
        for name in ("clusters", "se", "low", "high")
    }
    return replace(alone, **uncertain)


def of_one_group(groups: Groups, rollup: Rollup, columns: Sequence[str]) -> dict[str, int]:
    """How many groups have no interval since all who are scored are of one group of the next column.

    Parameters
    ----------
    groups : Groups
        Not protected.
    rollup : Rollup
        Their tree.
    columns : sequence of str
        Of --by.

    Returns
    -------
    dict from column to int
        The next column, where there are such groups; of any scale.
    """
    known_mean = (groups.n[:, :, 0] > 1) & ~np.isnan(groups.mean[:, :, 0])
    told = np.any(known_mean & np.isnan(groups.se[:, :, 0]), axis=0)
    counts = {column: int(np.count_nonzero(told & (rollup.level == level))) for level, column in enumerate(columns)}
    return {column: count for column, count in counts.items() if count}


def _without_counts(sums: Sums) -> Sums:
    """The score sums alone: tables of answers by item and code would be large for thousands of groups."""
    return replace(sums, counts=sums.counts[:, :0])
