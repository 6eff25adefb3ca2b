"""What can happen to units, groups, persons, organisations and roles."""

from ..addresses import AddressTaken
from .accounts import add_users, change_address, rename_user
from .organisations import NameDoesNotFit, add_organisation, rename_organisation
from .pupils import (
    Move,
    change_pupils,
    date_enrolments,
    end_enrolment,
    enrol_pupils,
    move_pupil,
    move_pupils,
)
from .removed_units import remove_unused_units
from .roles import OwnRole, RoleDoesNotFit, RoleIsHeld, change_role, end_role, give_roles
from .units import CHILD_KINDS, NewUnit, UnitChange, UnitDoesNotFit, add_unit, add_units, change_units

__all__ = [
    "CHILD_KINDS",
    "AddressTaken",
    "Move",
    "NameDoesNotFit",
    "NewUnit",
    "OwnRole",
    "RoleDoesNotFit",
    "RoleIsHeld",
    "UnitChange",
    "UnitDoesNotFit",
    "add_organisation",
    "add_unit",
    "add_units",
    "add_users",
    "change_address",
    "change_pupils",
    "change_role",
    "change_units",
    "date_enrolments",
    "end_enrolment",
    "end_role",
    "enrol_pupils",
    "give_roles",
    "move_pupil",
    "move_pupils",
    "remove_unused_units",
    "rename_organisation",
    "rename_user",
]
