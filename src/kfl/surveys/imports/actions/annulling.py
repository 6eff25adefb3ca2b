"""Taking back a wave of answers from a file, until it is closed: nothing of it is left."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from kfl.core.cannot_be_done import CannotBeDone
from kfl.people import actions as people
from kfl.people.audit import action, touched
from kfl.people.models import Unit, User
from kfl.questionnaires.models import QuestionnaireVersion

from ... import store
from ...models import BroughtUnit, Collection, Wave, WaveState
from ...waves.states import LIFE
from ...waves.tree import BATCH

WHY = "system: what came with a wave that is annulled"


class NotFromAFile(CannotBeDone):
    """People answer in this wave themselves; it can be closed, not annulled."""


@action("wave.annulled")
def annul_wave(*, wave: Wave, by: User | None, at: datetime | None = None) -> Unit:
    """Remove an open wave that was imported: answers, tree, questionnaire, and the units that came with the file.

    Units that something else has come to hang on since stay. Gives the county.
    """
    LIFE.require(wave, WaveState.OPEN)
    if wave.collection != Collection.IMPORT:
        raise NotFromAFile(_("Bare kartlegginger fra en fil kan annulleres."))
    county: Unit = wave.unit
    touched(wave, unit=county, slug=wave.slug, name=wave.name)
    versions = [form.version for form in wave.forms.select_related("version__questionnaire")]
    units = list(Unit.objects.everywhere(why=WHY).filter(brought_by__wave=wave))
    wave.delete()
    for version in versions:
        _remove(version)
    ended = people.remove_unused_units(units=units, by=by, at=at)
    BroughtUnit.objects.bulk_create([BroughtUnit(unit=unit) for unit in ended], batch_size=BATCH)
    # Last: were the rows undone, a wave without its answers would be left.
    if store.has_answers(wave.slug):
        store.annul(wave.slug)
    return county


def _remove(version: QuestionnaireVersion) -> None:
    """Remove an edition that no other wave asks, with its questionnaire where it is the only one."""
    if version.wave_forms.exists():
        return
    questionnaire = version.questionnaire
    version.delete()
    if not questionnaire.versions.exists():
        questionnaire.delete()
