"""The audit log's head, put outside the database once a day: how many lines there are, and the last one's digest.

The chain shows that a line was edited or removed; that its end was cut off shows only against a head from before. It
stands in three places: a file beside the keys, which `kfl check` reads; the server's log; and, where `KFL_AUDIT_TO`
names an address, a mailbox that nobody at the server can write to. `kfl check --heads FILE` compares those.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from kfl.core import mail

from . import audit_chain
from .audit import record
from .models import AuditLine

ANCHORED = "audit.anchored"
logger = logging.getLogger("kfl.audit")

_HEAD = re.compile(r"audit head (\d{4}-\d\d-\d\d) (\d+) ([0-9a-f]{64})")


@dataclass(frozen=True)
class Head:
    """The last line of a day: its key and its digest."""

    on: date
    line: int
    digest: str

    def __str__(self) -> str:
        return f"audit head {self.on.isoformat()} {self.line} {self.digest}"


def heads_path() -> Path:
    """Where the heads lie that `kfl check` compares by itself."""
    return Path(settings.KFL_AUDIT_KEY).with_name("audit.heads")


def read_heads(text: str) -> list[Head]:
    """Every head in a text: the file itself, a log, a mail."""
    found = (_HEAD.search(row) for row in text.splitlines())
    return [Head(date.fromisoformat(one[1]), int(one[2]), one[3]) for one in found if one is not None]


def kept() -> list[Head]:
    """The heads of the file, the oldest first."""
    path = heads_path()
    return read_heads(path.read_text("ascii", errors="replace")) if path.exists() else []


def anchor(now: datetime) -> Head | None:
    """Put today's head outside, once a day; the worker asks every hour. Gives it, where there was one to put."""
    today, last = timezone.localdate(now), AuditLine.plumbing.order_by("-pk").first()
    if last is None or any(head.on >= today for head in kept()):
        return None
    head = Head(today, last.pk, last.digest)
    _append(heads_path(), f"{head}\n")
    logger.warning("%s", head)
    if settings.KFL_AUDIT_TO:
        words = {"subject": f"audit head {today}", "body": f"{head}\n"}
        mail.post(mail.written(to=settings.KFL_AUDIT_TO, **words, good_for=timedelta(days=7)))
    broken = audit_chain.verify_chain()
    record(ANCHORED, f"AuditLine {head.line}", by=None, at=now, on=today.isoformat(), broken=broken)
    return head


def last_verified() -> tuple[date, int | None] | None:
    """The day when the whole log was verified last, and the first line that did not fit; None before the first time."""
    line = AuditLine.plumbing.filter(what=ANCHORED).order_by("-pk").first()
    if line is None or "broken" not in line.detail:
        return None
    return date.fromisoformat(line.detail["on"]), line.detail["broken"]


def _append(path: Path, line: str) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(line)
        file.flush()
        os.fsync(file.fileno())


def lost() -> str | None:
    """The first day that the log says to have a head in the file, and the file has none; None: all are there."""
    days = {head.on.isoformat() for head in kept()}
    said = AuditLine.plumbing.filter(what=ANCHORED).order_by("pk").values_list("detail", flat=True)
    return next((str(detail["on"]) for detail in said if detail["on"] not in days), None)


def missing(heads: Iterable[Head]) -> Head | None:
    """The first head whose line is not in the log as it was then: the log was cut or rewritten since. None: all are."""
    wanted = list(heads)
    lines = dict(AuditLine.plumbing.filter(pk__in=[head.line for head in wanted]).values_list("pk", "digest"))
    return next((head for head in wanted if lines.get(head.line) != head.digest), None)
