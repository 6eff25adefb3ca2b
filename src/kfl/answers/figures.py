"""What the process that takes answers counts while a rehearsal is open: numbers only, in memory only.

No time of day, no address and no code; a restart begins at zero.
"""

from pathlib import Path

import msgspec

from . import ownership


class Figures(msgspec.Struct):
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


class AskFigures(msgspec.Struct, tag="figures"):
    """Ask the owner for its figures."""


def ask(answers_dir: Path) -> Figures | None:
    """The figures of the owner that runs; None when none does."""
    reply = ownership.ask(answers_dir, AskFigures())
    return msgspec.json.decode(reply.word, type=Figures) if reply.done else None
