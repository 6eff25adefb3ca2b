"""The pages of a wave's technical report, and the report as a file. They read what was stored at the release."""

from __future__ import annotations

import msgspec
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from kfl.core import kept
from kfl.core.downloads import attachment
from kfl.disclosure import Published
from kfl.documents.blocks import Section
from kfl.documents.printable import unprintable
from kfl.people.audit import record_view
from kfl.people.requests import reader
from kfl.people.scopes import signed_in

from . import queries
from .models import TechnicalReport
from .payload import Report
from .reading import chapter, overview

WHY = "roles held on the day a wave opened count too (RULES G.5); each page asks the scopes itself"


@signed_in(why=WHY)
def report(request: HttpRequest, wave: str) -> HttpResponse:
    """In short, design and response, what was left out, method and edition; or how far the making has come.

    For: whoever may read the results of the whole wave. Wave-wide numbers only, nothing about sensitive scales.
    """
    user = reader(request)
    release = queries.release_or_404(user, wave)
    row = queries.report_of(release)
    trail = [(_("Resultater"), reverse("results:overview"))]
    if row is None:
        context = {"wave": release.wave, "job": queries.job_for(user, wave), "trail": trail}
        return render(request, "research/report_waiting.html", context)
    found = row.read()
    return _page(request, row, found, overview.sections(found, row.digest, row.created_at), "", trail)


@signed_in(why=WHY)
def informant(request: HttpRequest, wave: str, informant: str) -> HttpResponse:
    """One informant group's chapter: the answers, all scales side by side, each scale by itself."""
    row = queries.report_or_404(reader(request), wave)
    found = row.read()
    if informant not in {form.informant for form in found.numbers.forms}:
        raise Http404(f"{wave} was not answered by {informant}")
    trail = [
        (_("Resultater"), reverse("results:overview")),
        (_("Teknisk rapport"), reverse("research:report", args=[wave])),
    ]
    return _page(request, row, found, chapter.sections(found, informant), informant, trail)


@signed_in(why=WHY)
def pdf(request: HttpRequest, wave: str) -> HttpResponse:
    """The whole report as tagged PDF, in the reader's language."""
    from .reading.files import as_pdf  # typst is loaded by whoever prints

    row = queries.report_or_404(reader(request), wave)
    record_view("research.report_taken_out", row, by=reader(request), unit=row.release.wave.unit)
    made = kept.body("research.pdf", row.stored(), as_pdf)
    return attachment(made, name=f"{wave}-teknisk-rapport.pdf", media_type="application/pdf")


@signed_in(why=WHY)
def data(request: HttpRequest, wave: str) -> HttpResponse:
    """The whole report as JSON, with the sums that factor models can be fitted to anew."""
    from .reading.files import as_json

    row = queries.report_or_404(reader(request), wave)
    record_view("research.report_taken_out", row, by=reader(request), unit=row.release.wave.unit)
    return attachment(as_json(row.stored()), name=f"{wave}-teknisk-rapport.json", media_type="application/json")


def _page(
    request: HttpRequest,
    row: TechnicalReport,
    found: Published[Report],
    sections: list[Section],
    informant: str,
    trail: list[tuple[str, str]],
) -> HttpResponse:
    record_view("research.report_viewed", row, by=reader(request), unit=row.release.wave.unit)
    context = {
        "wave": row.release.wave,
        "sections": sections,
        "informant": informant,
        "chapters": [(form.informant, overview.informant_name(form)) for form in found.numbers.forms],
        "unprintable": unprintable(msgspec.to_builtins(found.numbers)),
        "trail": trail,
    }
    return render(request, "research/report.html", context)
