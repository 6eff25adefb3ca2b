"""A form's released pages, gone through once: what the report takes from them, and nothing else of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from msgspec import Struct
from msgspec.json import Decoder

from kfl.results.making.sheet_arrays import Bool
from kfl.results.models import ReleasedForm, ReleasedPage
from kfl.results.payload import Panel, ShownChange, Value, Versus, unpack
from kfl.surveys.models import NodeKind

from ..payload import Visible
from .safety import RootShown


class UnitNumber(NamedTuple):
    """One scale at one unit, where it is shown."""

    node: int
    scale: int
    n: int
    d: list[float]
    half: int
    change: int | None  # half of its interval
    above: Versus | None


class ToldCell(Struct):
    """Of a scale on a page: what the report needs."""

    hidden: str = ""
    value: Value | None = None
    items: list[object] = []
    girls: Value | None = None
    boys: Value | None = None
    above: Versus | None = None
    top: Versus | None = None
    change: ShownChange | None = None
    d: list[float] = []
    panel: Panel | None = None
    panel_hidden: str = ""


class ToldPage(Struct):
    """Of a released page: what the report needs."""

    node: int
    kind: str
    grade: int | None
    answered: int | None
    invited: int
    scales: list[ToldCell]


_PAGE = Decoder(ToldPage)


@dataclass
class ToldPages:
    """A form's released pages, gone through once."""

    root: ToldPage | None = None
    counts: list[tuple[str, int | None, int | None, int]] = field(
        default_factory=list
    )  # kind, grade, answered, invited
    scales: list[dict[str, list[int]]] = field(default_factory=list)  # kind → nodes shown, nodes hidden
    shown: dict[int, list[bool]] = field(default_factory=dict)  # node → of each scale whether it is shown
    kinds: dict[int, str] = field(default_factory=dict)  # node → kind
    units: dict[str, list[UnitNumber]] = field(default_factory=lambda: defaultdict(list))  # by kind
    tests: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))  # by kind: how many a page has

    @property
    def invited(self) -> int:
        return self.root.invited if self.root else 0

    @property
    def sheets(self) -> int | None:
        """With an answer, as released."""
        return self.root.answered if self.root else None

    def of_root(self) -> list[RootShown]:
        """What is shown of each scale for the whole wave."""
        cells = self.root.scales if self.root else []
        return [RootShown(not cell.hidden, bool(cell.items), bool(cell.girls and cell.boys)) for cell in cells]

    def marks(self, nodes: int) -> Bool:
        """Whether each scale is shown, for every node of the wave's tree."""
        table = np.zeros((nodes, len(self.scales)), dtype=np.bool_)
        for node, shown in self.shown.items():
            table[node] = shown
        return table

    def places(self) -> list[Visible]:
        """On how many nodes of each level it is shown how many answered."""
        counted: dict[str, list[int]] = {}
        for kind, _grade, answered, _invited in self.counts:
            counted.setdefault(kind, [0, 0])[answered is None] += 1
        return _in_order(counted)

    def visible(self) -> list[list[Visible]]:
        """On how many nodes of each level each scale is shown."""
        return [_in_order(found) for found in self.scales]


def shown_pages(text: ReleasedForm) -> ToldPages:
    """The pages of a form that the caller was given."""
    rows = ReleasedPage.objects.within(text).order_by("node__number")  # the root comes first
    stored = rows.values_list("payload", flat=True).iterator(chunk_size=2000)
    return gone_through(_PAGE.decode(unpack(payload)) for payload in stored)


def gone_through(pages: Iterable[ToldPage]) -> ToldPages:
    """Pages, the root's first."""
    found = ToldPages()
    for page in pages:
        if found.root is None:
            found.root, found.scales = page, [{} for _cell in page.scales]
        found.counts.append((page.kind, page.grade, page.answered, page.invited))
        found.shown[page.node] = [not cell.hidden for cell in page.scales]
        found.kinds[page.node] = page.kind
        for number, (counted, cell) in enumerate(zip(found.scales, page.scales, strict=True)):
            counted.setdefault(page.kind, [0, 0])[bool(cell.hidden)] += 1
            if cell.value is not None and cell.d:
                change = cell.change.half if cell.change else None
                one = UnitNumber(page.node, number, cell.value.n, cell.d, cell.value.half, change, cell.above)
                found.units[page.kind].append(one)
        found.tests[page.kind].append(sum(len(_tests(cell)) for cell in page.scales))
    return found


def _tests(cell: ToldCell) -> list[object]:
    return [one for one in (cell.above, cell.top, cell.change) if one is not None]


def _in_order(counted: dict[str, list[int]]) -> list[Visible]:
    return [Visible(kind, *counted[kind]) for kind in NodeKind.values if kind in counted]
