"""What the worker does for this room: it makes the release of a wave that was closed."""

from __future__ import annotations

from kfl.core.jobs import Progress, job
from kfl.surveys.models import Wave

from .release import release_wave

STEPS = 100


@job("results.release")
def release(progress: Progress, *, wave: str) -> None:
    """Release part a of a closed wave, by its slug. Run again, it finds the release and changes nothing."""
    row = Wave.objects.everywhere(why="the job names the wave").get(slug=wave)
    progress.total(STEPS)
    release_wave(
        wave=row, by=progress.row.by, progress=lambda share, message: progress.step(round(share * STEPS), message)
    )
