"""What the worker does for this room: it makes the release of a wave that was closed, then its technical report."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.utils.translation import gettext as _

from kfl.core.jobs import Progress, enqueue, job
from kfl.surveys.models import Wave

from .release import release_wave
from .sheets import DoublesUnknown
from .technical.making import make_report

STEPS = 100


@job("results.release")
def release(progress: Progress, *, wave: str) -> None:
    """Release part a of a closed wave, by its slug. Run again, it finds the release and changes nothing.

    The technical report is a job of its own, so that results never wait for it.
    """
    progress.total(STEPS)
    with _saying_which_key(progress, wave):
        release_wave(wave=_wave(wave), by=progress.row.by, progress=_steps(progress))
    enqueue("results.report", by=progress.row.by, wave=wave)


@job("results.report")
def report(progress: Progress, *, wave: str) -> None:
    """Make the technical report of a released wave. Run again, it finds the report and changes nothing."""
    progress.total(STEPS)
    with _saying_which_key(progress, wave):
        make_report(wave=_wave(wave), by=progress.row.by, progress=_steps(progress))


@contextmanager
def _saying_which_key(progress: Progress, wave: str) -> Iterator[None]:
    """Leave a sentence on the job's page where it must stop for a key."""
    try:
        yield
    except DoublesUnknown:
        told = _("Nøkkelen keys/%(wave)s.alone.key mangler på serveren, eller er åpen for andre. Legg den på plass.")
        progress.step(0, told % {"wave": wave})
        raise


def _wave(slug: str) -> Wave:
    wave: Wave = Wave.objects.everywhere(why="the job names the wave").get(slug=slug)
    return wave


def _steps(progress: Progress) -> Callable[[float, str], None]:
    return lambda share, message: progress.step(round(share * STEPS), message)
