"""Codes to hand out: sheets per class, and a new slip for a lost code. A child's and an adult's are two rights."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from kfl.core import downloads
from kfl.core.alphabet import in_name_order
from kfl.documents.printable import unprintable
from kfl.people import same_names
from kfl.people.audit import record
from kfl.people.kinds import Kind
from kfl.people.models import Pupil, Unit, User
from kfl.people.requests import reader
from kfl.people.roles import PLACES, Permission
from kfl.people.scopes import described, may, needs
from kfl.questionnaires.formats import BY_LINK, CHILDREN, Informant

from .. import actions, store
from ..lookups import code_unit_or_404, wave_for, way_back
from ..models import Code, Wave
from ..reminders.links import BY_MAIL, PARENTS, codes_for_paper
from ..waves import membership
from ..waves.states import Act
from . import code_sheets, link_letters
from .code_holders import described_at, label_of, labelled
from .rights import RIGHTS, codes_for, units_for

ANSWER_PATH = "/svar/"  # intake's; not an address of the portal's own


def _found(request: HttpRequest, slug: str, key: int) -> tuple[Wave, Unit]:
    unit = code_unit_or_404(request, key)
    return wave_for(Act.HAND_OUT, slug, unit), unit


@needs(*RIGHTS)
def codes(request: HttpRequest, slug: str, key: int) -> HttpResponse:
    """Which code sheets there are at a unit.

    For pupils and children: the class's teacher, the head and the office. For adults: the office and the secretariat;
    others do not even see how many there are. Codes stand on the sheets only.
    """
    wave, unit = _found(request, slug, key)
    user = reader(request)
    below = codes_for(user, wave).filter(node__unit__path__startswith=unit.path)
    if unit.kind not in PLACES:
        schools: dict[str, Any] = {"wave": wave, "unit": unit, "parts": _schools(user, unit, below)}
        schools["may_record"] = _may_record(user, wave, unit)
        return render(request, "surveys/codes_of_schools.html", {**schools, "trail": way_back(request, wave, unit)})
    sheets, on_paper = _sheets(below), _sheets(below.filter(pk__in=codes_for_paper(wave).values("pk")))
    context = {
        "wave": wave,
        "unit": unit,
        "children": _part(sheets, CHILDREN),
        "parents": _part(sheets, PARENTS),
        "staff": _part(sheets, BY_MAIL),
        "on_paper": _part(on_paper, BY_MAIL),
        "languages": link_letters.LANGUAGES.items(),
        "unprintable": unprintable([wave.name, unit.name, *_names_on(below)]),
        "uninformed": membership.uninformed(wave, unit),
        "may_record": _may_record(user, wave, unit),
        "trail": way_back(request, wave, unit),
    }
    return render(request, "surveys/codes.html", context)


def _may_record(user: User, wave: Wave, unit: Unit) -> bool:
    """Whether the page of consents can be offered; a rehearsal has none."""
    return not wave.is_rehearsal and may(user, Permission.CONSENT_EDIT, unit)


def _names_on(codes: QuerySet[Code]) -> list[str]:
    """Whom the sheets name, and where."""
    return [word for row in labelled(codes) for word in (code_sheets.place_of(row.node), row.label)]


def _sheets(codes: QuerySet[Code]) -> list[dict[str, Any]]:
    """How many of these codes there are for each informant at each place."""
    counted = (
        codes.order_by()
        .values("form__number", "form__informant", "node__number", "node__unit", "node__unit__name")
        .annotate(count=Count("pk", distinct=True))
        .order_by("form__number", "node__number")
    )
    return [
        {
            "informant": Informant(row["form__informant"]),
            "unit": row["node__unit"],
            "name": row["node__unit__name"],
            "count": row["count"],
        }
        for row in counted
    ]


def _part(sheets: list[dict[str, Any]], whose: frozenset[Informant]) -> dict[str, Any]:
    """The sheets of these informants, and the informants that have several: they can be printed in one go."""
    found = [sheet for sheet in sheets if sheet["informant"] in whose]
    several = Counter(sheet["informant"] for sheet in found)
    return {"sheets": found, "in_one": [informant for informant, count in several.items() if count > 1]}


def _schools(user: User, unit: Unit, below: QuerySet[Code]) -> list[Unit]:
    """The schools and kindergartens under a municipality where there are codes that the reader may handle."""
    here = Q(pk__in=below.values("node__unit")) | Q(pk__in=below.values("node__unit__parent"))
    kinds = [Kind.SCHOOL, Kind.KINDERGARTEN]
    return in_name_order(units_for(user).filter(here, path__startswith=unit.path, kind__in=kinds))


@needs(*RIGHTS)
@never_cache
def sheet(request: HttpRequest, slug: str, key: int, informant: str) -> HttpResponse:
    """The slips of one informant group at a unit and below it, as PDF; of adults their letters.

    With `?uten-adresse` only the letters of those who have no e-mail address.
    """
    wave, unit = _found(request, slug, key)
    _language(request)
    user = reader(request)
    rows = codes_for(user, wave).filter(node__unit__path__startswith=unit.path, form__informant=informant)
    if "uten-adresse" in request.GET:
        rows = rows.filter(pk__in=codes_for_paper(wave).values("pk"))
    found = code_sheets.slips(wave, rows)
    if not found:
        raise Http404
    record("codes.printed", described(wave), by=user, unit=unit, informant=informant, codes=len(found))
    return _pdf(request, wave, found, f"koder-{wave.slug}-{unit.pk}-{informant}.pdf")


def _pdf(request: HttpRequest, wave: Wave, found: list[code_sheets.CodeSlip], name: str) -> HttpResponse:
    """Slips for children; for adults letters, in the language that was asked for."""
    address = request.build_absolute_uri(ANSWER_PATH)
    if found[0].informant in BY_LINK:
        made = link_letters.pdf(wave, found, address, _language(request))
    else:
        made = code_sheets.pdf(wave, found, address)
    return downloads.shown(made, name=name, media_type="application/pdf")


def _language(request: HttpRequest) -> str:
    language = request.GET.get("sprak", "nb")
    if language not in link_letters.LANGUAGES:
        raise Http404
    return language


@needs(*RIGHTS)
def lost(request: HttpRequest, slug: str, key: int) -> HttpResponse:
    """Pick who has lost a code; POST makes a new one, and the old one dies.

    For: as above, of those whose codes the reader may print. It does not tell whether somebody has answered.
    """
    wave, unit = _found(request, slug, key)
    user = reader(request)
    mine = codes_for(user, wave)
    here = mine.filter(node__unit=unit)
    late = membership.pupils_without_code(wave, unit) if may(user, Permission.CODES_PRINT, unit) else []
    if request.method == "POST":
        if "adult" in request.POST:
            adult = _chosen(here.filter(form__informant__in=BY_LINK), request.POST["adult"])
            return _lost_by_an_adult(request, unit, adult)
        if "pupil" in request.POST:
            try:
                code = _invite_late(wave, late, request)
            except actions.NamesakeIsReserved as problem:
                messages.warning(request, str(problem))
                answers = may(user, Permission.CONSENT_EDIT, unit) and not wave.is_rehearsal
                return redirect("surveys:consent" if answers else "surveys:lost-code", slug=slug, key=key)
            except (membership.NoPlaceInWave, actions.AlreadyInvited) as problem:  # something happened meanwhile
                messages.error(request, str(problem))
                return redirect("surveys:lost-code", slug=slug, key=key)
            if Informant(code.form.informant).is_rater:  # a pupil who is not asked, only rated: there is no slip
                follows = may(user, Permission.RATING_FOLLOW, unit)
                return redirect("surveys:rating-list" if follows else "surveys:lost-code", slug=slug, key=key)
        else:
            children = here.filter(form__informant__in=CHILDREN)
            code = _chosen(children, request.POST.get("code", ""))
            with suppress(actions.ReplacedMeanwhile):  # sent twice: the slip shows the one that stands
                actions.replace_code(code=code, by=user)
        return redirect("surveys:slip", slug=slug, key=key, code=code.pk)
    kinds = [Kind.GROUP, Kind.DEPARTMENT]
    below = mine.filter(node__unit__path__startswith=unit.path, node__unit__kind__in=kinds).exclude(node__unit=unit)
    if unit.kind in PLACES:
        parts = in_name_order(units_for(user).filter(pk__in=below.values("node__unit")))
    else:
        parts = _schools(user, unit, mine)
    context = {
        "wave": wave,
        "unit": unit,
        "late": same_names.pupils_told_apart(late).items(),
        "outside_panel": store.link_key_is_away(),
        "children": labelled(here.filter(form__informant__in=CHILDREN)),
        "staff": described_at(labelled(here.filter(form__informant__in=BY_MAIL)), unit),
        "parents": labelled(here.filter(form__informant__in=PARENTS)),
        "parts": parts,
        "may_record": _may_record(user, wave, unit),
        "trail": way_back(request, wave, unit),
    }
    return render(request, "surveys/lost_code.html", context)


def _lost_by_an_adult(request: HttpRequest, unit: Unit, code: Code) -> HttpResponse:
    """The same link again, or another one: by mail to its holder, or as a letter. Nobody sees it on a screen."""
    user, how = reader(request), request.POST.get("how")
    if how == "paper":
        with suppress(actions.ReplacedMeanwhile):
            actions.replace_code(code=code, by=user, short="short" in request.POST)
        return redirect("surveys:slip", slug=code.wave.slug, key=unit.pk, code=code.pk)
    try:
        portal = request.build_absolute_uri("/")
        actions.send_link_anew(code=code, portal=portal, by=user, exchange=how == "new")
    except (actions.CannotSend, actions.ReplacedMeanwhile) as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("Lenken er på vei til {name}.").format(name=label_of(code)))
    return redirect("surveys:lost-code", slug=code.wave.slug, key=unit.pk)


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


def _slip(request: HttpRequest, slug: str, key: int, code: int) -> tuple[Wave, Unit, list[code_sheets.CodeSlip]]:
    wave, unit = _found(request, slug, key)
    user = reader(request)
    rows = codes_for(user, wave).filter(node__unit=unit, pk=code)
    found = code_sheets.slips(wave, rows)
    if not found:
        raise Http404
    record("code.shown", described(rows[0]), by=user, unit=unit, informant=found[0].informant.value)
    return wave, unit, found


@needs(*RIGHTS)
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
        "of_adult": found[0].informant in BY_LINK,
        "unprintable": unprintable([wave.name, found[0].label, code_sheets.place_of(found[0].node)]),
        "trail": way_back(request, wave, unit),
    }
    return render(request, "surveys/slip.html", context)


@needs(*RIGHTS)
@never_cache
def slip_pdf(request: HttpRequest, slug: str, key: int, code: int) -> HttpResponse:
    """One slip as PDF."""
    wave, _unit, found = _slip(request, slug, key, code)
    return _pdf(request, wave, found, f"kode-{wave.slug}-{code}.pdf")
