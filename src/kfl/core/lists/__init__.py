"""Lists from outside: a file → checked rows → what it would change → one transaction → taken back, if wanted.

table = read_list(content, "elever.xlsx", COLUMNS)   # `kfl.tables.Row`s; raises `WrongFile`, said to the reader
plan = Plan(...)                                     # the room's own: what is new, changed, gone
watched = Watch(*rows_that_the_plan_may_touch)       # what was there, so that it can be taken back

The rooms say what a row means and carry it out; nothing here knows of units, roles or waves.
"""

from __future__ import annotations

from kfl.tables import Columns, Problem, Row, Table, WrongFile

from .cells import Faults, WrongCell
from .forms import ListField
from .list_reading import read_list, said
from .plan import Line, LineChange, Plan
from .undo import CannotTakeBack, Watch, take_back

__all__ = [
    "CannotTakeBack",
    "LineChange",
    "Columns",
    "Faults",
    "Line",
    "ListField",
    "Plan",
    "Problem",
    "Row",
    "Table",
    "Watch",
    "WrongCell",
    "WrongFile",
    "read_list",
    "said",
    "take_back",
]
