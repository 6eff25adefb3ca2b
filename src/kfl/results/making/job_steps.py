"""How a job of a whole wave finds it, says how far it is, and names the key that is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.utils.translation import gettext as _

from kfl.core.jobs import Progress
from kfl.surveys.models import Wave

from .sheet_arrays import DoublesUnknown

STEPS = 100


@contextmanager
def saying_which_key(progress: Progress, wave: str) -> Iterator[None]:
    """Leave a sentence on the job's page where it must stop for a key."""
    try:
        yield
    except DoublesUnknown:
        told = _("Nøkkelen keys/%(wave)s.alone.key mangler på serveren, eller er åpen for andre. Legg den på plass.")
        progress.step(0, told % {"wave": wave})
        raise


def wave_of(slug: str) -> Wave:
    wave: Wave = Wave.objects.everywhere(why="system: the job names the wave").get(slug=slug)
    return wave


def steps_of(progress: Progress) -> Callable[[float, str], None]:
    return lambda share, message: progress.step(round(share * STEPS), message)
