"""What makes the audit log one chain: each line's digest covers the line before, under a key that no database holds.

The key lies in `keys/audit.key`. Whoever can write to the database, and not read that file, can neither edit, remove
nor rewrite lines without being noticed. Cutting lines off the end leaves a chain that fits: that is noticed by the
heads, which `audit_heads` puts outside the database.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from kfl.core import key_files
from kfl.core.in_line import OneAtATime, stand_in_line
from kfl.core.prepared_sql import PreparedQuery

from .models import AuditedRow, AuditLine

BATCH = 1000


class AuditKeyMissing(RuntimeError):
    """There are lines, and not the key that they were written under: nothing can be added that anybody could trust."""


def key_path() -> Path:
    """Where the key lies: with the other keys, outside databases."""
    return Path(settings.KFL_AUDIT_KEY)


def read_key() -> bytes:
    """The key of the chain. Raises `AuditKeyMissing`."""
    try:
        return key_files.read_key(key_path())
    except key_files.NoKey as problem:
        raise AuditKeyMissing(f"{problem}; it lies beside the other keys' backup") from problem


def _key_for_writing() -> bytes:
    """The key; made with the first line, and never again: a new one would hide that the old one is gone."""
    if not key_path().exists() and not AuditLine.plumbing.exists():
        key_files.make_key(key_path())
    return read_key()


def digest_of(previous: str, line: AuditLine, key: bytes) -> str:
    """The digest of a line that follows `previous`."""
    content = [
        previous,
        line.at.astimezone(timezone.get_default_timezone()).isoformat(),
        line.by_id,
        line.what,
        line.which,
        line.unit_id,
        line.detail,
    ]
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


_NEWEST = PreparedQuery(lambda: AuditLine.plumbing.order_by("-pk").values_list("digest")[:1])


def _last_digest() -> str:
    stand_in_line(OneAtATime.AUDIT)
    return next((str(digest) for (digest,) in _NEWEST.rows()), "")


def append(lines: Sequence[AuditLine]) -> None:
    """Put lines at the end of the chain, in their order; within the caller's transaction."""
    previous, key = _last_digest(), _key_for_writing()
    for line in lines:
        line.digest = previous = digest_of(previous, line, key)
    if len(lines) == 1:
        lines[0].save(force_insert=True)
    else:
        AuditLine.plumbing.bulk_create(lines, batch_size=BATCH)
    about = [AuditedRow(line=line, row=one["row"]) for line in lines for one in line.detail.get("rows", ())]
    if about:
        AuditedRow.plumbing.bulk_create(about, batch_size=BATCH)


def fits(lines: Sequence[AuditLine]) -> bool:
    """Whether each of these lines fits the line that stands before it in the log. Raises `AuditKeyMissing`."""
    if not lines:
        return True
    earlier = AuditLine.plumbing.filter(pk__lt=OuterRef("pk")).order_by("-pk").values("digest")[:1]
    found = AuditLine.plumbing.filter(pk__in=[line.pk for line in lines]).annotate(before=Subquery(earlier))
    before, key = dict(found.values_list("pk", "before")), read_key()
    return all(hmac.compare_digest(digest_of(before.get(line.pk) or "", line, key), line.digest) for line in lines)


def verify_chain() -> int | None:
    """The key of the first line whose digest does not fit the lines before it; None when all fit.

    Raises `AuditKeyMissing` where there are lines and no key.
    """
    lines = AuditLine.plumbing.order_by("pk")
    if not lines.exists():
        return None
    previous, key = "", read_key()
    for line in lines.iterator(chunk_size=2000):
        if not hmac.compare_digest(digest_of(previous, line, key), line.digest):
            return int(line.pk)
        previous = line.digest
    return None
