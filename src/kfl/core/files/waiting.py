"""Files that have been looked at and wait for a yes: under random names that only the portal can read.

The name is the proof: it stands in the session of whoever brought the file. A file waits until it is carried out or
put away, and a day at most: the worker puts away what nobody came back for.
"""

from __future__ import annotations

import os
import re
import secrets
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

LONGEST_WAIT = timedelta(days=1)
_NAME = re.compile(r"[A-Za-z0-9_-]{32}")


class NothingWaits(LookupError):
    """No file waits under this name: it was carried out, put away, or is too old."""


def keep(content: bytes) -> str:
    """Let a file wait; gives the name to ask for it by."""
    name = secrets.token_urlsafe(24)
    handle = os.open(_path(name), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    return name


def read(name: str, now: datetime) -> bytes:
    """The file that waits under this name; raises `NothingWaits`."""
    path = _path(name)
    if _is_too_old(path, now):
        raise NothingWaits(name)
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise NothingWaits(name) from error


def drop(name: str) -> None:
    """Put a file away, if it is there."""
    _path(name).unlink(missing_ok=True)


def sweep(now: datetime) -> int:
    """Put away every file that has waited too long; gives how many."""
    old = [path for path in _folder().iterdir() if _is_too_old(path, now)]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _folder() -> Path:
    folder: Path = settings.KFL_DATA / "files" / "waiting"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _path(name: str) -> Path:
    if not _NAME.fullmatch(name):
        raise NothingWaits(name)
    return _folder() / name


def _is_too_old(path: Path, now: datetime) -> bool:
    try:
        return path.stat().st_mtime < (now - LONGEST_WAIT).timestamp()
    except FileNotFoundError:
        return False
