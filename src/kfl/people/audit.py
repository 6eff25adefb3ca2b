"""Every change has a name, a person and a line; every look at results has a line too.

`@action("wave.opened")` wraps a keyword-only function in one transaction and writes one `AuditLine`. The lines
form a chain: each digest covers the line before, so that a removed or edited line is noticed (`verify_chain`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import connection, models, transaction
from django.utils import timezone

from kfl.core.prepared import Prepared

from .models import AuditLine, Unit, User

P = ParamSpec("P")
R = TypeVar("R")


def _digest(previous: str, line: AuditLine) -> str:
    content = [
        previous,
        line.at.astimezone(timezone.get_default_timezone()).isoformat(),
        line.by_id,
        line.what,
        line.which,
        line.unit_id,
        line.detail,
    ]
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


_NEWEST = Prepared(lambda: AuditLine.plumbing.order_by("-pk").values_list("digest")[:1])


def _last_digest() -> str:
    if connection.vendor == "postgresql":  # SQLite's immediate transactions already stand in line
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [4711])
    return next((str(digest) for (digest,) in _NEWEST.rows()), "")


@transaction.atomic
def record(
    what: str,
    which: str,
    *,
    by: User | None,
    at: datetime | None = None,
    unit: Unit | int | None = None,
    **detail: Any,
) -> AuditLine:
    """Write one line. `by` is None only for the system itself (a job that the clock started); `unit` may be its key."""
    unit_id = unit.pk if isinstance(unit, Unit) else unit
    line = AuditLine(at=at or timezone.now(), by=by, what=what, which=which, unit_id=unit_id, detail=detail)
    line.digest = _digest(_last_digest(), line)
    line.save(force_insert=True)
    return line


def record_view(what: str, row: models.Model, *, by: User, unit: Unit | None = None) -> AuditLine:
    """Write that somebody looked at (or took out) this row."""
    return record(what, f"{type(row).__name__} {row.pk}", by=by, unit=unit)


def _subject(result: Any, kwargs: dict[str, Any]) -> models.Model | None:
    """What the action was done to: what it gave back, else the first row it was given."""
    if isinstance(result, models.Model):
        return result
    rows = (value for key, value in kwargs.items() if key != "by" and isinstance(value, models.Model))
    return next(rows, None)


def action(what: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a function an action: keyword-only with `by=`, one transaction, one audit line."""

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @wraps(function)
        def acted(*args: P.args, **kwargs: P.kwargs) -> R:
            by = kwargs["by"]
            if by is not None and not isinstance(by, User):
                raise TypeError(f"{function.__name__} needs by=: the user who does it, or None for the system")
            at = kwargs.get("at")
            with transaction.atomic():
                result = function(*args, **kwargs)
                subject = _subject(result, dict(kwargs))
                unit = subject if isinstance(subject, Unit) else getattr(subject, "unit", None)
                record(
                    what,
                    f"{type(subject).__name__} {subject.pk}" if subject is not None else "-",
                    by=by,
                    at=at if isinstance(at, datetime) else None,
                    unit=unit if isinstance(unit, Unit) else None,
                )
            return result

        acted.audited_as = what  # type: ignore[attr-defined]
        return acted

    return decorate


def verify_chain() -> int | None:
    """The key of the first line whose digest does not fit the lines before it; None when all fit."""
    previous = ""
    for line in AuditLine.plumbing.order_by("pk").iterator(chunk_size=2000):
        if _digest(previous, line) != line.digest:
            return line.pk
        previous = line.digest
    return None
