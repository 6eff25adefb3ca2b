"""Lists that have been checked and wait for a yes: files under random names that only the portal can read.

A list waits until it is carried out or put away, and a day at most: the worker puts away what nobody came back for.
"""

from __future__ import annotations

import os
import re
import secrets
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

LONGEST_WAIT = timedelta(days=1)
TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")


class NothingWaits(LookupError):
    """No list waits under this name: it was carried out, put away, or is too old."""


def _folder() -> Path:
    folder: Path = settings.KFL_DATA / "files" / "rosters"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _path(token: str) -> Path:
    if not TOKEN.fullmatch(token):
        raise NothingWaits(token)
    return _folder() / token


def keep(content: bytes) -> str:
    """Let a list wait; gives the name to ask for it by."""
    token = secrets.token_urlsafe(24)
    handle = os.open(_path(token), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    return token


def read(token: str, now: datetime) -> bytes:
    """The list that waits under this name; raises `NothingWaits`."""
    path = _path(token)
    if _is_too_old(path, now):
        raise NothingWaits(token)
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise NothingWaits(token) from error


def drop(token: str) -> None:
    """Put a list away, if it is there."""
    _path(token).unlink(missing_ok=True)


def sweep(now: datetime) -> int:
    """Put away every list that has waited too long; gives how many."""
    old = [path for path in _folder().iterdir() if _is_too_old(path, now)]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _is_too_old(path: Path, now: datetime) -> bool:
    try:
        return path.stat().st_mtime < (now - LONGEST_WAIT).timestamp()
    except FileNotFoundError:
        return False
