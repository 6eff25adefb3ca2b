"""Whom a child is told to talk to: set for the wave in each language, in the letter, and frozen with the questions."""

from __future__ import annotations

import gettext
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

import kfl
from kfl.core.lifecycle import NotNow
from kfl.core.text import text
from kfl.questionnaires.formats import Informant
from kfl.surveys import actions
from kfl.surveys.letters import to_parents
from kfl.surveys.waves import bundle, checklist, help_text
from tests.documents.reading import words_of
from tests.surveys.making import OPENS, a_questionnaire, a_wave

LOCALE = Path(kfl.__file__).parent / "locale"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("data_dir")]
OWN = text(
    "Snakk med Kari på skolen.", nn="Snakk med Kari på skulen.", en="Talk to Kari at school.", se="Hupmat Kariin."
)


@pytest.fixture
def wave(world):
    return a_wave(world.county, [world.ask], [a_questionnaire(), a_questionnaire(Informant.TEACHER)])


def step(wave):
    return next(one for one in checklist.steps(wave) if one.heading == "Hvis noe er vanskelig")


def told(wave, language):
    with translation.override(language):
        return "\n".join(words_of(section) for section in to_parents.letter_of(wave, "https://x/").sections)


def frozen(wave):
    return {form.informant: form.help for form in bundle.bundle_of(wave, 1).forms}


def test_without_an_own_text_the_standard_one_names_an_adult_and_the_number(wave):
    assert frozen(wave) == {"pupil_5_10": {}, "teacher": {}}, "intake shows its own standard text"
    for language, adult in (("nb", "en voksen du stoler på"), ("nn", "ein vaksen"), ("en", "an adult")):
        assert adult in told(wave, language)
        assert "116 111" in told(wave, language)
    assert step(wave).chosen.startswith("Standardteksten")


def test_a_letter_about_adults_alone_says_nothing_of_it(world):
    alone = a_wave(world.county, [world.ask], [a_questionnaire(Informant.TEACHER)], slug="t9")
    assert "116 111" not in told(alone, "nb")


def test_the_waves_own_text_is_shown_in_the_letter_and_frozen_for_whom_it_is_meant(world, wave):
    client = Client()
    client.force_login(world.erik)
    address = reverse("surveys:wave-help", kwargs={"slug": "t3"})
    assert "116 111" in client.get(address).content.decode(), "the standard text is shown before it is replaced"
    sent = {f"help_{language}": words for language, words in OWN.items()}
    assert client.post(address, sent).status_code == 302
    wave.refresh_from_db()
    assert frozen(wave) == {"pupil_5_10": dict(OWN), "teacher": {}}
    assert "Snakk med Kari på skulen." in told(wave, "nn")
    assert step(wave).chosen == "Egen tekst."
    actions.open_wave(wave=wave, by=None, at=OPENS)
    assert client.get(address).status_code == 404, "what is frozen is not edited"
    with pytest.raises(NotNow):
        actions.write_help(wave=wave, help=text("Annet"), help_adults=text(""), by=None)


def test_a_language_that_is_missing_is_said_and_bokmal_is_needed(world, wave):
    client = Client()
    client.force_login(world.erik)
    address = reverse("surveys:wave-help", kwargs={"slug": "t3"})
    refused = client.post(address, {"help_nn": "Berre nynorsk."}).content.decode()
    assert "Skriv teksten på bokmål også" in refused
    assert "Berre nynorsk." in refused, "what was typed is still there"
    assert "400" in client.post(address, {"help_nb": "x" * 401}).content.decode()
    client.post(address, {"help_nb": "Ring oss.", "help_nn": "Ring oss."})
    wave.refresh_from_db()
    assert step(wave).chosen == "Egen tekst. Den mangler på engelsk og nordsamisk; der vises standardteksten."


def test_a_language_that_the_own_text_lacks_is_told_the_standard_text_in_that_language(wave):
    """In the letter and on paper, as respondents see it: never the own text in bokmål."""
    actions.write_help(wave=wave, help=text("Snakk med Kari."), help_adults=text(""), by=None)
    assert "Snakk med Kari." in told(wave, "nb")
    form = next(form for form in bundle.bundle_of(wave, 1).forms if form.for_children)
    for language, adult in (("nn", "ein vaksen du stolar på"), ("en", "an adult you trust")):
        with translation.override(language):
            said = help_text.said_on(form, language)
        for words in (told(wave, language), said):
            assert adult in words
            assert "116 111" in words
            assert "Kari" not in words
    with translation.override("nb"):
        assert help_text.said_on(form, "se") == "Snakk med Kari.", "the frame of that form is in bokmål"


def test_a_rehearsal_shows_what_the_wave_will_show(wave):
    actions.write_help(wave=wave, help=OWN, help_adults=text("Til voksne"), by=None)
    rehearsal = actions.make_rehearsal(wave=wave, opens_at=OPENS, closes_at=wave.closes_at, by=None)
    assert (rehearsal.help, rehearsal.help_adults) == (OWN, text("Til voksne"))


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_the_standard_text_is_what_intake_shows(language):
    """Two catalogues hold it, since intake knows no Django: the setup page and the letter must not promise another."""
    catalogue = gettext.translation("intake", LOCALE, [language], fallback=language == "nb")
    with translation.override(language):
        said = [help_text.standard_for_children(), help_text.standard_for_adults()]
    with translation.override("nb"):
        source = [help_text.standard_for_children(), help_text.standard_for_adults()]
    assert said == [catalogue.gettext(text) for text in source]
