"""How a build tells how far it is: a bar on stderr, or nothing in tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from tqdm import tqdm

CLOSING = "closing, releasing"  # what `make bench` looks for: the wait from the close to every result visible
Step = Callable[[int], object]


class ProgressBar(Protocol):
    """Something that shows parts of a long work."""

    def steps(self, what: str, total: int) -> AbstractContextManager[Step]:
        """A part with a known number of steps; what it gives is called with how many were taken."""


class Quiet:
    """Shows nothing."""

    @contextmanager
    def steps(self, what: str, total: int) -> Iterator[Step]:
        yield lambda taken: None


class Bars:
    """Bars on stderr."""

    @contextmanager
    def steps(self, what: str, total: int) -> Iterator[Step]:
        with tqdm(total=total, desc=what, unit="", unit_scale=True, dynamic_ncols=True) as bar:
            yield bar.update
