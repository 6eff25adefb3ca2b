"""The process that takes answers: holds every open wave, finds new ones, lends a wave to whoever asks, keeps papers.

Where one process holds a wave that is the owner. Where waves are shared (on PostgreSQL) there may be several, which
own nothing and lend nothing; each looks for waves that came, closed or were made anew by itself.
"""

import asyncio
import contextlib
import logging
import os
from collections import Counter
from pathlib import Path

import msgspec

from . import ownership, places
from .keys import CodeKey, KeyMissing, KeyTooOpen
from .load_counts import AskLoadCounts, LoadCounts
from .ownership import Lend, OwnerReply
from .paper import Paper, answered
from .places import Lock, Place
from .store import OpenWave
from .wave_tables import NoSuchWave, State, WaveNotOpen

LOOK_EVERY_S = 2.0

log = logging.getLogger(__name__)


class AlreadyOwned(RuntimeError):
    """Another process takes answers from this folder."""


class Owner:
    """Keeps `waves` in step with the place of answers, from `start` to `stop`, in one event loop."""

    def __init__(self, place: Place, keys_dir: Path) -> None:
        self.waves: dict[str, OpenWave] = {}
        self.load_counts: LoadCounts | None = None  # counted while a rehearsal is open
        self.place, self._keys_dir = place, keys_dir
        self._folder, self._socket = place.folder, place.new_socket()
        self._ownership = place.lock()
        self._locks: dict[str, Lock] = {}
        self._numbers: dict[str, int] = {}
        self._lent: Counter[str] = Counter()
        self._settled: dict[str, int] = {}  # closed: not looked at again
        self._server: asyncio.AbstractServer | None = None
        self._looking: asyncio.Task[None] | None = None
        self._guests: set[asyncio.Task[None]] = set()
        self._stopped = False

    @property
    def is_lending(self) -> bool:
        """Whether somebody works on a wave just now, so that it is missing in `waves`."""
        return bool(+self._lent)

    async def start(self) -> None:
        """Listen to borrowers, take all open waves, and go on looking for new ones."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not self._ownership.take():
            raise AlreadyOwned(self._folder.name)
        (self._folder / self._socket).unlink(missing_ok=True)
        ownership.clear_sockets(self._folder)
        with ownership.socket_name(self._folder, self._socket) as name:
            self._server = await asyncio.start_unix_server(self._serve, name)
            os.chmod(name, 0o600)
        self.look()
        self._looking = asyncio.create_task(self._keep_looking())

    async def stop(self) -> None:
        """Let go of everything; what waits is committed first."""
        self._stopped = True
        if self._looking is not None:
            self._looking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._looking
        if self._server is not None:
            self._server.close()
            await asyncio.sleep(0)  # a connection that was just accepted becomes a guest
            for guest in self._guests:
                guest.cancel()
            await asyncio.gather(*self._guests, return_exceptions=True)
            (self._folder / self._socket).unlink(missing_ok=True)
        for wave in list(self.waves):
            self._let_go(wave)
        self._ownership.drop()

    def look(self, names: dict[str, int] | None = None) -> None:
        """Open the waves that came, let go of those that went. `names` as the place gave them just now."""
        if self._stopped:
            return
        names = self.place.names() if names is None else names
        for wave in list(self.waves):
            may_have_closed = self.place.is_shared and not self.waves[wave].is_open()
            if names.get(wave) != self._numbers[wave] or may_have_closed:
                self._let_go(wave)
        for wave, number in names.items():
            if wave not in self.waves and self._settled.get(wave) != number and not self._lent[wave]:
                self._take(wave, number)
        self._rehearse()

    async def _keep_looking(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            try:
                # A database that is away keeps its callers waiting, and respondents must not wait with them.
                self.look(await asyncio.to_thread(self.place.names))
            except Exception:  # one bad file must not stop the search for others
                log.exception("looking for waves failed")

    def _take(self, wave: str, number: int) -> None:
        lock = self.place.lock(wave)
        if not lock.take():
            return
        try:
            opened = OpenWave(self.place.of(wave), CodeKey.load(self._keys_dir, wave))
        except NoSuchWave:  # removed since we looked
            lock.drop()
            return
        except (WaveNotOpen, KeyMissing, KeyTooOpen) as problem:
            lock.drop()
            if places.wave_state(self.place, wave) is State.CLOSED:
                self._settled[wave] = number
            elif not isinstance(problem, WaveNotOpen):
                log.error("wave %s cannot be answered: %s", wave, problem)
            return
        except BaseException:
            lock.drop()
            raise
        opened.writer.start(asyncio.get_running_loop().call_soon_threadsafe)
        self.waves[wave], self._locks[wave], self._numbers[wave] = opened, lock, number

    def _let_go(self, wave: str) -> None:
        opened = self.waves.pop(wave, None)
        if opened is not None:
            opened.close()
            self._locks.pop(wave).drop()

    def _rehearse(self) -> None:
        """Count from when the first rehearsal opens until nobody rehearses and nobody works on a wave."""
        if any(wave.bundle.rehearsal for wave in self.waves.values()):
            self.load_counts = self.load_counts or LoadCounts()
        elif not self.is_lending:
            self.load_counts = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        guest = asyncio.current_task()
        if guest is not None:
            self._guests.add(guest)
            guest.add_done_callback(self._guests.discard)
        try:
            line = await reader.readline()
            if line:
                request = msgspec.json.decode(line, type=Lend | Paper | AskLoadCounts)
                if isinstance(request, Paper):
                    writer.write(msgspec.json.encode(await answered(self.waves, request)) + b"\n")
                    await writer.drain()
                elif isinstance(request, AskLoadCounts):
                    counted = msgspec.json.encode(self.load_counts).decode() if self.load_counts else ""
                    writer.write(msgspec.json.encode(OwnerReply(bool(counted), word=counted)) + b"\n")
                    await writer.drain()
                else:
                    await self._lend(request, reader, writer)
        except (msgspec.DecodeError, OSError):
            log.warning("a borrower said something that is no request")
        finally:
            writer.close()

    async def _lend(self, wanted: Lend, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._lent[wanted.wave] += 1
        try:
            self._let_go(wanted.wave)
            writer.write(msgspec.json.encode(OwnerReply(True)) + b"\n")
            await writer.drain()
            await reader.read()  # until the borrower is done, or dead
        finally:
            self._lent[wanted.wave] -= 1
            self.look()
