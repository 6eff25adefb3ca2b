"""Forms on paper: print them for a class, and enter what was ticked."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from kfl.answers import paper as store_paper
from kfl.answers.bundle import Bundle, Form
from kfl.answers.codes import BadCode, normalise
from kfl.answers.sheet_rules import Answer, WrongAnswer
from kfl.answers.wavefile import WaveNotOpen
from kfl.answers.writer import NotStored
from kfl.core.text import LANGUAGES
from kfl.people.audit import record_view
from kfl.people.models import Unit
from kfl.people.roles import Permission
from kfl.people.scopes import get_visible_or_404, needs

from .. import paper, store
from ..formats import Informant
from ..models import Code, Wave, WaveState
from .found import reader, wave_at_or_404

CODE = "code"


def _found(request: HttpRequest, slug: str, key: int) -> tuple[Wave, Unit, list[Informant]]:
    """The wave, the unit, and who there can answer on paper."""
    unit: Unit = get_visible_or_404(Unit, reader(request), Permission.CODES_PRINT, pk=key)
    wave = wave_at_or_404(slug, unit, WaveState.OPEN)
    below = Code.objects.visible_to(reader(request), Permission.CODES_PRINT).filter(
        wave=wave, node__unit__path__startswith=unit.path, form__informant__in=paper.ON_PAPER
    )
    there = set(below.order_by().values_list("form__informant", flat=True).distinct())
    return wave, unit, [informant for informant in Informant if informant.value in there]


def _form(request: HttpRequest, slug: str, key: int, informant: str) -> tuple[Wave, Unit, Bundle, Form]:
    wave, unit, informants = _found(request, slug, key)
    if informant not in informants:
        raise Http404
    bundle = store.bundle(slug)
    return wave, unit, bundle, bundle.form(Informant(informant).number)


def _trail(wave: Wave, unit: Unit, *, is_below: bool = False) -> list[tuple[str, str]]:
    kwargs = {"slug": wave.slug, "key": unit.pk}
    trail = [
        (_("Kartlegginger"), reverse("surveys:followed")),
        (f"{wave.name} – {unit.name}", reverse("surveys:response", kwargs=kwargs)),
    ]
    return [*trail, (_("Skjema på papir"), reverse("surveys:paper", kwargs=kwargs))] if is_below else trail


@needs(Permission.CODES_PRINT)
def papers(request: HttpRequest, slug: str, key: int) -> HttpResponse:
    """What can be printed for a class, and where it is entered. For: its teachers and the head."""
    wave, unit, informants = _found(request, slug, key)
    bundle = store.bundle(slug)
    context = {
        "wave": wave,
        "unit": unit,
        "informants": [
            {"informant": informant, "has_text": _has_text(bundle.form(informant.number))} for informant in informants
        ],
        "languages": [(code, LANGUAGES[code]) for code in bundle.languages if code in LANGUAGES],
        "trail": _trail(wave, unit),
    }
    return render(request, "surveys/papers.html", context)


def _has_text(form: Form) -> bool:
    return len(paper.questions(form)) < sum(1 for _item in form.items)


@needs(Permission.CODES_PRINT)
def paper_form(request: HttpRequest, slug: str, key: int, informant: str) -> HttpResponse:
    """The form as PDF, with a place for the code. For: as above. It holds no name and no code."""
    wave, unit, bundle, form = _form(request, slug, key, informant)
    language = request.GET.get("sprak", "nb")
    if language not in bundle.languages:
        raise Http404
    made = paper.pdf(wave, bundle, form, unit.name, language=language, large="stor" in request.GET)
    name = f"skjema-{wave.slug}-{informant}-{language}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return HttpResponse(made, content_type="application/pdf", headers=headers)


@needs(Permission.CODES_PRINT)
@never_cache
def enter(request: HttpRequest, slug: str, key: int, informant: str) -> HttpResponse:
    """Type a code and the digits of the boxes that were ticked; then the next form.

    For: as above, and only codes at the unit or below it. What was entered cannot be seen again, by nobody, and a
    code that is used up, wrong or somebody else's is refused in the same words.
    """
    wave, unit, bundle, form = _form(request, slug, key, informant)
    asked = paper.questions(form)
    typed = {question.field: request.POST.get(question.field, "") for question in asked}
    code = request.POST.get(CODE, "")
    wrong: dict[str, str] = {}
    if request.method == "POST":
        answers = _answers(asked, typed, wrong)
        if not answers and not wrong:  # else a code sent too early would be used up for nothing
            wrong[CODE] = _("Skriv minst ett svar. Et blankt ark føres ikke inn.")
        if not wrong:
            receipt = _entered(request, wave, unit, form, code, answers, wrong)
            if receipt:
                messages.success(request, _("Skjemaet er ført inn. Makuler arket. Klar for det neste."))
                return redirect("surveys:paper-enter", slug=slug, key=key, informant=informant)
    rows = [{"question": one, "typed": typed[one.field], "wrong": wrong.get(one.field)} for one in asked]
    context: dict[str, Any] = {
        "wave": wave, "unit": unit, "informant": Informant(informant), "rows": rows, "code": code,
        "wrong": wrong, "wrong_code": wrong.get(CODE), "trail": _trail(wave, unit, is_below=True),
    }  # fmt: skip
    return render(request, "surveys/paper_enter.html", context)


def _answers(asked: list[paper.Question], typed: dict[str, str], wrong: dict[str, str]) -> dict[str, Answer]:
    answers: dict[str, Answer] = {}
    for question in asked:
        try:
            answer = paper.read(question, typed[question.field])
        except paper.NotOnThePaper as problem:
            wrong[question.field] = _("Skriv {hint}.").format(hint=problem)
        else:
            if answer is not None:
                answers[question.item.key] = answer
    return answers


def _entered(
    request: HttpRequest,
    wave: Wave,
    unit: Unit,
    form: Form,
    code: str,
    answers: dict[str, Answer],
    wrong: dict[str, str],
) -> str:
    nodes = wave.nodes.filter(unit__path__startswith=unit.path).values_list("number", flat=True)
    try:
        # Who scans the slip's square code has the whole link in the field.
        receipt = store.enter_paper(wave.slug, normalise(code.rpartition("#")[2]), form.number, list(nodes), answers)
    except BadCode:
        wrong[CODE] = _("Dette er ingen kode. Se etter skrivefeil.")
    except (store_paper.Refused, WaveNotOpen):
        record_view("paper.refused", wave, by=reader(request), unit=unit)
        wrong[CODE] = _("Koden kan ikke brukes her. Den kan være brukt opp, byttet, eller gjelde en annen klasse.")
    except WrongAnswer:
        wrong[CODE] = _("Skjemaet har et svar som ikke finnes. Ingenting er lagret.")
    except NotStored:
        wrong[CODE] = _("Svarene kunne ikke lagres nå. Prøv igjen om litt.")
    else:
        record_view("paper.entered", wave, by=reader(request), unit=unit)
        return receipt
    return ""
