"""What a wave asks, for everybody: parents may read what their children are asked."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from kfl.people.scopes import open_to_all
from kfl.questionnaires import freezing
from kfl.questionnaires.formats import Informant

from ...models import Collection, Wave
from .. import stored


@open_to_all(why="parents may read what their children are asked")
def asked(request: HttpRequest, slug: str) -> HttpResponse:
    """All questions of a wave that has opened. Drafts are not public, nor is who takes part."""
    waves = Wave.objects.everywhere(why="public: what is asked is public").filter(stored.has_opened())
    wave = waves.filter(slug=slug).first()
    if wave is None:
        raise Http404
    forms = [
        {
            "title": form.version.questionnaire.title,
            "informant": Informant(form.informant).label,
            "intro": form.version.intro,
            "groups": [
                {"heading": (scale.heading or scale.name) if scale else freezing.LAST_HEADING, "asked": items}
                for scale, items in freezing.items_in_order(form.version)
            ],
        }
        for form in wave.forms.select_related("version__questionnaire")
    ]
    return render(
        request, "surveys/asked.html", {"wave": wave, "forms": forms, "by_codes": wave.collection == Collection.CODES}
    )
