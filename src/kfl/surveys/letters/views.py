"""The letter to parents: its facts, the page that everybody may read, and a PDF for each class."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from kfl.core import downloads, stale
from kfl.people.models import Unit
from kfl.people.requests import reader
from kfl.people.roles import Permission
from kfl.people.scopes import get_visible_or_404, needs, open_to_all

from .. import actions
from ..lookups import asked_address, own_wave_for, wave_for
from ..models import Collection, Wave
from ..trails import to_wave
from ..waves import stored
from ..waves.states import Act
from . import to_parents
from .forms import LetterForm


@open_to_all(why="parents may read what they were told")
def letter(request: HttpRequest, slug: str) -> HttpResponse:
    """A wave's letter, once it has opened; in the reader's language. A wave from a file asks nobody, and has none."""
    every = Wave.objects.everywhere(why="public: what parents are told is public")
    waves = every.filter(stored.has_opened(), collection=Collection.CODES)
    wave = waves.filter(slug=slug).first()
    if wave is None:
        raise Http404
    return render(request, "surveys/letter.html", {"letter": to_parents.letter_of(wave, asked_address(request, wave))})


@needs(Permission.CONSENT_EDIT)
def letter_pdf(request: HttpRequest, slug: str, key: int) -> HttpResponse:
    """The letter for a class or school, before or while the wave is open. For: its teachers and head."""
    unit: Unit = get_visible_or_404(Unit, reader(request), Permission.CONSENT_EDIT, pk=key)
    wave = wave_for(Act.WRITE_LETTER, slug, unit)
    language = request.GET.get("sprak", "nb")
    if language not in to_parents.LANGUAGES:
        raise Http404
    made = to_parents.pdf(wave, to_parents.place_of(unit), asked_address(request, wave), language)
    return downloads.shown(made, name=f"brev-{wave.slug}-{unit.pk}-{language}.pdf", media_type="application/pdf")


@needs(Permission.WAVE_EDIT)
def wave_letter(request: HttpRequest, slug: str) -> HttpResponse:
    """The facts of the letter, and the letter as it is now. For: who sets up waves."""
    wave = own_wave_for(Act.WRITE_LETTER, request, slug)
    form = LetterForm(request.POST or None, wave=wave, initial=LetterForm.of(to_parents.facts_of(wave)))
    if request.method == "POST" and form.is_valid():
        try:
            actions.write_letter(wave=wave, by=reader(request), **form.cleaned_data)
        except actions.PromiseOnlyShortens as problem:
            form.add_error("answers_until", str(problem))
        else:
            stale.tell(request, form)
            return redirect("surveys:wave-letter", slug=slug)
    context = {
        "wave": wave,
        "unprintable": to_parents.unprintable_in(wave, "", asked_address(request, wave)),
        "by_codes": wave.collection == Collection.CODES, "form": form, "trail": to_wave(wave),
        "letter": to_parents.letter_of(wave, asked_address(request, wave)),
        "cancel": reverse("surveys:wave-detail", kwargs={"slug": slug}),
    }  # fmt: skip
    return render(request, "surveys/wave_letter.html", context)
