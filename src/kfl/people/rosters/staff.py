"""The list of staff: who holds which role where.

A list is the whole truth about each role at each unit that it names: teachers who are not on it no longer hold the
role at that school (or in its classes); the principal, of whom it says nothing, stays.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from kfl.core.lists import Columns, Faults, Line, LineChange, Row

from .. import actions, addresses
from ..days import not_over
from ..kinds import Kind
from ..models import RoleAssignment, Unit, User
from ..roles import ROLES, Permission
from ..scopes import loses_at
from . import cell_values
from .matches import Units
from .roster_plan import ListKind, RosterPlan

COLUMNS = Columns(("navn", "e-post", "rolle", "enhet"), ("klasse", "fra", "til"))
WHY = "sifted: roles at the units that the list names, which its reader may give and end"


@dataclass
class RoleEntry:
    """One role as the list has it. `named` is the unit of the list's own column, `unit` the class where one is said."""

    number: int | None  # of its row, where it has one
    says_last_day: bool
    name: str
    email: str
    role: str
    named: Unit
    unit: Unit
    from_on: date | None
    to_on: date | None


@dataclass
class StaffWork:
    """What the plan carries out."""

    users: dict[str, User]
    new_users: list[User] = field(default_factory=list)
    renamed: list[tuple[User, str]] = field(default_factory=list)
    given: list[tuple[RoleEntry, date]] = field(default_factory=list)
    dated: list[tuple[RoleAssignment, date, date | None]] = field(default_factory=list)
    ended: list[tuple[RoleAssignment, date]] = field(default_factory=list)

    def __call__(self, *, by: User | None) -> None:
        if self.new_users:
            made = actions.add_users(users=self.new_users, by=by)
            self.users.update({user.listed_as: user for user in made})
        for user, name in self.renamed:
            actions.rename_user(user=user, name=name, by=by)
        if self.given:
            roles = [(self.users[one.email], one.role, one.unit, day, one.to_on) for one, day in self.given]
            actions.give_roles(roles=roles, by=by)
        for assignment, from_on, to_on in self.dated:
            actions.change_role(assignment=assignment, from_on=from_on, to_on=to_on, by=by)
        for assignment, to_on in self.ended:
            actions.end_role(assignment=assignment, to_on=to_on, by=by)

    def rows(self) -> list[QuerySet[Any]]:
        why = "system: what the list's reader may give and end, as it was"
        new = {user.listed_as or user.username for user in self.new_users}
        users = Q(pk__in={user.pk for user, _name in self.renamed}) | Q(username__in=new)
        units = {entry.unit.pk for entry, _day in self.given}
        old = {row.pk for row, *_days in self.dated} | {row.pk for row, _day in self.ended}
        roles = RoleAssignment.objects.everywhere(why=why).filter(Q(pk__in=old) | Q(unit__in=units))
        return [User.objects.filter(users), roles]


def read_entries(rows: Sequence[Row], units: Units, on: date, faults: Faults) -> list[RoleEntry]:
    """Every role on a table's rows that can be read."""
    cell_values.refuse_national_identity_numbers(rows, faults)
    faults.refuse()
    return [one for row in rows if (one := _entry(row, units, on, faults)) is not None]


def plan(entries: Sequence[RoleEntry], units: Units, *, by: User | None, on: date, faults: Faults) -> RosterPlan:
    """What a list would change; raises `WrongFile` where its people or roles cannot be as it says."""
    users = addresses.accounts_by_address()
    taken = {name.casefold() for name in User.objects.values_list("username", flat=True)}
    _check_people(entries, users, taken, faults)
    held = _held(entries, on)
    _check_own_roles(entries, users, held, by, faults)
    faults.refuse()
    work = StaffWork(users)
    made = RosterPlan(kind=ListKind.STAFF, on=on, work=work)
    _people(entries, users, units, work, made)
    stay = {key for entry in entries if (key := _compare(entry, users, held, work, made)) is not None}
    _let_go(held, stay, by, work, made)
    _doubt(entries, work, made)
    _keep_apart(work, made, on)
    return made


