"""A wave whose time is up: whoever sets it up is told, and warned, and after some days it closes by itself.

As long as nobody closes it, codes, the sealed list of who got which, and the key to it lie on the server for nothing.
The days are counted from the last who were given more time; where parents were told a day on which answers are
deleted, it closes by then at the latest.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from kfl.core import jobs
from kfl.core.models import Job
from kfl.core.templatetags.core import moment

from ..letters.to_parents import facts_of
from ..models import Collection, Wave
from ..models.waves import MOST_CLOSE_WITHIN_DAYS
from . import stored, windows

TRIED_AGAIN_AFTER = timedelta(days=1)  # where closing failed: a key is away
# From a wave's own end: with what units may be given, and its days.
LONGEST = timedelta(days=MOST_CLOSE_WITHIN_DAYS + 14)
CLOSE = "surveys.close"


def closes_itself_at(wave: Wave) -> datetime:
    """When an open wave closes by itself, if nobody does it before."""
    ends = windows.last_of(wave)
    at = ends + timedelta(days=wave.close_within_days)
    until = facts_of(wave).answers_until
    if until is None:
        return at
    return max(ends, min(at, timezone.make_aware(datetime.combine(until, time.min))))


def times_of(wave: Wave) -> list[object]:
    """Until when a wave and each unit take answers: what whoever closes it has seen on the page that asks."""
    longer = [(one.unit_id, one.closes_at) for one in windows.running(wave)]
    return [wave.state, wave.closes_at, *sorted(longer)]


def what_to_do(wave: Wave) -> str:
    """What whoever sets up a wave reads when its time is up."""
    words = _(
        "Steng kartleggingen, så blir resultatene laget. Ellers stenger den av seg selv {closes}. Da slettes kodene og "
        "nøkkelen."
    )
    return words.format(closes=moment(closes_itself_at(wave)))


def over(now: datetime) -> Iterator[Wave]:
    """Waves with codes whose time is up for all, and that nobody has closed."""
    rows = Wave.objects.everywhere(why="system: a chore counts open waves").filter(
        stored.is_under_way(), collection=Collection.CODES, closes_at__lte=now
    )
    for wave in rows.select_related("unit").order_by("pk"):
        if windows.last_of(wave) <= now:
            yield wave


def close_those_due(now: datetime) -> Iterator[Wave]:
    """Order the closing of each wave whose days are over, as whoever sets it up would; gives the waves."""
    for wave in over(now):
        ordered = Job.objects.filter(kind=CLOSE, arguments__wave=wave.slug, created_at__gt=now - TRIED_AGAIN_AFTER)
        if closes_itself_at(wave) <= now and not ordered.exists():
            jobs.enqueue(CLOSE, by=None, wave=wave.slug, by_itself=True)
            yield wave
