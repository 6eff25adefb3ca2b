"""The manager that answers only when told for whom.

A table whose rows somebody may reach has two managers: `plumbing`, which Django itself needs (unique checks,
cascades, foreign keys), and `objects`, which refuses a question that does not say who asks. A rule test forbids
`plumbing` outside the people room's own machinery. There are three doors:

    Model.objects.visible_to(user, permission)    what this reader may see
    Model.objects.within(row)                     what hangs on a row that the caller was given
    Model.objects.everywhere(why="system: …")     all of it; `why` begins with its kind, one of `KINDS_OF_WHY`

What comes through a door is marked as found (`found`), and `within` believes no other row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from django.db import models

from .found import DOOR, RowsQuerySet, is_found, is_found_itself

if TYPE_CHECKING:
    from datetime import date

    from .models import User
    from .roles import Permission


# Why every row may be asked for. A rule test walks the code: each `why` begins with one of these and a colon.
KINDS_OF_WHY = {
    "system": "the portal's own work, that no reader asks for: chores, jobs, opening, closing, commands, the demo",
    "public": "what anybody may know",
    "whether": "only whether something is there, or a highest number: never which row, nor whose",
    "sifted": "what is not the reader's is left out right there, by keys that were found for the reader",
}


class NoReader(RuntimeError):
    """A query on a scoped table did not say who is reading."""


@dataclass(frozen=True)
class Ties:
    """What a table's rows hang on: a lookup from a row to each; None where they hang on no such thing.

    `unit` is "self" on Unit itself, and "" where a row hangs on none and whoever holds the permission anywhere may
    reach it. `published` leads to the day from which all may read it, `moment` to the row's own time, whose readers
    keep it.
    """

    unit: str | None
    circle: str | None = None
    owner: str | None = None
    published: str | None = None
    moment: str | None = None


class Rule(Protocol):
    """Who may see which rows: `scopes`, which stands above the tables and is handed in when they are ready."""

    def rows_where(
        self, rows: models.QuerySet[Any], user: User, permission: Permission, *, on: date | None = None
    ) -> models.QuerySet[Any]: ...

    def rows_kept(self, rows: models.QuerySet[Any], user: User, permission: Permission) -> models.QuerySet[Any]: ...


class ScopedManager(models.Manager[Any]):
    """`objects` of a table whose rows somebody may reach; it says what they hang on."""

    rule: ClassVar[Rule]
    _queryset_class = RowsQuerySet

    def __init__(
        self,
        unit: str | None,
        *,
        circle: str | None = None,
        owner: str | None = None,
        published: str | None = None,
        moment: str | None = None,
    ) -> None:
        super().__init__()
        self.ties = Ties(unit, circle, owner, published, moment)

    def contribute_to_class(self, cls: type[models.Model], name: str) -> None:
        super().contribute_to_class(cls, name)
        if not cls._meta.base_manager_name:
            cls._meta.base_manager_name = "plumbing"  # foreign keys are followed through it, and pass the mark on

    def _through_door(self) -> models.QuerySet[Any]:
        rows = super().get_queryset()
        rows._add_hints(**{DOOR: True})  # type: ignore[attr-defined]
        return rows

    def get_queryset(self) -> models.QuerySet[Any]:
        raise NoReader(
            f"{self.model.__name__}.objects was asked without a reader: "
            "use .visible_to(user, permission), .within(row) or .everywhere(why=…)."
        )

    def visible_to(self, user: User, permission: Permission, *, on: date | None = None) -> models.QuerySet[Any]:
        """The rows that this user may see with this permission, today or on a given day."""
        return self.rule.rows_where(self._through_door(), user, permission, on=on)

    def kept_for(self, user: User, permission: Permission) -> models.QuerySet[Any]:
        """The rows that this user may see today, or could at the row's own moment."""
        return self.rule.rows_kept(self._through_door(), user, permission)

    def within(self, *parents: models.Model, by: str | None = None) -> models.QuerySet[Any]:
        """The rows that hang on rows which the caller was given: found for their reader already, or for the system.

        Of units that is everything at them and under them; of rows of the same table the rows themselves; else those
        whose foreign key points there; `by` names the way where there are several. It is for the few rows of a page or
        an action, not for thousands. A row that came through no door is refused, and so is one whose key was changed
        since; a unit has to have been found itself, and not only seen from below: a wave's or a role's unit, and the
        county whose results a teacher reads, lie far above what their reader has.
        """
        for parent in parents:
            _check_found(self, parent)
        kinds = {parent._meta.concrete_model for parent in parents}
        if len(kinds) > 1:
            raise NoReader(f"{self.model.__name__}.objects.within was given rows of several tables")
        rows = self._through_door()
        return rows.filter(_hanging_on(self, kinds.pop(), parents, by)) if kinds else rows.none()

    def everywhere(self, *, why: str) -> models.QuerySet[Any]:
        """Every row, for work that no reader asks for; `why` says what it is."""
        if not why:
            raise NoReader(f"{self.model.__name__}.objects.everywhere needs a reason")
        return self._through_door()

    def as_stored(self, rows: Sequence[models.Model]) -> dict[int, Any]:
        """Rows that the caller has, as they stand in the database, by key."""
        return super().get_queryset().in_bulk([row.pk for row in rows])

    def create(self, **kwargs: Any) -> Any:
        return super().get_queryset().create(**kwargs)

    def bulk_create(self, *args: Any, **kwargs: Any) -> Any:
        return super().get_queryset().bulk_create(*args, **kwargs)

    def bulk_update(self, objs: Iterable[Any], fields: Iterable[str], batch_size: int | None = None) -> int:
        return super().get_queryset().bulk_update(objs, fields, batch_size)


