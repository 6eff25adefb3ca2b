"""From arrays to released pages: rounds, names and encodes; tells what it wrote, so that the gate judges that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kfl import disclosure, stats
from kfl.core.alphabet import alphabetical

from ..payload import Between, NodeBeside, Page, ScaleResult, ShownChange, Then, Value, Versus, encode, pack
from .computed import AskedScale, Codes, Float, Results
from .history import Earlier, changes, changes_of, traces
from .sheet_arrays import Int

CHUNK = 1000
SD_STEP = 5  # RULES C.5

_WORDS = ["" if reason is None else str(reason) for reason in disclosure.REASONS]


def alphabetically(place: NodeBeside) -> tuple[Any, ...]:
    """Sort key: grades in order, then by name as a Norwegian reads it, numbers by size."""
    return (place.grade if place.kind == "grade" and place.grade else 0, alphabetical(place.name), place.number)


@dataclass(frozen=True)
class WrittenPage:
    """One page as it goes into the release."""

    node: int
    text: bytes  # canonical
    stored: bytes


class PageWriter:
    """Writes the pages of one form and remembers which numbers stand on them."""

    def __init__(
        self, results: Results, scales: Sequence[AskedScale], places: Sequence[NodeBeside], waves: Sequence[Earlier]
    ) -> None:
        self.results = results
        self.scales = scales
        self.places = places  # the results' nodes, in their order
        self.waves = waves
        self.points, self.half = _whole(results.points), _whole(results.half)
        self.changes = changes(self.points, self.half, np.isfinite(results.points), waves)
        self.between = _between(results)
        self._scale, self._item, self._split = (np.zeros(results.n.shape, dtype=bool) for _ in range(3))
        self._counted = np.zeros(len(results.nodes), dtype=bool)
        self._parent: list[int] = results.tree.parent.tolist()
        self._below: dict[int, list[NodeBeside]] = {}
        for place, parent in zip(places, self._parent, strict=True):
            self._below.setdefault(parent, []).append(place)

    def shown(self) -> disclosure.Shown:
        """What the written pages hold: what the gate is to judge."""
        return disclosure.Shown(self._scale, self._item, self._split, self._counted)

    def pages(self) -> Iterator[WrittenPage]:
        """All pages, by node number."""
        for start in range(0, len(self.places), CHUNK):
            rows = slice(start, min(start + CHUNK, len(self.places)))
            columns = [self._column(number, rows) for number in range(len(self.scales))]
            counts = zip(self._answered(rows), self.results.invited[rows].tolist(), strict=True)
            for offset, ((answered, invited), cells) in enumerate(zip(counts, zip(*columns, strict=True), strict=True)):
                yield self._page(start + offset, answered, invited, list(cells))

    def _answered(self, rows: slice) -> list[int | None]:
        """How many answered at all; None where that is hidden, and nothing was decided counts as hidden."""
        codes = self.results.decision.answered
        shown = [False] * (rows.stop - rows.start) if codes is None else (codes[rows] == 0).tolist()
        found = [n if there else None for n, there in zip(self.results.answered[rows].tolist(), shown, strict=True)]
        self._counted[rows] = [n is not None for n in found]
        return found

    def _page(self, node: int, answered: int | None, invited: int, scales: list[ScaleResult]) -> WrittenPage:
        place = self.places[node]
        below = sorted(self._below.get(node, ()), key=alphabetically)
        number, kind, name, grade = place.number, place.kind, place.name, place.grade
        text = encode(Page(number, kind, name, grade, answered, invited, self._trail(node), below, scales))
        return WrittenPage(number, text, pack(text))

    def _trail(self, node: int) -> list[NodeBeside]:
        found = []
        while (node := self._parent[node]) >= 0:
            found.append(self.places[node])
        return found[::-1]

    def _column(self, number: int, rows: slice) -> list[ScaleResult]:
        """One scale at the nodes of a chunk."""
        decision, measured = self.results.decision, self.scales[number].measured
        hidden = _reasons(decision.scale[rows, number])
        items, items_hidden, items_nearest = self._items(number, rows)
        split_hidden = _reasons(decision.split[rows, number]) if measured else [""] * len(hidden)
        nothing: list[Any] = [None] * len(hidden)
        cells = zip(
            hidden,
            self._where_hidden(self.results.nearest[rows, number], decision.scale[rows, number]),
            *(self._points(number, rows) if measured else [nothing] * 5),
            items_hidden,
            items_nearest,
            items,
            split_hidden,
            *(self._sides(number, rows) if measured else (nothing, nothing)),
            *self._history(number, rows),
            self._between(number, rows),
            self._effects(number, rows),
            strict=True,
        )
        column = [ScaleResult(*cell) for cell in cells]
        self._scale[rows, number] = [not cell.hidden or cell.value is not None for cell in column]
        self._item[rows, number] = [bool(cell.items) for cell in column]
        self._split[rows, number] = [cell.girls is not None or cell.boys is not None for cell in column]
        return column

    def _points(self, number: int, rows: slice) -> tuple[list[Any], ...]:
        """Own value, SD, the level above, and the top with its half-width."""
        results = self.results
        shown = np.isfinite(results.points[rows, number]).tolist()
        values = _values(results.n[rows, number], self.points[rows, number], self.half[rows, number], shown)
        sd = (_whole(results.sd[rows, number] / SD_STEP) * SD_STEP).tolist()
        above = results.above[rows, number]
        versus = zip(
            self._numbers(above),
            self.points[above, number].tolist(),
            _whole(results.apart[rows, number]).tolist(),
            results.certain[rows, number].tolist(),
            self.half[above, number].tolist(),
            _whole(results.apart_half[rows, number]).tolist(),
            strict=True,
        )
        others = [
            Versus(*other) if there and other[0] >= 0 else None for there, other in zip(shown, versus, strict=True)
        ]
        tops = [[int(table[0, number]) if there else None for there in shown] for table in (self.points, self.half)]
        return values, [spread or None for spread in sd], others, *tops

    def _effects(self, number: int, rows: slice) -> list[float]:
        """Design effects where something is shown; else 1, for n could be worked out from it."""
        decision = self.results.decision
        shown = (decision.scale[rows, number] == 0) | (decision.items[rows, number] == 0)
        effect = self.results.effect[rows, number]
        found: list[float] = np.where(shown & np.isfinite(effect), np.round(effect, 2), 1.0).tolist()
        return found

    def _items(self, number: int, rows: slice) -> tuple[list[Any], list[str], list[int]]:
        """Shares of each answer, or why not and where."""
        results, spec = self.results, self.scales[number].spec
        chosen = list(spec.items)
        shares = results.percent[rows, :, spec.low : spec.high + 1][:, chosen]
        table = np.concatenate([results.item_n[rows, chosen][:, :, np.newaxis], shares], axis=2)
        codes = results.decision.items[rows, number]
        shown = [[] if code else items for code, items in zip(codes.tolist(), table.tolist(), strict=True)]
        return shown, _reasons(codes), self._where_hidden(results.items_nearest[rows, number], codes)

    def _sides(self, number: int, rows: slice) -> list[list[Value | None]]:
        """Girls and boys."""
        shown = (self.results.decision.split[rows, number] == 0).tolist()
        return [
            [None] * len(shown) if side is None else
            _values(side.n[rows, number], _whole(side.points[rows, number]), _whole(side.half[rows, number]), shown)
            for side in (self.results.girls, self.results.boys)
        ]  # fmt: skip

    def _between(self, number: int, rows: slice) -> list[Between | None]:
        """Girls minus boys; nothing where they are not told apart."""
        if self.between is None:
            return [None] * (rows.stop - rows.start)
        found = self.between
        shown = np.isfinite(found.difference[rows, number]).tolist()
        columns = (
            _whole(found.difference[rows, number]),
            _whole(found.half_width[rows, number]),
            found.certain[rows, number],
        )
        cells = zip(*(column.tolist() for column in columns), strict=True)
        return [Between(*cell) if there else None for there, cell in zip(shown, cells, strict=True)]

    def _history(self, number: int, rows: slice) -> tuple[list[list[Then]], list[ShownChange | None]]:
        """Earlier waves and change; nothing for what is not measured or not released yet."""
        count, asked = rows.stop - rows.start, self.scales[number]
        if not self.waves or not asked.measured or asked.sensitive:
            return [[] for _ in range(count)], [None] * count
        return traces(self.waves, number, rows), changes_of(self.changes, number, rows)

    def _where_hidden(self, nearest: Int, codes: Codes) -> list[int]:
        return self._numbers(np.where(codes == 0, -1, nearest))

    def _numbers(self, local: Int) -> list[int]:
        """Numbers in the wave's tree of nodes of this form; -1 stays."""
        numbers: list[int] = np.where(local >= 0, self.results.nodes[local], -1).tolist()
        return numbers


def _between(results: Results) -> stats.Differences | None:
    """Girls against boys from what is shown of both, Holm-adjusted over the scales of each page."""
    if results.girls is None or results.boys is None:
        return None
    girls, boys = results.girls, results.boys
    shown = np.isfinite(girls.points) & np.isfinite(boys.points)
    points = [np.where(shown, _whole(side.points), np.nan) for side in (girls, boys)]
    return stats.certain_differences(points[0], _whole(girls.half), points[1], _whole(boys.half))


def _reasons(codes: Codes) -> list[str]:
    """For each number in a decision its word; "" where it is shown."""
    return [_WORDS[code] for code in codes.tolist()]


def _values(n: Int, points: Int, half: Int, shown: list[bool]) -> list[Value | None]:
    rows = zip(shown, n.tolist(), points.tolist(), half.tolist(), strict=True)
    return [Value(n, points, half) if there else None for there, n, points, half in rows]


def _whole(values: Float) -> Int:
    """To the nearest whole number, halves to the even one; 0 where there is none, which is never written."""
    whole: Int = np.rint(np.where(np.isfinite(values), values, 0.0)).astype(np.int64)
    return whole
