"""The manager that answers only when told for whom.

A table that hangs on a unit has two managers: `plumbing`, which Django itself needs (unique checks, cascades,
foreign keys), and `objects`, which refuses a question that does not say who asks. A rule test forbids
`plumbing` outside the people room's own machinery.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from django.db import models

if TYPE_CHECKING:
    from datetime import date

    from .models import User
    from .roles import Permission


class Rule(Protocol):
    """Who may see which rows: `scopes`, which stands above the tables and is handed in when they are ready."""

    def rows_where(
        self, rows: models.QuerySet[Any], unit_path: str, user: User, permission: Permission, *, on: date | None = None
    ) -> models.QuerySet[Any]: ...

    def rows_kept(
        self, rows: models.QuerySet[Any], unit_path: str, moment_path: str, user: User, permission: Permission
    ) -> models.QuerySet[Any]: ...


class NoReader(RuntimeError):
    """A query on a scoped table did not say who is reading."""


class ScopedManager(models.Manager[Any]):
    """`objects` of a table that hangs on a unit.

    `unit_path` is the lookup from the table to its `Unit`; "self" on Unit itself, "" where a row hangs on none
    (then `visible_to` asks only whether the user holds the permission anywhere).
    """

    rule: ClassVar[Rule]

    def __init__(self, unit_path: str) -> None:
        super().__init__()
        self.unit_path = unit_path

    def get_queryset(self) -> models.QuerySet[Any]:
        raise NoReader(
            f"{self.model.__name__}.objects was asked without a reader: "
            "use .visible_to(user, permission) or .everywhere(why=…)."
        )

    def visible_to(self, user: User, permission: Permission, *, on: date | None = None) -> models.QuerySet[Any]:
        """The rows that this user may see with this permission, today or on a given day."""
        return self.rule.rows_where(super().get_queryset(), self.unit_path, user, permission, on=on)

    def kept_for(self, user: User, permission: Permission, *, moment: str) -> models.QuerySet[Any]:
        """The rows that this user may see today, or could on the row's own day (`moment` is the lookup to it)."""
        return self.rule.rows_kept(super().get_queryset(), self.unit_path, moment, user, permission)

    def everywhere(self, *, why: str) -> models.QuerySet[Any]:
        """Every row, for work that no reader asks for; `why` says what it is."""
        if not why:
            raise NoReader(f"{self.model.__name__}.objects.everywhere needs a reason")
        return super().get_queryset()

    def create(self, **kwargs: Any) -> Any:
        return super().get_queryset().create(**kwargs)

    def bulk_create(self, *args: Any, **kwargs: Any) -> Any:
        return super().get_queryset().bulk_create(*args, **kwargs)
