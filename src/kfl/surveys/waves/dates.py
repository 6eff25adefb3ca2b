"""The dates of waves in somebody's calendar: when they open, stop taking answers, and close by themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from kfl.core.calendar import CalendarEntry
from kfl.core.templatetags.core import listed
from kfl.people.models import Unit, User
from kfl.people.roles import Permission
from kfl.people.scopes import assignments_of, has_permission, may

from ..codes.rights import may_handle
from ..models import Code, Collection, Wave
from ..queries import waves_asking_at
from . import closing_itself, stored, windows


def dates(user: User, first: date, last: date) -> list[CalendarEntry]:
    """Of the waves that this person sets up, follows, hands codes out for or is asked by."""
    found: dict[str, CalendarEntry] = {}
    if has_permission(user, Permission.WAVE_EDIT):
        own = Wave.objects.visible_to(user, Permission.WAVE_EDIT).filter(collection=Collection.CODES)
        for wave in own.filter(_may_touch(first)):
            found |= _by_key(_of_whoever_sets_up(wave))
    for wave, units in _followed(user, first).items():
        followed = next((unit for unit in units if may(user, Permission.RESPONSE_VIEW, unit)), None)
        page = reverse("surveys:response", kwargs={"slug": wave.slug, "key": followed.pk}) if followed else ""
        found = _by_key(_of_units(wave, units, page)) | found
    codes = Code.objects.within(user, by="holder")
    for code in codes.select_related("wave", "node__unit").filter(_may_touch(first, "wave__")):
        found = _by_key(_of_units(code.wave, [code.node.unit], reverse("surveys:own-links"))) | found
    return list(found.values())


def _may_touch(first: date, prefix: str = "") -> Q:
    """Leaves out waves that were over long before; extensions, and the days until they close, are few weeks."""
    begin = datetime.combine(first, datetime.min.time()).astimezone()
    return Q(**{f"{prefix}closes_at__gte": begin - closing_itself.LONGEST}) | Q(**{f"{prefix}opens_at__gte": begin})


def _followed(user: User, first: date) -> dict[Wave, list[Unit]]:
    found: dict[Wave, list[Unit]] = {}
    for assignment in assignments_of(user):
        unit = assignment.unit
        if may(user, Permission.RESPONSE_VIEW, unit) or may_handle(user, unit):
            for wave in waves_asking_at(unit, *stored.HAS_OPENED).filter(_may_touch(first)):
                found.setdefault(wave, []).append(unit)
    return found


def _of_whoever_sets_up(wave: Wave) -> Iterator[CalendarEntry]:
    url = reverse("surveys:wave-detail", kwargs={"slug": wave.slug})
    yield _opens(wave, url)
    yield _closes(wave, wave.closes_at, url)
    if wave.is_under_way:
        words = _("{wave}: stenger seg selv, om ingen har stengt den").format(wave=wave.name)
        yield CalendarEntry(f"surveys:wave-{wave.pk}:itself", words, closing_itself.closes_itself_at(wave), url=url)


def _of_units(wave: Wave, units: Iterable[Unit], url: str) -> Iterator[CalendarEntry]:
    """The opening, and each time at which some of these units stop taking answers."""
    yield _opens(wave, url)
    ends: dict[datetime, list[Unit]] = {}
    for unit in dict.fromkeys(units):
        ends.setdefault(windows.closes_at(wave, unit), []).append(unit)
    for at, its in ends.items():
        yield _closes(wave, at, url, its if at != wave.closes_at else ())


def _opens(wave: Wave, url: str) -> CalendarEntry:
    words = _("{wave} åpner").format(wave=wave.name)
    return CalendarEntry(f"surveys:wave-{wave.pk}:opens", words, wave.opens_at, url=url)


def _closes(wave: Wave, at: datetime, url: str, units: Iterable[Unit] = ()) -> CalendarEntry:
    whose = listed([unit.name for unit in units])
    key = "-".join(["closes", *(str(unit.pk) for unit in units)])
    words = _("{wave}: siste frist for å svare").format(wave=f"{wave.name} – {whose}" if whose else wave.name)
    return CalendarEntry(f"surveys:wave-{wave.pk}:{key}", words, at, url=url)


def _by_key(entries: Iterable[CalendarEntry]) -> dict[str, CalendarEntry]:
    return {entry.key: entry for entry in entries}
