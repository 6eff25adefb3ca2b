"""The groups that --by makes: the whole file, each value of its first column, of the second under it, and so on."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from kfl.analysis.collecting import FileSums
from kfl.stats import Sums

Int = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Rollup:
    """A tree of groups in the order of the file, each right after the one it lies in; node 0 is everybody."""

    labels: tuple[tuple[str, ...], ...]  # values of the columns of --by; shorter above
    parent: Int  # (nodes,)
    level: Int  # (nodes,) columns that have a value
    node_of_cell: Int  # the lowest group that a cell's persons are known to be in
    side_of_cell: Int  # number of the split's value, -1 where blank
    sides: tuple[str, ...]  # values of the split, in the order of the file

    def by_side(self, sums: Sums) -> Sums:
        """Sums of the persons that hang right on each node, by side.

        Parameters
        ----------
        sums : Sums
            Of the file's cells.

        Returns
        -------
        Sums
            Group ``node * (sides + 1) + side + 1``; side -1 is blank.
        """
        width = len(self.sides) + 1
        return sums.regroup(self.node_of_cell * width + self.side_of_cell + 1, len(self.labels) * width)

    def own(self, sums: Sums, side: int | None = None) -> Sums:
        """Sums of the persons that hang right on each node, of all or of one side.

        Parameters
        ----------
        sums : Sums
            Of the file's cells.
        side : int, optional
            Number of the split's value.

        Returns
        -------
        Sums
            One group a node.
        """
        kept = self.node_of_cell if side is None else np.where(self.side_of_cell == side, self.node_of_cell, -1)
        return sums.regroup(kept, len(self.labels))

    def rows(self, file: FileSums, side: int) -> Int:
        """Persons of one side in each node and below, answers or not.

        Parameters
        ----------
        file : FileSums
            Whose cells the rollup was made of.
        side : int
            Number of the split's value.

        Returns
        -------
        int64 array, shape (nodes,)
        """
        held = self.side_of_cell == side
        rows = np.bincount(self.node_of_cell[held], file.rows[held], len(self.labels)).astype(np.int64)
        for node in range(len(rows) - 1, 0, -1):  # children come after their parents
            rows[self.parent[node]] += rows[node]
        return rows


def without_small(rollup: Rollup, file: FileSums, k: int) -> Rollup:
    """The groups without those of fewer than k persons, whose persons belong to the group above only.

    A row for such a group, even without a number, would tell of a few by name, and the reason whether they answered.

    Parameters
    ----------
    rollup : Rollup
        All groups.
    file : FileSums
        Whose cells it was made of.
    k : int
        Fewest persons of a group, answers or not.

    Returns
    -------
    Rollup
        Everybody is a group however few they are.
    """
    persons = np.bincount(rollup.node_of_cell, file.rows, len(rollup.labels)).astype(np.int64)
    for node in range(len(persons) - 1, 0, -1):  # children come after their parents
        persons[rollup.parent[node]] += persons[node]
    kept = persons >= k
    kept[0] = True
    nearest = np.zeros(len(persons), dtype=np.int64)
    for node in range(1, len(persons)):
        nearest[node] = node if kept[node] else nearest[rollup.parent[node]]
    place = np.cumsum(kept) - 1
    parent = np.where(rollup.parent[kept] >= 0, place[rollup.parent[kept]], -1)  # who is above a large group is large
    return replace(
        rollup,
        labels=tuple(label for label, is_kept in zip(rollup.labels, kept.tolist(), strict=True) if is_kept),
        parent=parent,
        level=rollup.level[kept],
        node_of_cell=place[nearest[rollup.node_of_cell]],
    )


def roll_up(file: FileSums) -> Rollup:
    """The groups of a file.

    Parameters
    ----------
    file : FileSums
        Its cells, in the order of the file.

    Returns
    -------
    Rollup
        Who has a blank in a column of --by belongs to the group above only.
    """
    depth = len(file.plan.by)
    known = [_known(cell[:depth]) for cell in file.cells]
    splits = [cell[depth] if file.plan.split is not None else None for cell in file.cells]
    first: dict[tuple[str, ...], int] = {(): -1}
    for number, label in enumerate(known):
        for length in range(1, len(label) + 1):
            first.setdefault(label[:length], number)
    # A group sorts by where each group above it, and then itself, is first met.
    labels = sorted(first, key=lambda label: [first[label[:length]] for length in range(1, len(label) + 1)])
    place = {label: number for number, label in enumerate(labels)}
    sides = tuple(dict.fromkeys(value for value in splits if value is not None))
    return Rollup(
        labels=tuple(labels),
        parent=np.array([place[label[:-1]] if label else -1 for label in labels], dtype=np.int64),
        level=np.array([len(label) for label in labels], dtype=np.int64),
        node_of_cell=np.array([place[label] for label in known], dtype=np.int64),
        side_of_cell=np.array([sides.index(value) if value is not None else -1 for value in splits], dtype=np.int64),
        sides=sides,
    )


def _known(values: tuple[str | None, ...]) -> tuple[str, ...]:
    """The values up to the first blank."""
    kept: list[str] = []
    for value in values:
        if value is None:
            break
        kept.append(value)
    return tuple(kept)
