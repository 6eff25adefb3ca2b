"""The only reader of answers: columns of one form of a closed wave, and where each question's row is.

Nothing here is kept: the arrays live as long as the computation that asked for them.
"""

from __future__ import annotations

from pathlib import Path

from kfl.answers import places, tombstones
from kfl.answers.bulk import read_columns
from kfl.answers.keys import KeyMissing, KeyTooOpen

from .sheet_arrays import Answers, DoublesUnknown


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


def erased(answers_dir: Path, wave: str) -> str:
    """What changes whenever somebody is erased from the wave, whether there were answers or not."""
    return tombstones.digest(places.at(answers_dir), wave)
