"""What somebody holds, as it was fetched: roles and seats, asked for once in a request.

Asked at every page, so the SQL is made once; the rows become the very objects that the ORM would have made.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django.db.models import QuerySet

from kfl.core.prepared_sql import PreparedQuery

from .models import RoleAssignment, Seat, Unit, User


@dataclass
class _Kept:
    roles: dict[int, list[RoleAssignment]] = field(default_factory=dict)
    seats: dict[int, list[Seat]] = field(default_factory=dict)


_kept: ContextVar[_Kept | None] = ContextVar("what was fetched in this request", default=None)


@contextmanager
def read_once() -> Iterator[None]:
    """Within one request a person's roles and seats are fetched once, however often they are asked for."""
    token = _kept.set(_Kept())
    try:
        yield
    finally:
        _kept.reset(token)


_ROLE_COLUMNS = [field.attname for field in RoleAssignment._meta.concrete_fields]
_UNIT_COLUMNS = [field.attname for field in Unit._meta.concrete_fields]


def _roles_of(*, user: int) -> QuerySet[RoleAssignment, Any]:
    columns = [*_ROLE_COLUMNS, *(f"unit__{column}" for column in _UNIT_COLUMNS)]
    return RoleAssignment.plumbing.filter(user=user).order_by("pk").values_list(*columns)


_ROLES = PreparedQuery(_roles_of, user=32001)


def _assignment(row: tuple[Any, ...]) -> RoleAssignment:
    held = RoleAssignment.from_db(DEFAULT_DB_ALIAS, _ROLE_COLUMNS, row[: len(_ROLE_COLUMNS)])
    held.unit = Unit.from_db(DEFAULT_DB_ALIAS, _UNIT_COLUMNS, row[len(_ROLE_COLUMNS) :])
    return held


def roles_ever(user: User) -> list[RoleAssignment]:
    """Every role this user holds, has held or will hold."""
    kept = _kept.get()
    if kept is not None and user.pk in kept.roles:
        return kept.roles[user.pk]
    held = [_assignment(row) for row in _ROLES.rows(user=user.pk)] if user.pk else []
    if kept is not None:
        kept.roles[user.pk] = held
    return held


def seats_ever(user: User) -> list[Seat]:
    """Every seat this user has, has had or will have, with its circle."""
    kept = _kept.get()
    if kept is not None and user.pk in kept.seats:
        return kept.seats[user.pk]
    every = Seat.objects.everywhere(why="sifted: the seats of this very person")
    seats = list(every.filter(person=user.pk).select_related("circle").order_by("pk")) if user.pk else []
    if kept is not None:
        kept.seats[user.pk] = seats
    return seats
