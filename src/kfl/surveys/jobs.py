"""Opening and closing a wave, as jobs: both may take longer than a page should."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from kfl.answers.keys import KeyMissing, KeyTooOpen
from kfl.core import stale
from kfl.core.jobs import Progress, job
from kfl.people.models import User
from kfl.people.roles import Permission

from . import actions
from .models import Wave
from .waves import closing_itself


def _wave(slug: str) -> Wave:
    wave: Wave = Wave.objects.everywhere(why="system: a job that somebody with the permission ordered").get(slug=slug)
    return wave


def _by(progress: Progress) -> User | None:
    return progress.row.by


@job("surveys.open", followed_by=Permission.WAVE_EDIT)
def open_wave(progress: Progress, *, wave: str) -> None:
    """Open a wave; when it is open already, the job was put back after it had done its work."""
    found = _wave(wave)
    progress.total(1)
    if found.is_draft:
        actions.open_wave(wave=found, by=_by(progress))
    progress.step(1)


@job("surveys.close", followed_by=Permission.WAVE_EDIT)
def close_wave(progress: Progress, *, wave: str, by_itself: bool = False, seen: str = "") -> None:
    """Close a wave and order its release.

    `by_itself`: the clock ordered it, so the clock is asked again: an order may have waited while more time was given.
    `seen`: until when the wave took answers as whoever ordered it saw it; with more time since, it stays open.
    """
    found = _wave(wave)
    progress.total(1)
    if by_itself and found.is_under_way and closing_itself.closes_itself_at(found) > timezone.now():
        progress.step(1, _("Kartleggingen har fått mer tid, og stenger ikke nå."))
        return
    if seen and found.is_under_way and stale.mark_of(closing_itself.times_of(found)) != seen:
        progress.step(1, _("Noen har endret tiden siden du ba om å stenge. Kartleggingen er ikke stengt."))
        return
    if found.awaits_results:
        try:
            actions.close_wave(wave=found, by=_by(progress))
        except (KeyMissing, KeyTooOpen):
            told = _(
                "Nøkkelen keys/%(wave)s.code.key mangler på serveren, eller er åpen for andre. Uten den kan ingen lese "
                "svarene, og kartleggingen blir stående åpen."
            )
            progress.step(0, told % {"wave": found.slug})
            raise
        except actions.SameAnswersTwice as problem:
            progress.step(0, str(problem))
            raise
    progress.step(1)
