"""Whether a draft is ready to open, and what it lacks."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from kfl.core.files import UnusableFile
from kfl.questionnaires import completeness, freezing, media

from .. import store
from ..consent import namesakes
from ..letters import to_parents
from ..models import Collection, Wave
from . import link_keys


def reasons_not_to_open(wave: Wave, at: datetime) -> list[str]:
    """Why this draft cannot open now; empty when it can."""
    reasons = []
    forms = list(wave.forms.select_related("version__questionnaire"))
    if not forms:
        reasons.append(_("Velg minst ett skjema."))
    if not wave.units.exists():
        reasons.append(_("Velg hvem som skal være med."))
    if wave.collection == Collection.CODES and wave.closes_at <= at:
        reasons.append(_("Stengetiden er allerede passert."))
    if wave.collection == Collection.CODES and not wave.is_rehearsal:
        reasons += filter(None, [link_keys.why_not(store.keys_dir())])
    if wave.collection == Collection.CODES:
        reasons += filter(None, [namesakes.why_not(wave, timezone.localdate(at))])
    try:
        to_parents.check_promise(wave, wave.closes_at)
    except to_parents.BeyondThePromise as problem:
        reasons.append(str(problem))
    for form in forms:
        reasons += [f"{form.version.questionnaire}: {words}" for words in completeness.stops(form.version)]
        try:
            media.all_of(freezing.media_in(form.version))
        except UnusableFile as problem:
            reasons.append(f"{form.version.questionnaire}: {problem}")
    return reasons
