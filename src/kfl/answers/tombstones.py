"""What was erased stays erased: one line for each erasure, so that a file from a backup is cleaned again.

A line holds the wave and a hash of a pseudonym, an envelope's name, the name of a person's sheets together or a
sheet's number. None can be guessed from its hash, and nothing in the line says who it was or when. Each person adds
as many lines, most of them hashes of nothing: how far the file has grown tells of nobody whether there were sheets,
or how many. The file lies beside the answers and is no part of a wave's own file: keep its newest copy apart from the
backups, and put it back after a restore.
"""

import fcntl
import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from .keys import checked_wave_name, sync_folder
from .places import Place

NAME = "erased.txt"  # no wave can have this name: theirs have no dot
STEP = 16  # lines, for each person; more only for more than a dozen sheets, and then in such steps


def tombstone(name: bytes) -> str:
    """The hash of a pseudonym, of the name under which an envelope is stored, of a person's or one sheet's name."""
    return hashlib.sha256(b"erased" + name).hexdigest()


def sheet_name(number: int) -> bytes:
    """The name of one sheet of an open wave whose answers were taken back: its own number, which was drawn by lot."""
    return b"sheet" + number.to_bytes(8, "big")


def gone_name(number: int) -> bytes:
    """The name of one sheet of an open wave of which nothing may be left."""
    return b"gone sheet" + number.to_bytes(8, "big")


def add(place: Place, wave: str, people: Iterable[Iterable[bytes]]) -> None:
    """Write that these names are erased, those of one person together; on disk when it returns.

    What stands there already is not repeated, and as many lines are added all the same.
    """
    with _alone(place.folder):
        lines = dict.fromkeys(_lines(place.folder))
        for names in people:
            fresh = {line for name in names if (line := _line(wave, name)) not in lines}
            while not fresh or len(fresh) % STEP:
                fresh.add(_line(wave, secrets.token_bytes(16)))
            lines |= dict.fromkeys(fresh)
        _write(place.folder, list(lines))


def lift(place: Place, wave: str, name: bytes) -> None:
    """Forget an erasure: the person may take part again, and new answers must stand."""
    with _alone(place.folder):
        lines, gone = _lines(place.folder), _line(wave, name)
        if gone in lines:
            _write(place.folder, [line for line in lines if line != gone])


def forget_wave(place: Place, wave: str) -> None:
    """Drop the lines of a wave whose answers are gone altogether."""
    with _alone(place.folder):
        lines = _lines(place.folder)
        kept = [line for line in lines if not line.startswith(f"{checked_wave_name(wave)} ")]
        if kept != lines:
            _write(place.folder, kept)


def digest(place: Place, wave: str) -> str:
    """What is the same only as long as nothing more was erased from a wave; it tells neither how much nor of whom."""
    mine = sorted(line for line in _lines(place.folder) if line.startswith(f"{checked_wave_name(wave)} "))
    return hashlib.sha256("\n".join(mine).encode("ascii")).hexdigest()


def by_wave(place: Place) -> dict[str, frozenset[str]]:
    """The tombstones of each wave that has some."""
    found: dict[str, set[str]] = {}
    for line in _lines(place.folder):
        wave, _, name = line.partition(" ")
        found.setdefault(wave, set()).add(name)
    return {wave: frozenset(names) for wave, names in found.items()}


def _line(wave: str, name: bytes) -> str:
    return f"{checked_wave_name(wave)} {tombstone(name)}"


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
