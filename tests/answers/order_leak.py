"""An attacker who has files and knows in which order each class finished, and tries to say who answered what.

It knows SQLite, the program and its tables, and each class's finishing order (someone sat in the room and wrote it
down). For every clue that files may hold, it lines up a class's pseudonyms by the clue and reads the finishing order
off against it, forwards and backwards. The best clue is its result.

A copy of an open wave names no pseudonym to who lacks K_code. Against it there are two attackers: a thief of the key
as well, who opens the seals (`key`); and one who takes the copy's order for what it is, knows by it which sheet is
whose, and looks for something that a sheet of the copy and a row of the closed wave have in common (`match`).
"""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kfl.answers.column_blocks import read_blocks
from kfl.answers.keys import CodeKey
from kfl.answers.sealing import SheetSeal
from kfl.answers.wave_tables import State, read_bundle, state

from .wave import owners_in

Pid = bytes
Clue = dict[Pid, object]  # what each pseudonym is sorted by
PAGE_BYTES = 4096


@dataclass
class Loot:
    """What the files say about people: pseudonym -> class, and clues to an order."""

    group: dict[Pid, int] = field(default_factory=dict)
    clues: dict[str, Clue] = field(default_factory=dict)

    def guesses(self, finished: dict[int, list[int]]) -> Iterator[tuple[str, dict[Pid, int]]]:
        """For each clue and direction: pseudonym -> the person it is said to be."""
        classes: dict[int, list[Pid]] = defaultdict(list)
        for pid in sorted(self.group):
            classes[self.group[pid]].append(pid)
        for name, clue in self.clues.items():
            for step, way in ((1, ""), (-1, ", backwards")):
                guess: dict[Pid, int] = {}
                for group, pids in classes.items():
                    lined_up = sorted((pid for pid in pids if pid in clue), key=clue.__getitem__)
                    guess |= dict(zip(lined_up[::step], finished[group], strict=False))
                if guess:
                    yield name + way, guess


def relink(
    folder: Path, finished: dict[int, list[int]], truth: dict[Pid, int], key: CodeKey | None = None
) -> dict[str, float]:
    """For each clue the share of all people whom it names rightly."""
    return {
        name: sum(truth[pid] == person for pid, person in guess.items()) / len(truth)
        for name, guess in plunder(folder, key).guesses(finished)
    }


# An end stands under a number that is no sheet's.
_SAVES = "SELECT sheet, log.sealed FROM log JOIN attempts USING (sheet) ORDER BY seq"


def match(
    copy: Path, closed: Path, came: list[int], truth: dict[Pid, int], only: Collection[int] | None = None
) -> dict[str, float]:
    """For each likeness of sheets and rows, the share of all people (or of some) whom it names rightly.

    `came`: all people in the order in which their sheets first stand in the copy's log, so that each sheet is known.
    """
    sheets: dict[int, list[bytes]] = defaultdict(list)
    with closing(sqlite3.connect(f"file:{copy}?mode=ro", uri=True)) as connection:
        for sheet, sealed in connection.execute(_SAVES):
            sheets[sheet].append(sealed)
    person_of = dict(zip(sheets, came, strict=True))
    rows = plunder(closed)
    classes: dict[int, list[Pid]] = defaultdict(list)
    for pid, group in rows.group.items():
        classes[group].append(pid)
    class_of = {truth[pid]: group for pid, group in rows.group.items()}  # who is in which class is no secret
    likenesses = {
        "number of saves": lambda saves: len(saves),
        "bytes in all": lambda saves: sum(map(len, saves)),
        "longest save": lambda saves: max(map(len, saves)),
        "last save": lambda saves: len(saves[-1]),
    }
    told = {}
    for what, like in likenesses.items():
        for clue, of_row in rows.clues.items():
            hits = 0
            for group, pids in classes.items():
                mine = sorted((s for s in sheets if class_of[person_of[s]] == group), key=lambda s: like(sheets[s]))
                lined_up = sorted((pid for pid in pids if pid in of_row), key=of_row.__getitem__)
                named = (person_of[s] for pid, s in zip(lined_up, mine, strict=False) if truth[pid] == person_of[s])
                hits += sum(only is None or person in only for person in named)
            told[f"{what} and {clue}"] = hits / len(only or truth)
    return told


def plunder(folder: Path, key: CodeKey | None = None) -> Loot:
    """Read every file: as a database when it is one, and byte by byte in any case."""
    loot, traces = Loot(), defaultdict[Pid, list[bytes]](list)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    for path in files:
        if path.read_bytes()[:15] == b"SQLite format 3":
            _read_database(path, loot, traces, key)
    for path in (path for path in files if path.stat().st_size >= 8):
        _look_for_remains(path, loot, traces)
    return loot


def _read_database(path: Path, loot: Loot, traces: dict[Pid, list[bytes]], key: CodeKey | None) -> None:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
        if "blocks" not in tables:
            return
        _read_rows(path.name, connection, loot)
        if state(connection) is State.OPEN and key is not None:
            _read_open(path.name, connection, loot, traces, key)


