"""What one can ask about questionnaires and waves."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils import timezone

from kfl.disclosure import Thresholds
from kfl.people.models import Unit
from kfl.questionnaires.formats import Informant

from . import store
from .models import Collection, Wave, WaveForm, WaveState
from .waves import stored
from .waves import tree as trees
from .waves.invited import People, Roster, roster_of


def rosters(*, wave: Wave) -> dict[WaveForm, Roster]:
    """Everyone invited to each form of a wave, in a fixed order, with group, split and pseudonym.

    Made anew from the class lists of the day the wave opened: the portal keeps no list of pseudonyms.
    """
    if wave.opened_at is None:
        raise ValueError("a wave has rosters once it is open")
    people = People.of(wave, timezone.localdate(wave.opened_at))
    tree, key = trees.stored(wave), store.link_key()
    return {
        form: roster_of(people.guests(Informant(form.informant), tree), key, wave.series, Informant(form.informant))
        for form in wave.forms.select_related("version__questionnaire")
    }


def thresholds_of(wave: Wave) -> Thresholds:
    """From how many answers this wave's results are shown."""
    usual = Thresholds()
    return Thresholds(k=wave.k, k_share=max(wave.k, usual.k_share))


def roster(*, wave: Wave, form: WaveForm) -> Roster:
    """Everyone invited to one form; see `rosters`."""
    return rosters(wave=wave)[form]


def waves_at(unit: Unit, *states: WaveState) -> QuerySet[Wave]:
    """Waves in which this unit, a unit above it or one below it takes part, with codes."""
    keys = [*unit.ancestor_ids(), unit.pk]
    waves = Wave.objects.everywhere(why="sifted: waves at a unit that its reader may follow")
    part = Q(units__unit__in=keys) | Q(units__unit__path__startswith=unit.path)
    return (
        waves.filter(part, state__in=states, collection=Collection.CODES)
        .exclude(stored.is_a_rehearsal_that_is_over())
        .distinct()
    )


def waves_asking_at(unit: Unit, *states: WaveState) -> QuerySet[Wave]:
    """Opened waves that ask somebody at this unit or below it: not a school's when only kindergartens have forms."""
    return waves_at(unit, *states).filter(nodes__unit=unit)
