"""Sounds and pictures of questions: uploading them, and playing them to whoever writes the questionnaire."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from kfl.core import files
from kfl.core.text import LANGUAGES
from kfl.people.requests import reader
from kfl.people.roles import Permission
from kfl.people.scopes import needs

from .. import actions
from ..forms.media import MediaForm
from ..lookups import draft_version_or_404, newest_version_or_404
from .questionnaires import trail_of


@needs(Permission.QUESTIONNAIRE_EDIT)
def item_media(request: HttpRequest, key: str, item: int) -> HttpResponse:
    """Upload or take away an item's sounds and picture. For: researchers."""
    version = draft_version_or_404(request, key)
    found = version.items.filter(pk=item).first()
    if found is None:
        raise Http404
    form = MediaForm(request.POST or None, request.FILES or None, item=found)
    if request.method == "POST" and form.is_valid():
        actions.set_media(item=found, by=reader(request), **form.values())
        return redirect(f"{reverse('questionnaires:detail', kwargs={'key': key})}#sporsmal-{found.pk}")
    context = {
        "form": form,
        "item": found,
        "sounds": [(LANGUAGES[language], digest) for language, digest in found.sound.items()],
        "questionnaire": version.questionnaire,
        "trail": trail_of(version),
    }
    return render(request, "questionnaires/item_media.html", context)


@needs(Permission.QUESTIONNAIRE_EDIT)
def media_file(request: HttpRequest, key: str, digest: str) -> HttpResponse:
    """One sound or picture of a questionnaire, as its own type and nothing else. For: researchers."""
    version = newest_version_or_404(request, key)
    item = next((one for one in version.items.all() if digest in files.digests_of(one)), None)
    if item is None:
        raise Http404
    return files.serve(item, digest)
