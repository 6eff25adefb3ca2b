"""Scales and items of a draft version: add, change, delete, move. Everything works without scripts."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kfl.core import stale
from kfl.people.requests import reader
from kfl.people.roles import Permission
from kfl.people.scopes import needs

from .. import actions
from ..actions.editing import ItemDoesNotFit
from ..forms.editor import ItemForm, ScaleForm
from ..lookups import draft_version_or_404
from ..models import Item, QuestionnaireVersion, Scale
from .questionnaires import form_page, trail_of

OWN_TO_EACH = ("text_", "reversed")  # what a new item does not take from the one before it


def _scale(version: QuestionnaireVersion, key: int | None) -> Scale | None:
    if key is None:
        return None
    scale = version.scales.filter(pk=key).first()
    if scale is None:
        raise Http404
    return scale


def _item(version: QuestionnaireVersion, key: int) -> Item:
    item = version.items.filter(pk=key).first()
    if item is None:
        raise Http404
    return item


def _back(version: QuestionnaireVersion, anchor: str) -> HttpResponse:
    url = reverse("questionnaires:detail", kwargs={"key": version.questionnaire.key})
    return redirect(f"{url}#{anchor}")


def _ask(
    request: HttpRequest, heading: str, words: str, shown: list[object], version: QuestionnaireVersion
) -> HttpResponse:
    """The page that asks before something is deleted; again, where it is not as it was when the page was shown."""
    context = {
        "heading": heading,
        "words": words,
        "seen": stale.mark_of(shown),
        "is_stale": request.method == "POST",
        "trail": trail_of(version),
    }
    return render(request, "questionnaires/confirm_delete.html", context)


@needs(Permission.QUESTIONNAIRE_EDIT)
def scale_edit(request: HttpRequest, key: str, scale: int | None = None) -> HttpResponse:
    """Add or change a scale. For: researchers."""
    version = draft_version_or_404(request, key)
    found = _scale(version, scale)
    form = ScaleForm(request.POST or None, initial=ScaleForm.of(found) if found else None, is_new=not found)
    if request.method == "POST" and form.is_valid():
        saved = actions.save_scale(version=version, scale=found, written=form.written(), by=reader(request))
        stale.tell(request, form)
        return _back(version, f"skala-{saved.pk}")
    return form_page(request, form, _("Endre skalaen") if found else _("Ny skala"), version)


@needs(Permission.QUESTIONNAIRE_EDIT)
def scale_delete(request: HttpRequest, key: str, scale: int) -> HttpResponse:
    """Ask once more; then take the scale out with its items."""
    version = draft_version_or_404(request, key)
    found = _scale(version, scale)
    if found is None:
        raise Http404
    shown = [found, *found.items.order_by("pk").values_list("pk", "text")]
    if request.method == "POST" and stale.is_as_shown(request, shown):
        actions.delete_scale(scale=found, by=reader(request))
        return _back(version, "skalaer")
    words = _("Skalaen «{scale}» slettes med alle spørsmålene sine.").format(scale=found)
    return _ask(request, _("Slette skalaen?"), words, shown, version)


@needs(Permission.QUESTIONNAIRE_EDIT)
@require_POST
def scale_move(request: HttpRequest, key: str, scale: int) -> HttpResponse:
    """Move a scale up or down."""
    version = draft_version_or_404(request, key)
    found = _scale(version, scale)
    if found is None:
        raise Http404
    actions.move_scale(scale=found, up="up" in request.POST, by=reader(request))
    return _back(version, f"skala-{found.pk}")


@needs(Permission.QUESTIONNAIRE_EDIT)
def item_edit(request: HttpRequest, key: str, item: int | None = None, scale: int | None = None) -> HttpResponse:
    """Add or change an item. For: researchers."""
    version = draft_version_or_404(request, key)
    found = _item(version, item) if item is not None else None
    home = found.scale if found else _scale(version, scale)
    first = ItemForm.of(found) if found else _like_the_one_before(home)
    form = ItemForm(
        request.POST or None,
        initial=first,
        is_new=not found,
        for_children=version.informant.is_child,
        in_scale=home is not None,
    )
    if request.method == "POST" and form.is_valid():
        try:
            saved = actions.save_item(
                version=version, scale=home, item=found, written=form.written(), by=reader(request)
            )
        except ItemDoesNotFit as problem:
            for fault in problem.faults:
                form.add_error(None, fault)
        else:
            stale.tell(request, form)
            return _back(version, f"sporsmal-{saved.pk}")
    return form_page(
        request, form, _("Endre spørsmålet") if found else _("Nytt spørsmål"), version, "questionnaires/item_form.html"
    )


def _like_the_one_before(scale: Scale | None) -> dict[str, object] | None:
    """A new item in a scale begins with the format of the last one."""
    last = scale.items.order_by("position", "pk").last() if scale else None
    if last is None:
        return None
    return {name: value for name, value in ItemForm.of(last).items() if not name.startswith(OWN_TO_EACH)}


@needs(Permission.QUESTIONNAIRE_EDIT)
def item_delete(request: HttpRequest, key: str, item: int) -> HttpResponse:
    """Ask once more; then take the item out."""
    version = draft_version_or_404(request, key)
    found = _item(version, item)
    shown = [found.pk, found.text, found.format, found.options]
    if request.method == "POST" and stale.is_as_shown(request, shown):
        actions.delete_item(item=found, by=reader(request))
        return _back(version, f"skala-{found.scale_id or 0}")
    words = _("Spørsmålet «{item}» slettes.").format(item=found)
    return _ask(request, _("Slette spørsmålet?"), words, shown, version)


@needs(Permission.QUESTIONNAIRE_EDIT)
@require_POST
def item_move(request: HttpRequest, key: str, item: int) -> HttpResponse:
    """Move an item up or down within its scale."""
    version = draft_version_or_404(request, key)
    found = _item(version, item)
    actions.move_item(item=found, up="up" in request.POST, by=reader(request))
    return _back(version, f"sporsmal-{found.pk}")
