"""Who may see what. The only place that says so.

Somebody reaches a row by a role at a unit, by a seat in a circle, because it is one's own, or because it is published
(`reach`). This file gathers what a person has of each; everything else asks here: the tables' managers (`rows_where`),
objects (`get_visible_or_404`, `may`), views (`@needs`). What somebody may not see is not there: the answer is 404,
the same page as for a typing error.

Owner of this file: the secretariat's system owner; a change needs a second reader.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from datetime import date, datetime, time, timedelta
from functools import wraps
from typing import Any, ParamSpec

from django.contrib.auth.decorators import login_not_required
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from .circles.circle_kinds import SEATS_GIVE, gives
from .days import is_in_force, is_over
from .held import roles_ever, seats_ever
from .kinds import Kind
from .models import RoleAssignment, Seat, Unit, User
from .reach import AtUnit, Member, Own, Public, Reach, Reached
from .roles import KEPT_APART, OF_ONES_OWN, OF_THE_PUBLISHED, PLACES, ROLES, Grant, Permission

P = ParamSpec("P")
View = Callable[..., HttpResponse]


def reached(user: User, permission: Permission, *, on: date | None = None) -> Reached:
    """All that the user reaches with this permission, today or on a given day; nothing for one not signed in."""
    if not user.is_authenticated or not user.is_active:
        return Reached()
    day = on or timezone.localdate()
    by: list[Reach] = [
        _at_unit(grant, held.unit)
        for held in assignments_of(user, on=day)
        if (grant := ROLES[held.role].grant(permission))
    ]
    seats = seats_of(user, on=day) if permission in SEATS_GIVE else []
    if circles := frozenset(seat.circle_id for seat in seats if gives(seat.circle.kind, permission)):
        by.append(Member(circles))
    if permission in OF_ONES_OWN:
        by.append(Own(user.pk))
    if permission in OF_THE_PUBLISHED:
        by.append(Public(day))
    return Reached(tuple(by), tuple(_shut_out(roles_ever(user), _seats_that_shut(user, permission), permission)))


def reached_or_kept(user: User, permission: Permission) -> Reached:
    """What the user reaches today, or could reach at a row's own moment: whoever held a role then keeps the row."""
    if permission in KEPT_APART:
        raise ValueError(f"{permission} is never kept beyond the role, and is asked for with may or visible_to")
    if not user.is_authenticated or not user.is_active:
        return Reached()
    today = timezone.localdate()
    by: list[Reach] = []
    for held in roles_ever(user):
        grant = ROLES[held.role].grant(permission) if held.role in ROLES else None
        if grant is None:
            continue
        if is_in_force(held, today):
            by.append(_at_unit(grant, held.unit))
        else:
            until = None if held.to_on is None else _midnight(held.to_on + timedelta(days=1))
            by.append(_at_unit(grant, held.unit, since=_midnight(held.from_on), until=until))
    return Reached(tuple(by))


def _at_unit(grant: Grant, unit: Unit, *, since: datetime | None = None, until: datetime | None = None) -> AtUnit:
    above = frozenset(unit.ancestor_ids()) if grant.also_above else frozenset()
    return AtUnit(grant, unit.path, above, since, until)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _seats_that_shut(user: User, permission: Permission) -> list[Seat]:
    """Seats, a deputy's too, that could give what a permission is kept apart from; mostly none are asked for."""
    return seats_ever(user) if KEPT_APART.get(permission) in SEATS_GIVE else []


def _shut_out(roles: Iterable[RoleAssignment], seats: Iterable[Seat], permission: Permission) -> list[str]:
    """Paths of the places at and below which a permission is shut out by one that it is kept apart from.

    Every role and seat counts that was, is or will be held: whoever held one when a wave opened keeps that wave's
    results. A seat says nothing of places, so it shuts all at and below the unit of its circle.
    """
    other = KEPT_APART.get(permission)
    paths = set()
    for held in roles if other else ():
        grant = ROLES[held.role].grant(other) if held.role in ROLES and other else None
        if grant is None:
            continue
        if grant.kinds & PLACES:
            paths.add(held.unit.path)
        if grant.also_above and held.unit.is_leaf_kind:  # a class's teacher reads the results of the school
            paths.add(held.unit.path[: -len(f"{held.unit.pk}/")])
    for seat in seats if other else ():
        if other and gives(seat.circle.kind, other):
            unit = seat.circle.unit
            paths.add(unit.path[: -len(f"{unit.pk}/")] if unit.is_leaf_kind else unit.path)
    return sorted(paths)


def assignments_of(user: User, *, on: date | None = None) -> list[RoleAssignment]:
    """The roles that this user holds, today or on a given day; none for one who is not signed in."""
    if not user.is_authenticated or not user.is_active:
        return []
    day = on or timezone.localdate()
    return [held for held in roles_ever(user) if is_in_force(held, day) and held.role in ROLES]


def seats_of(user: User, *, on: date | None = None) -> list[Seat]:
    """The seats that this user has, today or on a given day; none for one who is not signed in."""
    if not user.is_authenticated or not user.is_active:
        return []
    day = on or timezone.localdate()
    return [seat for seat in seats_ever(user) if is_in_force(seat, day)]


