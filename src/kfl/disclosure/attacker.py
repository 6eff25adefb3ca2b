"""The attacker: what somebody who adds, subtracts and compares everything released can work out.

It knows who answered which item, and every number of every role, level, informant and wave. It is given
more than is shown: sums of every item where only the scale's mean is released. It works on the row space
of the released totals, in whole numbers modulo a prime, with nothing taken from the deciding code.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kfl.disclosure.counts import Presence
from kfl.disclosure.decision import Shown
from kfl.disclosure.rowspace import PRIME, RowSpace
from kfl.disclosure.rules import Bool, JudgedScale
from kfl.disclosure.tree import Tree

Cover = frozenset[tuple[int, int]]  # a released total's pairs of node and part


@dataclass(frozen=True, eq=False)
class PartTotals:
    """Numbers of some of the people at a node: girls, or those who answered in two waves."""

    parts: Sequence[int]  # places on the parts axis of the counts
    shown: Bool  # (nodes, scales)


@dataclass(frozen=True, eq=False)
class Released:
    """All that one form in one wave has released, with the counts behind it as `decide` takes them."""

    name: str  # wave and informant; the same name means the same answers
    tree: Tree
    counts: NDArray[np.integer[Any]]
    scales: Sequence[JudgedScale]
    shown: Shown
    alone: NDArray[np.integer[Any]] | None = None  # of those, who handed in no other sheet: all, unless given
    sides: Sequence[PartTotals] | None = None  # girls and boys where the scale is split, unless given


@dataclass(frozen=True)
class Cell:
    """Answers that no released total tells apart: the unknowns of the attack."""

    label: str
    people: int  # who handed in no other sheet: the others may be of the attacker's own making
    codes: tuple[int, ...]  # how many gave each answer


@dataclass(frozen=True, eq=False)
class Matrix:
    """Released totals about one thing that is asked, as rows over cells."""

    about: str
    cells: list[Cell]
    rows: list[frozenset[int]]  # cells in each total; every coefficient is 1
    fewest: int  # people that a total may reach


@dataclass(frozen=True)
class Leak:
    """A group of too few whose total follows from what is released."""

    about: str
    cells: tuple[str, ...]
    people: int


def matrices(releases: Sequence[Released], k: int, k_share: int) -> list[Matrix]:
    """Everything released, as one matrix for each item asked.

    Answers to two items, of two informants or in two waves are different unknowns, and no released total
    holds both (a scale's mean is made of its items' sums, which the attacker is given). So the great
    matrix of all releases falls apart into these, and whatever follows from it follows part by part.
    Releases with the same name and scales that share an item meet in the same matrix.

    Parameters
    ----------
    releases : sequence of Released
        All levels, informants, waves and releases together.
    k, k_share : int
        Fewest people whose sum, or whose distribution of answers, may follow.

    Returns
    -------
    list of Matrix
        Sums and distributions of each item apart. Cells with the same pattern are joined.
    """
    covers: dict[tuple[str, int, bool], set[Cover]] = defaultdict(set)
    counts = {release.name: release.counts for release in releases}
    alone = {release.name: release.counts if release.alone is None else release.alone for release in releases}
    for release in releases:
        parts = range(release.counts.shape[1])
        for number, scale in enumerate(release.scales):
            means = _covers(release.tree, release.shown.scale[:, number], parts)
            shares = _covers(release.tree, release.shown.items[:, number], parts)
            for side in release.sides if release.sides is not None else _genders(release):
                means |= _covers(release.tree, side.shown[:, number], side.parts)
            for item in scale.items:
                covers[release.name, item, False] |= means
                covers[release.name, item, True] |= shares
    return [
        _matrix(
            f"{name} item {item} {'shares' if shares else 'sum'}",
            counts[name][:, :, item],
            alone[name][:, :, item],
            covers[name, item, shares],
            k_share if shares else k,
        )
        for name, item, shares in covers
    ]


def _genders(release: Released) -> list[PartTotals]:
    return [PartTotals([part], release.shown.split) for part in range(1, release.counts.shape[1])]


def counts_matrix(about: str, tree: Tree, shown: Bool, presence: Presence, k: int) -> Matrix:
    """The numbers of those who answered at all, as one matrix.

    Parameters
    ----------
    about : str
        Wave and informant.
    tree : Tree
        N nodes.
    shown : bool array, shape (N,)
        Where the number is told.
    presence : Presence
        Of the N nodes. Where silence tells, a group of which nobody answered is a group of too few.
    k : int
        Fewest answers that a total may reach.

    Returns
    -------
    Matrix
        Cells count answers; groups of which nothing can be learned are left out.
    """
    told = presence.answered > 0
    if presence.silence_tells:
        told = told | (presence.invited > 0)
    covers = _covers(tree, shown, [0])
    pattern: dict[int, list[int]] = {int(node): [] for node in np.flatnonzero(told)}
    for number, cover in enumerate(covers):
        for node, _part in cover:
            if node in pattern:
                pattern[node].append(number)
    alike: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for node, numbers in pattern.items():
        alike[tuple(numbers)].append(node)
    rows: dict[int, set[int]] = defaultdict(set)
    cells: list[Cell] = []
    for together, nodes in sorted(alike.items()):
        for number in together:
            rows[number].add(len(cells))
        people = int(presence.alone[nodes].sum())
        cells.append(Cell(" ".join(map(str, nodes)), people, (people,)))
    return Matrix(about, cells, sorted({frozenset(row) for row in rows.values()}, key=sorted), k)


def find_leaks(matrix: Matrix, unions: int = 3) -> list[Leak]:
    """Unions of few cells, with too few people, whose total follows from what is released.

    Parameters
    ----------
    matrix : Matrix
        From `matrices`.
    unions : int
        Most cells in a union, 1 to 3.

    Returns
    -------
    list of Leak
        Exact: each is confirmed by elimination. Unions that hold a cell which leaks alone are left out.
    """
    few = [place for place, cell in enumerate(matrix.cells) if cell.people < matrix.fewest]
    found: list[Leak] = []
    known: set[int] = set()
    for union in derivable(matrix, few, unions):
        people = sum(matrix.cells[place].people for place in union)
        if people < matrix.fewest and not known & set(union):
            found.append(Leak(matrix.about, tuple(matrix.cells[place].label for place in union), people))
            known |= set(union) if len(union) == 1 else set()
    return found


def derivable(matrix: Matrix, among: Sequence[int], unions: int = 3) -> Iterator[tuple[int, ...]]:
    """Unions of cells whose total is a combination of released totals, the smallest unions first.

    Parameters
    ----------
    matrix : Matrix
        From `matrices`.
    among : sequence of int
        Cells to look at.
    unions : int
        Most cells in a union, 1 to 3.

    Yields
    ------
    tuple of int
        Places in `matrix.cells`.
    """
    space = RowSpace(matrix.rows)
    # A random vector on which every released total vanishes: what follows vanishes too, little else does.
    values = space.vanishing(len(matrix.cells))
    place_of: dict[int, list[int]] = defaultdict(list)
    for place in among:
        place_of[values[place]].append(place)
    for size in range(1, unions + 1):
        for first in combinations(among, size - 1):
            wanted = -sum(values[place] for place in first) % PRIME
            for last in place_of.get(wanted, ()):
                union = (*first, last)
                if (not first or last > first[-1]) and not space.rest(dict.fromkeys(union, 1)):
                    yield union


def smallest_reach(matrix: Matrix, largest: int = 20) -> int:
    """Fewest people whose answers enter any combination of released totals that is not nothing.

    Integer programming, for small trees. Every combination with coefficients up to `largest` in each
    total and in the result is tried, not only sums over groups.

    Parameters
    ----------
    matrix : Matrix
        From `matrices`.
    largest : int
        Bound of the coefficients, the smallest non-zero one of the result being 1.

    Returns
    -------
    int
        People; 0 when nothing is released.

    Raises
    ------
    RuntimeError
        The solver gave up: nothing is proved.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp  # here only: deciding needs no scipy

    if not matrix.rows:
        return 0
    cells, rows = len(matrix.cells), len(matrix.rows)
    result = np.zeros((cells, rows))  # coefficient of each cell, from those of the totals
    for number, row in enumerate(matrix.rows):
        result[list(row), number] = 1
    one, none = np.eye(cells), np.zeros((cells, cells))
    # Unknowns: coefficients of the totals; whether a cell is reached; which cell has at least 1.
    constraints = [
        LinearConstraint(np.hstack([result, -largest * one, none]), -np.inf, 0),
        LinearConstraint(np.hstack([result, largest * one, none]), 0, np.inf),
        LinearConstraint(np.hstack([result, none, -(largest + 1) * one]), -largest, np.inf),
        LinearConstraint(np.hstack([np.zeros(rows + cells), np.ones(cells)]), 1, np.inf),
    ]
    people = [cell.people for cell in matrix.cells]
    answer = milp(
        np.hstack([np.zeros(rows), people, np.zeros(cells)]),
        integrality=np.hstack([np.zeros(rows), np.ones(2 * cells)]),
        bounds=Bounds(
            np.hstack([np.full(rows, -largest), np.zeros(2 * cells)]),
            np.hstack([np.full(rows, largest), np.ones(2 * cells)]),
        ),
        constraints=constraints,
    )
    if answer.status != 0:
        raise RuntimeError(f"{matrix.about}: no proof, the solver said: {answer.message}")
    return int(round(answer.fun))


