"""The only reader of answers: columns of one form of a closed wave, each question's row, and who was there before.

Nothing here is kept: the arrays live as long as the computation that asked for them.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kfl.answers import places, tombstones
from kfl.answers.bulk import read_columns
from kfl.answers.keys import PID_BYTES, KeyMissing, KeyTooOpen

from .sheet_arrays import Answers, DoublesUnknown, Int


def answers(answers_dir: Path, wave: str, form: int) -> tuple[Answers, dict[str, int]]:
    """The form's answers without pseudonyms, and the first row of each question by its key.

    Raises
    ------
    WaveNotClosed
        The wave still takes answers.
    DoublesUnknown
        The key that tells who handed in more than one sheet (`kfl.answers.alone`) is missing or open to others.
    """
    place = places.at(answers_dir)
    try:
        columns = read_columns(place, wave, form, keys_dir=answers_dir.parent / "keys")
    except (KeyMissing, KeyTooOpen) as problem:
        raise DoublesUnknown(wave) from problem
    rows = {item.key: item.column for item in places.wave_bundle(place, wave).form(form).items if item.column >= 0}
    return Answers(columns.group, columns.split, columns.answers, columns.alone), rows


def are_there(answers_dir: Path, wave: str) -> bool:
    """Whether the wave's answers are not deleted."""
    return places.at(answers_dir).of(wave).exists()


def same_persons(answers_dir: Path, later: tuple[str, int], earlier: tuple[str, int]) -> Int:
    """For each sheet of a wave's form the row of the same person's sheet in an earlier wave's form, or -1.

    Rows are those of `answers`. A person is known by the pseudonym, which waves of one informant share; one that was
    drawn by lot is found nowhere else. Pseudonyms go no further than this.

    Raises
    ------
    WaveNotClosed
        One of the waves still takes answers.
    """
    place = places.at(answers_dir)
    now, then = (_pseudonyms(read_columns(place, wave, form).pid) for wave, form in (later, earlier))
    if not len(then):
        return np.full(len(now), -1, dtype=np.int64)
    order = np.argsort(then)
    nearest = order[np.minimum(np.searchsorted(then, now, sorter=order), len(then) - 1)]
    return np.where(then[nearest] == now, nearest, -1)


def _pseudonyms(pid: NDArray[np.uint8]) -> NDArray[np.bytes_]:
    """One value a person, all of one length, so that zeros at their ends make no two alike."""
    return np.ascontiguousarray(pid).view(f"S{PID_BYTES}").ravel()


def erased(answers_dir: Path, wave: str) -> str:
    """What changes whenever somebody is erased from the wave, whether there were answers or not."""
    return tombstones.digest(places.at(answers_dir), wave)
