"""What is decided of a wave while it is a draft, all in one form: name, window, consent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ..models import ConsentMode, Wave


@dataclass(frozen=True, kw_only=True)
class WaveDraft:
    """`close_within_days` is None where nobody has said: a new wave gets the usual, another keeps its own."""

    name: str
    opens_at: datetime
    closes_at: datetime
    consent_mode: ConsentMode = ConsentMode.PASSIVE
    close_within_days: int | None = None

    def write_on(self, wave: Wave) -> None:
        """Set it on a row that is not saved yet."""
        wave.name, wave.opens_at, wave.closes_at = self.name, self.opens_at, self.closes_at
        wave.consent_mode = self.consent_mode
        if self.close_within_days is not None:
            wave.close_within_days = self.close_within_days
