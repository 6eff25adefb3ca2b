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
from .one_by_one import one_at_a_time
from .plan import Line, LineChange, Plan
from .taking_back import CannotTakeBack, TakeBackFirst, take_back
from .undo import Watch

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
    "TakeBackFirst",
    "Watch",
    "WrongCell",
    "WrongFile",
    "one_at_a_time",
    "read_list",
    "said",
    "take_back",
]
