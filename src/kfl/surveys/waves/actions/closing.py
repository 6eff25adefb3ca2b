"""The end of a wave's window: more time, closing, and that the results are out."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from kfl.answers import changes
from kfl.answers.closing import close_wave_file
from kfl.core import jobs
from kfl.core.forgetting import forget_deleted
from kfl.people.audit import action
from kfl.people.models import Unit, User

from ... import store
from ...counts import invited_counts
from ...imports import same_answers
from ...letters.to_parents import check_promise
from ...models import Collection, Extension, Wave, WaveState
from .. import windows
from ..states import check_state
from .rehearsals import close_rehearsal

LONGEST_EXTENSION = timedelta(days=14)  # of a unit beyond the rest: everybody waits for the results


class NeverReleased(ValueError):
    """A rehearsal has no results."""


class WindowOnlyGrows(ValueError):
    """An extension moves the closing to a later time."""


@action("wave.extended")
def extend_wave(*, wave: Wave, closes_at: datetime, by: User | None, at: datetime | None = None) -> Wave:
    """Give an open wave more time."""
    check_state(wave, WaveState.OPEN)
    if closes_at <= wave.closes_at:
        raise WindowOnlyGrows(_("Velg et senere tidspunkt enn det som står nå."))
    check_promise(wave, closes_at)
    wave.closes_at = closes_at
    wave.save(update_fields=["closes_at"])
    changes.extend(store.answers_place(), wave.slug, closes_at)
    return wave


@action("unit.extended")
def extend_unit(
    *, wave: Wave, unit: Unit, closes_at: datetime, by: User | None, at: datetime | None = None
) -> Extension:
    """Let a unit with everything below it answer longer than the rest of an open wave.

    The county closes the wave for all when it wants to; until then the unit's own time holds.
    """
    check_state(wave, WaveState.OPEN)
    if not windows.closes_at(wave, unit) < closes_at <= wave.closes_at + LONGEST_EXTENSION:
        raise WindowOnlyGrows(_("Velg et senere tidspunkt enn det som står nå, og høyst to uker etter de andre."))
    check_promise(wave, closes_at)
    row: Extension
    row, _made = Extension.objects.everywhere(why="the unit at hand").update_or_create(
        wave=wave, unit=unit, defaults={"closes_at": closes_at}
    )
    nodes = wave.nodes.filter(unit__path__startswith=unit.path).values_list("number", flat=True)
    changes.extend_groups(store.answers_place(), wave.slug, nodes, closes_at)
    return row


def close_wave(*, wave: Wave, by: User | None, at: datetime | None = None, then_release: bool = True) -> Wave:
    """Close a wave for good: answers are shuffled, codes and keys destroyed, and the release is ordered.

    The answers file is closed first and outside the transaction; a close that is cut off is taken up again by
    the same call. `then_release` puts the job `results.making.release` in the queue. Of a rehearsal nothing is left.
    Raises `SameAnswersTwice` where answers from files are another wave's too.
    """
    if wave.is_rehearsal:
        return close_rehearsal(wave=wave, by=by, at=at)
    check_state(wave, WaveState.OPEN, WaveState.CLOSED)
    if wave.collection == Collection.IMPORT and wave.state == WaveState.OPEN and store.takes_answers(wave.slug):
        same_answers.check_imported(wave)
    close_wave_file(store.answers_place(), store.keys_dir(), wave.slug)
    if wave.state == WaveState.OPEN:
        _record_closed(wave=wave, by=by, at=at)
    forget_deleted()  # the sealed codes
    if then_release:
        jobs.enqueue("results.release", by=by, wave=wave.slug)
    return wave


@action("wave.closed")
def _record_closed(*, wave: Wave, by: User | None, at: datetime | None) -> Wave:
    invited_counts.settle(wave)
    wave.codes.all().delete()
    wave.state, wave.closed_at = WaveState.CLOSED, at or timezone.now()
    wave.save(update_fields=["state", "closed_at"])
    return wave


@action("wave.released")
def release_wave(*, wave: Wave, by: User | None, at: datetime | None = None) -> Wave:
    """Say that the results are out; done by the results room once part a is stored."""
    check_state(wave, WaveState.CLOSED, WaveState.RELEASED)
    if wave.is_rehearsal:
        raise NeverReleased(_("En generalprøve har ingen resultater."))
    if wave.state == WaveState.CLOSED:
        wave.state, wave.released_at = WaveState.RELEASED, at or timezone.now()
        wave.save(update_fields=["state", "released_at"])
    return wave
