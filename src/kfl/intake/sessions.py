"""Finding what a request is about: the attempt in its address and the session in its cookie."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from kfl.answers.bundle import BundleForm
from kfl.answers.owner import Owner
from kfl.answers.pending import Pending
from kfl.answers.sheets import Attempt, NoSuchAttempt, Sheet
from kfl.answers.store import OpenWave
from kfl.answers.wave_tables import NoSuchWave
from kfl.answers.writer import Closed, Moved, NotStored

from .heartbeat import Heartbeat

IDLE_CHILD_S = 20 * 60
IDLE_ADULT_S = 30 * 60
MOST_WAITING = 5_000  # writes lined up in one wave; beyond, we ask to come back
LONGEST_WAIT_S = 2.0  # so long may the disk, or the work before them, keep saves waiting before we ask so too
# Those who have begun go before those who begin: new starts are turned away long before saves are.
MOST_WAITING_TO_START = 500
LONGEST_WAIT_TO_START_S = 0.5
TRIES = 4  # of what another process's writes got in the way of; then it is "later"
_LOAN_WAIT_S = 5.0
_LOAN_LOOK_S = 0.05


class TryLater(RuntimeError):
    """Too much to do, or the wave is lent for a moment: the same request will do later."""


@dataclass(frozen=True)
class HeldAttempt:
    """An attempt and the wave it belongs to."""

    wave: OpenWave
    attempt: Attempt


class Sessions:
    """The attempts of all open waves, and when each browser was last seen (in memory only)."""

    def __init__(self, owner: Owner, clock: Callable[[], float] = time.monotonic) -> None:
        self._owner, self._clock = owner, clock
        self.heartbeat = Heartbeat()

    async def find(self, name: bytes, session: bytes, *, fresh: bool = False) -> HeldAttempt:
        """The attempt of that name for that session; `NoSuchAttempt` or `TryLater`. `fresh` as in `OpenWave.find`."""
        held = self._look(name, session, fresh)
        waited = 0.0
        while held is None:
            if not self._owner.is_lending:
                raise NoSuchAttempt("no open wave has it")
            if waited >= _LOAN_WAIT_S:
                raise TryLater
            await asyncio.sleep(_LOAN_LOOK_S)
            waited += _LOAN_LOOK_S
            held = self._look(name, session, fresh)
        writer = held.wave.writer
        if writer.waiting > MOST_WAITING or max(writer.behind_s, self.heartbeat.late_s) > LONGEST_WAIT_S:
            raise TryLater
        return held

    def admit(self) -> None:
        """Let somebody begin, unless those who have begun keep us busy: `TryLater`."""
        if self.heartbeat.late_s > LONGEST_WAIT_TO_START_S:
            raise TryLater
        for wave in self._owner.waves.values():
            writer = wave.writer
            if writer.waiting > MOST_WAITING_TO_START or writer.behind_s > LONGEST_WAIT_TO_START_S:
                raise TryLater

    def touch(self, attempt: Attempt) -> None:
        """The browser is there."""
        attempt.seen = self._clock()

    def is_idle(self, attempt: Attempt) -> bool:
        """Whether the browser was away so long that another may sit at it now.

        An idle session may still save what it had (that shows nothing), but reads nothing more.
        """
        return attempt.seen is not None and self._clock() - attempt.seen > idle_limit(attempt.form)

    async def end(self, session: bytes, *, but: Sheet | None = None) -> None:
        """Nobody holds this session any more, whoever copied its cookie; `but` as in `OpenWave.end`."""
        if session:
            for wave in list(self._owner.waves.values()):
                with suppress(NoSuchAttempt, NoSuchWave):  # it has closed: nobody holds anything there
                    await kept(partial(wave.end, session, but=but))

    def _look(self, name: bytes, session: bytes, fresh: bool) -> HeldAttempt | None:
        for wave in self._owner.waves.values():
            try:
                return HeldAttempt(wave, wave.find(name, session, fresh=fresh))
            except (NoSuchAttempt, NoSuchWave):
                continue
        return None


def idle_limit(form: BundleForm) -> int:
    """After how many seconds without a sign another may sit at the browser."""
    return IDLE_CHILD_S if form.for_children else IDLE_ADULT_S


async def durable(pending: Pending) -> None:
    """Wait until a write is on disk.

    Raises
    ------
    NotStored
        It never will be.
    Moved
        Neither, since another process has written on the sheet: look at it again, and do it again.
    NoSuchAttempt
        Neither, since the wave has closed.
    """
    if not pending.settled:
        done = asyncio.get_running_loop().create_future()
        pending.then(lambda: None if done.done() else done.set_result(None))
        await done
    if isinstance(pending.error, Closed):
        raise NoSuchAttempt("the wave has closed") from pending.error
    if isinstance(pending.error, Moved):
        raise Moved from pending.error
    if pending.error is not None:
        raise NotStored from pending.error


async def kept(line_up: Callable[[], Pending]) -> None:
    """Line up a write and wait until it is on disk; anew where another process has written on the sheet."""
    for _ in range(TRIES - 1):
        try:
            return await durable(line_up())
        except Moved:
            continue
    await durable(line_up())
