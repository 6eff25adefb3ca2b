"""Whom respondents are told to talk to when something is hard."""

from __future__ import annotations

from datetime import datetime

from kfl.core.text import TranslatedText
from kfl.people.audit import action
from kfl.people.models import User

from ...models import Wave
from ..now import require
from ..states import Act


@action("wave.help_written")
def write_help(
    *, wave: Wave, help: TranslatedText, help_adults: TranslatedText, by: User | None, at: datetime | None = None
) -> Wave:
    """Set a draft's own texts; blank for the standard ones. The opening freezes them with the questions."""
    require(Act.SET_UP, wave, at=at)
    wave.help, wave.help_adults = help, help_adults
    wave.save(update_fields=["help", "help_adults"])
    return wave
