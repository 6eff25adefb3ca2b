"""Closing a wave: the answers in random order in a new file, and all that led to persons destroyed.

A kill at any point leaves a file that the same call brings to its end (RULES D.5).
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from . import alone, fold, places, wave_tables
from .bundle import Bundle
from .column_blocks import FormColumns, count, write_blocks
from .keys import CodeKey
from .places import Place, Where
from .sealing import seal_of
from .sql import Connection
from .wave_tables import CLOSED_TABLES, LASTING_TABLES, State
from .wave_tables import CloseStep as CloseStep


def _go_on(step: CloseStep) -> None:
    """Do nothing between steps; tests put a kill here."""


def close_wave_file(place: Place, keys_dir: Path, wave: str, *, after: Callable[[CloseStep], None] = _go_on) -> None:
    """Close a wave for good; may be called again after any interruption.

    An owner that runs stops taking saves and hands the wave over, so that the rewrite happens in
    this process. Afterwards the file holds only people in random order, counts and texts; K_code,
    codes, envelopes, sessions, words, the order of saves and every sheet that was not taken are gone.

    Parameters
    ----------
    place : Place
        Where the answers of all waves lie.
    keys_dir : Path
        The folder of the keys.
    wave : str
        The wave's name.
    after : callable
        Called after each `CloseStep`.

    Raises
    ------
    NoSuchWave
        There is no file for that wave.
    KeyMissing, KeyTooOpen
        K_code is not there (or open to others), and without it nobody reads what was saved.
    WaveBusy
        Another process holds the wave and does not lend it.
    """
    where = place.of(wave)
    places.wave_state(place, wave)
    with place.held(wave):
        if places.wave_state(place, wave) is not State.CLOSED:
            _replace(where, wave, keys_dir, after)
        CodeKey.destroy(keys_dir, wave)
        after(CloseStep.KEY_DESTROYED)
        # An opening that was cut off may have left the envelopes under its working name.
        where.clear()
        after(CloseStep.CLEARED)


def _replace(where: Where, wave: str, keys_dir: Path, after: Callable[[CloseStep], None]) -> None:
    """Put fresh tables with the answers alone in the old ones' place."""
    with places.connected(where) as old:
        with old.transaction():
            seal = seal_of(old, keys_dir, wave)  # first: a wave whose sheets nobody can read stays open
            old.execute("UPDATE meta SET value = ? WHERE key = 'state'", (State.CLOSING.value,))
        old.bring_together()
        after(CloseStep.MARKED)
        bundle = wave_tables.read_bundle(old)
        people, texts = fold.answered_sheets(old, bundle, seal)
        frozen = {key: wave_tables.meta(old, key) for key in ("bundle", "digest")}
        if seal is not None:  # somebody typed a code
            key = alone.make(keys_dir, wave)
            people = {form: alone.turned(key, form, columns) for form, columns in people.items()}
            frozen[wave_tables.ALONE] = wave_tables.TURNED
        fill = partial(_fill, bundle, frozen, people, texts)
        where.replace(old, CLOSED_TABLES + LASTING_TABLES, fill, after)


def _fill(
    bundle: Bundle,
    frozen: dict[str, object],
    people: dict[int, FormColumns],
    texts: list[fold.FreeText],
    connection: Connection,
) -> None:
    meta = {"state": State.CLOSED.value, **frozen, "closes_at": None}
    connection.executemany("INSERT INTO meta VALUES (?, ?)", list(meta.items()))
    for form in bundle.forms:
        columns = fold.shuffled(people[form.number])
        write_blocks(connection, form, columns)
        count(connection, form, columns)
    mixed = (texts[position] for position in fold.random_order(len(texts)))
    connection.executemany(
        "INSERT INTO texts (form, item, body) VALUES (?, ?, ?)",
        [(text.form, text.item, text.body) for text in mixed],
    )
