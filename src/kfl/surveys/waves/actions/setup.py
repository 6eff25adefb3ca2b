"""Setting up a wave while it is a draft: window, forms, units, consent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from kfl.answers.keys import checked_wave_name
from kfl.people.audit import action, touched
from kfl.people.kinds import Kind
from kfl.people.models import Unit, User
from kfl.questionnaires.formats import Informant
from kfl.questionnaires.models import QuestionnaireVersion

from ...models import Collection, ConsentMode, Wave, WaveForm, WaveUnit
from ...models.waves import USUAL_CLOSE_WITHIN_DAYS
from ..now import require
from ..states import Act


class UnitDoesNotTakePart(ValueError):
    """The unit cannot take part in this wave."""


class TwoFormsForOne(ValueError):
    """One informant group answers one form in a wave."""


@action("wave.created")
def create_wave(
    *,
    slug: str,
    name: str,
    series: str,
    unit: Unit,
    opens_at: datetime,
    closes_at: datetime,
    by: User | None,
    consent_mode: ConsentMode = ConsentMode.PASSIVE,
    collection: Collection = Collection.CODES,
    k: int = 7,
    close_within_days: int = USUAL_CLOSE_WITHIN_DAYS,
    at: datetime | None = None,
) -> Wave:
    """Make a wave as a draft, in a county and in a series."""
    wave = Wave(
        slug=checked_wave_name(slug),
        name=name,
        series=series,
        unit=unit,
        opens_at=opens_at,
        closes_at=closes_at,
        consent_mode=consent_mode,
        collection=collection,
        k=k,
        close_within_days=close_within_days,
    )
    wave.full_clean()
    wave.save(force_insert=True)
    return wave


@action("wave.edited")
def edit_wave(
    *,
    wave: Wave,
    name: str,
    opens_at: datetime,
    closes_at: datetime,
    consent_mode: ConsentMode,
    by: User | None,
    close_within_days: int | None = None,
    at: datetime | None = None,
) -> Wave:
    """Change name, window and consent of a draft."""
    require(Act.SET_UP, wave, at=at)
    wave.name, wave.opens_at, wave.closes_at, wave.consent_mode = name, opens_at, closes_at, consent_mode
    wave.close_within_days = close_within_days or wave.close_within_days
    wave.full_clean()
    wave.save()
    return wave


@action("wave.forms_chosen")
def set_forms(
    *, wave: Wave, versions: Sequence[QuestionnaireVersion], by: User | None, at: datetime | None = None
) -> Wave:
    """Choose which questionnaires a draft is asked with, one for each informant group."""
    require(Act.SET_UP, wave, at=at)
    informants = [version.informant for version in versions]
    if len(set(informants)) != len(informants):
        raise TwoFormsForOne(_("Velg bare ett skjema for hver gruppe som svarer."))
    before = sorted(wave.forms.values_list("version", flat=True))
    touched(wave, unit=wave.unit, versions=(_keys(before), _keys(sorted(version.pk for version in versions))))
    wave.forms.all().delete()
    for version in versions:
        informant = Informant(version.informant)
        WaveForm.objects.create(wave=wave, version=version, informant=informant, number=informant.number)
    return wave


def _keys(found: Sequence[int]) -> str:
    return " ".join(map(str, found))


@action("wave.units_chosen")
def set_units(*, wave: Wave, units: Sequence[Unit], by: User | None, at: datetime | None = None) -> Wave:
    """Choose who takes part; a unit brings everything below it."""
    require(Act.SET_UP, wave, at=at)
    for unit in units:
        if unit.kind in {Kind.GROUP, Kind.DEPARTMENT} or not unit.path.startswith(wave.unit.path):
            raise UnitDoesNotTakePart(_("{unit} kan ikke velges i «{wave}».").format(unit=unit.name, wave=wave.name))
    before = sorted(wave.units.values_list("unit", flat=True))
    touched(wave, unit=wave.unit, units=(_keys(before), _keys(sorted(unit.pk for unit in units))))
    wave.units.all().delete()
    WaveUnit.objects.bulk_create([WaveUnit(wave=wave, unit=unit) for unit in units])
    return wave
