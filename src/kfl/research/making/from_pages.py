"""What a form's released pages show: by level, and over the units of a grade or a size. Nothing is decided anew."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from msgspec import Struct
from msgspec.json import Decoder

from kfl.results.making.sheet_arrays import Bool
from kfl.results.models import ReleasedForm, ReleasedPage
from kfl.results.payload import FormText, ScaleText, Value, unpack
from kfl.surveys.models import NodeKind

from ..page_numbers import SIZES, Answering, PageNumbers, ResponseSpread, Sides
from ..payload import Visible
from .safety import FEWEST_GROUPS, RootShown

PLACES = (NodeKind.SCHOOL, NodeKind.KINDERGARTEN)  # whose size and spread are told


class ToldCell(Struct):
    """Of a scale on a page: what the report needs."""

    hidden: str = ""
    value: Value | None = None
    items: list[object] = []
    girls: Value | None = None
    boys: Value | None = None


class ToldPage(Struct):
    """Of a released page: what the report needs."""

    node: int
    kind: str
    grade: int | None
    answered: int | None
    invited: int
    scales: list[ToldCell]


_PAGE = Decoder(ToldPage)

RowOf = Callable[[int, int], int]  # grade (-1: none) and invited → the row


@dataclass
class ToldPages:
    """A form's released pages, gone through once."""

    root: ToldPage | None = None
    counts: list[tuple[str, int | None, int | None, int]] = field(
        default_factory=list
    )  # kind, grade, answered, invited
    scales: list[dict[str, list[int]]] = field(default_factory=list)  # kind → nodes shown, nodes hidden
    shown: dict[int, list[bool]] = field(default_factory=dict)  # node → of each scale whether it is shown

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
        for counted, cell in zip(found.scales, page.scales, strict=True):
            counted.setdefault(page.kind, [0, 0])[bool(cell.hidden)] += 1
    return found


def page_numbers(pages: ToldPages, text: FormText) -> PageNumbers:
    """What is made of shown numbers alone."""
    by_grade = list(_answering(pages, [NodeKind.GRADE], lambda grade, _invited: grade))
    graded = sum(invited for kind, _grade, _answered, invited in pages.counts if kind == NodeKind.GRADE)
    return PageNumbers(
        by_grade=by_grade,
        by_size=list(_answering(pages, PLACES, lambda _grade, invited: max(n for n in SIZES if n <= invited))),
        ungraded=pages.invited - graded if by_grade else 0,
        between=list(_between(pages)),
        sides=_sides(pages, text.scales),
    )


def _answering(pages: ToldPages, kinds: Sequence[str], row_of: RowOf) -> Iterator[Answering]:
    """Added up over the units that tell it; those that don't are counted and left out."""
    for kind in kinds:
        rows: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
        for own, grade, answered, invited in pages.counts:
            if own == kind and invited:
                row = rows[row_of(-1 if grade is None else grade, invited)]
                row[1 if answered is None else 0] += 1
                if answered is not None:
                    row[2] += invited
                    row[3] += answered
        yield from (Answering(kind, least, *rows[least]) for least in sorted(rows))


def _between(pages: ToldPages) -> Iterator[ResponseSpread]:
    for kind in PLACES:
        shares = [100 * n / of for own, _grade, n, of in pages.counts if own == kind and n is not None and of]
        if len(shares) >= FEWEST_GROUPS:
            yield ResponseSpread(kind, len(shares), *(round(float(x)) for x in np.percentile(shares, (25, 50, 75))))


def _sides(pages: ToldPages, scales: Sequence[ScaleText]) -> Sides | None:
    cells = pages.root.scales if pages.root else []
    found = [
        Sides(text.key, cell.value.n, cell.girls.n, cell.boys.n)
        for text, cell in zip(scales, cells, strict=True)
        if cell.value and cell.girls and cell.boys and not text.sensitive
    ]
    return max(found, key=lambda one: one.n, default=None)


def _in_order(counted: dict[str, list[int]]) -> list[Visible]:
    return [Visible(kind, *counted[kind]) for kind in NodeKind.values if kind in counted]
