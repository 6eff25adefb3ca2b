"""Numbers made of a form's released pages: who answered, and what can be told from chance. Nothing is decided anew."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from kfl.results.payload import FormText, ScaleText
from kfl.surveys.models import NodeKind

from ..page_numbers import SIZES, Answering, PageNumbers, ResponseSpread, Sides
from .safety import FEWEST_GROUPS
from .smallest_differences import changes, likeness, panel_gap, panels, smallest, spreads, typical
from .told_pages import ToldPages

RowOf = Callable[[int, int], int]  # grade (-1: none) and invited → the row
PLACES = (NodeKind.SCHOOL, NodeKind.KINDERGARTEN)  # whose size and spread are told


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
        spreads=list(spreads(pages, text)),
        typical=typical(pages),
        smallest=list(smallest(pages, text)),
        likeness=list(likeness(text)),
        changes=list(changes(pages)),
        panels=list(panels(pages, text)),
        panel_gap=panel_gap(pages),
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
