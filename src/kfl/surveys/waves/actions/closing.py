"""The end of a wave's window: more time, closing, and that the results are out."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from kfl.answers import changes
from kfl.answers.closing import close_wave_file
from kfl.core import happenings
from kfl.core.cannot_be_done import CannotBeDone
from kfl.core.wal import forget_deleted
from kfl.people.audit import action
from kfl.people.models import Unit, User

from ... import store
from ...counts import invited_counts
from ...imports import same_answers
from ...letters.to_parents import check_promise
from ...models import Collection, Extension, Wave, WaveState
from .. import windows
from ..now import require
from ..states import LIFE, Act
from .rehearsals import close_rehearsal

LONGEST_EXTENSION = timedelta(days=14)  # of a unit beyond the rest: everybody waits for the results


class NeverReleased(CannotBeDone):
    """A rehearsal has no results."""


class WindowOnlyGrows(CannotBeDone):
    """An extension moves the closing to a later time."""


@action("wave.extended")
def extend_wave(*, wave: Wave, closes_at: datetime, by: User | None, at: datetime | None = None) -> Wave:
    """Give an open wave more time."""
    require(Act.EXTEND, wave, at=at)
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
    require(Act.EXTEND, wave, at=at)
    if not windows.closes_at(wave, unit) < closes_at <= wave.closes_at + LONGEST_EXTENSION:
        raise WindowOnlyGrows(_("Velg et senere tidspunkt enn det som står nå, og høyst to uker etter de andre."))
    check_promise(wave, closes_at)
    row: Extension
    row, _made = Extension.objects.within(wave).update_or_create(
        wave=wave, unit=unit, defaults={"closes_at": closes_at}
    )
    nodes = wave.nodes.filter(unit__path__startswith=unit.path).values_list("number", flat=True)
    changes.extend_groups(store.answers_place(), wave.slug, nodes, closes_at)
    return row


def close_wave(*, wave: Wave, by: User | None, at: datetime | None = None, tells: bool = True) -> Wave:
    """Close a wave for good: answers are shuffled, codes and keys destroyed, and other rooms are told.

    The answers file is closed first and outside the transaction; a close that is cut off is taken up again by
    the same call. Of a rehearsal nothing is left. `tells`: else the caller does itself what others would do.
    Raises `SameAnswersTwice` where answers from files are another wave's too.
    """
    if wave.is_rehearsal:
        return close_rehearsal(wave=wave, by=by, at=at)
    LIFE.require(wave, WaveState.OPEN, WaveState.CLOSED)
    if wave.collection == Collection.IMPORT and wave.is_under_way and store.takes_answers(wave.slug):
        same_answers.check_imported(wave)
    close_wave_file(store.answers_place(), store.keys_dir(), wave.slug)
    if wave.is_under_way:
        _record_closed(wave=wave, tells=tells, by=by, at=at)
    forget_deleted()  # the sealed codes
    return wave


@action("wave.closed")
def _record_closed(*, wave: Wave, tells: bool, by: User | None, at: datetime | None) -> Wave:
    invited_counts.settle(wave)
    wave.codes.all().delete()
    LIFE.move(wave, WaveState.CLOSED, closed_at=at or timezone.now())
    if tells:
        happenings.tell("wave.closed", by=by, wave=wave.slug)
    return wave


@action("wave.released")
def release_wave(*, wave: Wave, by: User | None, at: datetime | None = None) -> Wave:
    """Say that the results are out; done by the results room once part a is stored."""
    LIFE.require(wave, WaveState.CLOSED, WaveState.RELEASED)
    if wave.is_rehearsal:
        raise NeverReleased(_("En generalprøve har ingen resultater."))
    if LIFE.may_follow(LIFE.state_of(wave), WaveState.RELEASED):
        LIFE.move(wave, WaveState.RELEASED, released_at=at or timezone.now())
    return wave