def _read_rows(name: str, connection: sqlite3.Connection, loot: Loot) -> None:
    """A closed wave: the order of rows, and how much each wrote."""
    for form in read_bundle(connection).forms:
        columns = read_blocks(connection, form)
        pids = [pid.tobytes() for pid in columns.pid]
        loot.group |= dict(zip(pids, columns.group.tolist(), strict=True))
        answered = (columns.answers != -1).sum(axis=0).tolist()
        written = [len(json.dumps(column.tolist())) for column in columns.answers.T]
        for what, values in (("row", range(len(pids))), ("answered items", answered), ("size", written)):
            loot.clues.setdefault(f"{name}: {what}", {}).update(zip(pids, values, strict=True))
    loot.clues[f"{name}: pseudonym"] = {pid: pid for pid in loot.group}


def _read_open(
    name: str, connection: sqlite3.Connection, loot: Loot, traces: dict[Pid, list[bytes]], key: CodeKey
) -> None:
    """An open wave with its key: each column of each table that leads to a sheet, and the order of rows."""
    pid_of: dict[int, Pid] = {}
    owners = owners_in(connection, key)
    seal = SheetSeal(key)
    for sheet, attempt, session in connection.execute("SELECT sheet, attempt, session FROM attempts"):
        pid, group, end = owners[sheet].pid, owners[sheet].group, seal.end_number(sheet)
        pid_of[sheet] = pid_of[end] = pid
        loot.group[pid] = group
        traces[pid] += [sheet.to_bytes(8, "big"), end.to_bytes(8, "big"), attempt, session, str(sheet).encode()]
        traces[pid] += [seal.word(sheet).encode(), seal.receipt(sheet).encode()]
    for table in ("attempts", "log"):
        rows = connection.execute(f"SELECT * FROM {table}")
        columns = [column[0] for column in rows.description]
        for number, row in enumerate(rows):
            values = dict(zip(columns, row, strict=True))
            pid = pid_of[values["sheet"]]
            for column, value in {**values, "order of rows": number}.items():
                _note(loot, f"{name}: {table}, {column}", pid, value)
                if isinstance(value, bytes):
                    _note(loot, f"{name}: {table}, size of {column}", pid, len(value))


def _look_for_remains(path: Path, loot: Loot, traces: dict[Pid, list[bytes]]) -> None:
    """Where pseudonyms and sheets stand in a file's bytes: free pages, write-ahead log, logs, anything."""
    owner: dict[int, Pid] = {}  # the first eight bytes of whatever tells of somebody
    for pid in loot.group:
        for needle in (pid, pid.hex().encode(), *traces.get(pid, [])):
            owner[int.from_bytes(needle[:8], "big")] = pid
    needles = np.array(sorted(owner), dtype=np.uint64)
    for place, needle in _places(path.read_bytes(), needles):
        pid = owner[needle]
        _note(loot, f"{path.name}: last place in bytes", pid, place)
        _note(loot, f"{path.name}: page of the last place", pid, place // PAGE_BYTES)
        loot.clues.setdefault(f"{path.name}: first place in bytes", {}).setdefault(pid, place)
        loot.clues.setdefault(f"{path.name}: page of the first place", {}).setdefault(pid, place // PAGE_BYTES)


def _places(text: bytes, needles: NDArray[np.uint64]) -> list[tuple[int, int]]:
    """Where any of these eight bytes stand, in order of place; in one go, since write-ahead logs are long."""
    found = []
    for shift in range(8):
        eights = np.frombuffer(text, dtype=">u8", offset=shift, count=max(0, (len(text) - shift) // 8)).astype(
            np.uint64
        )
        nearest = needles[np.minimum(np.searchsorted(needles, eights), len(needles) - 1)]
        found += [(shift + 8 * int(place), int(eights[place])) for place in np.flatnonzero(nearest == eights)]
    return sorted(found)


def _note(loot: Loot, clue: str, pid: Pid, value: object) -> None:
    """Keep the largest: the last that was written about somebody."""
    if value is not None:
        known = loot.clues.setdefault(clue, {})
        known[pid] = max(known.get(pid, value), value)


def times_in(folder: Path, now: float) -> int:
    """How many numbers in a wave's tables are a moment of these days, in seconds, milli- or microseconds."""
    found = 0
    for path in folder.rglob("*.sqlite3"):
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            for (table,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
                for row in connection.execute(f"SELECT * FROM {table}"):
                    numbers = [value for value in row if isinstance(value, int | float)]
                    found += sum(abs(n / unit - now) < 86_400 for n in numbers for unit in (1, 1_000, 1_000_000))
    return found


def finishing_order(groups: int, size: int, seed: int) -> dict[int, list[int]]:
    """Each class's people in the order they hand in."""
    random = np.random.default_rng(seed)
    return {group: (random.permutation(size) + group * size).tolist() for group in range(groups)}
