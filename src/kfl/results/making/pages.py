"""From arrays to released pages: rounds, names and encodes; tells what it wrote, so that the gate judges that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np

from kfl import disclosure, stats
from kfl.core.alphabet import alphabetical

from ..payload import (
    Between,
    Certainty,
    NodeBeside,
    Page,
    Panel,
    PanelGap,
    ScaleResult,
    ShownChange,
    Then,
    Value,
    Versus,
    encode,
    pack,
)
from .change_over_time import changes
from .comparing import AgainstRest
from .computed import AskedScale, Codes, Float, Results
from .history import Earlier, traces
from .panel_numbers import Panels
from .sheet_arrays import Bool, Int
from .verdicts import STEPS, JudgedDifference, judge

CHUNK = 1000
SD_STEP = 5  # RULES C.6

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
        self,
        results: Results,
        scales: Sequence[AskedScale],
        places: Sequence[NodeBeside],
        waves: Sequence[Earlier],
        comparable: Bool | None = None,  # (scales, earlier waves)
        panels: Panels | None = None,
    ) -> None:
        self.results = results
        self.scales = scales
        self.places = places  # the results' nodes, in their order
        self.waves = waves
        self.points, self.half = _whole(results.shown.points), _half(results.se)
        self.changes = changes(results, waves)
        self.verdicts = judge(results.above, results.top, self.changes, _here(comparable, self.changes.wave))
        self.between = _between(results)
        self.panels = panels
        self._scale, self._item, self._split, self._panel = (np.zeros(results.n.shape, dtype=bool) for _ in range(4))
        self._counted = np.zeros(len(results.nodes), dtype=bool)
        self._parent: list[int] = results.tree.parent.tolist()
        self._below: dict[int, list[NodeBeside]] = {}
        for place, parent in zip(places, self._parent, strict=True):
            self._below.setdefault(parent, []).append(place)

    def shown(self) -> disclosure.Shown:
        """What the written pages hold: what the gate is to judge."""
        return disclosure.Shown(self._scale, self._item, self._split, self._counted)

    def panels_shown(self, nodes: int) -> Bool:
        """Where the written pages hold a number of a panel, by node of the wave's tree (it has so many) and scale."""
        told = np.zeros((nodes, len(self.scales)), dtype=np.bool_)
        told[self.results.nodes] = self._panel
        return told

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
            *(self._points(number, rows) if measured else [nothing] * 4),
            items_hidden,
            items_nearest,
            items,
            split_hidden,
            *(self._sides(number, rows) if measured else (nothing, nothing)),
            *self._history(number, rows),
            self._between(number, rows),
            self._effects(number, rows),
            self._shares(number, rows),
            *self._panels(number, rows),
            strict=True,
        )
        column = [ScaleResult(*cell) for cell in cells]
        self._scale[rows, number] = [not cell.hidden or cell.value is not None for cell in column]
        self._item[rows, number] = [bool(cell.items) for cell in column]
        self._split[rows, number] = [cell.girls is not None or cell.boys is not None for cell in column]
        self._panel[rows, number] = [cell.panel is not None for cell in column]
        return column

    def _points(self, number: int, rows: slice) -> tuple[list[Any], ...]:
        """Own value, SD, the level above, and the top."""
        results = self.results
        shown = np.isfinite(results.points[rows, number]).tolist()
        values = _values(results.n[rows, number], self.points[rows, number], self.half[rows, number], shown)
        sd = (_whole(results.sd[rows, number] / SD_STEP) * SD_STEP).tolist()
        above = self._versus(results.above, self.verdicts.above, number, rows)
        top = self._versus(results.top, self.verdicts.top, number, rows)
        return values, [spread or None for spread in sd], above, top

    def _versus(self, found: AgainstRest, verdict: JudgedDifference, number: int, rows: slice) -> list[Versus | None]:
        """Against the rest of a level above."""
        node = found.node[rows, number]
        best = verdict.best[rows, number]
        columns = (
            self._numbers(node),
            _whole(found.rest[rows, number]).tolist(),
            _half(found.rest_se[rows, number]).tolist(),
            _whole(found.apart[rows, number]).tolist(),
            _half(found.se[rows, number]).tolist(),
            _certainties(verdict, number, rows),
            _if_known(best),
            self.points[node, number].tolist(),
        )
        return [Versus(*cell) if cell[0] >= 0 else None for cell in zip(*columns, strict=True)]

    def _shares(self, number: int, rows: slice) -> list[list[float]]:
        """How people fall on the blocks below, where points are shown."""
        d = self.results.shown.d[:, rows, number].T
        shown = np.isfinite(self.results.points[rows, number]).tolist()
        return [cell if there else [] for there, cell in zip(shown, d.tolist(), strict=True)]

    def _panels(self, number: int, rows: slice) -> tuple[list[Panel | None], list[PanelGap]]:
        """Those who answered in two waves, where they are told apart."""
        if self.panels is None:
            count = rows.stop - rows.start
            return [None] * count, [PanelGap.NONE] * count
        return self.panels.cells(number, self.results.nodes[rows])

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
            _values(side.n[rows, number], _whole(side.points[rows, number]), _half(side.se[rows, number]), shown)
            for side in (self.results.girls, self.results.boys)
        ]  # fmt: skip

    def _between(self, number: int, rows: slice) -> list[Between | None]:
        """Girls minus boys; nothing where they are not told apart."""
        if self.between is None:
            return [None] * (rows.stop - rows.start)
        cells = zip(*(column[rows, number].tolist() for column in self.between), strict=True)
        return [Between(int(apart), half, sure) if isfinite(apart) else None for apart, half, sure in cells]

    def _history(self, number: int, rows: slice) -> tuple[list[list[Then]], list[ShownChange | None]]:
        """Earlier waves and change; nothing for what is not measured or not released yet."""
        count, asked = rows.stop - rows.start, self.scales[number]
        if not self.waves or not asked.measured or asked.sensitive:
            return [[] for _ in range(count)], [None] * count
        return traces(self.waves, number, rows), self._changes(number, rows)

    def _changes(self, number: int, rows: slice) -> list[ShownChange | None]:
        found, verdict = self.changes, self.verdicts.change
        if verdict is None:
            return [None] * (rows.stop - rows.start)
        columns = (
            found.wave[rows, number].tolist(),
            _whole(found.points[rows, number]).tolist(),
            _whole(found.half[rows, number]).tolist(),
            _certainties(verdict, number, rows),
            _if_known(verdict.best[rows, number]),
        )
        return [ShownChange(*cell) if cell[0] >= 0 else None for cell in zip(*columns, strict=True)]

    def _where_hidden(self, nearest: Int, codes: Codes) -> list[int]:
        return self._numbers(np.where(codes == 0, -1, nearest))

    def _numbers(self, local: Int) -> list[int]:
        """Numbers in the wave's tree of nodes of this form; -1 stays."""
        numbers: list[int] = np.where(local >= 0, self.results.nodes[local], -1).tolist()
        return numbers


