"""Whom a child that has it hard can talk to: on the screen that asks, the same for all, read aloud for the young."""

import msgspec
import pytest

from tests.answers.wave import bundle

from .served import run
from .test_pages import come_in

DEFAULT = 'ring Alarmtelefonen for barn og unge, <a href="tel:116111">116&nbsp;111</a>.'


def a_sensitive(number, **more):
    """The small bundle with the first page of one form marked as sensitive."""
    whole = bundle()
    forms = [
        msgspec.structs.replace(
            form, pages=[msgspec.structs.replace(form.pages[0], sensitive=True), *form.pages[1:]], **more
        )
        if form.number == number
        else form
        for form in whole.forms
    ]
    return msgspec.structs.replace(whole, forms=forms)


@pytest.mark.parametrize("form", [1, 3])
def test_a_sensitive_screen_tells_children_whom_to_talk_to_and_can_be_heard(tmp_path, form):
    async def story(client, wave, app):
        first = await come_in(client, wave.invited[0].code)
        page = (await client.get(first)).text
        assert DEFAULT in page
        assert 'data-speak="w1"' in page
        assert DEFAULT in (await client.post(f"{first[:-1]}lease", headers={"accept": "text/html"})).text
        if form == 1:
            assert DEFAULT not in (await client.get(f"{first[:-1]}2")).text, "the next page asks about something else"

    run(tmp_path, story, form=form, frozen=a_sensitive(form))


def test_the_waves_own_words_are_shown_in_the_readers_language(tmp_path):
    async def story(client, wave, app):
        first = await come_in(client, wave.invited[0].code)
        assert "Snakk med helsesykepleieren" in (await client.get(first)).text
        await client.get(f"{first}?lang=nn")
        page = (await client.get(first)).text
        assert "Snakk med helsesjukepleiaren" in page
        assert "116&nbsp;111" not in page

    help_words = {"nb": "Snakk med helsesykepleieren.", "nn": "Snakk med helsesjukepleiaren."}
    run(tmp_path, story, frozen=a_sensitive(1, help=help_words))


@pytest.mark.parametrize(("lang", "said"), [("nn", "ein vaksen du stolar på"), ("en", "an adult you trust"),
                                            ("se", "rávisolbmuin geasa luohttát")])  # fmt: skip
def test_a_language_that_the_waves_own_words_lack_gets_the_standard_words_in_that_language(tmp_path, lang, said):
    """Never the wave's bokmål: whoever reads another language is told in it, with the number."""

    async def story(client, wave, app):
        first = await come_in(client, wave.invited[0].code)
        await client.get(f"{first}?lang={lang}")
        page = (await client.get(first)).text
        assert said in page
        assert '<a href="tel:116111">116&nbsp;111</a>' in page
        assert "Snakk med helsesykepleieren" not in page

    run(tmp_path, story, frozen=a_sensitive(1, help={"nb": "Snakk med helsesykepleieren."}))


def test_own_words_stand_in_bokmal_where_ours_would_too(tmp_path):
    """Of a language that only the questionnaire speaks, neither has a text."""
    whole = a_sensitive(1, help={"nb": "Ring <b>116 111</b>."})
    frozen = msgspec.structs.replace(whole, languages=[*whole.languages, "ar"])

    async def story(client, wave, app):
        first = await come_in(client, wave.invited[0].code)
        await client.get(f"{first}?lang=ar")
        page = (await client.get(first)).text
        assert 'Ring &lt;b&gt;<a href="tel:116111">116&nbsp;111</a>&lt;/b&gt;.' in page

    run(tmp_path, story, frozen=frozen)


def test_adults_are_told_where_to_call_for_a_child_and_raters_are_not_told_each_time(tmp_path):
    async def story(client, wave, app):
        first = await come_in(client, wave.invited[0].code)
        page = (await client.get(first)).text
        assert "Er du bekymret for et barn?" in page
        assert "data-speak" not in page.split('id="w1"')[1].split("</div>")[0]

    run(tmp_path / "a", story, form=2, frozen=a_sensitive(2))

    async def rating(client, wave, app):
        reply = await client.post("/svar/code", data={"code": wave.invited[0].code})
        assert "tel:" not in (await client.get(reply.headers["location"])).text

    run(tmp_path / "b", rating, form=1, frozen=a_sensitive(1, informant="rater_teacher"))
