"""Every combination of a set of totals, exactly: sparse elimination modulo a prime."""

from __future__ import annotations

from collections.abc import Iterable
from heapq import heapify, heappop, heappush
from random import Random

PRIME = 2**31 - 1

Row = dict[int, int]  # column -> coefficient; what is missing is 0


class RowSpace:
    """Every combination of the released totals, by sparse elimination modulo a prime.

    Parameters
    ----------
    totals : iterable of frozenset of int
        Columns with coefficient 1 in each row.
    """

    def __init__(self, totals: Iterable[frozenset[int]]) -> None:
        self._rows: dict[int, Row] = {}  # by pivot column; a row holds no pivot of an earlier one
        self._rank: dict[int, int] = {}
        for total in sorted(totals, key=len):
            row = self.rest(dict.fromkeys(total, 1))
            if row:
                pivot = min(row)
                inverse = pow(row[pivot], -1, PRIME)
                self._rows[pivot] = {column: value * inverse % PRIME for column, value in row.items()}
                self._rank[pivot] = len(self._rank)

    def rest(self, row: Row) -> Row:
        """What is left of a row when the totals are subtracted; nothing if it follows from them."""
        row = dict(row)
        queue = [(self._rank[column], column) for column in row if column in self._rank]
        heapify(queue)
        while queue:
            _, pivot = heappop(queue)
            times = row.get(pivot, 0)
            if not times:
                continue
            for column, value in self._rows[pivot].items():
                if column not in row and column in self._rank:
                    heappush(queue, (self._rank[column], column))
                left = (row.get(column, 0) - times * value) % PRIME
                if left:
                    row[column] = left
                else:
                    row.pop(column, None)
        return row

    def vanishing(self, columns: int) -> list[int]:
        """A random vector, modulo the prime, on which every total is 0."""
        random = Random(columns)
        vector = [random.randrange(1, PRIME) for _ in range(columns)]
        for pivot, row in reversed(self._rows.items()):
            vector[pivot] = -sum(value * vector[column] for column, value in row.items() if column != pivot) % PRIME
        return vector
