"""Setting up a wave while it is a draft: window, forms, units, consent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from kfl.answers.keys import checked_wave_name
from kfl.core.cannot_be_done import CannotBeDone
from kfl.people.audit import action, touched
from kfl.people.kinds import Kind
from kfl.people.models import Unit, User
from kfl.questionnaires.formats import Informant
from kfl.questionnaires.models import QuestionnaireVersion

from ...models import Collection, Wave, WaveForm, WaveUnit
from ..draft import WaveDraft
from ..now import require
from ..states import Act


class UnitDoesNotTakePart(CannotBeDone):
    """The unit cannot take part in this wave."""


class TwoFormsForOne(CannotBeDone):
    """One informant group answers one form in a wave."""


@action("wave.created")
def create_wave(
    *,
    slug: str,
    series: str,
    unit: Unit,
    draft: WaveDraft,
    by: User | None,
    collection: Collection = Collection.CODES,
    k: int = 7,
    at: datetime | None = None,
) -> Wave:
    """Make a wave as a draft, in a county and in a series."""
    wave = Wave(slug=checked_wave_name(slug), series=series, unit=unit, collection=collection, k=k)
    draft.write_on(wave)
    wave.full_clean()
    wave.save(force_insert=True)
    return wave


@action("wave.edited")
def edit_wave(*, wave: Wave, draft: WaveDraft, by: User | None, at: datetime | None = None) -> Wave:
    """Change name, window and consent of a draft."""
    require(Act.SET_UP, wave, at=at)
    draft.write_on(wave)
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
