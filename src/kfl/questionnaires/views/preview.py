"""A questionnaire as the one who answers meets it, page by page, in each language."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kfl.core.text import LANGUAGES, SOURCE, TranslatedText
from kfl.people.roles import Permission
from kfl.people.scopes import needs

from .. import freezing
from ..lookups import newest_version_or_404
from .questionnaires import trail_of


@needs(Permission.QUESTIONNAIRE_EDIT)
def preview(request: HttpRequest, key: str) -> HttpResponse:
    """One page of the form, made from the same bundle that a wave would freeze. For: researchers."""
    version = newest_version_or_404(request, key)
    form = freezing.form_of(version, version.informant.number)
    asked = request.GET.get("sprak", SOURCE)
    language = asked if asked in LANGUAGES else SOURCE

    def said(text: dict[str, str]) -> str:
        return TranslatedText(text).in_language(language)

    # With faces one item fills the screen; else a scale does.
    screens = [
        (page, [item]) if form.faces else (page, list(page.items))
        for page in form.pages
        for item in (page.items if form.faces else page.items[:1])
    ]
    last = max(len(screens), 1)
    given = request.GET.get("side", "1")
    number = min(max(int(given) if given.isascii() and given.isdecimal() else 1, 1), last)
    page, items = screens[number - 1] if screens else (None, [])
    context = {
        "version": version,
        "language": language,
        "tongues": [(code, name, code == language) for code, name in LANGUAGES.items()],
        "title": said(form.title),
        "intro": said(form.intro) if number == 1 else "",
        "heading": said(page.title) if page else "",
        "faces": form.faces,
        "items": [
            {
                "key": item.key,
                "text": said(item.text),
                "kind": item.kind.value,
                "type": "checkbox" if item.kind == "multiple" else "radio",
                "options": [(option.code, said(option.label)) for option in item.options],
                "low": item.low,
                "high": item.high,
                "sound": item.sound.get(language, ""),
                "picture": item.picture or "",
            }
            for item in items
        ],
        "number": number,
        "last": last,
        "trail": trail_of(version),
    }
    return render(request, "questionnaires/preview.html", context)
