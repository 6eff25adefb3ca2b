"""What a reader may see of what has been released.

Who may see a node today may read its page, and so may who could on the day its wave opened (RULES G.5).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.http import Http404

from kfl.people.models import User
from kfl.people.roles import Permission
from kfl.people.scopes import assignments_ever
from kfl.surveys.formats import Informant
from kfl.surveys.models import NodeKind, Wave

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

    @property
    def wave(self) -> Wave:
        return self.row.release.wave


def pages_for(user: User) -> QuerySet[ReleasedPage]:
    """All released pages that the reader may see, by today's roles or by those of the day their wave opened."""
    rows = ReleasedPage.objects.kept_for(user, Permission.RESULTS_VIEW, moment="release__wave__opened_at")
    return rows.filter(release__part=Part.MAIN)


def page_or_404(user: User, *, wave: str, number: int, informant: str) -> Seen:
    """The page of one node and where it leads; 404 where there is none for this reader."""
    rows = pages_for(user).filter(release__wave__slug=wave, node__number=number, informant=informant)
    row = rows.select_related("release__wave", "node__unit", "form").first()
    if row is None:
        raise Http404(f"no page {wave}/{number}/{informant} for this reader")
    return _seen(user, row)


def _seen(user: User, row: ReleasedPage) -> Seen:
    """Where one may go: right below, to other informant groups, to other waves of the series."""
    node, wave = row.node, row.release.wave
    same = Q(node__unit=node.unit_id, node__kind=node.kind, release__wave__series=wave.series)
    if node.kind == NodeKind.GRADE:
        same &= Q(node__grade=node.grade)
    below = Q(node__parent=node.pk, release=row.release_id, informant=row.informant)
    columns = ("release__wave__opens_at", "release__wave__slug", "release__wave__name", "node__number", "informant",
               "node__parent")  # fmt: skip
    found = pages_for(user).filter(same | below).order_by("-release__wave__opens_at").values_list(*columns)
    order = list(Informant)
    children, ways = set(), []
    for _opens, slug, name, number, informant, parent in found:
        if parent == node.pk:
            children.add(number)
        else:
            ways.append(Way(slug, name, number, Informant(informant)))
    ways.sort(key=lambda way: order.index(way.informant))
    return Seen(
        row=row,
        page=row.read(),
        below=frozenset(children),
        informants=[way for way in ways if way.wave == wave.slug],
        waves=[way for way in ways if way.informant == row.informant],
    )


def nearby_pages(user: User, seen: Seen) -> list[ReleasedPage]:
    """What all informant groups said here and at the levels above, nearest first, for "Andres syn"."""
    numbers = [seen.page.node, *(place.number for place in seen.page.trail)]
    rows = pages_for(user).filter(release=seen.row.release_id, node__number__in=numbers)
    return list(rows.select_related("node", "form").order_by("-node__number"))


def own_pages(user: User) -> list[ReleasedPage]:
    """Pages of the units where the reader holds a role, or held one when the wave opened; newest wave first."""
    units = {held.unit_id for held in assignments_ever(user)}
    rows = pages_for(user).filter(node__unit__in=units).exclude(node__kind=NodeKind.GRADE)
    order = list(Informant)
    return sorted(
        rows.defer("payload").select_related("release__wave", "node"),
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
