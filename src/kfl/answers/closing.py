"""Closing a wave: the answers in random order in a new file, and all that led to persons destroyed.

A kill at any point leaves a file that the same call brings to its end (RULES D.5).
"""

import os
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

from . import fold, ownership, wavefile
from .blocks import Columns, count, write_blocks
from .bundle import Bundle
from .keys import CodeKey, sync_folder
from .sealing import seal_of
from .wavefile import State


class Step(StrEnum):
    """The points between which a close can be cut off."""

    MARKED = "marked"  # no more saves, the write-ahead log is in the file
    REWRITTEN = "rewritten"  # the new file is whole and durable beside the old one
    BROUGHT_TOGETHER = "brought together"  # the old file has no files beside it any more
    REPLACED = "replaced"  # the new file bears the name
    KEY_DESTROYED = "key destroyed"
    CLEARED = "cleared"  # no leftovers


def _go_on(step: Step) -> None:
    """Do nothing between steps; tests put a kill here."""


def close_wave_file(answers_dir: Path, keys_dir: Path, wave: str, *, after: Callable[[Step], None] = _go_on) -> None:
    """Close a wave for good; may be called again after any interruption.

    An owner that runs stops taking saves and hands the wave over, so that the rewrite happens in
    this process. Afterwards the file holds only people in random order, counts and texts; K_code,
    codes, envelopes, sessions and the order of saves are gone.

    Parameters
    ----------
    answers_dir, keys_dir : Path
        The folders of the answers and of the keys.
    wave : str
        The wave's name.
    after : callable
        Called after each `Step`.

    Raises
    ------
    NoSuchWave
        There is no file for that wave.
    KeyMissing, KeyTooOpen
        K_code is not there (or open to others), and without it nobody reads what was saved.
    WaveBusy
        Another process holds the wave and does not lend it.
    """
    path = wavefile.wave_path(answers_dir, wave)
    wavefile.wave_state(answers_dir, wave)
    with ownership.held(answers_dir, wave):
        if wavefile.wave_state(answers_dir, wave) is not State.CLOSED:
            _replace(path, wave, keys_dir, after)
        CodeKey.destroy(keys_dir, wave)
        after(Step.KEY_DESTROYED)
        # An opening that was cut off may have left the envelopes under its working name.
        wavefile.remove_database(path.with_suffix(".new"))
        wavefile.remove_database(path.with_suffix(".closing"))
        sync_folder(answers_dir)
        after(Step.CLEARED)


def _replace(path: Path, wave: str, keys_dir: Path, after: Callable[[Step], None]) -> None:
    """Put a new file with the answers alone in the old one's place."""
    new = path.with_suffix(".closing")
    with wavefile.connected(path) as old:
        seal = seal_of(old, keys_dir, wave)  # first: a wave whose sheets nobody can read stays open
        with wavefile.transaction(old):
            old.execute("UPDATE meta SET value = ? WHERE key = 'state'", (State.CLOSING.value,))
        wavefile.checkpoint(old)
        after(Step.MARKED)
        bundle = wavefile.read_bundle(old)
        people, texts = fold.answered_sheets(old, bundle, seal)
        wavefile.remove_database(new)
        frozen = {key: wavefile.meta(old, key) for key in ("bundle", "digest")}
        _write(new, bundle, frozen, people, texts)
        after(Step.REWRITTEN)
        # The old file's write-ahead log must not be there when the new file takes the name. A reader
        # elsewhere (the count of answers) is short; the busy timeout waits for it.
        wavefile.checkpoint(old)
        if old.execute("PRAGMA journal_mode=DELETE").fetchone()[0] != "delete":
            raise wavefile.UnsafeSettings("the write-ahead log could not be put away")
    after(Step.BROUGHT_TOGETHER)
    os.replace(new, path)
    sync_folder(path.parent)
    after(Step.REPLACED)


def _write(
    path: Path, bundle: Bundle, frozen: dict[str, object], people: dict[int, Columns], texts: list[fold.FreeText]
) -> None:
    meta = {"state": State.CLOSED.value, **frozen, "closes_at": None}
    tables = wavefile.CLOSED_TABLES + wavefile.LASTING_TABLES
    with wavefile.new_database(path, tables) as connection, wavefile.transaction(connection):
        connection.executemany("INSERT INTO meta VALUES (?, ?)", meta.items())
        for form in bundle.forms:
            columns = fold.shuffled(people[form.number])
            write_blocks(connection, form, columns)
            count(connection, form, columns)
        mixed = (texts[position] for position in fold.random_order(len(texts)))
        connection.executemany(
            "INSERT INTO texts (form, item, body) VALUES (?, ?, ?)",
            ((text.form, text.item, text.body) for text in mixed),
        )
