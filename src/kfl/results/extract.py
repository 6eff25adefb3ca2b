"""The only reader of answers: columns of one form of a closed wave, and where each question's row is.

Nothing here is kept: the arrays live as long as the computation that asked for them.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from kfl.answers import places
from kfl.answers.bulk import read_columns

from .sheets import Answers


def answers(answers_dir: Path, wave: str, form: int) -> tuple[Answers, dict[str, int]]:
    """The form's answers without pseudonyms, and the first row of each question by its key.

    Raises
    ------
    WaveNotClosed
        The wave still takes answers.
    """
    place = places.at(answers_dir)
    columns = read_columns(place, wave, form)
    rows = {item.key: item.column for item in places.wave_bundle(place, wave).form(form).items if item.column >= 0}
    alone = np.ones(len(columns.group), dtype=np.bool_)  # one sheet a person is all that a closed file holds today
    return Answers(columns.group, columns.split, columns.answers, alone), rows
