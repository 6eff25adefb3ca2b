"""Who may reach a row, said in four ways: at a unit, as a member, as its own, as published.

Each is written once for SQL (`q`, of a table's rows) and once for a row (`covers`); a property test holds the two
equal. What a table's rows hang on, its manager says (`scoping.Ties`); what somebody holds, `scopes` gathers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Manager, Model, Q, QuerySet

from .found import HELD
from .kinds import Kind
from .roles import Grant
from .scoping import Ties, ties_of

EVERY, NONE = ~Q(pk__in=[]), Q(pk__in=[])


class HangsOnNothing(TypeError):
    """A table whose manager does not say what its rows hang on was asked who may reach them."""


@dataclass(frozen=True)
class AtUnit:
    """A role's grant: the rows at or below the unit where it is held, and above it where the grant says so.

    `since` and `until` are of a role that is not held today: only rows whose own moment lies there are kept.
    """

    grant: Grant
    path: str
    above: frozenset[int] = frozenset()
    since: datetime | None = None
    until: datetime | None = None

    def q(self, model: type[Model]) -> Q:
        ties = _ties(model)
        if ties.unit is None:
            return NONE
        condition = EVERY
        if ties.unit:
            at = _prefix(ties.unit)
            reach = "path" if self.grant.only_here else "path__startswith"
            condition = Q(**{f"{at}{reach}": self.path, f"{at}kind__in": sorted(self.grant.kinds)})
            if self.above:
                condition |= Q(**{f"{at}pk__in": sorted(self.above)})
        if self.since is not None:
            condition &= Q(**{f"{_moment(ties)}__gte": self.since})
        if self.until is not None:
            condition &= Q(**{f"{_moment(ties)}__lt": self.until})
        return condition

    def covers(self, row: Model) -> bool:
        ties = _ties(row._meta.model)
        if ties.unit is None:
            return False
        moment = None
        if self.since is not None or self.until is not None:
            moment = next(_followed(row, _moment(ties)), None)
        if not ties.unit:
            return self._covers_moment(moment)
        return any(self.covers_unit(one.path, one.kind, one.pk, moment) for one in _followed(row, ties.unit))

    def covers_unit(self, path: str, kind: Kind | str, key: int, moment: datetime | None = None) -> bool:
        """The same of a row of which only its unit's path, kind and key and its own moment are known."""
        within = path == self.path if self.grant.only_here else path.startswith(self.path)
        return ((within and kind in self.grant.kinds) or key in self.above) and self._covers_moment(moment)

    def _covers_moment(self, moment: datetime | None) -> bool:
        if self.since is None and self.until is None:
            return True
        return (
            moment is not None
            and (self.since is None or moment >= self.since)
            and (self.until is None or moment < self.until)
        )


@dataclass(frozen=True)
class Member:
    """A seat: the circle's own rows, and nothing else."""

    circles: frozenset[int]

    def q(self, model: type[Model]) -> Q:
        tie = _ties(model).circle
        return Q(**{f"{_prefix(tie)}pk__in": sorted(self.circles)}) if tie else NONE

    def covers(self, row: Model) -> bool:
        tie = _ties(row._meta.model).circle
        return tie is not None and any(circle.pk in self.circles for circle in _followed(row, tie))


@dataclass(frozen=True)
class Own:
    """What somebody has written, or what is about that person."""

    person: int

    def q(self, model: type[Model]) -> Q:
        tie = _ties(model).owner
        return Q(**{f"{_prefix(tie)}pk": self.person}) if tie else NONE

    def covers(self, row: Model) -> bool:
        tie = _ties(row._meta.model).owner
        return tie is not None and any(person.pk == self.person for person in _followed(row, tie))


@dataclass(frozen=True)
class Public:
    """What everybody who signs in may read, from a day on."""

    on: date

    def q(self, model: type[Model]) -> Q:
        tie = _ties(model).published
        return Q(**{f"{tie}__lte": self.on}) if tie else NONE

    def covers(self, row: Model) -> bool:
        tie = _ties(row._meta.model).published
        return tie is not None and any(day <= self.on for day in _followed(row, tie))


Reach = AtUnit | Member | Own | Public


@dataclass(frozen=True)
class Reached:
    """All that somebody reaches with one permission, and the paths at and below which nothing of it counts."""

    by: tuple[Reach, ...] = ()
    shut: tuple[str, ...] = ()

    def rows(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Those of the rows that are reached; each once."""
        if not self.by:
            return rows.none()
        ties = _ties(rows.model)
        condition = NONE
        for one in self.by:
            condition |= one.q(rows.model)
        found = rows.filter(condition)
        if ties.unit == "self" and any(isinstance(one, AtUnit) and one.above for one in self.by):
            found._add_hints(**{HELD: self.holds})  # type: ignore[attr-defined]
        for path in self.shut if ties.unit else ():
            found = found.exclude(**{f"{_prefix(str(ties.unit))}path__startswith": path})
        return found.distinct() if _meets_many(rows.model) else found

    def holds(self, unit: Model) -> bool:
        """Whether a unit is reached as what somebody has there, and not only since it lies above that.

        What lies under a unit that is seen from below is mostly somebody else's. No where that needs to be looked up.
        """
        if not any(isinstance(one, AtUnit) and unit.pk in one.above for one in self.by):
            return True
        if unit.get_deferred_fields() & {"path", "kind"}:
            return False
        at_units = (replace(one, above=frozenset()) if isinstance(one, AtUnit) else one for one in self.by)
        return any(one.covers(unit) for one in at_units)

    def covers(self, row: Model) -> bool:
        """Whether this row is reached."""
        unit = _ties(row._meta.model).unit
        if self.shut and unit and any(one.path.startswith(self.shut) for one in _followed(row, unit)):
            return False
        return any(one.covers(row) for one in self.by)


def _ties(model: type[Model]) -> Ties:
    ties = ties_of(model)
    if ties is None:
        raise HangsOnNothing(f"{model.__name__} has no ScopedManager as `objects`")
    return ties


def _moment(ties: Ties) -> str:
    if ties.moment is None:
        raise HangsOnNothing("rows without a moment of their own are not kept for anybody")
    return ties.moment


def _prefix(lookup: str) -> str:
    return "" if lookup == "self" else f"{lookup}__"


def _followed(row: Model, lookup: str) -> Iterator[Any]:
    """What a lookup leads to from one row; several where it meets many, nothing where a part of it is empty."""
    ends: list[Any] = [row]
    for name in [] if lookup == "self" else lookup.split("__"):
        met = [getattr(one, name) for one in ends]
        ends = [each for one in met for each in (one.all() if isinstance(one, Manager) else [one]) if each is not None]
    yield from ends


def _meets_many(model: type[Model]) -> bool:
    """Whether a lookup to what a row hangs on may lead to several, so that the row could come twice."""
    ties = _ties(model)
    return any(_leads_to_many(model, lookup) for lookup in (ties.unit, ties.circle, ties.owner) if lookup)


def _leads_to_many(model: type[Model], lookup: str) -> bool:
    for name in lookup.split("__") if lookup != "self" else []:
        field = model._meta.get_field(name)
        if field.one_to_many or field.many_to_many or not field.related_model:
            return True
        model = field.related_model
    return False
