"""Sounds and pictures of questions: uploading them, and playing them to who writes the questionnaire."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from kfl.core import downloads
from kfl.core.text import LANGUAGES
from kfl.people.requests import reader
from kfl.people.roles import Permission
from kfl.people.scopes import needs

from .. import actions, media
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
    named = {digest for item in version.items.all() for digest in (*item.sound.values(), item.picture)}
    found = media.read(digest) if digest in named else None
    if found is None:
        raise Http404
    end = found.kind.partition("/")[2]
    reply = downloads.shown(found.body, name=f"{digest[:12]}.{end}", media_type=found.kind)
    reply["X-Content-Type-Options"] = "nosniff"
    reply["Content-Security-Policy"] = "default-src 'none'; sandbox"
    reply["Cache-Control"] = "private, max-age=3600, immutable"
    return reply