def _covers(tree: Tree, shown: Bool, parts: Iterable[int]) -> set[Cover]:
    """What each shown total holds: pairs of a node on which people hang, and a part."""
    below: dict[int, list[tuple[int, int]]] = {int(node): [] for node in np.flatnonzero(shown)}
    parts = list(parts)
    for node in range(len(tree)):
        above = node
        while above >= 0:
            if above in below:
                below[above] += [(node, part) for part in parts]
            above = int(tree.parent[above])
    return {frozenset(cover) for cover in below.values()}


def _matrix(
    about: str, counts: NDArray[np.integer[Any]], alone: NDArray[np.integer[Any]], covers: set[Cover], fewest: int
) -> Matrix:
    """Join the places that every total treats alike, and drop those where nobody answered."""
    pattern: dict[tuple[int, int], list[int]] = defaultdict(list)
    for number, cover in enumerate(covers):
        for place in cover:
            pattern[place].append(number)
    alike: dict[tuple[int, ...], list[tuple[int, int]]] = defaultdict(list)
    for node, part in np.argwhere(counts.any(axis=-1)).tolist():
        alike[tuple(pattern[node, part])].append((node, part))
    rows: dict[int, set[int]] = defaultdict(set)
    cells: list[Cell] = []
    for numbers, places in sorted(alike.items()):
        codes = sum(counts[place] for place in places)
        label = " ".join(f"{node}:{part}" for node, part in places)
        for number in numbers:
            rows[number].add(len(cells))
        people = sum(int(alone[place].sum()) for place in places)
        cells.append(Cell(label, people, tuple(codes.tolist())))
    return Matrix(about, cells, sorted({frozenset(row) for row in rows.values()}, key=sorted), fewest)
