"""Key files of the portal's own: made whole or not at all, for their owner only, outside databases."""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path

KEY_BYTES = 32


class NoKey(LookupError):
    """The file is not there, holds no key, or may be read by others."""


def read_key(path: Path) -> bytes:
    """The key in a file. Raises `NoKey`."""
    try:
        key = bytes.fromhex(path.read_text("ascii").strip())
    except (OSError, ValueError) as problem:
        raise NoKey(f"{path} is missing or unreadable") from problem
    if len(key) != KEY_BYTES:
        raise NoKey(f"{path} holds no key")
    return key


def is_open(path: Path) -> bool:
    """Whether others than the owner may do anything with the file."""
    return bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))


def make_key(path: Path) -> None:
    """Write a whole key or none: another process that comes at the same time finds the one that was first."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    whole = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_hex(KEY_BYTES) + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(whole, path)
    except FileExistsError:
        pass
    finally:
        whole.unlink()
