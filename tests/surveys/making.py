"""A questionnaire and a wave as tests need them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from kfl.core.text import text
from kfl.people.models import Unit
from kfl.questionnaires import actions as questionnaires
from kfl.questionnaires.formats import Format, Informant
from kfl.questionnaires.models import Favourable, QuestionnaireVersion
from kfl.questionnaires.written import WrittenItem, WrittenScale
from kfl.surveys import actions
from kfl.surveys.models import Collection, ConsentMode, Wave
from kfl.surveys.waves.draft import WaveDraft

OSLO = ZoneInfo("Europe/Oslo")
OPENS = datetime(2026, 11, 2, 8, 0, tzinfo=OSLO)
CLOSES = datetime(2026, 12, 4, 16, 0, tzinfo=OSLO)


def a_questionnaire(
    informant: Informant = Informant.PUPIL_5_10, *, key: str = "", items: int = 3
) -> QuestionnaireVersion:
    """One scale of agreement items, of which the second is reversed."""
    version = questionnaires.create_questionnaire(
        key=key or f"s-{informant.value}", informant=informant, title=text("Om skolen", se="Skuvlla birra"), by=None
    )
    scale = questionnaires.save_scale(
        version=version,
        key="trivsel",
        written=WrittenScale(
            name=text("Trivsel"),
            description=text("Om å ha det bra"),
            heading=text("Om å ha det bra"),
            favourable=Favourable.HIGH,
        ),
        by=None,
    )
    for number in range(1, items + 1):
        questionnaires.save_item(
            version=version,
            scale=scale,
            key=f"t{number}",
            written=WrittenItem(text=text(f"Utsagn {number}"), format=Format.AGREE4, reversed=number == 2),
            by=None,
        )
    return version


def a_wave(
    county: Unit,
    units: list[Unit],
    versions: list[QuestionnaireVersion],
    *,
    slug: str = "t3",
    consent: ConsentMode = ConsentMode.PASSIVE,
    collection: Collection = Collection.CODES,
) -> Wave:
    """A draft with forms and units."""
    wave = actions.create_wave(
        slug=slug,
        draft=WaveDraft(name="Kartlegging T3", opens_at=OPENS, closes_at=CLOSES, consent_mode=consent),
        series="hedmark",
        unit=county,
        collection=collection,
        by=None,
    )
    actions.set_forms(wave=wave, versions=versions, by=None)
    actions.set_units(wave=wave, units=units, by=None)
    return wave
