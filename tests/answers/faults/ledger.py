"""What the client sent and what was acknowledged to it, in a file of its own; and whether the database agrees.

One line each: `S` or `A`, attempt, screen, lease, rev, answers as sorted JSON. A save is noted as sent before it
goes out and as acknowledged when its 200 has come. Screen 0 is the handing in, with the receipt in place of answers
(none when it is sent); screen -1 is the start, which has nothing to send.
"""

import json
import os
import sqlite3
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kfl.answers.keys import CodeKey
from kfl.answers.sealing import SheetSeal
from tests.answers.wave import ends_in, owners_in, saves_in

Entry = tuple[str, int, int, int, str]


@dataclass
class Ledger:
    """Both sides of what the client knows."""

    sent: set[Entry] = field(default_factory=set)
    acked: set[Entry] = field(default_factory=set)

    def read(self, lines: bytes) -> None:
        """Take in whole lines."""
        for line in lines.decode().splitlines():
            kind, attempt, screen, lease, rev, body = line.split(" ", 5)
            (self.sent if kind == "S" else self.acked).add((attempt, int(screen), int(lease), int(rev), body))

    @classmethod
    def of(cls, path: Path) -> "Ledger":
        ledger = cls()
        ledger.read(path.read_bytes())
        return ledger


class Notes:
    """The file that the client writes; with `durable`, each line is on disk before the client goes on."""

    def __init__(self, path: Path, *, durable: bool = False) -> None:
        self._handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._durable = durable

    def note(self, kind: str, attempt: str, screen: int, lease: int, rev: int, body: str) -> None:
        os.write(self._handle, f"{kind} {attempt} {screen} {lease} {rev} {body}\n".encode())
        if self._durable and kind == "A":
            os.fdatasync(self._handle)

    def close(self) -> None:
        os.close(self._handle)


def as_json(answers: dict[str, object]) -> str:
    """The one way to write down the same answers."""
    return json.dumps(answers, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


@dataclass
class Outcome:
    """How far a database and a ledger agree. All four must be empty."""

    lost: set[Entry] = field(default_factory=set)  # acknowledged, but not there
    unsent: set[Entry] = field(default_factory=set)  # there, but never sent
    doubled: set[Entry] = field(default_factory=set)
    unsound: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        return not (self.lost or self.unsent or self.doubled or self.unsound)


def compare(path: Path, key: CodeKey, ledger: Ledger) -> Outcome:
    """Open a wave's file as SQLite finds it and hold it against the ledger."""
    with closing(sqlite3.connect(path)) as database:
        try:
            outcome = hold_against(database, key, ledger)
            outcome.unsound += [row[0] for row in database.execute("PRAGMA integrity_check") if row[0] != "ok"]
        except sqlite3.DatabaseError as problem:
            return Outcome(unsound=[str(problem)])
    return outcome


def hold_against(database: Any, key: CodeKey, ledger: Ledger) -> Outcome:
    """The same over a connection to the wave's tables, in either kind of database."""
    stored = Counter(_stored(database, key))
    twice = {entry for entry, times in stored.items() if times > 1}
    unsent = {entry for entry in stored if not _was_sent(entry, ledger)}
    return Outcome(ledger.acked - stored.keys(), unsent, twice, _wrong_counts(database, key))


def _was_sent(entry: Entry, ledger: Ledger) -> bool:
    attempt, screen, lease, rev, _ = entry
    return screen == -1 or entry in ledger.sent or (screen == 0 and (attempt, 0, lease, rev, "") in ledger.sent)


def _stored(database: Any, key: CodeKey) -> Iterable[Entry]:
    names = {sheet: name.hex() for name, sheet in database.execute("SELECT attempt, sheet FROM attempts").fetchall()}
    for sheet, save in saves_in(database, key):
        yield names[sheet], save.screen, save.lease, save.rev, save.body.decode()
    for sheet, _end in ends_in(database, key):
        yield names[sheet], 0, 1, 0, SheetSeal(key).receipt(sheet)
    for attempt in names.values():
        yield attempt, -1, 1, 0, ""


def _wrong_counts(database: Any, key: CodeKey) -> list[str]:
    """The counts by group are committed with the ends; they must tell the same."""
    groups = {sheet: who.group for sheet, who in owners_in(database, key).items()}
    told = Counter(groups[sheet] for sheet, _end in ends_in(database, key))
    counted = dict(database.execute("SELECT grp, sum(sheets) FROM counts GROUP BY grp HAVING sum(sheets) > 0"))
    return [] if counted == dict(told) else [f"counts {counted}, sheets {dict(told)}"]
