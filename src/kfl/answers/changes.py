"""What may still change in an open wave: a lost code, a late respondent, more time.

Any process may do this while the owner takes answers: each change is one short transaction that first
looks whether the wave is still open, and the owner reads envelopes and closing time afresh.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from . import closing_times, places, wave_tables
from .codes import new_code
from .envelopes import Invitation, open_envelope, seal_invitation
from .keys import CodeKey
from .places import Place
from .sql import Connection
from .wave_tables import State


class NoSuchCode(LookupError):
    """No envelope of this wave is found by that code."""


def add_invitation(place: Place, key: CodeKey, invitation: Invitation) -> None:
    """Give one more respondent a place in an open wave.

    Raises
    ------
    ValueError
        Group or form does not exist in the wave.
    WaveNotOpen
        The wave is closing or closed.
    """
    bundle = places.wave_bundle(place, key.wave)
    if not 0 <= invitation.group < bundle.groups:
        raise ValueError("no such group")
    bundle.form(invitation.form)
    envelope = seal_invitation(key, invitation)
    with _change(place, key.wave) as connection:
        connection.execute("INSERT INTO envelopes VALUES (?, ?)", (envelope.lookup, envelope.sealed))


def replace_code(place: Place, key: CodeKey, old_code: str, make: Callable[[], str] = new_code) -> str:
    """Seal a lost code's envelope under a new code, which `make` makes; the old one dies. What was saved stays.

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
    with _change(place, key.wave) as connection:
        row = connection.execute("SELECT sealed FROM envelopes WHERE lookup = ?", (lookup,)).fetchone()
        if row is None:
            raise NoSuchCode("no envelope is found by that code")
        code = make()
        new = seal_invitation(key, replace(open_envelope(key, old_code, row[0]), code=code))
        connection.execute("DELETE FROM envelopes WHERE lookup = ?", (lookup,))
        connection.execute("INSERT INTO envelopes VALUES (?, ?)", (new.lookup, new.sealed))
    return code


def extend(place: Place, wave: str, closes_at: datetime) -> None:
    """Let an open wave take new respondents until another time (with zone)."""
    if closes_at.tzinfo is None:
        raise ValueError("times need a zone")
    with _change(place, wave) as connection:
        connection.execute("UPDATE meta SET value = ? WHERE key = 'closes_at'", (closes_at.isoformat(),))


def extend_groups(place: Place, wave: str, groups: Iterable[int], closes_at: datetime) -> None:
    """Let some nodes of an open wave take new respondents until another time (with zone) than the rest."""
    if closes_at.tzinfo is None:
        raise ValueError("times need a zone")
    with _change(place, wave) as connection:
        closing_times.add(connection, groups, closes_at)


@contextmanager
def _change(place: Place, wave: str) -> Iterator[Connection]:
    with (
        places.connected(place.of(wave)) as connection,
        connection.transaction(),
    ):
        if wave_tables.state(connection) is not State.OPEN:
            raise wave_tables.WaveNotOpen(wave)
        yield connection
