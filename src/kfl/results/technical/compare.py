"""Do groups answer to the same measure? Girls and boys question by question."""

from __future__ import annotations

import numpy as np

from kfl.stats.dif import collect_dif, dif

from ..compute import BOYS, GIRLS, Answers, Asked
from .payload import Dif, Gap
from .safety import FEWEST_FOR_MODELS, RootShown


def by_gender(answers: Answers, asked: Asked, shown: RootShown) -> tuple[list[Dif], Gap]:
    """Each question compared between girls and boys who score alike on the scale, or why not."""
    if not shown.split:
        return [], Gap.UNKNOWN
    if len(asked.spec.items) < 3:
        return [], Gap.SHORT
    side = np.select([answers.split == GIRLS, answers.split == BOYS], [0, 1], default=-1)
    tables = collect_dif(answers.codes, side, asked.spec)
    if tables.people.min() < FEWEST_FOR_MODELS:
        return [], Gap.FEW
    found = dif(tables)
    columns = (found.smd, found.smd_sd, found.p_holm)
    if not all(np.isfinite(column).all() for column in columns):
        return [], Gap.NO_SOLUTION
    rows = zip(*(column.tolist() for column in columns), found.size, strict=True)
    return [Dif(difference, in_sd, p, size.value) for difference, in_sd, p, size in rows], Gap.NONE