def ties_of(model: type[models.Model]) -> Ties | None:
    """What a model's rows hang on, as its manager says; None where the model does not say."""
    manager = getattr(model, "objects", None)
    return manager.ties if isinstance(manager, ScopedManager) else None


def _check_found(manager: ScopedManager, row: models.Model) -> None:
    said = f"{manager.model.__name__}.objects.within was given a {type(row).__name__}"
    if row.pk is None:
        raise NoReader(f"{said} that is not stored")
    if not is_found(row):
        raise NoReader(f"{said} that came through no door, or whose key was changed since")
    ties = ties_of(row._meta.model)
    if ties is not None and ties.unit == "self" and not is_found_itself(row):
        raise NoReader(f"{said} that was found as part of another row, or seen from below: ask for it by its reader")


def _hanging_on(manager: ScopedManager, parent: Any, rows: Sequence[Any], by: str | None) -> models.Q:
    if by is not None:
        _check_leads_to(manager.model, by, parent)
        return _one_of(by, rows)
    ties = ties_of(parent)
    if ties is not None and ties.unit == "self":
        return _below(manager, rows)
    if parent is manager.model:
        return _one_of("pk", rows)
    paths = list(_ways_to(manager.model, parent, deepest=2))
    nearest = [path for path in paths if path.count("__") == min(one.count("__") for one in paths)]
    if len(nearest) != 1:
        found = ", ".join(sorted(nearest)) or "none"
        raise NoReader(f"{manager.model.__name__} hangs on {parent.__name__} by no single foreign key: {found}")
    return _one_of(nearest[0], rows)


def _one_of(way: str, rows: Sequence[Any]) -> models.Q:
    return models.Q(**{way: rows[0].pk} if len(rows) == 1 else {f"{way}__in": [row.pk for row in rows]})


def _check_leads_to(model: Any, way: str, parent: Any) -> None:
    end = model
    for name in way.split("__"):
        end = end._meta.get_field(name).related_model
    if end is not parent:
        raise NoReader(f"{way} leads from {model.__name__} to another table than {parent.__name__}")


def _below(manager: ScopedManager, units: Sequence[Any]) -> models.Q:
    if not manager.ties.unit:
        raise NoReader(f"{manager.model.__name__} hangs on no unit")
    path = "path" if manager.ties.unit == "self" else f"{manager.ties.unit}__path"
    model = units[0]._meta.concrete_model
    stored = dict(model._base_manager.filter(pk__in=[unit.pk for unit in units]).values_list("pk", "path"))
    condition = models.Q(pk__in=[])
    for unit in units:
        if unit.__dict__.get("path", stored.get(unit.pk)) != stored.get(unit.pk, ""):
            raise NoReader(f"{unit._meta.label} {unit.pk} does not lie where the caller's row says")
        condition |= models.Q(**{f"{path}__startswith": stored[unit.pk]})
    return condition


def _ways_to(model: Any, parent: Any, *, deepest: int, above: str = "") -> list[str]:
    """The lookups by foreign keys from a model to another, at most so many steps long."""
    found = []
    for field in model._meta.concrete_fields:
        if not field.is_relation:
            continue
        if field.related_model is parent:
            found.append(f"{above}{field.name}")
        elif deepest > 1:
            found += _ways_to(field.related_model, parent, deepest=deepest - 1, above=f"{above}{field.name}__")
    return found
