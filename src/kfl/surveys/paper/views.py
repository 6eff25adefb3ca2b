"""Forms on paper: print them for a class, and enter what was ticked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from kfl.answers import paper as store_paper
from kfl.answers.bundle import Bundle, BundleForm
from kfl.answers.codes import BadCode, normalise
from kfl.answers.sheet_rules import Answer, WrongAnswer
from kfl.answers.wave_tables import WaveNotOpen
from kfl.answers.writer import NotStored
from kfl.core import downloads
from kfl.core.text import LANGUAGES
from kfl.documents.printable import unprintable
from kfl.people.audit import record
from kfl.people.models import Unit, User
from kfl.people.requests import reader
from kfl.people.scopes import described, needs
from kfl.questionnaires.formats import Informant

from .. import actions, store
from ..codes import code_sheets
from ..codes.rights import RIGHTS, codes_for
from ..lookups import code_unit_or_404, wave_for, way_back
from ..models import Code, Wave
from ..waves.states import Act
from . import printed_forms

CODE, FILLED_IN = "code", "filled_in"


@dataclass(frozen=True)
class FormToEnter:
    """Where a form is entered: the wave, the unit, the form, and the codes there that the reader may handle."""

    wave: Wave
    unit: Unit
    user: User
    codes: QuerySet[Code]

    def informants(self) -> list[Informant]:
        """Who there can answer on paper."""
        there = set(self.codes.order_by().values_list("form__informant", flat=True).distinct())
        return [informant for informant in Informant if informant.value in there]


def _found(request: HttpRequest, slug: str, key: int, act: Act = Act.HAND_OUT) -> FormToEnter:
    unit, user = code_unit_or_404(request, key), reader(request)
    wave = wave_for(act, slug, unit)
    below = codes_for(user, wave).filter(
        node__unit__path__startswith=unit.path, form__informant__in=printed_forms.ON_PAPER
    )
    return FormToEnter(wave, unit, user, below)


def _form(
    request: HttpRequest, slug: str, key: int, informant: str, act: Act = Act.HAND_OUT
) -> tuple[FormToEnter, Bundle, BundleForm]:
    place = _found(request, slug, key, act)
    if informant not in place.informants():
        raise Http404
    bundle = store.bundle(slug)
    return place, bundle, bundle.form(Informant(informant).number)


@needs(*RIGHTS)
def papers(request: HttpRequest, slug: str, key: int) -> HttpResponse:
    """What can be printed for a class, and where it is entered. For: whoever may handle those codes."""
    place = _found(request, slug, key)
    bundle = store.bundle(slug)
    forms = {informant: bundle.form(informant.number) for informant in place.informants()}
    languages = [(code, LANGUAGES[code]) for code in bundle.languages if code in LANGUAGES]
    context = {
        "wave": place.wave,
        "unit": place.unit,
        "informants": [{"informant": one, "has_text": _has_text(form)} for one, form in forms.items()],
        "languages": languages,
        "unprintable": unprintable(
            printed_forms.on_paper(place.wave, bundle, form, place.unit.name, language=code)
            for form in forms.values()
            for code, _name in languages
        ),
        "trail": way_back(request, place.wave, place.unit),
    }
    return render(request, "surveys/papers.html", context)


def _has_text(form: BundleForm) -> bool:
    return len(printed_forms.questions(form)) < sum(1 for _item in form.items)


@needs(*RIGHTS)
def paper_form(request: HttpRequest, slug: str, key: int, informant: str) -> HttpResponse:
    """The form as PDF, with a place for the code. For: as above. It holds no name and no code."""
    place, bundle, form = _form(request, slug, key, informant)
    language = request.GET.get("sprak", "nb")
    if language not in bundle.languages:
        raise Http404
    made = printed_forms.pdf(place.wave, bundle, form, place.unit.name, language=language, large="stor" in request.GET)
    name = f"skjema-{slug}-{informant}-{language}.pdf"
    return downloads.shown(made, name=name, media_type="application/pdf")


@needs(*RIGHTS)
@never_cache
def enter(request: HttpRequest, slug: str, key: int, informant: str) -> HttpResponse:
    """Type a code; see whose it is and what counts; type the digits of the boxes that were ticked; then the next form.

    For: as above. What was entered cannot be seen again, by nobody. The page takes a code whether it was used or not,
    and says the same.
    """
    place, _bundle, form = _form(request, slug, key, informant, Act.ENTER_PAPER)
    asked = printed_forms.questions(form)
    typed = {question.field: request.POST.get(question.field, "") for question in asked}
    wrong: dict[str, str] = {}
    code = _whose(request, place, informant, wrong) if request.method == "POST" else None
    if code is not None and FILLED_IN in request.POST:
        answers = _answers(asked, typed, wrong)
        if not answers and not wrong:
            wrong[CODE] = _("Skriv minst ett svar. Et blankt ark føres ikke inn.")
        if not wrong and _entered(code, answers, place.user, wrong):
            messages.success(request, _("Skjemaet er ført inn. Makuler arket. Klar for det neste."))
            return redirect("surveys:paper-enter", slug=slug, key=key, informant=informant)
    elif code is not None:
        record("paper.opened", described(code), by=place.user, unit=code.unit)
    rows = [{"question": one, "typed": typed[one.field], "wrong": wrong.get(one.field)} for one in asked]
    sheets = reverse("surveys:paper", kwargs={"slug": slug, "key": key})
    context: dict[str, Any] = {
        "wave": place.wave, "unit": place.unit, "informant": Informant(informant), "rows": rows, "whose": code,
        "where": code_sheets.place_of(code.node) if code else "", "code": request.POST.get(CODE, ""),
        "wrong": wrong, "wrong_code": wrong.get(CODE),
        "trail": [*way_back(request, place.wave, place.unit), (_("Skjema på papir"), sheets)],
    }  # fmt: skip
    return render(request, "surveys/paper_enter.html", context)


def _whose(request: HttpRequest, place: FormToEnter, informant: str, wrong: dict[str, str]) -> Code | None:
    """The person whose code was typed, among those the reader may handle; a word about the code where there is none."""
    try:
        # Whoever scans the slip's QR has the whole link in the field.
        typed = normalise(request.POST.get(CODE, "").rpartition("#")[2])
    except BadCode:
        wrong[CODE] = _("Dette er ingen kode. Se etter skrivefeil.")
        return None
    found = code_sheets.whose(place.wave, place.codes.filter(form__informant=informant), typed)
    if found is None:
        record("paper.refused", described(place.wave), by=place.user, unit=place.unit)
        wrong[CODE] = _(
            "Ingen her har den koden. Den kan være byttet, eller gjelde en annen klasse eller et annet skjema."
        )
    return found


def _answers(
    asked: list[printed_forms.PrintedQuestion], typed: dict[str, str], wrong: dict[str, str]
) -> dict[str, Answer]:
    answers: dict[str, Answer] = {}
    for question in asked:
        try:
            answer = printed_forms.read(question, typed[question.field])
        except printed_forms.NotOnThePaper as problem:
            wrong[question.field] = _("Skriv {hint}.").format(hint=problem)
        else:
            if answer is not None:
                answers[question.item.key] = answer
    return answers


def _entered(code: Code, answers: dict[str, Answer], user: User, wrong: dict[str, str]) -> bool:
    try:
        actions.enter_paper(code=code, answers=answers, by=user)
    except (store_paper.Refused, WaveNotOpen):
        wrong[CODE] = _("Kartleggingen tar ikke imot dette arket nå.")
    except WrongAnswer:
        wrong[CODE] = _("Skjemaet har et svar som ikke finnes. Ingenting er lagret.")
    except NotStored:
        wrong[CODE] = _("Svarene kunne ikke lagres nå. Prøv igjen om litt.")
    return not wrong
