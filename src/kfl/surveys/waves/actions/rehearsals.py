"""Rehearsing a wave: everything as it will be, and nothing left of it afterwards (PROMISES 6.3)."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from kfl.answers import load_counts
from kfl.core.cannot_be_done import CannotBeDone
from kfl.core.slugs import free_key
from kfl.core.wal import forget_deleted
from kfl.people.audit import action
from kfl.people.models import User

from ... import store
from ...counts import coverage
from ...models import Collection, Rehearsal, Wave, WaveForm, WaveState, WaveUnit
from ..now import require
from ..states import LIFE, Act


class CannotRehearse(CannotBeDone):
    """This wave cannot be rehearsed now."""


@action("rehearsal.made")
def make_rehearsal(
    *, wave: Wave, opens_at: datetime, closes_at: datetime, by: User | None, at: datetime | None = None
) -> Wave:
    """Make a rehearsal of a draft, with its forms and units; consent is the draft's own, as it is at any time."""
    require(Act.SET_UP, wave, at=at)
    if wave.is_rehearsal or wave.collection != Collection.CODES:
        raise CannotRehearse(_("Denne kartleggingen kan ikke øves på."))
    taken = set(Wave.objects.everywhere(why="whether: a name of a wave is taken").values_list("slug", flat=True))
    rehearsal = Wave(
        slug=free_key(f"{wave.slug[:50]}-prove", taken),
        name=_("Generalprøve: {wave}").format(wave=wave.name)[:120],
        series=wave.series,
        unit=wave.unit,
        opens_at=opens_at,
        closes_at=closes_at,
        consent_mode=wave.consent_mode,
        k=wave.k,
        help=wave.help,
        help_adults=wave.help_adults,
    )
    rehearsal.full_clean()
    rehearsal.save(force_insert=True)
    Rehearsal.objects.create(wave=rehearsal, of=wave)
    for form in wave.forms.all():
        WaveForm.objects.create(wave=rehearsal, version=form.version, informant=form.informant, number=form.number)
    WaveUnit.objects.bulk_create(
        WaveUnit(wave=rehearsal, unit_id=unit) for unit in wave.units.values_list("unit", flat=True)
    )
    return rehearsal


def close_rehearsal(*, wave: Wave, by: User | None, at: datetime | None = None) -> Wave:
    """Destroy everything that a rehearsal holds, and keep its figures; may be called again after a kill."""
    LIFE.require(wave, WaveState.OPEN, WaveState.CLOSED)
    if wave.is_under_way:
        counted = load_counts.ask(store.answers_place()) if store.has_answers(wave.slug) else None
        _record_end(wave=wave, answered=coverage.sheets_altogether(wave), counted=counted, by=by, at=at)
    store.delete_answers(wave.slug)
    store.destroy_code_key(wave.slug)
    forget_deleted()  # the sealed codes
    return wave


@action("rehearsal.closed")
def _record_end(
    *, wave: Wave, answered: int, counted: load_counts.LoadCounts | None, by: User | None, at: datetime | None
) -> Wave:
    row = wave.rehearsal
    row.answered = answered
    if counted is not None:
        row.replies, row.most_at_once = counted.replies, counted.most_at_once
        row.refused, row.slowest_ms = counted.refused, counted.slowest_ms
    row.save()
    wave.codes.all().delete()
    LIFE.move(wave, WaveState.CLOSED, closed_at=at or timezone.now())
    return wave
