"""A form that was filled in on paper: the same code, the same checks and the same store as on a screen.

Whoever enters it has only the code and the paper. It is a sheet of its own, handed in at once, whether the code was
used before or not (RULES D.10); what was entered cannot be read back. A process that does not take answers asks the
one that does.
"""

import asyncio
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from . import ownership
from .keys import CodeKey, DoesNotOpen
from .pending import Pending
from .places import Place
from .sheet_rules import Answer, WrongAnswer, checked, screens
from .sheets import UnknownCode
from .store import OpenWave
from .writer import Moved, NotStored

REFUSED, WRONG, LATER = "refused", "wrong", "later"
_TRIES = 3


class Paper(msgspec.Struct, tag="paper"):
    """One form on paper, as the owner is asked to keep it."""

    wave: str
    code: str  # normalised
    form: int  # the form that was on the paper
    groups: list[int]  # the nodes whose respondents may be entered by whoever asks
    answers: dict[str, Answer]


class Refused(LookupError):
    """The code opens no such form here: never given, or somebody else's to enter. It is not told which."""


def enter(
    place: Place,
    keys_dir: Path,
    wave: str,
    code: str,
    form: int,
    groups: Collection[int],
    answers: Mapping[str, Answer],
) -> str:
    """Keep a form that was filled in on paper, and hand it in.

    Parameters
    ----------
    place : Place
        Where the answers of all waves lie.
    keys_dir : Path
        The folder of the keys.
    wave : str
        The wave's name.
    code : str
        Eleven characters, normalised.
    form : int
        The number of the form that was on the paper.
    groups : collection of int
        Numbers of the nodes whose respondents may be entered.
    answers : mapping
        By item; blanks are left out.

    Returns
    -------
    str
        The receipt, once all is on disk.

    Raises
    ------
    Refused
        Nothing is stored, and it is not told why.
    WrongAnswer
        An item or answer that the form does not have; nothing is stored.
    NotStored
        The disk refused it, or nobody takes answers now. The same may be sent again.
    WaveNotOpen
        The wave is closing or closed.
    """
    paper = Paper(wave, code, form, sorted(groups), dict(answers))
    lock = place.lock(wave)
    if lock.take():
        try:
            return _enter_here(place, keys_dir, paper)
        finally:
            lock.drop()
    reply = ownership.ask(place.folder, paper)
    if reply.done:
        return reply.word
    if reply.reason == REFUSED:
        raise Refused("no such form is opened by that code here")
    if reply.reason.startswith(WRONG):
        raise WrongAnswer(reply.reason.removeprefix(WRONG).strip())
    raise NotStored(reply.reason)


def _enter_here(place: Place, keys_dir: Path, paper: Paper) -> str:
    wave = OpenWave(place.of(paper.wave), CodeKey.load(keys_dir, paper.wave))
    try:
        receipt, pending = _kept(wave, paper)
    finally:
        wave.close()
    if pending.error is not None:
        raise NotStored from pending.error
    return receipt


def _kept(wave: OpenWave, paper: Paper) -> tuple[str, Pending]:
    """Keep it, once more where another process had the sheet meanwhile."""
    for _ in range(_TRIES):
        receipt, pending = keep(wave, paper, datetime.now(UTC))
        wave.writer.flush()
        if not isinstance(pending.error, Moved):
            break
    return receipt, pending


async def answered(waves: Mapping[str, OpenWave], paper: Paper) -> ownership.OwnerReply:
    """The owner's reply, once all is on disk."""
    wave = waves.get(paper.wave)
    if wave is None:
        return ownership.OwnerReply(False, LATER)
    try:
        receipt, pending = keep(wave, paper, datetime.now(UTC))
    except Refused:
        return ownership.OwnerReply(False, REFUSED)
    except WrongAnswer as problem:
        return ownership.OwnerReply(False, f"{WRONG} {problem}")
    done = asyncio.get_running_loop().create_future()
    pending.then(lambda: None if done.done() else done.set_result(None))
    await done
    return ownership.OwnerReply(False, LATER) if pending.error is not None else ownership.OwnerReply(True, word=receipt)


def keep(wave: OpenWave, paper: Paper, now: datetime) -> tuple[str, Pending]:
    """Line up every screen of a paper and the handing in; all is checked before anything is written."""
    try:
        who = wave.invitation(paper.code)
    except (UnknownCode, DoesNotOpen) as problem:
        raise Refused from problem
    if not wave.is_taking(now, who.group) or who.form != paper.form or who.group not in paper.groups:
        raise Refused
    parts = {}
    left = dict(paper.answers)
    for screen in screens(wave.bundle.form(who.form)):
        part = {key: left.pop(key) for key in screen.by_key if key in left}
        parts[screen.number] = checked(screen, part)
    if left:
        raise WrongAnswer("an item that is not in this form")
    attempt = wave.start(paper.code).attempt
    if attempt.is_ended:  # a rating that was delivered
        raise Refused
    for number, part in parts.items():
        if part:
            wave.save(attempt, number, attempt.lease, wave.next_rev(attempt, number), part)
    return wave.submit(attempt)
