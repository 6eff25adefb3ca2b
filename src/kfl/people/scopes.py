"""Who may see which units. The only place that says so.

Everything else asks here: querysets (`rows_where`), objects (`get_visible_or_404`), views (`@needs`). What
somebody may not see is not there: the answer is 404, the same page as for a typing error.

Owner of this file: the secretariat's system owner; a change needs a second reader.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time, timedelta
from functools import wraps
from typing import Any, ParamSpec

from django.contrib.auth.decorators import login_not_required
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Model, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from kfl.core.prepared import Prepared

from .days import is_in_force, is_over
from .kinds import Kind
from .models import RoleAssignment, Unit, User
from .roles import KEPT_APART, PLACES, ROLES, Grant, Permission

P = ParamSpec("P")
View = Callable[..., HttpResponse]


_remembered: ContextVar[dict[int, list[RoleAssignment]] | None] = ContextVar("roles_read_once", default=None)


@contextmanager
def roles_read_once() -> Iterator[None]:
    """Within one request a person's roles are fetched once, however often they are asked for."""
    token = _remembered.set({})
    try:
        yield
    finally:
        _remembered.reset(token)


# Asked at every page, so its SQL is made once; the rows become the very objects that the ORM would have made.
_ROLE_COLUMNS = [field.attname for field in RoleAssignment._meta.concrete_fields]
_UNIT_COLUMNS = [field.attname for field in Unit._meta.concrete_fields]


def _held(*, user: int) -> QuerySet[RoleAssignment, Any]:
    columns = [*_ROLE_COLUMNS, *(f"unit__{column}" for column in _UNIT_COLUMNS)]
    return RoleAssignment.plumbing.filter(user=user).order_by("pk").values_list(*columns)


_HELD = Prepared(_held, user=32001)


def _assignment(row: tuple[Any, ...]) -> RoleAssignment:
    held = RoleAssignment.from_db(DEFAULT_DB_ALIAS, _ROLE_COLUMNS, row[: len(_ROLE_COLUMNS)])
    held.unit = Unit.from_db(DEFAULT_DB_ALIAS, _UNIT_COLUMNS, row[len(_ROLE_COLUMNS) :])
    return held


def assignments_ever(user: User) -> list[RoleAssignment]:
    """Every role this user holds, has held or will hold."""
    remembered = _remembered.get()
    if remembered is not None and user.pk in remembered:
        return remembered[user.pk]
    held = [_assignment(row) for row in _HELD.rows(user=user.pk)] if user.pk else []
    if remembered is not None:
        remembered[user.pk] = held
    return held


def assignments_of(user: User, *, on: date | None = None) -> list[RoleAssignment]:
    """The roles that this user holds, today or on a given day; none for one who is not signed in."""
    if not user.is_authenticated or not user.is_active:
        return []
    day = on or timezone.localdate()
    return [held for held in assignments_ever(user) if is_in_force(held, day) and held.role in ROLES]


def _grants(user: User, permission: Permission, on: date | None) -> list[tuple[Grant, Unit]]:
    found = []
    for assignment in assignments_of(user, on=on):
        if grant := ROLES[assignment.role].grant(permission):
            found.append((grant, assignment.unit))
    return found


def _shut_out(user: User, permission: Permission) -> list[str]:
    """Paths of the places at and below which a permission is shut out by one that it is kept apart from.

    Every role counts that was, is or will be held: whoever held one when a wave opened keeps that wave's results.
    """
    return _shut_out_by(assignments_ever(user), permission)


def _shut_out_by(roles: Iterable[RoleAssignment], permission: Permission) -> list[str]:
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
    return sorted(paths)


def has_permission(user: User, permission: Permission) -> bool:
    """Whether the user holds this permission anywhere today."""
    return bool(_grants(user, permission, None))


def _condition(prefix: str, grants: list[tuple[Grant, Unit]]) -> Q | None:
    """The rows whose unit is at, below or (where granted) above the units of these grants."""
    condition: Q | None = None
    for grant, unit in grants:
        reach = "path" if grant.only_here else "path__startswith"
        part = Q(**{f"{prefix}{reach}": unit.path, f"{prefix}kind__in": sorted(grant.kinds)})
        if grant.also_above:
            part |= Q(**{f"{prefix}pk__in": unit.ancestor_ids()})
        condition = part if condition is None else condition | part
    return condition


def rows_where(
    rows: QuerySet[Any], unit_path: str, user: User, permission: Permission, *, on: date | None = None
) -> QuerySet[Any]:
    """Those of `rows` that the user may see. `unit_path` is the lookup from a row to its unit."""
    grants = _grants(user, permission, on)
    if not grants:
        return rows.none()
    if unit_path == "":
        return rows
    prefix = "" if unit_path == "self" else f"{unit_path}__"
    condition = _condition(prefix, grants)
    found = rows.filter(condition) if condition is not None else rows.none()
    for path in _shut_out(user, permission):
        found = found.exclude(**{f"{prefix}path__startswith": path})
    return found.distinct() if _meets_many(rows.model, unit_path) else found


