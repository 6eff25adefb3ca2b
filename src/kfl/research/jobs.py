"""What the worker does for this room: the technical report of a wave that was released."""

from __future__ import annotations

from kfl.core.happenings import on
from kfl.core.jobs import Progress
from kfl.people.roles import Permission
from kfl.results.making.job_steps import STEPS, saying_which_key, steps_of, wave_of

from .making.report import make_report


@on("wave.released", kind="research.report", followed_by=Permission.WAVE_EDIT)
def report(progress: Progress, *, wave: str) -> None:
    """Make the technical report of a released wave. Run again, it finds the report and changes nothing."""
    progress.total(STEPS)
    with saying_which_key(progress, wave):
        make_report(wave=wave_of(wave), by=progress.row.by, progress=steps_of(progress))
