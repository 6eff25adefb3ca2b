"""What a reader may see of what has been released.

Who may see a node today may read its page, and so may who could see it on the day the wave opened (RULES G.5).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone

from kfl.people.models import User
from kfl.people.roles import Permission
from kfl.people.scopes import assignments_of
from kfl.surveys.formats import Informant
from kfl.surveys.models import NodeKind, Wave, WaveState

from .models import Part, ReleasedPage
from .payload import Page


@dataclass(frozen=True)
class Way:
    """Another page about the same unit: another informant group, or another wave of the series."""

    wave: str  # slug
    wave_name: str
    number: int
    informant: Informant


@dataclass(frozen=True, eq=False)
class Seen:
    """A page that the reader may see, and where one may go from it."""

    row: ReleasedPage
    page: Page
    below: frozenset[int]  # numbers of the nodes right below that the reader may see too
    informants: list[Way]  # of this wave, this one included
    waves: list[Way]  # newest first, this one included
    on: date | None  # None = as of today; else the day the wave opened

    @property
    def wave(self) -> Wave:
        return self.row.release.wave


def pages_for(user: User, on: date | None = None) -> QuerySet[ReleasedPage]:
    """All released pages that the reader may see, today or as things were on a day."""
    return ReleasedPage.objects.visible_to(user, Permission.RESULTS_VIEW, on=on).filter(release__part=Part.MAIN)


def page_or_404(user: User, *, wave: str, number: int, informant: str) -> Seen:
    """The page of one node and where it leads; 404 where there is none for this reader."""
    seen = _page(user, None, wave, number, informant)
    if seen is None and (day := _opening_day(wave)):
        seen = _page(user, day, wave, number, informant)
    if seen is None:
        raise Http404(f"no page {wave}/{number}/{informant} for this reader")
    return seen


def _page(user: User, on: date | None, wave: str, number: int, informant: str) -> Seen | None:
    rows = pages_for(user, on).filter(release__wave__slug=wave, informant=informant)
    near = rows.filter(Q(node__number=number) | Q(node__parent__number=number)).defer("form__payload")
    found = list(near.select_related("release__wave", "node__unit", "form"))
    own = next((row for row in found if row.node.number == number), None)
    if own is None:
        return None
    ways = _ways(user, on, own)
    return Seen(
        row=own,
        page=own.read(),
        below=frozenset(row.node.number for row in found if row is not own),
        informants=[way for way in ways if way.wave == wave],
        waves=[way for way in ways if way.informant == informant],
        on=on,
    )


def _ways(user: User, on: date | None, row: ReleasedPage) -> list[Way]:
    """Pages about the same unit in this series; a class or grade is found again by its unit (and number)."""
    node, wave = row.node, row.release.wave
    same = pages_for(user, on).filter(node__unit=node.unit_id, node__kind=node.kind, release__wave__series=wave.series)
    if node.kind == NodeKind.GRADE:
        same = same.filter(node__grade=node.grade)
    columns = ("release__wave__opens_at", "release__wave__slug", "release__wave__name", "node__number", "informant")
    order = list(Informant)
    ways = [
        Way(slug, name, number, Informant(who))
        for _, slug, name, number, who in same.order_by("-release__wave__opens_at").values_list(*columns)
    ]
    return sorted(ways, key=lambda way: order.index(way.informant))


def nearby_pages(user: User, seen: Seen) -> list[ReleasedPage]:
    """What all informant groups said here and at the levels above, for "Andres syn"."""
    numbers = [seen.page.node, *(place.number for place in seen.page.trail)]
    rows = pages_for(user, seen.on).filter(release=seen.row.release_id, node__number__in=numbers)
    return list(rows.select_related("node", "form").order_by("-node__number"))


def own_pages(user: User) -> list[ReleasedPage]:
    """Pages of the units where the reader holds a role, or held one when the wave opened; newest wave first."""
    found: dict[int, ReleasedPage] = {}
    for day in (None, *_opening_days()):
        units = {held.unit_id for held in assignments_of(user, on=day)}
        if units:
            rows = pages_for(user, day).filter(node__unit__in=units).exclude(node__kind=NodeKind.GRADE)
            if day is not None:
                rows = rows.filter(release__wave__opened_at__date=day)
            found |= {
                row.pk: row for row in rows.defer("form__payload").select_related("release__wave", "node", "form")
            }
    order = list(Informant)
    return sorted(
        found.values(),
        key=lambda row: (
            -row.release.wave.opens_at.timestamp(),
            row.node.number,
            order.index(Informant(row.informant)),
        ),
    )


def with_numbers(rows: Iterable[ReleasedPage]) -> dict[int, ReleasedPage]:
    """These pages by key, with their numbers and texts fetched at once."""
    found = ReleasedPage.objects.everywhere(why="the reader's own pages, found above")
    return found.select_related("release__wave", "node", "form").in_bulk([row.pk for row in rows])


def _opening_days() -> list[date]:
    """Days on which released waves opened."""
    waves = Wave.objects.everywhere(why="which roles counted is decided by the day a wave opened")
    moments = waves.filter(state=WaveState.RELEASED, opened_at__isnull=False).values_list("opened_at", flat=True)
    return sorted({timezone.localdate(moment) for moment in moments})


def _opening_day(slug: str) -> date | None:
    wave = Wave.objects.everywhere(why="which roles counted is decided by the day it opened").filter(slug=slug).first()
    return timezone.localdate(wave.opened_at) if wave and wave.opened_at else None
