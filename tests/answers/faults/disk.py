"""What may be on a disk after a power cut: the log of a process, replayed to any point.

Sure is what was written before a sync that came back. Of what was written after it, anything may be there: none,
a beginning, any sectors of any writes. What was written before a sync that *failed* is never sure by a later one
(the system drops such pages and calls them clean). Names count once their folder was synced; of later changes
to names a beginning survives, as journals keep them in order. A folder that was made is there. With `journal`,
the sync of a new file makes its name sure too, as ext4, xfs and btrfs do: PostgreSQL counts on that for its tables.
"""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from .shim import Record

SECTORS = (512, 4096)


@dataclass(eq=False)
class _File:
    sure: bytearray = field(default_factory=bytearray)
    waiting: list[Record] = field(default_factory=list)
    doubtful: list[Record] = field(default_factory=list)
    begun: int = 0  # how many of `waiting` the sync under way covers


@dataclass(eq=False)
class _Change:
    """What names of a folder stand for from now on; all of it or nothing."""

    folder: str
    files: dict[str, _File | None]


class Disk:
    """Follows a log record by record; `after_cut` is a disk that a cut at this point may leave behind."""

    def __init__(self, at_first: dict[str, bytes], seed: int, *, journal: bool = False) -> None:
        self._journal = journal
        self.made_folders: set[str] = set()
        self._random = random.Random(seed)
        self._names = {path: _File(bytearray(data)) for path, data in at_first.items()}
        self._sure_names = dict(self._names)
        self._changes: list[_Change] = []

    def follow(self, record: Record) -> None:
        path = record.path
        match record.op:
            case "w" | "t" | "a":
                self._names.setdefault(path.removesuffix(" (deleted)"), _File()).waiting.append(record)
            case "f" if path in self._names:
                self._names[path].begun = len(self._names[path].waiting)
            case "F" if path in self._names:
                self._sync(self._names[path])
                if self._journal:
                    self._sure(lambda change: change.files == {path: self._names[path]})
            case "F":
                self._sure(lambda change: change.folder == path)
            case "E" if path in self._names:
                file = self._names[path]
                file.doubtful += file.waiting[: file.begun]
                del file.waiting[: file.begun]
            case "c":
                self._name({path: self._names.setdefault(path, _File())})
            case "u":
                self._name({path: None})
            case "r":
                self._name({record.data.decode(): self._names.get(path), path: None})
            case "d":
                self.made_folders.add(path)

    def after_cut(self) -> dict[str, bytes]:
        names = dict(self._sure_names)
        for change in self._changes[: self._random.randint(0, len(self._changes))]:
            _point(names, change)
        return {path: self._left_of(file) for path, file in names.items()}

    def _sync(self, file: _File) -> None:
        _apply(file.sure, [one for one in file.doubtful if self._random.random() < 0.5])
        _apply(file.sure, file.waiting[: file.begun])
        del file.waiting[: file.begun]
        file.doubtful.clear()

    def _sure(self, which: Callable[[_Change], bool]) -> None:
        """Changes of names that cannot be lost any more."""
        for change in filter(which, self._changes):
            _point(self._sure_names, change)
        self._changes = [change for change in self._changes if not which(change)]

    def _name(self, files: dict[str, _File | None]) -> None:
        change = _Change(next(iter(files)).rpartition("/")[0], files)
        _point(self._names, change)
        self._changes.append(change)

    def _left_of(self, file: _File) -> bytes:
        left = bytearray(file.sure)
        _apply(left, self._survivors([*file.doubtful, *file.waiting]))
        return bytes(left)

    def _survivors(self, writes: list[Record]) -> Iterable[Record]:
        """Nothing, a beginning with a torn end, any sectors, or all: each as likely."""
        how = self._random.randrange(4)
        if how == 0 or not writes:
            return []
        if how == 1:
            return writes
        sector = self._random.choice(SECTORS)
        if how == 2:
            last = self._random.randrange(len(writes))
            pieces = list(_pieces(writes[last], sector))
            return [*writes[:last], *pieces[: self._random.randint(0, len(pieces))]]
        keep = self._random.random()
        return [piece for one in writes for piece in _pieces(one, sector) if self._random.random() < keep]


def _point(names: dict[str, _File], change: _Change) -> None:
    for path, file in change.files.items():
        if file is None:
            names.pop(path, None)
        else:
            names[path] = file


def _pieces(write: Record, sector: int) -> Iterable[Record]:
    """A write as the sectors it touches."""
    if write.op != "w":
        return [write]
    pieces, at = [], 0
    while at < len(write.data):
        size = sector - (write.offset + at) % sector
        pieces.append(write._replace(offset=write.offset + at, data=write.data[at : at + size]))
        at += size
    return pieces


def _apply(content: bytearray, writes: Iterable[Record]) -> None:
    for write in writes:
        if write.op != "w":
            if write.op == "t":
                del content[write.offset :]
            content.extend(bytes(max(0, write.offset - len(content))))
        else:
            content.extend(bytes(max(0, write.offset - len(content))))
            content[write.offset : write.offset + len(write.data)] = write.data
