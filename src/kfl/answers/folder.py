"""Answers in a folder: a SQLite file for each wave, which one process holds at a time."""

import os
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from . import ownership, wavefile
from .bundle import Bundle
from .envelopes import Envelope
from .keys import checked_wave_name, sync_folder
from .media import Media
from .sheets import Sheet
from .sql import Connection, Setting
from .wave_tables import LASTING_TABLES, OPEN_TABLES, CloseStep, UnsafeSettings, filling
from .writer import Writer

SUFFIX = ".sqlite3"


@dataclass(frozen=True)
class WaveFile:
    """One wave's file, and the files that SQLite keeps beside it."""

    path: Path
    is_shared: ClassVar[bool] = False

    def exists(self) -> bool:
        """Whether the file is there."""
        return self.path.exists()

    def connect(self) -> wavefile.FileConnection:
        """A connection for the process that holds the wave."""
        return wavefile.connect(self.path)

    def connect_to_read(self) -> wavefile.FileConnection:
        """A connection that can change nothing, for any process at any time."""
        return wavefile.connect_to_read(self.path)

    def writer(self, forget: Callable[[], None], drop: Callable[[Sheet], None]) -> Writer:
        """What commits the wave's writes; nobody else does, so that no sheet need be dropped for others' sake."""
        return Writer(self.path, forget)

    def replace(
        self, old: Connection, tables: str, fill: Callable[[Connection], None], after: Callable[[CloseStep], None]
    ) -> None:
        """Put a new file, as `fill` writes it, in the place of this one, which `old` is open on (its last use)."""
        new = self.path.with_suffix(".closing")
        wavefile.remove_database(new)
        with wavefile.new_database(new, tables) as connection, connection.transaction():
            fill(connection)
        after(CloseStep.REWRITTEN)
        # The old file's write-ahead log must not be there when the new file takes the name. A reader
        # elsewhere (the count of answers) is short; the busy timeout waits for it.
        old.bring_together()
        if old.execute("PRAGMA journal_mode=DELETE").fetchone()[0] != "delete":
            raise UnsafeSettings("the write-ahead log could not be put away")
        old.close()
        after(CloseStep.BROUGHT_TOGETHER)
        os.replace(new, self.path)
        sync_folder(self.path.parent)
        after(CloseStep.REPLACED)

    def remove(self) -> None:
        """Remove the file and all that lies beside it, as far as it is there."""
        wavefile.remove_database(self.path)
        self.clear()

    def clear(self) -> None:
        """Remove what an opening or closing that was cut off left beside the file."""
        for name in (self.path.with_suffix(".new"), self.path.with_suffix(".closing")):
            wavefile.remove_database(name)
        if self.path.parent.exists():
            sync_folder(self.path.parent)


@dataclass(frozen=True)
class Folder:
    """The folder of all waves' files. One process takes answers there and lends a wave to whoever must be alone."""

    folder: Path
    is_shared: ClassVar[bool] = False

    def of(self, wave: str) -> WaveFile:
        """The file of a wave, there or not."""
        return WaveFile(self.folder / f"{checked_wave_name(wave)}{SUFFIX}")

    def names(self) -> dict[str, int]:
        """All waves that have a file, by name; none takes another's while it is held."""
        return dict.fromkeys(sorted(path.name.removesuffix(SUFFIX) for path in self._files()), 0)

    def create(self, bundle: Bundle, envelopes: Iterable[Envelope], media: Iterable[Media] = ()) -> WaveFile:
        """Open a wave in a new file, which is durable when it bears its name; the folder is made where it is missing.

        `FileExistsError` where the wave has a file already, `WrongBundle` as `wave_tables.filling` says.
        """
        fill = filling(bundle, envelopes, media)
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        where = self.of(bundle.wave)
        if where.exists():
            raise FileExistsError(where.path.name)
        unfinished = where.path.with_suffix(".new")
        wavefile.remove_database(unfinished)
        with wavefile.new_database(unfinished, OPEN_TABLES + LASTING_TABLES) as connection, connection.transaction():
            fill(connection)
        os.link(unfinished, where.path)  # unlike rename, refuses when somebody else was first
        unfinished.unlink()
        sync_folder(self.folder)
        return where

    def held(self, wave: str, *, wait_s: float = ownership.WAIT_S) -> AbstractContextManager[None]:
        """Hold a wave's file alone: take its lock, or borrow it from the owner that runs."""
        return ownership.held(self.folder, wave, wait_s=wait_s)

    def lock(self, wave: str | None = None) -> ownership.FileLock:
        """The lock of a wave's file, or of being the owner."""
        return ownership.FileLock(self.folder, wave)

    def new_socket(self) -> str:
        """The one name under which the owner is asked."""
        return ownership.SOCKET

    def settings(self) -> list[Setting]:
        """What this version opens a wave's file with, and what each file on disk is."""
        opened_with = wavefile.SETTINGS
        found = [Setting("answers settings", opened_with, opened_with.get("synchronous") == 2)]
        for path in sorted(self._files()):
            try:
                with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as file:
                    journal = file.execute("PRAGMA journal_mode").fetchone()[0]
                    sound = file.execute("PRAGMA quick_check").fetchone()[0]
            except sqlite3.Error as problem:  # a full disk, or no database at all
                found.append(Setting(f"answers/{path.name}", f"cannot be read: {problem}", holds=False))
                continue
            found.append(Setting(f"answers/{path.name} journal_mode", journal, journal in {"wal", "delete"}))
            found.append(Setting(f"answers/{path.name} quick_check", sound, sound == "ok"))
        return found

    def _files(self) -> Iterable[Path]:
        return self.folder.glob(f"*{SUFFIX}")
