"""Where stored files lie: in the data folder's `files/stored/`, each under the digest of its bytes."""

from __future__ import annotations

import fcntl
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from . import file_kinds
from .fields import digests_in_use
from .file_kinds import Content

UNNAMED_STAYS = timedelta(days=1)  # what was kept by an action that has not ended yet is named by no row so far

_DIGEST = re.compile(r"[0-9a-f]{64}\Z")


class FileTooLarge(ValueError):
    """Whoever looked into the file has let through more than its kind may have."""


def folder() -> Path:
    """The folder of all stored files; made when it is missing."""
    found = Path(settings.KFL_DATA) / "files" / "stored"
    found.mkdir(mode=0o700, parents=True, exist_ok=True)
    return found


def keep(content: Content) -> str:
    """Keep a file, on disk when it returns; gives the digest for a row to name it by.

    The same bytes are kept once, whoever brought them. Raises `FileTooLarge` for more than its kind may have.
    """
    if len(content.body) > content.kind.most_bytes:
        raise FileTooLarge(content.kind.suffix)
    path = folder() / f"{content.digest}.{content.kind.suffix}"
    with _alone():
        if path.exists() and path.read_bytes() == content.body:
            os.utime(path)  # as new: `sweep` leaves it alone until its row is there
            return content.digest
        unfinished = folder() / f"{secrets.token_hex(8)}.new"
        handle = os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content.body)
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, path)
    return content.digest


def read(digest: str) -> Content | None:
    """A stored file; None when there is none, or when its bytes are no longer those of its name."""
    if not _DIGEST.match(digest):
        return None
    for kind in file_kinds.ALL.values():
        path = folder() / f"{digest}.{kind.suffix}"
        if path.exists():
            found = Content(kind, path.read_bytes())
            return found if found.digest == digest else None
    return None


def sweep(now: datetime) -> int:
    """Delete what no row names any more, and what was cut off while it was written; gives how many files."""
    named, last = digests_in_use(), (now - UNNAMED_STAYS).timestamp()
    with _alone():
        gone = [path for path in _files() if path.stem not in named and path.stat().st_mtime < last]
        for path in gone:
            path.unlink()
    return len(gone)


def missing() -> list[str]:
    """The digests that rows name and that cannot be read: not there, or changed. For `kfl check`."""
    return sorted(digest for digest in digests_in_use() if read(digest) is None)


def _files() -> Iterator[Path]:
    return (path for path in folder().iterdir() if path.name != ".lock")


@contextmanager
def _alone() -> Iterator[None]:
    """One process at a time keeps or deletes: what is kept again just now is not deleted."""
    handle = os.open(folder() / ".lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
