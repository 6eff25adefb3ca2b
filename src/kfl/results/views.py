"""The pages of results. They read one released page and never cause a computation on answers."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kfl.core import offers
from kfl.people.audit import record
from kfl.people.requests import reader
from kfl.people.scopes import signed_in

from . import queries
from .payload import NodeBeside
from .queries import Seen, Way
from .reading import own_pages, result_words, side_by_side
from .reading.presenter import Reading

WHY = "roles held on the day a wave opened count too (RULES G.5); each page asks the scopes itself"
KEEP_S = 7 * 24 * 3600  # what is kept can never be wrong: a release does not change

Body = Callable[[HttpRequest, Seen], dict[str, Any]]
Kept = tuple[str, tuple[offers.Piece, ...]]


@signed_in(why=WHY)
def overview(request: HttpRequest) -> HttpResponse:
    """Every result page of the reader's own units, newest wave first."""
    return render(request, "results/overview.html", {"waves": own_pages.by_wave(queries.own_pages(reader(request)))})


@signed_in(why=WHY)
def result(request: HttpRequest, wave: str, number: int, informant: str) -> HttpResponse:
    """The profile of one unit: in words, as a figure, as a table.

    For: whoever may see the unit today or could when the wave opened. Others meet a 404.
    """
    return _page(request, wave, number, informant, tab="page", body=_with_reading)


@signed_in(why=WHY)
def questions(request: HttpRequest, wave: str, number: int, informant: str) -> HttpResponse:
    """How the answers to each question fall, where that can be shown."""
    return _page(request, wave, number, informant, tab="questions", body=_with_reading)


@signed_in(why=WHY)
def change(request: HttpRequest, wave: str, number: int, informant: str) -> HttpResponse:
    """The scales through the waves of the series."""
    return _page(request, wave, number, informant, tab="change", body=_with_reading)


@signed_in(why=WHY)
def others(request: HttpRequest, wave: str, number: int, informant: str) -> HttpResponse:
    """The informant groups side by side, never merged; each from the nearest level that can be shown."""
    return _page(request, wave, number, informant, tab="others", body=_with_others)


@signed_in(why=WHY)
def about(request: HttpRequest, wave: str, number: int, informant: str) -> HttpResponse:
    """How the numbers were made: method in plain words, thresholds, release and its digest."""
    return _page(request, wave, number, informant, tab="about", body=_with_reading)


def _with_reading(request: HttpRequest, seen: Seen) -> dict[str, Any]:
    return {"reading": Reading(seen.page, seen.read_form())}


def _with_others(request: HttpRequest, seen: Seen) -> dict[str, Any]:
    return {"views": side_by_side.side_by_side(queries.nearby_pages(reader(request), seen))}


def _page(request: HttpRequest, wave: str, number: int, informant: str, *, tab: str, body: Body) -> HttpResponse:
    user = reader(request)
    seen = queries.page_or_404(user, wave=wave, number=number, informant=informant)
    record("results.viewed", f"ReleasedPage {seen.pk}", by=user, unit=seen.unit)
    page = seen.page
    name = result_words.place_name(NodeBeside(page.node, page.kind, page.name, page.grade), page.trail)
    heading, pieces = _kept(request, seen, name, tab, body)
    about = {"wave": wave, "unit": seen.unit, "node": number, "informant": informant}
    trail = [(p.name, _address(seen, p.number)) for p in page.trail]
    context = {
        "seen": seen,
        "name": name,
        "trail": [(_("Resultater"), reverse("results:overview")), *trail],
        "heading": mark_safe(heading),
        "body": offers.joined(pieces, user, offers.AskingPage(f"results:{tab}", about)),
    }
    return render(request, "results/page.html", context)


def _tabs() -> list[tuple[str, str]]:
    return [
        ("page", _("Resultat")),
        ("questions", _("Spørsmålene")),
        ("change", _("Endring")),
        ("others", _("Andres syn")),
        ("about", _("Om tallene")),
    ]


def _address(seen: Seen, number: int, tab: str = "page") -> str:
    return _reversed(tab, seen.wave.slug, number, seen.informant.value)


def _way(way: Way) -> str:
    return _reversed("page", way.wave, way.number, way.informant.value)


@lru_cache(maxsize=4096)  # a page has dozens of addresses, and they are the same at every reading
def _reversed(tab: str, wave: str, number: int, informant: str) -> str:
    return reverse(f"results:{tab}", args=[wave, number, informant])


def _kept(request: HttpRequest, seen: Seen, name: str, tab: str, body: Body) -> Kept:
    """Heading and content, kept by digest and language: the same for every reader who may go the same ways.

    The content is kept cut at its slots; what rooms offer there is this reader's own.
    """
    release = seen.release
    key = f"results:{release.digest}:{get_language()}:{seen.page.node}:{seen.informant}:{tab}:{seen.ways}"
    kept: Kept | None = caches["kept"].get(key)
    if kept is None:
        context = {
            "seen": seen, "page": seen.page, "name": name, "wave": seen.wave, "release": release, "tab": tab,
            "tabs": [(key, label, _address(seen, seen.page.node, key)) for key, label in _tabs()],
            "below": [(p.name, _address(seen, p.number)) for p in seen.page.below if p.number in seen.below],
            "groups": [(way.informant.label, _way(way), way.informant == seen.informant) for way in seen.informants],
            "waves": [(way.wave_name, _way(way), way.wave == seen.wave.slug) for way in seen.waves],
            "part": f"results/_{tab}.html",
            **body(request, seen),
        }  # fmt: skip
        heading, content = (str(render_to_string(f"results/_{part}.html", context)) for part in ("heading", "content"))
        kept = heading, offers.cut(content)
        caches["kept"].set(key, kept, KEEP_S)
    return kept
