"""Random numbers of the demo: a stream of its own for each purpose, so that one change does not move all else."""

from __future__ import annotations

import zlib

import numpy as np

SEED = 20161101


def stream(*purpose: str | int) -> np.random.Generator:
    """The same numbers each time for the same purpose."""
    words = [part if isinstance(part, int) else zlib.crc32(part.encode()) for part in purpose]
    return np.random.default_rng([SEED, *words])
