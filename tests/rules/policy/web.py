"""Pages that belong to no room: home, health, job progress, languages, and what everybody may know."""

from __future__ import annotations

from tests.rules.county import County
from tests.rules.lines import CODES, EVERYBODY, JOBS, PUBLIC, RESPONSE, RESULTS, SIGNED_IN, WAVES, Line, Thing, one


def _jobs(county: County) -> list[Thing]:
    return [*(Thing({"key": job.pk}, at) for at, job in county.jobs.items()), Thing({"key": 99999}, "")]


LINES: dict[str, Line] = {
    "home": Line(EVERYBODY, one, (RESULTS, RESPONSE, CODES, WAVES), is_public=True),
    "calendar": Line(SIGNED_IN, one),
    "calendar-file": Line(SIGNED_IN, one),
    "health": PUBLIC,
    "privacy": PUBLIC,
    "accessibility": PUBLIC,
    "language": Line(EVERYBODY, one, is_public=True, post_only=True),
    "job": Line(JOBS, _jobs),
}
