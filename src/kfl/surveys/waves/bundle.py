"""What intake is told of a wave: its forms as they are frozen, its window, its languages."""

from __future__ import annotations

import msgspec

from kfl.answers import bundle as bundles
from kfl.core.text import LANGUAGES
from kfl.questionnaires.formats import Informant
from kfl.questionnaires.freezing import form_of

from ..models import Wave
from . import help_text


def bundle_of(wave: Wave, groups: int) -> bundles.Bundle:
    """All that intake is told about a wave."""
    rows = wave.forms.select_related("version__questionnaire")
    forms = [
        msgspec.structs.replace(
            form_of(row.version, row.number), help=dict(help_text.help_of(wave, Informant(row.informant)))
        )
        for row in rows
    ]
    return bundles.Bundle(
        wave=wave.slug,
        title={"nb": wave.name},
        languages=list(LANGUAGES),
        groups=groups,
        forms=forms,
        opens_at=wave.opens_at,
        closes_at=wave.closes_at,
        k=wave.k,
        rehearsal=wave.is_rehearsal,
    )
