"""What a reader may see of what has been released.

Who may see a node today may read its page, and so may who could on the day its wave opened (RULES G.5).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet
from django.http import Http404

from kfl.core.prepared_sql import PreparedQuery
from kfl.people import scopes
from kfl.people.held import roles_ever
from kfl.people.models import User
from kfl.people.roles import Permission
from kfl.questionnaires.formats import Informant
from kfl.surveys.counts import count_words
from kfl.surveys.models import NodeKind
from kfl.surveys.waves.series import in_order

from .models import Part, ReleasedPage
from .payload import FormText, Page, read_form, read_page

WHY = "sifted: the row is shown only where `scopes.keeper` lets this reader see its unit"


@dataclass(frozen=True)
class Way:
    """Another page about the same unit: another informant group, or another wave of the series."""

    wave: str  # slug
    wave_name: str
    number: int
    informant: Informant


@dataclass(frozen=True)
class SeenWave:
    """What a page says about its wave."""

    slug: str
    name: str
    k: int


@dataclass(frozen=True)
class SeenRelease:
    """What a page says about its release."""

    pk: int
    number: int
    part: str
    digest: str
    created_at: datetime


@dataclass(frozen=True, eq=False)
class Seen:
    """A page that the reader may see, and where one may go from it."""

    pk: int
    unit: int  # key of its unit
    informant: Informant
    page: Page
    wave: SeenWave
    release: SeenRelease
    form: bytes  # its texts, as they are stored
    below: frozenset[int]  # numbers of the nodes right below that the reader may see too
    informants: tuple[Way, ...]  # of this wave, this one included
    waves: tuple[Way, ...]  # newest first, this one included

    @property
    def response(self) -> str:
        """How many answered, of how many invited; or that it is hidden."""
        return count_words.released(self.page.answered, self.page.invited)

    def read_form(self) -> FormText:
        """The texts of the page; they came with it, but are unpacked only where the page was not kept."""
        return read_form(self.form)


def pages_for(user: User) -> QuerySet[ReleasedPage]:
    """All released pages that the reader may see, by today's roles or by those of the day their wave opened."""
    rows = ReleasedPage.objects.kept_for(user, Permission.RESULTS_VIEW)
    return rows.filter(release__part=Part.MAIN)


def page_or_404(user: User, *, wave: str, number: int, informant: str) -> Seen:
    """The page of one node and where it leads; 404 where there is none for this reader."""
    keeps = scopes.keeper(user, Permission.RESULTS_VIEW)
    found = next((_Found(*row) for row in _FIND.rows(wave=wave, number=number, informant=informant)), None)
    if found is None or not keeps(found.path, found.unit_kind, found.unit, found.opened_at):
        raise Http404(f"no page {wave}/{number}/{informant} for this reader")
    below, ways = _ways(keeps, found, Informant(informant))
    return Seen(
        pk=found.pk,
        unit=found.unit,
        informant=Informant(informant),
        page=read_page(found.payload),
        wave=SeenWave(wave, found.wave_name, found.k),
        release=SeenRelease(found.release, found.release_number, found.part, found.digest, found.created_at),
        form=found.form,
        below=below,
        informants=tuple(way for way in ways if way.wave == wave),
        waves=tuple(way for way in ways if way.informant == informant),
    )


class _Found(NamedTuple):
    """One row as `page_or_404` fetches it: no model, for making one costs more than reading the page."""

    pk: int
    payload: bytes
    form: bytes
    node: int
    kind: str
    grade: int | None
    unit: int
    path: str
    unit_kind: str
    release: int
    release_number: int
    part: str
    digest: str
    created_at: datetime
    wave_name: str
    series: str
    k: int
    opened_at: datetime | None


