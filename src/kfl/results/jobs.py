"""What the worker does for this room: it makes the release of a wave that was closed."""

from __future__ import annotations

from django.db import transaction

from kfl.core.happenings import on, tell
from kfl.core.jobs import Progress
from kfl.people.roles import Permission

from .making.job_steps import STEPS, saying_which_key, steps_of, wave_of
from .making.release import release_wave


@on("wave.closed", kind="results.release", followed_by=Permission.WAVE_EDIT)
def release(progress: Progress, *, wave: str) -> None:
    """Release part a of a closed wave, by its slug. Run again, it finds the release and changes nothing.

    What else is made of a wave, a job of another room, waits until results are out, and they never wait for it.
    """
    progress.total(STEPS)
    with saying_which_key(progress, wave):
        release_wave(wave=wave_of(wave), by=progress.row.by, progress=steps_of(progress))
    with transaction.atomic():
        tell("wave.released", by=progress.row.by, wave=wave)
