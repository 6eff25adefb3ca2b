"""What the process that takes answers counts while a rehearsal is open: numbers only, in memory only.

No time of day, no address and no code; a restart begins at zero.
"""

from collections.abc import Iterable

import msgspec

from . import ownership
from .places import Place


class LoadCounts(msgspec.Struct):
    """How the answering went, over all requests while a rehearsal was open."""

    replies: int = 0
    at_once: int = 0
    most_at_once: int = 0
    refused: int = 0  # asked to come back later, or could not be answered
    slowest_ms: int = 0

    def begin(self) -> None:
        """A request has come."""
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)

    def end(self, status: int, took_s: float) -> None:
        """It has its reply."""
        self.at_once -= 1
        self.replies += 1
        self.refused += status >= 500
        self.slowest_ms = max(self.slowest_ms, round(took_s * 1000))


class AskLoadCounts(msgspec.Struct, tag="load counts"):
    """Ask the owner for its counts."""


def ask(place: Place) -> LoadCounts | None:
    """The counts of the processes that take answers; None when none rehearses."""
    replies = ownership.ask_all(place.folder, AskLoadCounts())
    return together(msgspec.json.decode(reply.word, type=LoadCounts) for reply in replies if reply.done)


def together(counts: Iterable[LoadCounts]) -> LoadCounts | None:
    """The counts of several processes as one; None of none.

    The most at once is that of the busiest process, since theirs need not have come at the same time: so many at
    least.
    """
    whole: LoadCounts | None = None
    for one in counts:
        whole = whole or LoadCounts()
        whole.replies += one.replies
        whole.at_once += one.at_once
        whole.most_at_once = max(whole.most_at_once, one.most_at_once)
        whole.refused += one.refused
        whole.slowest_ms = max(whole.slowest_ms, one.slowest_ms)
    return whole