def _here(comparable: Bool | None, wave: Int) -> Bool | None:
    """For every node and scale whether the wave that it is compared with asked in the same measure."""
    if comparable is None or not comparable.shape[1]:
        return None
    return np.asarray(comparable[np.arange(wave.shape[1]), wave])


def _between(results: Results) -> tuple[Float, Int, Bool] | None:
    """Girls minus boys as both are shown, half-width, and whether that is certain by Holm over each page's scales.

    They sit in the same classes, grades and schools: what sets these apart falls out of the difference.
    """
    if results.girls is None or results.boys is None:
        return None
    girls, boys = (np.rint(side.points) for side in (results.girls, results.boys))
    one, other = (np.where(side.n > 0, side.n, np.nan) for side in (results.girls, results.boys))
    se = np.sqrt(results.shown.spread.within((girls + boys) / 2) * (1 / one + 1 / other))
    apart = girls - boys
    (sure,) = stats.certain(stats.two_sided(apart, se))
    return apart, _half(se), sure & (apart != 0)


def _certainties(verdict: JudgedDifference, number: int, rows: slice) -> list[Certainty]:
    return [STEPS[step] for step in verdict.step[rows, number].tolist()]


def _if_known(best: Float) -> list[int | None]:
    return [round(one) if isfinite(one) else None for one in best.tolist()]


def _half(se: Float) -> Int:
    """Half of the 95 % interval, whole."""
    return _whole(stats.Z * se)


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