def rows_kept(
    rows: QuerySet[Any], unit_path: str, moment_path: str, user: User, permission: Permission
) -> QuerySet[Any]:
    """Those of `rows` that the user may see today, or could see on the row's own day (RULES G.5).

    `moment_path` is the lookup to the row's own moment: who held a role when a wave opened keeps its results.
    """
    condition = Q(pk__in=[])
    for grant, unit, since, until in _ever_granted(user, permission):
        part = _condition(f"{unit_path}__", [(grant, unit)])
        if part is None:
            continue
        if since is not None:
            part &= Q(**{f"{moment_path}__gte": since})
        if until is not None:
            part &= Q(**{f"{moment_path}__lt": until})
        condition |= part
    found = rows.filter(condition)
    return found.distinct() if _meets_many(rows.model, unit_path) else found


def keeper(user: User, permission: Permission) -> Callable[[str, str, int, datetime | None], bool]:
    """The question of `rows_kept` about one row at a time, for rows that were fetched without a reader.

    Asked with the path, kind and key of the row's unit and the row's own moment. For pages that are read often:
    asking here is a tenth of the price of asking in SQL, and the tests hold the two answers equal.
    """
    granted = [
        (grant, unit.path, frozenset(unit.ancestor_ids()) if grant.also_above else frozenset(), since, until)
        for grant, unit, since, until in _ever_granted(user, permission)
    ]

    def keeps(path: str, kind: str, pk: int, moment: datetime | None) -> bool:
        for grant, top, above, since, until in granted:
            within = path == top if grant.only_here else path.startswith(top)
            if (within and kind in grant.kinds) or pk in above:
                if since is None and until is None:
                    return True
                if moment is not None and (since is None or moment >= since) and (until is None or moment < until):
                    return True
        return False

    return keeps


def _ever_granted(user: User, permission: Permission) -> Iterator[tuple[Grant, Unit, datetime | None, datetime | None]]:
    """What every role ever held grants; with the time it covers where it is not held today."""
    if permission in KEPT_APART:
        raise ValueError(f"{permission} is never kept beyond the role, and is asked for with may or visible_to")
    if not user.is_authenticated or not user.is_active:
        return
    today = timezone.localdate()
    for held in assignments_ever(user):
        grant = ROLES[held.role].grant(permission) if held.role in ROLES else None
        if grant is None:
            continue
        if not is_in_force(held, today):
            until = None if held.to_on is None else _midnight(held.to_on + timedelta(days=1))
            yield grant, held.unit, _midnight(held.from_on), until
        else:
            yield grant, held.unit, None, None


def _meets_many(model: type[Model], path: str) -> bool:
    """Whether the lookup from a row to its unit may lead to several, so that a row could come twice."""
    for name in path.split("__") if path != "self" else []:
        field = model._meta.get_field(name)
        if field.one_to_many or field.many_to_many or not field.related_model:
            return True
        model = field.related_model
    return False


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def units_where(user: User, permission: Permission, *, on: date | None = None) -> QuerySet[Unit]:
    """The units on which the user holds this permission, today or on a given day."""
    return rows_where(Unit.plumbing.all(), "self", user, permission, on=on)


def may(user: User, permission: Permission, unit: Unit, *, on: date | None = None) -> bool:
    """Whether the user holds this permission on this unit."""
    if any(unit.path.startswith(path) for path in _shut_out(user, permission)):
        return False
    for grant, at in _grants(user, permission, on):
        within = unit.path == at.path if grant.only_here else unit.path.startswith(at.path)
        below = within and unit.kind in grant.kinds
        above = grant.also_above and unit.pk in at.ancestor_ids()
        if below or above:
            return True
    return False


def loses_at(roles: Iterable[RoleAssignment], permission: Permission, unit: Unit, *, on: date) -> bool:
    """Whether one of a person's roles gives a permission that another one shuts out, at, above or below a unit.

    `roles` are all that the person has had, has and will have; what one that is over has given counts no more.
    """
    rows = list(roles)
    given = [
        held.unit.path
        for held in rows
        if not is_over(held, on) and held.role in ROLES and ROLES[held.role].grant(permission)
    ]
    shut = [path for path in _shut_out_by(rows, permission) if _on_one_line(path, unit.path)]
    return any(_on_one_line(path, other) for path in shut for other in given)


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
    for of_one in roles.values():
        shut = tuple(_shut_out_by(of_one, permission))
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
