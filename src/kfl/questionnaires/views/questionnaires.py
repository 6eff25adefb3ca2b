"""Questionnaires: the list, the page of one with its scales as cards, new, copy, next version."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kfl.core import stale
from kfl.core.slugs import free_key, key_of
from kfl.core.text import LANGUAGES, TranslatedText
from kfl.people.requests import reader
from kfl.people.roles import Permission
from kfl.people.scopes import needs

from .. import actions, completeness, freezing, queries
from ..formats import WITH_OWN_OPTIONS, Informant
from ..forms.editor import NewQuestionnaireForm, TitleForm, VersionForm
from ..lookups import draft_version_or_404, newest_version_or_404
from ..models import Questionnaire, QuestionnaireVersion

RESERVED = {"ny"}  # addresses beside the questionnaires' own


def trail_of(version: QuestionnaireVersion | None = None) -> list[tuple[str, str]]:
    """The pages above."""
    trail = [(_("Spørreskjemaer"), reverse("questionnaires:list"))]
    if version is not None:
        questionnaire = version.questionnaire
        trail.append((str(questionnaire), reverse("questionnaires:detail", kwargs={"key": questionnaire.key})))
    return trail


def form_page(
    request: HttpRequest,
    form: Any,
    heading: str,
    version: QuestionnaireVersion | None,
    template: str = "surveys/wave_form.html",
) -> HttpResponse:
    """A page with one form; Cancel goes back to the questionnaire, or to the list."""
    cancel = trail_of(version)[-1][1]
    context = {"form": form, "heading": heading, "cancel": cancel, "trail": trail_of(version)}
    return render(request, template, context)


def _free_key(title: TranslatedText) -> str:
    everyone = Questionnaire.objects.everywhere(why="whether: a key of a questionnaire is taken")
    return free_key(key_of(title.get("nb", ""), "skjema"), set(everyone.values_list("key", flat=True)) | RESERVED)


def missing_words(version: QuestionnaireVersion) -> list[str]:
    """Nynorsk: 3 tekster mangler."""
    counts = completeness.missing_texts(version)
    return [
        _("{language}: {count} mangler").format(language=LANGUAGES[language], count=count)
        for language, count in counts.items()
    ]


@needs(Permission.QUESTIONNAIRE_EDIT)
def questionnaire_list(request: HttpRequest) -> HttpResponse:
    """All questionnaires by informant. For: researchers."""
    rows = [
        {
            "version": version,
            "informant": version.informant.label,
            "stops": len(completeness.stops(version)),
            "missing": missing_words(version),
        }
        for version in queries.newest_versions()
    ]
    return render(request, "questionnaires/list.html", {"rows": rows})


@needs(Permission.QUESTIONNAIRE_EDIT)
def questionnaire_new(request: HttpRequest) -> HttpResponse:
    """Begin an empty questionnaire."""
    form = NewQuestionnaireForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        title = form.title()
        informant = Informant(form.cleaned_data["informant"])
        version = actions.create_questionnaire(
            key=_free_key(title), informant=informant, title=title, by=reader(request)
        )
        return redirect("questionnaires:detail", key=version.questionnaire.key)
    return form_page(request, form, _("Nytt skjema"), None)


@needs(Permission.QUESTIONNAIRE_EDIT)
def questionnaire(request: HttpRequest, key: str) -> HttpResponse:
    """The newest version: scales and items as cards, and what is missing before it can be used."""
    version = newest_version_or_404(request, key)
    found = completeness.gaps_of(version)
    context = {
        "version": version,
        "questionnaire": version.questionnaire,
        "informant": version.informant.label,
        "groups": [
            {"scale": scale, "rows": [_item_row(item) for item in items]}
            for scale, items in freezing.items_in_order(version)
        ],
        "stops": [gap for gap in found if gap.stops],
        "advice": [gap for gap in found if not gap.stops],
        "missing": missing_words(version),
        "may_edit": not version.is_frozen,
        "trail": trail_of(),
    }
    return render(request, "questionnaires/detail.html", context)


def _item_row(item: Any) -> dict[str, Any]:
    own = [str(answer.label) for answer in item.answers if item.format in WITH_OWN_OPTIONS]
    return {"item": item, "missing": completeness.untranslated(item), "answers": own}


@needs(Permission.QUESTIONNAIRE_EDIT)
def questionnaire_copy(request: HttpRequest, key: str) -> HttpResponse:
    """Copy a questionnaire to another one with a title of its own."""
    version = newest_version_or_404(request, key)
    words = _("Kopi av {title}").format(title=version.questionnaire.title.in_language("nb"))
    form = TitleForm(request.POST or None, initial={"title_nb": words})
    if request.method == "POST" and form.is_valid():
        title = form.title()
        copy = actions.copy_questionnaire(version=version, key=_free_key(title), title=title, by=reader(request))
        return redirect("questionnaires:detail", key=copy.questionnaire.key)
    return form_page(request, form, _("Kopier skjemaet"), version)


@needs(Permission.QUESTIONNAIRE_EDIT)
@require_POST
def questionnaire_next(request: HttpRequest, key: str) -> HttpResponse:
    """Make the version that can be edited."""
    version = newest_version_or_404(request, key)
    actions.next_version(questionnaire=version.questionnaire, by=reader(request))
    return redirect("questionnaires:detail", key=key)


@needs(Permission.QUESTIONNAIRE_EDIT)
def questionnaire_edit(request: HttpRequest, key: str) -> HttpResponse:
    """Title and introduction."""
    version = draft_version_or_404(request, key)
    form = VersionForm(request.POST or None, initial=VersionForm.of(version))
    if request.method == "POST" and form.is_valid():
        actions.edit_version(version=version, title=form.title(), intro=form.intro(), by=reader(request))
        stale.tell(request, form)
        return redirect("questionnaires:detail", key=key)
    return form_page(request, form, _("Tittel og innledning"), version)
