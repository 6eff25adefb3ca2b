"""What may still change in an open wave: a lost code, a late respondent, more time."""

import sqlite3
from datetime import datetime
from pathlib import Path

from . import ownership, wavefile
from .codes import new_code
from .envelopes import Invitation, open_envelope, seal_invitation
from .keys import CodeKey
from .ownership import ChangeEnvelopes, Extend
from .wavefile import State


class NoSuchCode(LookupError):
    """No envelope of this wave is found by that code."""


def add_invitation(answers_dir: Path, key: CodeKey, invitation: Invitation) -> None:
    """Give one more respondent a place in an open wave.

    Raises
    ------
    ValueError
        Group or form does not exist in the wave.
    WaveNotOpen
        The wave is closing or closed.
    """
    bundle = wavefile.wave_bundle(answers_dir, key.wave)
    if not 0 <= invitation.group < bundle.groups:
        raise ValueError("no such group")
    bundle.form(invitation.form)
    envelope = seal_invitation(key, invitation)
    _change(answers_dir, ChangeEnvelopes(key.wave, add=[(envelope.lookup, envelope.sealed)]))


def replace_code(answers_dir: Path, key: CodeKey, old_code: str) -> str:
    """Seal a lost code's envelope under a new code; the old one dies. What was saved stays.

    Returns
    -------
    str
        The new code.

    Raises
    ------
    NoSuchCode
        The code was never given, or was replaced already.
    WaveNotOpen
        The wave is closing or closed.
    """
    lookup = key.lookup(old_code)
    with wavefile.reading(wavefile.wave_path(answers_dir, key.wave)) as connection:
        if wavefile.state(connection) is not State.OPEN:
            raise wavefile.WaveNotOpen(key.wave)
        row = connection.execute("SELECT sealed FROM envelopes WHERE lookup = ?", (lookup,)).fetchone()
    if row is None:
        raise NoSuchCode("no envelope is found by that code")
    old = open_envelope(key, old_code, row[0])
    code = new_code()
    envelope = seal_invitation(key, Invitation(code, old.pid, old.group, old.form, old.split))
    add = [(envelope.lookup, envelope.sealed)]
    _change(answers_dir, ChangeEnvelopes(key.wave, add=add, remove=[lookup]))
    return code


def extend(answers_dir: Path, wave: str, closes_at: datetime) -> None:
    """Let an open wave take new respondents until another time (with zone)."""
    if closes_at.tzinfo is None:
        raise ValueError("times need a zone")
    _change(answers_dir, Extend(wave, closes_at.isoformat()))


def apply(connection: sqlite3.Connection, request: ChangeEnvelopes | Extend) -> None:
    """Make the change in one transaction; for the process that holds the wave."""
    with wavefile.transaction(connection):
        if wavefile.state(connection) is not State.OPEN:
            raise wavefile.WaveNotOpen(request.wave)
        if isinstance(request, Extend):
            connection.execute("UPDATE meta SET value = ? WHERE key = 'closes_at'", (request.closes_at,))
            return
        for lookup in request.remove:
            if connection.execute("DELETE FROM envelopes WHERE lookup = ?", (lookup,)).rowcount != 1:
                raise NoSuchCode("no envelope is found by that code")
        connection.executemany("INSERT INTO envelopes VALUES (?, ?)", request.add)


def _change(answers_dir: Path, request: ChangeEnvelopes | Extend) -> None:
    lock = ownership.Lock(answers_dir, request.wave)
    if not lock.take():
        if ownership.ask_owner(answers_dir, request):
            return
        with ownership.held(answers_dir, request.wave):
            _apply_here(answers_dir, request)
        return
    try:
        _apply_here(answers_dir, request)
    finally:
        lock.drop()


def _apply_here(answers_dir: Path, request: ChangeEnvelopes | Extend) -> None:
    with wavefile.connected(wavefile.wave_path(answers_dir, request.wave)) as connection:
        apply(connection, request)