def _entry(row: Row, units: Units, on: date, faults: Faults) -> RoleEntry | None:
    name = faults.read(row, "navn", cell_values.name, "")
    email = faults.read(row, "e-post", cell_values.email, "")
    role = faults.read(row, "rolle", cell_values.role, "")
    named = faults.read(row, "enhet", lambda cell: units.by_code(cell_values.needed(cell)), None)
    from_on, to_on = faults.read(row, "fra", cell_values.day, None), faults.read(row, "til", cell_values.day, None)
    if to_on and to_on < (from_on or on):
        faults.add(row.number, "til", _("Siste dag kommer før første dag. Roller som er over, skal ikke stå i lista."))
    if named is None or not role:
        return None
    unit: Unit | None = named
    if row["klasse"]:
        unit = units.group(named, row["klasse"])
        if unit is None:
            words = _("{unit} har ingen klasse som heter {name}. Legg inn elevlista først.")
            faults.add(row.number, "klasse", words.format(unit=named.name, name=row["klasse"]))
            return None
    if unit is None or unit.kind not in ROLES[role].kinds:
        words = _("Rollen {role} kan ikke gis ved {unit} ({kind}).")
        kind = Kind(unit.kind if unit else named.kind).label
        faults.add(row.number, "rolle", words.format(role=ROLES[role].name, unit=(unit or named).name, kind=kind))
        return None
    return RoleEntry(row.number, row.has("til"), name, email, role, named, unit, from_on, to_on)


def _check_people(entries: Sequence[RoleEntry], users: dict[str, User], taken: set[str], faults: Faults) -> None:
    first: dict[str, RoleEntry] = {}
    seen: dict[tuple[str, str, int], RoleEntry] = {}
    for one in entries:
        if not one.email:  # told already
            continue
        earlier = first.setdefault(one.email, one)
        user = users.get(one.email)
        if one.name and earlier.name and earlier.name != one.name:
            words = _("Adressen har et annet navn i rad {row}.")
            faults.add(one.number, "navn", words.format(row=earlier.number))
        if user is None and one.email and one.email in taken:
            faults.add(one.number, "e-post", _("Adressen er brukernavnet til en annen konto."))
        if user is not None and not user.is_active:
            faults.add(one.number, "e-post", _("Kontoen med denne adressen er stengt."))
        who = user.username if user is not None else one.email  # one account may bear two addresses
        twin = seen.setdefault((who, one.role, one.unit.pk), one)
        if twin is not one:
            words = _("Den samme rollen står også i rad {row}.")
            faults.add(one.number, "rolle", words.format(row=twin.number))


def _check_own_roles(
    entries: Sequence[RoleEntry], users: dict[str, User], held: list[RoleAssignment], by: User | None, faults: Faults
) -> None:
    """Nobody gives oneself a role, or other days to hold it, by a list either."""
    for one in entries:
        user = users.get(one.email)
        if by is None or user != by:
            continue
        there = _held_by(one, user, held)
        if there is None or _days(one, there) != (there.from_on, there.to_on):
            words = _("Dette er din egen rolle. Noen andre må gi eller endre den, eller raden må ut av lista.")
            faults.add(one.number, "rolle", words)


def _people(
    entries: Sequence[RoleEntry], users: dict[str, User], units: Units, work: StaffWork, made: RosterPlan
) -> None:
    """New accounts, and new names of those whose roles the reader may give and end."""
    new: dict[str, User] = {}
    known = {one.email: one for one in entries if one.email in users}
    elsewhere = RoleAssignment.objects.everywhere(why="whether: somebody holds a role outside the reader's units")
    strangers = {user for user, unit in elsewhere.values_list("user_id", "unit_id") if unit not in units.rows}
    for one in entries:
        if one.email not in users and one.email not in new:
            new[one.email] = User(username=one.email, email=one.email, name=one.name)
    work.new_users.extend(new.values())
    for email, one in known.items():
        user = users[email]
        if user.name != one.name and user.pk not in strangers:
            work.renamed.append((user, one.name))
            made.lines.append(Line(LineChange.CHANGED, one.name, email, _("het {name}").format(name=user.name)))


def _doubt(entries: Sequence[RoleEntry], work: StaffWork, made: RosterPlan) -> None:
    """Accounts that would get a role or a name, and do not bear the name that the list says: another's, perhaps."""
    changed = {one.email for one, _day in work.given} | {user.email for user, _name in work.renamed}
    for one in {entry.email: entry for entry in entries}.values():
        user = work.users.get(one.email)
        if user is None or addresses.names_fit(user.name, one.name):
            continue
        if one.email in changed or user.email in changed:
            words = _("{email} hører til kontoen til {account}. Lista sier {name}.")
            made.doubts.append(words.format(email=one.email, account=user.name, name=one.name))


