"""Tables from outside, whatever program wrote them: CSV and XLSX in as numbered rows of text, and out again safely.

``read_table(file)`` gives a `Table`, or raises `WrongFile` with everything that is wrong, by row and column. What is
wrong is a code (`Fault`) with facts; its words, in English and bokmål, stand in `kfl.tables.fault_words`.

Plain Python: no Django, no data frames. Long files of answers take their dialect from here and are read by polars.
"""

from __future__ import annotations

from .columns import Columns
from .faults import Fault, Problem, WrongFile, fault
from .reading import ANSWERS, LIST, Bounds, Row, Table, read_table
from .values import whole_number

__all__ = [
    "ANSWERS",
    "LIST",
    "Bounds",
    "Columns",
    "Fault",
    "Problem",
    "Row",
    "Table",
    "WrongFile",
    "fault",
    "read_table",
    "whole_number",
]
