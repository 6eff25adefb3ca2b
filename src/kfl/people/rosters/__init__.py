"""Lists from outside: units, pupils, staff. A list is read and checked whole, shown as a preview, then carried out.

plan = plan_of(content, ListKind.PUPILS, by=user, on=today)  # raises WrongRoster; changes nothing
import_roster(content, ListKind.PUPILS, by=user, on=today, seen=plan.digest)
"""

from .importing import (
    DemoTakesNoRosters,
    DoubtsNotAnswered,
    RosterHasChanged,
    RosterIsUndecided,
    import_roster,
    plan_of,
    refuse_in_demo,
)
from .plan import Change, Line, ListKind, Plan, TwinAnswer
from .table import Problem, WrongRoster

__all__ = [
    "Change",
    "DemoTakesNoRosters",
    "DoubtsNotAnswered",
    "Line",
    "ListKind",
    "Plan",
    "Problem",
    "RosterHasChanged",
    "RosterIsUndecided",
    "TwinAnswer",
    "WrongRoster",
    "import_roster",
    "plan_of",
    "refuse_in_demo",
]
