"""One set of sheets: whether numbers of a scale's complete sheets may stand beside those of all who answered.

What is released of an item rests on everybody who answered it, block by block. Numbers of the complete sheets over the
whole wave (a matrix, a coefficient) are of another set. Subtracting one from the other leaves those who answered the
item but not all; and where blocks are subtracted too, whichever of the two sides is the smaller in each block. So that
sum of smaller sides must be nobody, or at least k: the rule of a split (`split`), with complete sheets as one side.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kfl.disclosure.published import ANSWERED, COMPLETE, SCORED, Sheets
from kfl.disclosure.rules import BadCounts, Int, near_unanimous

GIRLS, BOYS = 1, 2
ALL, COUNTED = 0, 1  # everybody; those who handed in no other sheet

SIDES = {GIRLS: "girls", BOYS: "boys"}


@dataclass(frozen=True, eq=False)
class OneSet:
    """A scale's complete sheets beside everybody who answered each of its items.

    Cells are release blocks by split part: the finest groups that released numbers may tell apart.
    """

    complete: Int  # (2, blocks, parts): all, then those who handed in no other sheet
    scored: Int  # the same, of those with at least half of the items answered: sigma rests on them
    answered: Int  # (2, blocks, parts, items)
    unlike: NDArray[np.bool_]  # (items,) whether neither the complete nor the others are known to have answered alike

    def __post_init__(self) -> None:
        pairs = ((self.scored, self.complete), (self.answered.min(axis=-1, initial=2**62), self.complete))
        if any((larger < smaller).any() for larger, smaller in pairs):
            raise BadCounts("more sheets are complete than were answered")
        for both in (self.complete, self.scored, self.answered):
            if (both[COUNTED] > both[ALL]).any() or both.min(initial=0) < 0:
                raise BadCounts("those whose person handed in no other sheet are not among all")

    def is_full(self, k: int) -> bool:
        """Whether numbers of the complete sheets may stand in decimals.

        Parameters
        ----------
        k : int
            Fewest that may stand together.

        Returns
        -------
        bool
            At least k complete sheets; and those who answered an item, or enough to be scored, but not all of it, are
            nobody, or cannot be brought under k by subtracting any blocks. Nor do all of them, or all but one, give one
            answer to an item.
        """
        parts = range(self.complete.shape[2])
        return bool(self.complete[COUNTED].sum() >= k and self.unlike.all()) and self._is_apart(parts, k, whole=True)

    def may_compare(self, k: int) -> bool:
        """Whether numbers of the complete sheets of girls, and of boys, may stand too.

        Parameters
        ----------
        k : int
            Fewest that may stand together.

        Returns
        -------
        bool
            The same holds for girls, for boys and for those with blank gender by themselves.
        """
        parts = self.complete.shape[2]
        few = any(self.complete[COUNTED, :, side].sum() < k for side in SIDES if side < parts)
        return parts == 3 and not few and self.is_full(k) and all(self._is_apart([part], k) for part in range(3))

    def sheets(self, about: str, items: list[str], k: int, *, compared: bool) -> Iterator[Sheets]:
        """The sets behind a report's numbers, for the door.

        They are told by all sheets in them, as is printed; where too few of these count, by those that do, which the
        door refuses. So no number tells how many handed in twice.

        Parameters
        ----------
        about : str
            The scale.
        items : list of str
            Its items' keys, in order.
        k : int
            Fewest that may stand together.
        compared : bool
            Whether numbers of girls and of boys stand too.

        Yields
        ------
        Sheets
            Of the scale, and of each item.
        """
        left = self.scored - self.complete
        yield Sheets(about, COMPLETE, _count(self.complete, k), {SCORED: 0})
        yield Sheets(about, SCORED, _count(self.scored, k), {COMPLETE: _count(left, k)})
        for place, item in enumerate(items):
            answered = self.answered[..., place]
            yield from _pair(f"{about}/{item}", self.complete, answered, k)
            for part, name in SIDES.items() if compared else ():
                yield from _pair(f"{about}/{item}/{name}", self.complete[:, :, part], answered[:, :, part], k)
        for part, name in SIDES.items() if compared else ():
            yield Sheets(f"{about}/{name}", COMPLETE, _count(self.complete[:, :, part], k), {})

    def _is_apart(self, parts: list[int] | range, k: int, *, whole: bool = False) -> bool:
        """Nobody is left, or at least k are whatever is subtracted; or, if `whole`, those left are whole blocks."""
        complete, scored, answered = (table[:, :, parts] for table in (self.complete, self.scored, self.answered))
        beside = np.concatenate([answered, scored[..., np.newaxis]], axis=-1)
        rest = beside - complete[..., np.newaxis]
        singled = np.minimum(complete[..., np.newaxis], rest)[COUNTED].sum(axis=(0, 1))
        nobody = rest[ALL].sum(axis=(0, 1)) == 0
        left, held = rest[ALL].sum(axis=1), complete[ALL].sum(axis=1)[:, np.newaxis]
        by_block = ((left == 0) | (held == 0)).all(axis=0) & whole
        return bool((nobody | (singled >= k) | by_block).all())


def _pair(about: str, complete: Int, answered: Int, k: int) -> Iterator[Sheets]:
    """The complete, and all who answered, beside each other."""
    yield Sheets(about, COMPLETE, _count(complete, k), {ANSWERED: 0})
    yield Sheets(about, ANSWERED, _count(answered, k), {COMPLETE: _count(answered - complete, k)})


def _count(both: Int, k: int) -> int:
    """All sheets; where too few of them count, those that do, and then at least one, if there is anybody."""
    everybody, counted = (int(both[which].sum()) for which in (ALL, COUNTED))
    return everybody if counted >= k or not everybody else max(counted, 1)


def unlike_by_sums(n: Int, total: Int, squares: Int, widest: int) -> NDArray[np.bool_]:
    """Whether more than one answers otherwise than the rest, as far as sums tell: what an attacker can see.

    Parameters
    ----------
    n, total, squares : int arrays of one shape
        How many answered; sum and sum of squares of their codes.
    widest : int
        Largest difference of two codes.

    Returns
    -------
    bool array
        True where nobody answered: there is nobody to protect.
    """
    apart = n * squares - total * total  # n - 1 times the square of how far off a single one is
    one_off = np.stack([apart == (n - 1) * step * step for step in range(widest + 1)])
    return np.asarray((n == 0) | ~one_off.any(axis=0))


def one_set(
    codes: NDArray[np.integer],
    enough: int,
    block: NDArray[np.integer],
    part: NDArray[np.integer],
    alone: NDArray[np.bool_],
    shape: tuple[int, int],
) -> OneSet:
    """Count the sets of a scale.

    Parameters
    ----------
    codes : integer array, shape (items, people)
        Who answered what; -1 = not answered.
    enough : int
        From how many answers a person is scored.
    block : integer array, shape (people,)
        The lowest shown node of each; -1 for whoever is in nothing that is shown.
    part : integer array, shape (people,)
        Split part of each.
    alone : bool array, shape (people,)
        Whether the person handed in no other sheet.
    shape : tuple of int
        How many nodes and parts there are.

    Returns
    -------
    OneSet

    Raises
    ------
    BadCounts
        Somebody who answered is in no block: then nothing may be said of the whole.
    """
    answered = codes >= 0
    given = answered.sum(axis=0)
    if ((block < 0) & (given > 0)).any():
        raise BadCounts("somebody who answered is in no block")
    cell = np.maximum(block, 0) * shape[1] + part
    sets = [given == len(answered), given >= max(enough, 1), *answered]
    counted = [
        [np.bincount(cell[held & mask], minlength=shape[0] * shape[1]) for held in sets]
        for mask in (np.ones_like(alone), alone)
    ]
    table = np.array(counted, dtype=np.int64).reshape(2, len(sets), *shape)
    return OneSet(table[:, 0], table[:, 1], np.moveaxis(table[:, 2:], 1, -1), _unlike(codes, sets[0], alone))


def _unlike(codes: NDArray[np.integer], complete: NDArray[np.bool_], alone: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether no item is near-unanimous among the complete, nor among the others, of all or of those who count."""
    unlike = np.ones(len(codes), dtype=np.bool_)
    for item, given in enumerate(codes):
        for held in (complete, ~complete, complete & alone, ~complete & alone):
            unlike[item] &= not near_unanimous(np.bincount(given[held & (given >= 0)])[np.newaxis]).any()
    return unlike
