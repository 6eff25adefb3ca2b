"""Lists from outside: units, pupils, staff. A list is read and checked whole, shown as a preview, then carried out.

plan = plan_of(content, ListKind.PUPILS, by=user, on=today)  # raises WrongFile; changes nothing
import_roster(content, ListKind.PUPILS, by=user, on=today, seen=plan.digest)
"""

from .importing import (
    DemoTakesNoRosters,
    DoubtsNotAnswered,
    RosterHasChanged,
    RosterIsUndecided,
    import_roster,
    plan_of,
    read_roster,
    refuse_in_demo,
)
from .roster_plan import ListKind, RosterPlan, TwinAnswer

__all__ = [
    "DemoTakesNoRosters",
    "DoubtsNotAnswered",
    "ListKind",
    "RosterHasChanged",
    "RosterIsUndecided",
    "RosterPlan",
    "TwinAnswer",
    "import_roster",
    "plan_of",
    "read_roster",
    "refuse_in_demo",
]
