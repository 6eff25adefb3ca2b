"""The pages of results. They read one released page and never cause a computation on answers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from kfl.core import kept, offers
from kfl.people.audit import record
from kfl.people.requests import reader
from kfl.people.scopes import signed_in

from . import queries
from .payload import NodeBeside
from .queries import NearbyPage, Seen, Way
from .reading import own_pages, result_words, side_by_side
from .reading.presenter import Reading

WHY = "roles held on the day a wave opened count too (RULES G.5); each page asks the scopes itself"


@dataclass(frozen=True)
class ShownPage:
    """All that heading and content of a page are made of; with the release, `nearby` says which numbers they are."""

    seen: Seen
    tab: str
    nearby: tuple[NearbyPage, ...]


@signed_in(why=WHY)
def overview(request: HttpRequest) -> HttpResponse:
    """Every result page of the reader's own units, newest wave first."""
    return render(request, "results/overview.html", {"waves": own_pages.by_wave(queries.own_pages(reader(request)))})


@signed_in(why=WHY)
def result(request: HttpRequest, wave: str, number: int, informant: str) -> HttpResponse:
    """The profile of one unit: in words, as a figure, as a table.

    For: whoever may see the unit today or could when the wave opened. Others meet a 404.
    """
    return _page(request, wave, number, informant, tab="page")


@signed_in(why=WHY)
def questions(request: HttpRequest, wave: str, number: int, informant: str) -> HttpResponse:
    """How the answers to each question fall, where that can be shown."""
    return _page(request, wave, number, informant, tab="questions")


@signed_in(why=WHY)
def change(request: HttpRequest, wave: str, number: int, informant: str) -> HttpResponse:
    """The scales through the waves of the series."""
    return _page(request, wave, number, informant, tab="change")


@signed_in(why=WHY)
def others(request: HttpRequest, wave: str, number: int, informant: str) -> HttpResponse:
    """The informant groups side by side, never merged; each from the nearest level that can be shown."""
    return _page(request, wave, number, informant, tab="others")


@signed_in(why=WHY)
def about(request: HttpRequest, wave: str, number: int, informant: str) -> HttpResponse:
    """How the numbers were made: method in plain words, thresholds, release and its digest."""
    return _page(request, wave, number, informant, tab="about")


def _page(request: HttpRequest, wave: str, number: int, informant: str, *, tab: str) -> HttpResponse:
    user = reader(request)
    seen = queries.page_or_404(user, wave=wave, number=number, informant=informant)
    record("results.viewed", f"ReleasedPage {seen.pk}", by=user, unit=seen.unit)
    page = seen.page
    nearby = queries.nearby_pages(user, seen) if tab == "others" else ()
    heading, pieces = kept.body("results.page", ShownPage(seen, tab, nearby), _drawn)
    about = {"wave": wave, "unit": seen.unit, "node": number, "informant": informant}
    trail = [(p.name, _address(seen, p.number)) for p in page.trail]
    context = {
        "seen": seen,
        "name": _name(seen),
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


def _name(seen: Seen) -> str:
    page = seen.page
    return result_words.place_name(NodeBeside(page.node, page.kind, page.name, page.grade), page.trail)


def _drawn(of: ShownPage) -> tuple[str, tuple[offers.Piece, ...]]:
    """Heading and content, cut at the slots: the same for every reader who may go the same ways.

    What rooms offer in the slots is this reader's own, and is never kept.
    """
    seen, tab = of.seen, of.tab
    context: dict[str, Any] = {
        "seen": seen, "page": seen.page, "name": _name(seen), "wave": seen.wave, "release": seen.release, "tab": tab,
        "tabs": [(key, label, _address(seen, seen.page.node, key)) for key, label in _tabs()],
        "below": [(p.name, _address(seen, p.number)) for p in seen.page.below if p.number in seen.below],
        "groups": [(way.informant.label, _way(way), way.informant == seen.informant) for way in seen.informants],
        "waves": [(way.wave_name, _way(way), way.wave == seen.wave.slug) for way in seen.waves],
        "part": f"results/_{tab}.html",
    }  # fmt: skip
    if tab == "others":
        context["views"] = side_by_side.side_by_side(queries.frozen_pages(seen.release, of.nearby))
    else:
        context["reading"] = Reading(seen.page, seen.read_form())
    heading, content = (str(render_to_string(f"results/_{part}.html", context)) for part in ("heading", "content"))
    return heading, offers.cut(content)