def _keep_apart(work: StaffWork, made: RosterPlan, on: date) -> None:
    """Whoever would handle adults' links and read results at one place handles none there: told before the yes."""
    new: dict[str, list[RoleAssignment]] = defaultdict(list)
    names: dict[str, str] = {}
    for one, day in work.given:
        new[one.email].append(RoleAssignment(role=one.role, unit=one.unit, from_on=day, to_on=one.to_on))
        names[one.email] = one.name
    before: dict[int, list[RoleAssignment]] = defaultdict(list)
    known = [work.users[email] for email in new if email in work.users]
    rows = RoleAssignment.objects.within(*known)
    for row in rows.select_related("unit"):
        before[row.user_id].append(row)
    right = Permission.ADULT_CODES_PRINT
    for email, roles in new.items():
        every = roles + (before[work.users[email].pk] if email in work.users else [])
        if any(loses_at(every, right, role.unit, on=on) for role in roles):
            words = _("{name} ({email}) leser resultatene, eller har gjort det, og får bare elevenes og barnas lapper.")
            made.warnings.append(words.format(name=names[email], email=email))


def _held(entries: Sequence[RoleEntry], on: date) -> list[RoleAssignment]:
    """The roles that the list is the truth about, which hold today or begin later."""
    named = {(one.role, one.named.pk) for one in entries}
    units = {one.named.pk for one in entries}
    rows = RoleAssignment.objects.everywhere(why=WHY).filter(
        Q(unit__in=units) | Q(unit__parent__in=units), not_over(on)
    )
    found = rows.select_related("user", "unit__parent").order_by("-from_on", "-pk")
    return [
        row
        for row in found
        if (row.role, row.unit_id) in named or (row.unit.is_leaf_kind and (row.role, row.unit.parent_id) in named)
    ]


def _line(change: LineChange, name: str, role: str, unit: Unit, detail: str = "") -> Line:
    above = f"{unit.parent.name}, " if unit.is_leaf_kind and unit.parent else ""
    return Line(change, name, f"{ROLES[role].name}, {above}{unit.name}", detail)


def _held_by(entry: RoleEntry, user: User | None, held: list[RoleAssignment]) -> RoleAssignment | None:
    """The assignment that the entry speaks of, where there is one."""
    key = (user.pk if user else None, entry.role, entry.unit.pk)
    return next((row for row in held if (row.user_id, row.role, row.unit_id) == key), None)


def _days(entry: RoleEntry, there: RoleAssignment) -> tuple[date, date | None]:
    """From when to when the list says that a role is held; what it does not say stays."""
    return entry.from_on or there.from_on, entry.to_on if entry.says_last_day else there.to_on


def _compare(
    entry: RoleEntry, users: dict[str, User], held: list[RoleAssignment], work: StaffWork, made: RosterPlan
) -> int | None:
    """Adds the line of one role; gives the key of the assignment that stays."""
    there = _held_by(entry, users.get(entry.email), held)
    if there is None:
        work.given.append((entry, entry.from_on or made.on))
        made.lines.append(_line(LineChange.NEW, entry.name, entry.role, entry.unit))
        return None
    from_on, to_on = _days(entry, there)
    if (from_on, to_on) == (there.from_on, there.to_on):
        made.lines.append(_line(LineChange.UNCHANGED, entry.name, entry.role, entry.unit))
    else:
        work.dated.append((there, from_on, to_on))
        made.lines.append(_line(LineChange.CHANGED, entry.name, entry.role, entry.unit, _("andre datoer")))
    return there.pk


def _let_go(held: list[RoleAssignment], stay: set[int], by: User | None, work: StaffWork, made: RosterPlan) -> None:
    """Roles that the list no longer has end; never the reader's own, who would lock the door from outside."""
    for row in held:
        if row.pk in stay:
            continue
        if by is not None and row.user_id == by.pk:
            made.notes.append(_("Din egen rolle står ikke i lista. Den blir stående; noen andre må avslutte den."))
            continue
        last = max(row.from_on, made.on - timedelta(days=1))
        work.ended.append((row, last))
        said = _("siste dag {day}").format(day=date_format(last, "DATE_FORMAT"))
        made.lines.append(_line(LineChange.GONE, row.user.name, row.role, row.unit, said))
