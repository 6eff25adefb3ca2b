"""Group commit: one writer per file, and what waits together is committed together, in as few statements as may be.

A write counts only after COMMIT. When a commit fails, everything that was built on it fails too:
all that waits, and whatever is put before the owner has forgotten the state it had in memory.

SQLite's write-ahead log is brought into the file here, between commits, and not by SQLite: it would keep quiet about
a sync of the file that failed. After one, the system may have dropped pages that an earlier, partial checkpoint wrote
and never synced, while SQLite believes them to be in place and the log goes. So the whole file is written anew.
"""

import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from queue import SimpleQueue

from . import wavefile
from .pending import Pending
from .sheets import Sheet
from .sql import Connection

Statement = tuple[str, tuple[object, ...]]

ADD_ATTEMPT = (
    "INSERT INTO attempts (attempt, sheet, session, lease, since, word, copied, sealed) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)
ADD_TO_LOG = "INSERT INTO log (sheet, sealed) VALUES (?, ?)"
# Each statement gives up the interpreter and must win it back from a busy event loop, so rows of the log
# go many at a time.
_AT_A_TIME = (64, 16, 4, 1)
CHECKPOINT_AFTER = 1000  # statements, each of which changes a page or two
_ADD_MANY_TO_LOG = {many: ADD_TO_LOG + ", (?, ?)" * (many - 1) for many in _AT_A_TIME}
Deliver = Callable[[Callable[[], None]], object]


class NotStored(RuntimeError):
    """The write did not reach the disk; nothing of it will be seen."""


class Moved(NotStored):
    """Another process has written on the sheet since it was read: look at it again, and do it again."""


class Closed(NotStored):
    """The wave stopped taking answers before this one was stored."""


class Write:
    """One write on its way, as the writer has it."""

    __slots__ = ("erases", "error", "generation", "pending", "statements")

    def __init__(self, generation: int, statements: Sequence[Statement], erases: bool) -> None:
        self.generation, self.statements, self.erases = generation, statements, erases
        self.pending = Pending()
        self.error: Exception | None = None


class Writer:
    """Commits writes in the order they are put, either in `flush` or in a thread of its own."""

    def __init__(self, path: Path, forget: Callable[[], None]) -> None:
        self._connection: Connection = wavefile.connect(path)
        self._begin(forget, CHECKPOINT_AFTER)

    def _begin(self, forget: Callable[[], None], checkpoint_after: int | None = None) -> None:
        self._forget = forget  # the owner drops what it believes about the file
        self._waiting: SimpleQueue[Write | None] = SimpleQueue()  # None: stop
        self._generation = 0
        self._broken = False
        self.checkpoint_after = checkpoint_after  # statements; None: there is no log to look after
        self._since_checkpoint = 0
        self._is_in_doubt = False  # a checkpoint failed: the file may lack what it is believed to hold
        self._erased = True  # the write-ahead log may hold what was deleted; perhaps before this process began
        self._committing_since: float | None = None
        self._last_commit_s = 0.0
        self._thread: threading.Thread | None = None

    @property
    def waiting(self) -> int:
        """How many writes wait for the next commit."""
        return self._waiting.qsize()

    @property
    def behind_s(self) -> float:
        """About how long the next write would wait for the disk: as the last commit took, or longer already.

        Nothing when no commit is under way, so that one write may always try how the disk is.
        """
        since = self._committing_since
        return 0.0 if since is None else max(self._last_commit_s, time.monotonic() - since)

    def put(self, statements: Sequence[Statement], *, erases: bool = False, sheet: Sheet | None = None) -> Pending:
        """Line up one write; all its statements are committed together.

        With `erases`, what they delete is also taken out of the write-ahead log. `sheet`: the one that it is made
        from and changes; here its owner is alone with it (`shared_writer`: not so).
        """
        write = Write(self._generation, statements, erases)
        self._waiting.put(write)
        return write.pending

    def flush(self) -> None:
        """Commit what waits, here and now (when no thread runs)."""
        batch, _ = self._together()
        self._commit(batch)
        self._settle(batch)
        self._tend()

    def start(self, deliver: Deliver) -> None:
        """Commit in a thread from now on; `deliver` brings outcomes to the owner's thread."""
        self._thread = threading.Thread(target=self._run, args=(deliver,), name="answers-writer", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Commit what waits and close the file."""
        if self._thread is not None:
            self._waiting.put(None)
            self._thread.join()
            self._thread = None
        self.flush()
        self._connection.close()

    def _together(self, first: Write | None = None) -> tuple[list[Write], bool]:
        """All that waits now, in its order, after the first one; and whether it is time to stop."""
        batch = [] if first is None else [first]
        for _ in range(self._waiting.qsize()):
            write = self._waiting.get()
            if write is None:
                return batch, True
            batch.append(write)
        return batch, False

    def _run(self, deliver: Deliver) -> None:
        stopping = False
        while not stopping:
            first = self._waiting.get()
            if first is None:
                return
            batch, stopping = self._together(first)
            self._committing_since = began = time.monotonic()
            self._commit(batch)
            self._last_commit_s = time.monotonic() - began
            self._committing_since = None
            deliver(partial(self._settle, batch))
            self._tend()

    def _commit(self, batch: list[Write]) -> None:
        valid = [write for write in batch if write.generation == self._generation and not self._broken]
        error: Exception | None = None
        try:
            if valid:
                self._store(valid)
                valid = [write for write in valid if write.error is None]
                self._wipe(valid)
        except Exception as problem:  # whatever it was: nothing is called stored, and the thread lives on
            self._broken = True
            error = problem
            valid = []
        stored = {id(write) for write in valid}
        for write in batch:
            if id(write) not in stored and write.error is None:
                write.error = error if isinstance(error, NotStored) else _not_stored(error)

    def _store(self, writes: Sequence[Write]) -> None:
        """Bring a batch to the disk, or raise. What may not be stored is given its error."""
        with self._connection.transaction():
            self._write([statement for write in writes for statement in write.statements])

    def _write(self, statements: Sequence[Statement]) -> None:
        """Carry out one batch: rows of the log in their order, then the rest in its order.

        The rest may delete a sheet's rows; nothing is put on a sheet after that.
        """
        rows: list[tuple[object, ...]] = []
        rest: list[Statement] = []
        for statement in statements:
            if statement[0] is ADD_TO_LOG:
                rows.append(statement[1])
            else:
                rest.append(statement)
        start = 0
        for many in _AT_A_TIME:
            while len(rows) - start >= many:
                together = tuple(chain.from_iterable(rows[start : start + many]))
                self._connection.execute(_ADD_MANY_TO_LOG[many], together)
                start += many
        for sql, values in rest:
            self._connection.execute(sql, values)
        self._since_checkpoint += len(statements)

    def _wipe(self, stored: Sequence[Write]) -> None:
        """After an erasure, empty the write-ahead log; if somebody reads the file all the time, at the next commit."""
        self._erased = self._erased or any(write.erases for write in stored)
        if self._erased and not self._is_in_doubt:
            try:
                self._connection.bring_together()
                self._erased = False
            except wavefile.SomebodyReads:
                pass
            except sqlite3.Error:
                self._is_in_doubt = True

    def _tend(self) -> None:
        """Bring the write-ahead log into the file when it has grown; write the file anew where it is in doubt.

        As long as it is in doubt nothing is taken out of the log, which has all that was ever acknowledged since the
        last checkpoint that went well.
        """
        if self.checkpoint_after is None:
            return
        try:
            if self._is_in_doubt:
                self._connection.execute("VACUUM")
                self._is_in_doubt, self._since_checkpoint = False, self.checkpoint_after
            if self._since_checkpoint >= self.checkpoint_after:
                busy, there, moved = self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
                self._since_checkpoint = 0 if not busy and moved == there else self.checkpoint_after // 2
        except sqlite3.Error:
            self._is_in_doubt = True  # no space, or a sync that failed: tried again after the next commit

    def _settle(self, batch: list[Write]) -> None:
        if self._broken:
            self._forget()
            self._generation += 1  # before the door opens again
            self._broken = False
        for write in batch:
            write.pending.settle(write.error)


def _not_stored(cause: Exception | None) -> NotStored:
    problem = NotStored("the answers could not be written")
    problem.__cause__ = cause
    return problem
