"""How a job of a whole wave finds it, says how far it is, and names the key that is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.utils.translation import gettext as _

from kfl.core.jobs import Progress
from kfl.surveys.models import Wave

from .sealed_sums import SumsShut
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
    except SumsShut:
        told = _(
            "Nøkkelen keys/sums.key mangler på serveren, er åpen for andre, eller er en annen enn den tidligere "
            "resultater ble låst med. Legg den på plass. Er den tapt for alltid, kan resultatene lages når det ligger "
            "en tom fil keys/sums.lost ved siden av: da kan ingen undersøke om det er målt på samme måte som sist."
        )
        progress.step(0, told)
        raise


def wave_of(slug: str) -> Wave:
    wave: Wave = Wave.objects.everywhere(why="system: the job names the wave").get(slug=slug)
    return wave


def steps_of(progress: Progress) -> Callable[[float, str], None]:
    return lambda share, message: progress.step(round(share * STEPS), message)
