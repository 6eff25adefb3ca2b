"""Erasure by the data controller: a person's sheet out of an open wave by its code, out of a closed one by pseudonym.

(By oneself, with code and word: `withdrawal`.) The tombstone is written first: a kill in between leaves an
erasure that the next start carries out, never one that was half done and forgotten. Releases are not touched. An
adult's free text lies in a closed wave without pseudonym and in random order, so that it cannot be found again.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from . import places, tombstones, wave_tables
from .bundle import Bundle, BundleForm
from .column_blocks import ADD_TO_COUNTS, read_blocks, write_blocks
from .envelopes import Invitation, open_envelope
from .keys import CodeKey
from .places import Place, Where
from .sealing import End, SheetSeal, seal_of
from .sheet_rules import NOT_ANSWERED
from .sql import Connection
from .wave_tables import State
from .writer import ADD_TO_LOG

_ANSWERED = "SELECT DISTINCT sheet FROM log"

IsGone = Callable[[bytes], bool]
_Owners = dict[int, Invitation]


def erase_sheets(place: Place, key: CodeKey, codes: Sequence[str]) -> None:
    """Erase what was answered with these codes in an open wave, and let the codes die.

    Nothing tells whether there was an answer. A code that is dead already is passed over, so that a call which was
    cut off can be repeated.

    Parameters
    ----------
    place : Place
        Where the answers of all waves lie; the wave is `key.wave`. An owner that runs lends it for a moment.
    key : CodeKey
        Opens the codes' envelopes.
    codes : sequence of str
        As they are kept, without a dash.

    Raises
    ------
    WaveNotOpen
        The wave is closing or closed.
    WaveBusy, sqlite3.OperationalError, Unreachable
        It cannot be had alone now. Nothing is called erased; the same call will do later.
    """
    where, seal = place.of(key.wave), SheetSeal(key)
    with places.reading(where) as connection:
        known = _owners(connection, seal, {})  # before, since nobody can save while the wave is held
    with place.held(key.wave), places.connected(where) as connection:
        if wave_tables.state(connection) is not State.OPEN:
            raise wave_tables.WaveNotOpen(key.wave)
        names: list[set[bytes]] = []
        whose: dict[tuple[bytes, int], set[bytes]] = {}
        for code in codes:
            lookup = key.lookup(code)
            row = connection.execute("SELECT sealed FROM envelopes WHERE lookup = ?", (lookup,)).fetchone()
            names.append(set())
            if row is not None:
                who = open_envelope(key, code, row[0])
                names[-1] |= {lookup, *_of_person(seal, who.pid, who.form)}
                whose[who.pid, who.form] = names[-1]
        # Beside the person each sheet too: what came back with a backup is noticed without K_code.
        known = _owners(connection, seal, known)
        for sheet, who in known.items():
            if (who.pid, who.form) in whose:
                whose[who.pid, who.form].add(tombstones.gone_name(sheet))
        tombstones.add(place, key.wave, names)
        _erase(connection, wave_tables.read_bundle(connection), seal, set[bytes]().union(*names).__contains__, known)


def let_back(place: Place, key: CodeKey, pid: bytes, form: int) -> None:
    """Forget that a person was erased from an open wave: whoever takes part after all must be able to."""
    seal = SheetSeal(key)
    for name in _of_person(seal, pid, form):
        tombstones.lift(place, key.wave, name)


def _of_person(seal: SheetSeal, pid: bytes, form: int) -> tuple[bytes, ...]:
    """The names that each person has, whether there are sheets or not: so as many are written, and as many lifted."""
    return pid, seal.person(pid, form), tombstones.gone_name(seal.number_of_rating(pid, form))


def erase_person(place: Place, wave: str, pids: Sequence[bytes]) -> None:
    """Erase every sheet of a person, by the pseudonyms of all forms, from a closed wave; nothing tells what there was.

    Raises
    ------
    WaveNotClosed
        The wave is open: there a sheet is found by its code.
    WaveBusy, sqlite3.OperationalError, Unreachable
        It cannot be had alone now. Nothing is called erased; the same call will do later.
    """
    where = place.of(wave)
    with place.held(wave), places.connected(where) as connection:
        if wave_tables.state(connection) is not State.CLOSED:
            raise wave_tables.WaveNotClosed(wave)
        tombstones.add(place, wave, [pids])
        _erase(connection, wave_tables.read_bundle(connection), None, frozenset(pids).__contains__)


def erase_again(place: Place, keys_dir: Path) -> list[str]:
    """Take out again whatever has a tombstone: after a restore, or an erasure that was cut off.

    Returns
    -------
    list of str
        The waves in which something was found. Waves without a file, and those in the midst of closing, are
        passed over.

    Raises
    ------
    KeyMissing
        An open wave came back without its K_code. Nobody reads its sheets then; bring both back, or neither.
    """
    cleaned, stones = [], tombstones.by_wave(place)
    for wave in came_back(place):
        where = place.of(wave)
        with place.held(wave), places.connected(where) as connection:
            state = wave_tables.state(connection)
            if state is not State.CLOSING:
                seal = seal_of(connection, keys_dir, wave) if state is State.OPEN else None
                _erase(connection, wave_tables.read_bundle(connection), seal, _buried(stones[wave]))
                cleaned.append(wave)
    return cleaned


def came_back(place: Place) -> list[str]:
    """The waves whose files hold something that has a tombstone."""
    found = []
    for wave, stones in tombstones.by_wave(place).items():
        where = place.of(wave)
        if where.exists() and _holds(where, stones):
            found.append(wave)
    return found


def _buried(stones: frozenset[str]) -> IsGone:
    return lambda name: tombstones.tombstone(name) in stones


def _holds(where: Where, stones: frozenset[str]) -> bool:
    is_gone = _buried(stones)
    with places.reading(where) as connection:
        names = [lookup for (lookup,) in _open_rows(connection, "SELECT lookup FROM envelopes")]
        names += [tombstones.gone_name(sheet) for (sheet,) in _open_rows(connection, "SELECT sheet FROM attempts")]
        names += [tombstones.sheet_name(sheet) for (sheet,) in _open_rows(connection, _ANSWERED)]
        for form in wave_tables.read_bundle(connection).forms:
            names += [pid.tobytes() for pid in read_blocks(connection, form).pid]
    return any(map(is_gone, names))


def _open_rows(connection: Connection, sql: str) -> list[tuple[Any, ...]]:
    """Rows of a table that only an open wave has."""
    is_open = wave_tables.state(connection) is not State.CLOSED
    return connection.execute(sql).fetchall() if is_open else []


def _erase(
    connection: Connection, bundle: Bundle, seal: SheetSeal | None, is_gone: IsGone, known: _Owners | None = None
) -> None:
    """Delete envelopes, sheets and rows in bulk; then empty the write-ahead log, which holds them still."""
    with connection.transaction():
        for (lookup,) in _open_rows(connection, "SELECT lookup FROM envelopes"):
            if is_gone(lookup):
                connection.execute("DELETE FROM envelopes WHERE lookup = ?", (lookup,))
        if seal is not None:
            for sheet, who in _owners(connection, seal, known or {}).items():
                if is_gone(tombstones.gone_name(sheet)) or is_gone(seal.person(who.pid, who.form)):
                    _erase_typed(connection, seal, sheet)
                elif is_gone(tombstones.sheet_name(sheet)):
                    _withdraw_again(connection, seal, sheet, who)
        for form in bundle.forms:
            _erase_in_bulk(connection, form, is_gone)
    connection.wipe()


def _owners(connection: Connection, seal: SheetSeal, known: _Owners) -> _Owners:
    """Every sheet of an open wave, and whose it is: as is known, since that never changes, else opened."""
    rows = _open_rows(connection, "SELECT sheet, sealed FROM attempts")
    return {sheet: known.get(sheet) or seal.open_who(sheet, sealed) for sheet, sealed in rows}


def _erase_typed(connection: Connection, seal: SheetSeal, sheet: int) -> None:
    """Leave nothing of a sheet. How many have ended stays: the number tells nothing of who goes (RULES B.10)."""
    connection.execute("DELETE FROM log WHERE sheet IN (?, ?)", (sheet, seal.end_number(sheet)))
    connection.execute("DELETE FROM attempts WHERE sheet = ?", (sheet,))


def _withdraw_again(connection: Connection, seal: SheetSeal, sheet: int, who: Invitation) -> None:
    """Leave nothing on a sheet that was taken back; that it has ended, and its place, stays."""
    end_number = seal.end_number(sheet)
    rows = connection.execute("SELECT sealed FROM log WHERE sheet = ? ORDER BY seq", (end_number,)).fetchall()
    ends = [seal.open_end(sheet, sealed) for (sealed,) in rows]
    connection.execute("DELETE FROM log WHERE sheet = ?", (sheet,))
    if End.WITHDRAWN not in ends:
        connection.execute(ADD_TO_LOG, (end_number, seal.end(sheet, End.WITHDRAWN)))
    if not ends:
        connection.execute(ADD_TO_COUNTS, (who.group, who.form, 1))


def _erase_in_bulk(connection: Connection, form: BundleForm, is_gone: IsGone) -> None:
    """Write the blocks of a form anew without these people, the others in the order they had."""
    columns = read_blocks(connection, form)
    gone = np.array([is_gone(pid.tobytes()) for pid in columns.pid], dtype=bool)
    if not gone.any():
        return
    connection.execute("DELETE FROM blocks WHERE form = ?", (form.number,))
    write_blocks(connection, form, columns.chosen(~gone))
    if wave_tables.state(connection) is State.CLOSED:
        answered = gone & (columns.answers != NOT_ANSWERED).any(axis=0)
        connection.executemany(ADD_TO_COUNTS, [(int(group), form.number, -1) for group in columns.group[answered]])
