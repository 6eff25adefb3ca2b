"""Codes to hand out: sheets per class, and a new slip for a lost code."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from kfl.people import same_names
from kfl.people.audit import record_view
from kfl.people.models import Kind, Pupil, Unit
from kfl.people.roles import Permission
from kfl.people.scopes import get_visible_or_404, needs

from .. import actions, code_sheets, membership, store
from ..code_names import labelled
from ..formats import BY_LINK, RATERS, Informant
from ..models import Code, Wave, WaveState
from .found import reader, wave_at_or_404

ANSWER_PATH = "/svar/"  # intake's; not an address of the portal's own


def _found(request: HttpRequest, slug: str, key: int) -> tuple[Wave, Unit]:
    unit: Unit = get_visible_or_404(Unit, reader(request), Permission.CODES_PRINT, pk=key)
    return wave_at_or_404(slug, unit, WaveState.OPEN), unit


def _printable(request: HttpRequest, wave: Wave) -> QuerySet[Code]:
    """Codes that the reader may print. A rating's is never printed: its rater opens it from a list (ratings.py)."""
    mine: QuerySet[Code] = Code.objects.visible_to(reader(request), Permission.CODES_PRINT)
    return mine.filter(wave=wave).exclude(form__informant__in=RATERS)


def _trail(wave: Wave, unit: Unit) -> list[tuple[str, str]]:
    place = reverse("surveys:response", kwargs={"slug": wave.slug, "key": unit.pk})
    return [(_("Kartlegginger"), reverse("surveys:followed")), (f"{wave.name} – {unit.name}", place)]


@needs(Permission.CODES_PRINT)
def codes(request: HttpRequest, slug: str, key: int) -> HttpResponse:
    """Which code sheets there are at a unit.

    For: the class's teachers and the head of the school. Codes stand on the sheets only.
    """
    wave, unit = _found(request, slug, key)
    below = _printable(request, wave).filter(node__unit__path__startswith=unit.path)
    counted = (
        below.order_by()
        .values("form__number", "form__informant", "node__number", "node__unit", "node__unit__name")
        .annotate(count=Count("pk", distinct=True))
        .order_by("form__number", "node__number")
    )
    sheets = [
        {
            "informant": Informant(row["form__informant"]),
            "unit": row["node__unit"],
            "name": row["node__unit__name"],
            "count": row["count"],
        }
        for row in counted
    ]
    informants = list(dict.fromkeys(sheet["informant"] for sheet in sheets))
    context = {"wave": wave, "unit": unit, "sheets": sheets, "informants": informants, "trail": _trail(wave, unit)}
    return render(request, "surveys/codes.html", context)


@needs(Permission.CODES_PRINT)
@never_cache
def sheet(request: HttpRequest, slug: str, key: int, informant: str) -> HttpResponse:
    """The slips of one informant group at a unit and below it, as PDF."""
    wave, unit = _found(request, slug, key)
    rows = _printable(request, wave).filter(node__unit__path__startswith=unit.path, form__informant=informant)
    found = code_sheets.slips(wave, rows)
    if not found:
        raise Http404
    record_view("codes.printed", wave, by=reader(request), unit=unit)
    return _pdf(request, wave, found, f"koder-{wave.slug}-{unit.pk}-{informant}.pdf")


def _pdf(request: HttpRequest, wave: Wave, found: list[code_sheets.Slip], name: str) -> HttpResponse:
    made = code_sheets.pdf(wave, found, request.build_absolute_uri(ANSWER_PATH))
    return HttpResponse(
        made, content_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'}
    )


@needs(Permission.CODES_PRINT)
def lost(request: HttpRequest, slug: str, key: int) -> HttpResponse:
    """Pick who has lost a code; POST makes a new one, and the old one dies.

    For: the class's teachers and the head. It does not tell whether somebody has answered.
    """
    wave, unit = _found(request, slug, key)
    mine = _printable(request, wave)
    here = mine.filter(node__unit=unit)
    late = membership.pupils_without_code(wave, unit)
    if request.method == "POST":
        if "pupil" in request.POST:
            try:
                code = _invite_late(wave, late, request)
            except (membership.NoPlaceInWave, actions.AlreadyInvited) as problem:  # something happened meanwhile
                messages.error(request, str(problem))
                return redirect("surveys:lost-code", slug=slug, key=key)
            if Informant(code.form.informant).is_rater:  # a pupil who is not asked, only rated: there is no slip
                return redirect("surveys:rating-list", slug=slug, key=key)
        else:
            lost_one = _chosen(here, request.POST.get("code", ""))
            code = actions.replace_code(code=lost_one, by=reader(request), short="short" in request.POST)
        return redirect("surveys:slip", slug=slug, key=key, code=code.pk)
    kinds = [Kind.GROUP, Kind.DEPARTMENT]
    below = mine.filter(node__unit__path__startswith=unit.path, node__unit__kind__in=kinds).exclude(node__unit=unit)
    context = {
        "wave": wave,
        "unit": unit,
        "late": same_names.pupils_told_apart(late).items(),
        "outside_panel": store.link_key_is_away(),
        "codes": labelled(here),
        "by_link": here.filter(form__informant__in=BY_LINK).exists(),
        "classes": Unit.objects.visible_to(reader(request), Permission.CODES_PRINT)
        .filter(pk__in=below.values("node__unit"))
        .order_by("name"),
        "trail": _trail(wave, unit),
    }
    return render(request, "surveys/lost_code.html", context)


def _invite_late(wave: Wave, late: list[Pupil], request: HttpRequest) -> Code:
    pupil = next((one for one in late if str(one.pk) == request.POST["pupil"]), None)
    if pupil is None:
        raise Http404
    return actions.invite_late(wave=wave, pupil=pupil, by=reader(request))


def _chosen(rows: QuerySet[Any], key: str) -> Any:
    """The row that was picked in the form, if it is one of those that could be."""
    row = rows.filter(pk=int(key)).first() if key.isascii() and key.isdecimal() else None
    if row is None:
        raise Http404
    return row


def _slip(request: HttpRequest, slug: str, key: int, code: int) -> tuple[Wave, Unit, list[code_sheets.Slip]]:
    wave, unit = _found(request, slug, key)
    rows = _printable(request, wave).filter(node__unit=unit, pk=code)
    found = code_sheets.slips(wave, rows)
    if not found:
        raise Http404
    record_view("code.shown", wave, by=reader(request), unit=unit)
    return wave, unit, found


@needs(Permission.CODES_PRINT)
@never_cache
def slip(request: HttpRequest, slug: str, key: int, code: int) -> HttpResponse:
    """One slip on the screen, to read aloud or print."""
    wave, unit, found = _slip(request, slug, key, code)
    address = request.build_absolute_uri(ANSWER_PATH)
    context = {
        "wave": wave,
        "unit": unit,
        "slip": found[0],
        "code": code,
        "address": address.split("://", 1)[-1].rstrip("/"),
        "link": found[0].link(address) if found[0].is_link else "",
        "trail": _trail(wave, unit),
    }
    return render(request, "surveys/slip.html", context)


@needs(Permission.CODES_PRINT)
@never_cache
def slip_pdf(request: HttpRequest, slug: str, key: int, code: int) -> HttpResponse:
    """One slip as PDF."""
    wave, _unit, found = _slip(request, slug, key, code)
    return _pdf(request, wave, found, f"kode-{wave.slug}-{code}.pdf")