def rows_where(rows: QuerySet[Any], user: User, permission: Permission, *, on: date | None = None) -> QuerySet[Any]:
    """Those of `rows` that the user may see, today or on a given day."""
    return reached(user, permission, on=on).rows(rows)


def rows_kept(rows: QuerySet[Any], user: User, permission: Permission) -> QuerySet[Any]:
    """Those of `rows` that the user may see today, or could see at the row's own moment (RULES G.5)."""
    return reached_or_kept(user, permission).rows(rows)


def keeper(user: User, permission: Permission) -> Callable[[str, str, int, datetime | None], bool]:
    """The question of `rows_kept` about one row at a time, for rows that were fetched without a reader.

    Asked with the path, kind and key of the row's unit and the row's own moment. For pages that are read often:
    asking here is a tenth of the price of asking in SQL.
    """
    by = [one for one in reached_or_kept(user, permission).by if isinstance(one, AtUnit)]
    return lambda path, kind, key, moment: any(one.covers_unit(path, kind, key, moment) for one in by)


def units_where(user: User, permission: Permission, *, on: date | None = None) -> QuerySet[Unit]:
    """The units on which the user holds this permission, today or on a given day."""
    return Unit.objects.visible_to(user, permission, on=on)


def may(user: User, permission: Permission, row: Model, *, on: date | None = None) -> bool:
    """Whether the user holds this permission on this unit, or on another row that was found already."""
    return reached(user, permission, on=on).covers(row)


def has_permission(user: User, permission: Permission) -> bool:
    """Whether the user holds this permission anywhere today."""
    return bool(reached(user, permission).by)


def loses_at(roles: Iterable[RoleAssignment], permission: Permission, unit: Unit, *, on: date) -> bool:
    """Whether one of a person's roles gives a permission that another one shuts out, at, above or below a unit.

    `roles` are all that the person has had, has and will have; what one that is over has given counts no more.
    """
    rows = list(roles)
    seats = _seats_of_holders({held.user_id for held in rows if held.user_id}, permission)
    given = [
        held.unit.path
        for held in rows
        if not is_over(held, on) and held.role in ROLES and ROLES[held.role].grant(permission)
    ]
    every = [seat for each in seats.values() for seat in each]
    shut = [path for path in _shut_out(rows, every, permission) if _on_one_line(path, unit.path)]
    return any(_on_one_line(path, other) for path in shut for other in given)


def _seats_of_holders(users: Collection[int], permission: Permission) -> dict[int, list[Seat]]:
    found: dict[int, list[Seat]] = defaultdict(list)
    if KEPT_APART.get(permission) in SEATS_GIVE:
        for seat in Seat.plumbing.filter(person__in=users).select_related("circle__unit"):
            found[seat.person_id].append(seat)
    return found


def _on_one_line(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def held_by_nobody(units: Iterable[Unit], permission: Permission, *, on: date) -> list[Unit]:
    """Those of these units at which nobody holds a permission on a day by a role that is held below the county."""
    giving = {key for key, role in ROLES.items() if role.grant(permission) and Kind.COUNTY not in role.kinds}
    there = RoleAssignment.plumbing.filter(role__in=giving, user__is_active=True).values("user")
    roles: dict[int, list[RoleAssignment]] = defaultdict(list)
    for held in RoleAssignment.plumbing.filter(user__in=there).select_related("unit").order_by("pk"):
        roles[held.user_id].append(held)
    left = list(units)
    seats = _seats_of_holders(roles.keys(), permission)
    for user, of_one in roles.items():
        shut = tuple(_shut_out(of_one, seats.get(user, ()), permission))
        reached = tuple(held.unit.path for held in of_one if held.role in giving and is_in_force(held, on))
        left = [unit for unit in left if not unit.path.startswith(reached) or unit.path.startswith(shut)]
    return left


def get_visible_or_404(
    model: type[Any], user: User, permission: Permission, *, on: date | None = None, **lookup: Any
) -> Any:
    """The one row that fits `lookup` and that the user may see; else 404, whichever of the two failed."""
    try:
        return model.objects.visible_to(user, permission, on=on).get(**lookup)
    except (model.DoesNotExist, ValueError) as error:
        raise Http404 from error


def needs(*permissions: Permission) -> Callable[[View], View]:
    """For signed-in users who hold this permission (or one of these) somewhere; a page that others do not find."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            user = request.user
            if not user.is_authenticated or not any(has_permission(user, one) for one in permissions):
                raise Http404
            return view(request, *args, **kwargs)

        guarded.reader = " or ".join(permissions)  # type: ignore[attr-defined]
        return guarded

    return decorate


def signed_in(*, why: str) -> Callable[[View], View]:
    """For everybody who has signed in; `why` says why no permission is asked for."""

    def decorate(view: View) -> View:
        view.reader = f"signed in: {why}"  # type: ignore[attr-defined]
        return view

    return decorate


def open_to_all(*, why: str) -> Callable[[View], View]:
    """For the public; `why` says why."""

    def decorate(view: View) -> View:
        public: View = login_not_required(view)
        public.reader = f"public: {why}"  # type: ignore[attr-defined]
        return public

    return decorate


def described(row: Model) -> str:
    """`Wave 3` – how a row is named in the audit log."""
    return f"{type(row).__name__} {row.pk}"
