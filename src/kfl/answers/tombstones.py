"""What was erased stays erased: one line for each erasure, so that a file from a backup is cleaned again.

A line holds the wave and a hash of a pseudonym, an envelope's name or a sheet's number. None can be guessed from its
hash, and nothing in the line says who it was or when. The file lies beside the answers and is no part of a wave's
own file: keep its newest copy apart from the backups, and put it back after a restore.
"""

import fcntl
import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from .keys import checked_wave_name, sync_folder

NAME = "erased.txt"  # no wave can have this name: theirs have no dot


def tombstone(name: bytes) -> str:
    """The hash of a pseudonym, of the name under which an envelope is stored, or of a sheet's name."""
    return hashlib.sha256(b"erased" + name).hexdigest()


def sheet_name(number: int) -> bytes:
    """The name of one sheet of an open wave: its own number, which was drawn by lot."""
    return b"sheet" + number.to_bytes(8, "big")


def add(answers_dir: Path, wave: str, names: Iterable[bytes]) -> None:
    """Write that these are erased; on disk when it returns. What stands there already is not repeated."""
    with _alone(answers_dir):
        lines = _lines(answers_dir)
        fresh = [f"{checked_wave_name(wave)} {tombstone(name)}" for name in names]
        _write(answers_dir, list(dict.fromkeys([*lines, *fresh])))


def lift(answers_dir: Path, wave: str, name: bytes) -> None:
    """Forget an erasure: the person may take part again, and new answers must stand."""
    with _alone(answers_dir):
        lines, gone = _lines(answers_dir), f"{checked_wave_name(wave)} {tombstone(name)}"
        if gone in lines:
            _write(answers_dir, [line for line in lines if line != gone])


def forget_wave(answers_dir: Path, wave: str) -> None:
    """Drop the lines of a wave whose answers are gone altogether."""
    with _alone(answers_dir):
        lines = _lines(answers_dir)
        kept = [line for line in lines if not line.startswith(f"{checked_wave_name(wave)} ")]
        if kept != lines:
            _write(answers_dir, kept)


def by_wave(answers_dir: Path) -> dict[str, frozenset[str]]:
    """The tombstones of each wave that has some."""
    found: dict[str, set[str]] = {}
    for line in _lines(answers_dir):
        wave, _, name = line.partition(" ")
        found.setdefault(wave, set()).add(name)
    return {wave: frozenset(names) for wave, names in found.items()}


def _lines(answers_dir: Path) -> list[str]:
    path = answers_dir / NAME
    return path.read_text("ascii").split("\n")[:-1] if path.exists() else []


def _write(answers_dir: Path, lines: list[str]) -> None:
    path, fresh = answers_dir / NAME, answers_dir / f"{NAME}.new"
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        # Sorted, so that the file does not keep the order in which people were erased.
        file.writelines(f"{line}\n" for line in sorted(lines))
        file.flush()
        os.fsync(file.fileno())
    os.replace(fresh, path)
    sync_folder(answers_dir)


@contextmanager
def _alone(answers_dir: Path) -> Iterator[None]:
    """One process at a time."""
    answers_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(answers_dir / f"{NAME}.lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
