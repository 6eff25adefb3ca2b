"""Odd answers never stop a whole report: what cannot be computed is left out, whatever the numerical library raised."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

import numpy as np

T = TypeVar("T")

logger = logging.getLogger(__name__)


def attempt(compute: Callable[[], T]) -> T | None:
    """What a computation gives, or None where it cannot be had of these answers.

    Estimations go wrong in more ways than they tell of: a matrix that cannot be turned round is a `LinAlgError`, a
    search without an end a `RuntimeError`, a number that is none a `ValueError` somewhere in scipy. Whoever makes a
    report of many parts leaves that part out and says so.

    Parameters
    ----------
    compute : callable
        Without arguments; it changes nothing.

    Returns
    -------
    object or None
    """
    try:
        with np.errstate(all="ignore"):
            return compute()
    except Exception as error:  # of any kind, as said above; its text may hold answers, so it is not logged
        logger.info("a part was left out: %s", type(error).__name__)
        return None