COLUMNS = (
    "pk", "payload", "form__payload", "node_id", "node__kind", "node__grade", "node__unit_id", "node__unit__path",
    "node__unit__kind", "release_id", "release__number", "release__part", "release__digest", "release__created_at",
    "node__wave__name", "node__wave__series", "node__wave__k", "node__wave__opened_at",
)  # fmt: skip
WAY_COLUMNS = (
    "release__wave__slug", "release__wave__name", "node__number", "informant", "node__parent_id", "node__grade",
    "node__unit_id", "node__unit__path", "node__unit__kind", "release__wave__opened_at",
)  # fmt: skip


def _find(*, wave: str, number: int, informant: str) -> QuerySet[ReleasedPage, Any]:
    """The newest page of a node. By the node's wave, not the release's: else the database reads the whole release."""
    rows = ReleasedPage.objects.everywhere(why=WHY).filter(
        node__wave__slug=wave, node__number=number, informant=informant, release__part=Part.MAIN
    )
    return rows.order_by("-release__number").values_list(*COLUMNS)


def _near(*, unit: int, kind: str, series: str, node: int, release: int, informant: str) -> QuerySet[ReleasedPage, Any]:
    """Pages of the same unit in all waves of the series, newest first, and those right below in this one."""
    same = Q(node__unit=unit, node__kind=kind, release__wave__series=series)
    below = Q(node__parent=node, release=release, informant=informant)
    rows = ReleasedPage.objects.everywhere(why=WHY).filter(same | below, release__part=Part.MAIN)
    return rows.order_by(*in_order(of="release__wave__", newest_first=True)).values_list(*WAY_COLUMNS)


_FIND = PreparedQuery(_find, wave="(wave)", number=32001, informant="(informant)")
_NEAR = PreparedQuery(
    _near, unit=32001, kind="(kind)", series="(series)", node=32002, release=32003, informant="(informant)"
)


def _ways(
    keeps: Callable[[str, str, int, datetime | None], bool], at: _Found, informant: Informant
) -> tuple[frozenset[int], list[Way]]:
    """Where one may go: right below, to other informant groups, to other waves of the series (newest first)."""
    near = _NEAR.rows(
        unit=at.unit, kind=at.kind, series=at.series, node=at.node, release=at.release, informant=informant.value
    )
    children, ways = set(), []
    for slug, name, number, answered_by, parent, grade, unit, path, kind, opened_at in near:
        if not keeps(path, kind, unit, opened_at):
            continue
        if parent == at.node:
            children.add(number)
        elif at.kind != NodeKind.GRADE or grade == at.grade:  # a school's grades all have the school as their unit
            ways.append(Way(slug, name, number, Informant(answered_by)))
    order = list(Informant)
    ways.sort(key=lambda way: order.index(way.informant))
    return frozenset(children), ways


@dataclass(frozen=True)
class NearbyPage:
    """One page of a release: what one informant group answered at one node."""

    number: int
    informant: Informant
    key: int


def nearby_pages(user: User, seen: Seen) -> tuple[NearbyPage, ...]:
    """Which pages tell what all informant groups said here and at the levels above, nearest first: "Andres syn"."""
    numbers = [seen.page.node, *(place.number for place in seen.page.trail)]
    rows = pages_for(user).filter(release=seen.release.pk, node__number__in=numbers)
    found = rows.order_by("-node__number", "pk").values_list("node__number", "informant", "pk")
    return tuple(NearbyPage(number, Informant(informant), key) for number, informant, key in found)


def frozen_pages(release: SeenRelease, chosen: Iterable[NearbyPage]) -> list[ReleasedPage]:
    """These pages of a release, in the order given, with their numbers and texts."""
    keys = [one.key for one in chosen]
    rows = ReleasedPage.objects.everywhere(why="sifted: keys that `nearby_pages` found for the reader")
    found = rows.filter(release=release.pk, release__digest=release.digest).select_related("node", "form").in_bulk(keys)
    return [found[key] for key in keys]


def own_pages(user: User) -> list[ReleasedPage]:
    """Pages of the units where the reader holds a role, or held one when the wave opened; newest wave first."""
    units = {held.unit_id for held in roles_ever(user)}
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
    found = ReleasedPage.objects.within(*rows)
    return found.select_related("release__wave", "node", "form").in_bulk()
