"""Whether two sums of a file are equal, number by number."""

from dataclasses import fields

import numpy as np

from kfl.analysis.collecting import FileSums


def same(one: FileSums, other: FileSums) -> bool:
    tables = zip(_tables(one), _tables(other), strict=True)
    equal = all(mine.dtype == yours.dtype and np.array_equal(mine, yours) for mine, yours in tables)
    return equal and one.cells == other.cells and one.bad == other.bad


def _tables(file: FileSums) -> list[np.ndarray]:
    parts = [file.sums, *file.products]
    found = [getattr(part, field.name) for part in parts for field in fields(part)]
    return [file.first, file.rows, file.whole, *file.scores, *(one for one in found if isinstance(one, np.ndarray))]
