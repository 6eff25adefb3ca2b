"""The bulk doors: sheets collected elsewhere in, columns of a closed wave out, counts at any time."""

from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from . import alone, places, wave_tables
from .bundle import Bundle, WrongBundle, digest
from .column_blocks import FormColumns, WrongSheets, checked_columns, count, read_blocks, repeated, write_blocks
from .column_blocks import SheetProblem as SheetProblem
from .places import Place
from .sealing import seal_of
from .wave_tables import State


def import_sheets(
    place: Place,
    keys_dir: Path,
    bundle: Bundle,
    form: int,
    group: ArrayLike,
    split: ArrayLike,
    pid: ArrayLike,
    answers: ArrayLike,
) -> int:
    """Put many sheets into an open wave at once; all of them, or none when one is wrong.

    Parameters
    ----------
    place : Place
        Where the answers of all waves lie; the wave is `bundle.wave`.
    keys_dir : Path
        The folder of the keys.
    bundle : Bundle
        The bundle the wave was opened with.
    form : int
        The form's number.
    group : integer array, shape (people,)
        Number of the lowest node of the frozen tree.
    split : integer array, shape (people,)
        0 blank, 1 girl, 2 boy.
    pid : uint8 array, shape (people, 16)
        Pseudonyms, none of which may be in this form of the wave already.
    answers : integer array, shape (items, people)
        Codes in the bundle's rows; -1 = not answered. Sheets without any answer are left out at
        close.

    Returns
    -------
    int
        How many sheets hold at least one answer.

    Raises
    ------
    WrongSheets
        Shapes, ranges, groups or persons do not fit; `problems` says where.
    WaveNotOpen
        The wave is closing or closed.
    WrongBundle
        The wave was opened with another bundle.
    KeyMissing
        Some have begun to answer, and K_code is not there to tell whether they are among these.
    """
    sheet_form = bundle.form(form)
    columns = checked_columns(bundle, sheet_form, pid, group, split, answers)
    with place.held(bundle.wave), places.connected(place.of(bundle.wave)) as connection:
        if wave_tables.state(connection) is not State.OPEN:
            raise wave_tables.WaveNotOpen(bundle.wave)
        if wave_tables.meta(connection, "digest") != digest(bundle):
            raise WrongBundle("the wave was opened with another bundle")
        known = read_blocks(connection, sheet_form).pid
        twins = repeated(np.concatenate([known, columns.pid]))[len(known) :]
        seal = seal_of(connection, keys_dir, bundle.wave)
        if seal is not None:
            owners = (seal.open_who(*row) for row in connection.execute("SELECT sheet, sealed FROM attempts"))
            there = {who.pid for who in owners if who.form == form}
            twins |= np.array([pid.tobytes() in there for pid in columns.pid], dtype=bool)
        if twins.any():
            where = np.flatnonzero(twins)[:100].tolist()
            raise WrongSheets([SheetProblem(person, "pid", "has a sheet already") for person in where])
        with connection.transaction():
            write_blocks(connection, sheet_form, columns)
            count(connection, sheet_form, columns)
    return int((columns.answers != -1).any(axis=0).sum())


def read_columns(place: Place, wave: str, form: int, *, keys_dir: Path | None = None) -> FormColumns:
    """All answers of one form of a closed wave, in the random order of the file.

    Parameters
    ----------
    place : Place
        Where the answers of all waves lie.
    wave : str
        The wave's name.
    form : int
        The form's number.
    keys_dir : Path, optional
        The folder of the keys. Without it nobody is known to be alone.

    Returns
    -------
    Columns
        pid uint8 (people, 16), group int32 (people,), split int8 (people,),
        answers int8 or int16 (items, people) with -1 = not answered,
        alone bool (people,): no other sheet of this person was handed in.

    Raises
    ------
    WaveNotClosed
        The wave still takes answers.
    KeyMissing, KeyTooOpen
        Who is alone was asked for, and the key that tells it is not there.
    """
    with places.reading(place.of(wave)) as connection:
        if wave_tables.state(connection) is not State.CLOSED:
            raise wave_tables.WaveNotClosed(wave)
        columns = read_blocks(connection, wave_tables.read_bundle(connection).form(form))
        if not wave_tables.has_meta(connection, wave_tables.ALONE):
            return columns
    return alone.nobody(columns) if keys_dir is None else alone.turned(alone.load(keys_dir, wave), form, columns)


def read_imported(place: Place, wave: str, form: int) -> FormColumns:
    """The same of an open wave that takes answers from files alone, so that they can be judged before it closes.

    Raises
    ------
    WaveNotClosed
        Somebody may answer in it with a code: until the close that is nobody's to read.
    """
    with places.reading(place.of(wave)) as connection:
        if wave_tables.state(connection) is not State.OPEN:
            raise wave_tables.WaveNotOpen(wave)
        if connection.execute("SELECT EXISTS (SELECT 1 FROM envelopes)").fetchone()[0]:
            raise wave_tables.WaveNotClosed(wave)
        return read_blocks(connection, wave_tables.read_bundle(connection).form(form))


def read_texts(place: Place, wave: str, form: int) -> list[tuple[str, str]]:
    """The free texts of one form of a closed wave as (item, text), in random order, without pid."""
    with places.reading(place.of(wave)) as connection:
        if wave_tables.state(connection) is not State.CLOSED:
            raise wave_tables.WaveNotClosed(wave)
        return connection.execute("SELECT item, body FROM texts WHERE form = ? ORDER BY number", (form,)).fetchall()


def counts(place: Place, wave: str) -> dict[tuple[int, int], int]:
    """Sheets by (group, form); cheap at any time (RULES B.10).

    While the wave is open: those that have ended, handed in or by a no, by any session of any code, also empty ones;
    it never falls. After it has closed: those that hold an answer, one a person and form.

    Groups without any are absent. While the wave is open, another process may be writing.
    """
    with places.reading(place.of(wave)) as connection:
        rows = connection.execute("SELECT grp, form, sheets FROM counts WHERE sheets > 0").fetchall()
    return {(group, form): sheets for group, form, sheets in rows}
