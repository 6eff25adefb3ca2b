"""A researcher writes a questionnaire through the pages; a frozen version stays as it is."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from kfl.core.text import text
from kfl.questionnaires import actions as questionnaires
from kfl.questionnaires import completeness
from kfl.questionnaires.actions.editing import ItemDoesNotFit
from kfl.questionnaires.formats import Format, Informant
from kfl.questionnaires.models import Item, QuestionnaireVersion, Scale
from kfl.questionnaires.written import WrittenItem, WrittenScale
from kfl.surveys import actions
from tests.surveys.making import OPENS, a_questionnaire, a_wave

pytestmark = [pytest.mark.usefixtures("data_dir"), pytest.mark.django_db]


@pytest.fixture
def frida(world) -> Client:
    client = Client()
    client.force_login(world.frida)
    return client


def at(name: str, key: str = "s-pupil_5_10", **more) -> str:
    return reverse(f"questionnaires:{name}", kwargs={"key": key, **more})


def keys(rows) -> list[str]:
    return list(rows.order_by("position", "pk").values_list("key", flat=True))


def test_a_questionnaire_is_written_from_nothing_to_ready(frida):
    url = frida.post(reverse("questionnaires:new"), {"title_nb": "Elevråd", "informant": "pupil_5_10"})["Location"]
    assert "ingen spørsmål" in frida.get(url).content.decode()
    frida.post(at("scale-new", "elevrad"), {"name_nb": "Å bli hørt", "name_nn": "Å bli høyrd", "favourable": "high"})
    scale = Scale.plumbing.get()
    item = {"text_nb": "Vi blir spurt.", "format": "agree4"}
    for number in range(3):
        given = {**item, "text_nb": f"Utsagn {number}", "reversed": "on"} if number == 2 else item
        frida.post(at("scale-item-new", "elevrad", scale=scale.pk), given)
    assert keys(Item.plumbing.all()) == ["a-bli-hort-1", "a-bli-hort-2", "a-bli-hort-3"]
    page = frida.get(url).content.decode()
    assert "Skjemaet kan brukes" in page
    assert "Snudd" in page
    assert "Nynorsk mangler for spørsmålet." in page
    version = QuestionnaireVersion.plumbing.get()
    assert completeness.missing_texts(version) == {"nn": 4, "en": 5, "se": 5}


def test_items_and_scales_move_by_buttons_and_stay_at_the_ends(frida):
    version = a_questionnaire()
    first = version.items.get(key="t1")
    frida.post(at("item-move", item=first.pk), {"down": "1"})
    assert keys(version.items) == ["t2", "t1", "t3"]
    frida.post(at("item-move", item=first.pk), {"up": "1"})
    frida.post(at("item-move", item=first.pk), {"up": "1"})
    assert keys(version.items) == ["t1", "t2", "t3"]
    frida.post(at("scale-new"), {"name_nb": "Uro", "favourable": "low"})
    frida.post(at("scale-move", scale=version.scales.get(key="uro").pk), {"up": "1"})
    assert keys(version.scales) == ["uro", "trivsel"]


def test_deleting_asks_first(frida):
    version = a_questionnaire()
    item, scale = version.items.get(key="t1"), version.scales.get()
    assert frida.get(at("item-delete", item=item.pk)).status_code == 200
    assert version.items.count() == 3
    frida.post(at("item-delete", item=item.pk))
    assert keys(version.items) == ["t2", "t3"]
    frida.post(at("scale-delete", scale=scale.pk))
    assert not version.items.exists()


def test_children_never_get_free_text(frida):
    version = a_questionnaire()
    page = frida.post(at("item-new"), {"text_nb": "Hva vil du si?", "format": "text"}).content.decode()
    assert "ds-error-summary" in page or "ds-validation-message" in page
    assert version.items.count() == 3
    with pytest.raises(ItemDoesNotFit, match="fritekst"):
        questionnaires.save_item(
            version=version, written=WrittenItem(text=text("Hva vil du si?"), format=Format.TEXT), by=None
        )
    adults = a_questionnaire(Informant.TEACHER)
    questionnaires.save_item(
        version=adults, written=WrittenItem(text=text("Hva vil du si?"), format=Format.TEXT), by=None
    )


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"format": "single"}, "to svaralternativer"),
        ({"format": "number", "low": "5", "high": "2"}, "minste og et største"),
        ({"format": "agree4", "sensitive": "on"}, "fra hvilket svar"),
        ({"format": "agree4", "sensitive": "on", "counts_from_code": "1"}, "fra hvilket svar"),
        ({"format": "agree4", "sensitive": "on", "counts_from_code": "5"}, "fra hvilket svar"),
        (
            {"format": "single", "options_nb": "ja\nnei", "options_en": "yes\nno\nmaybe"},
            "Bokmål har 2 linjer, og engelsk har 3",
        ),
        ({"format": "agree4", "text_nb": ""}, "ds-validation-message"),
    ],
)
def test_an_item_that_does_not_fit_is_refused_with_words(frida, given, words):
    a_questionnaire()
    page = frida.post(at("item-new"), {"text_nb": "Hvor mange?", **given}).content.decode()
    assert words in page
    assert Item.plumbing.count() == 3


def test_own_answers_are_one_a_line_in_each_language(frida):
    a_questionnaire()
    given = {
        "text_nb": "Hvordan kommer du?",
        "format": "multiple",
        "options_nb": "Går\nSykler\n",
        "options_nn": "\nSyklar",
    }
    frida.post(at("item-new"), given)
    item = Item.plumbing.get(scale=None)
    assert item.options == [{"code": 1, "label": {"nb": "Går"}}, {"code": 2, "label": {"nb": "Sykler", "nn": "Syklar"}}]
    assert 'value="Syklar"' in frida.get(at("item-edit", item=item.pk)).content.decode()


def test_a_frozen_version_is_edited_as_the_next_one_and_unchanged_scales_keep_their_digest(world, frida):
    version = a_questionnaire()
    other = questionnaires.save_scale(
        version=version,
        written=WrittenScale(name=text("Uro"), description=text("x"), heading=text("x"), favourable="low"),
        by=None,
    )
    questionnaires.save_item(
        version=version, scale=other, written=WrittenItem(text=text("Bråk"), format=Format.AGREE4), by=None
    )
    actions.open_wave(wave=a_wave(world.county, [world.ask], [version]), by=None, at=OPENS)
    item = version.items.get(key="t1")
    assert frida.get(at("item-edit", item=item.pk)).status_code == 404
    assert "Lag ny utgave" in frida.get(at("detail")).content.decode()
    frida.post(at("next-version"))
    fresh = version.questionnaire.versions.get(number=2)
    changed, translated = fresh.items.get(key="t1"), fresh.items.get(scale__key="uro")
    frida.post(at("item-edit", item=changed.pk), {"text_nb": "Nytt utsagn", "format": "agree4"})
    frida.post(at("item-edit", item=translated.pk), {"text_nb": "Bråk", "text_nn": "Bråk", "format": "agree4"})
    actions.open_wave(wave=a_wave(world.county, [world.ask], [fresh], slug="t4"), by=None, at=OPENS)
    before, after = (dict(v.scales.values_list("key", "digest")) for v in (version, fresh))
    assert before["trivsel"] != after["trivsel"]
    assert before["uro"] == after["uro"]
    item.refresh_from_db()
    assert str(item.text) == "Utsagn 1"


def test_a_copy_stands_on_its_own(frida):
    version = a_questionnaire()
    url = frida.post(at("copy"), {"title_nb": "Kopi"})["Location"]
    assert url == at("detail", "kopi")
    copy = QuestionnaireVersion.plumbing.get(questionnaire__key="kopi")
    assert keys(copy.items) == ["t1", "t2", "t3"]
    copy.items.all().delete()
    assert version.items.count() == 3


def test_the_preview_shows_each_page_in_each_language(frida):
    versions = questionnaires.load_standard_questionnaires(by=None)
    key = "elever-1-4"
    assert key in {version.questionnaire.key for version in versions}
    page = frida.get(at("preview", key) + "?side=2&sprak=se").content.decode()
    assert "Mo dus manná friijaminuhtas?" in page
    assert "2 av 16" in page
    for odd in ("0", "99", "x", "²", ""):
        assert frida.get(at("preview", key), {"side": odd, "sprak": odd}).status_code == 200


@pytest.mark.parametrize("person", ["bob", "alice", "dina", "erik", "nobody"])
def test_the_editor_does_not_exist_for_others(world, person):
    version = a_questionnaire()
    item, scale = version.items.all()[0], version.scales.get()
    client = Client()
    client.force_login(getattr(world, person))
    for url in (
        reverse("questionnaires:list"), reverse("questionnaires:new"), at("detail"),
        at("preview"), at("edit"), at("copy"), at("scale-new"), at("item-new"),
        at("scale-edit", scale=scale.pk), at("item-edit", item=item.pk), at("item-delete", item=item.pk),
    ):  # fmt: skip
        assert client.get(url).status_code == 404, url
    assert client.post(at("item-move", item=item.pk), {"down": "1"}).status_code == 404
    assert client.post(at("scale-delete", scale=scale.pk)).status_code == 404
    assert version.items.count() == 3


def test_every_page_of_the_editor_is_there_for_a_researcher(frida):
    version = a_questionnaire()
    item, scale = version.items.all()[0], version.scales.get()
    for url in (
        reverse("questionnaires:list"), reverse("questionnaires:new"), at("detail"),
        at("preview"), at("edit"), at("copy"), at("scale-new"), at("item-new"),
        at("scale-edit", scale=scale.pk), at("scale-delete", scale=scale.pk), at("item-edit", item=item.pk),
        at("scale-item-new", scale=scale.pk),
    ):  # fmt: skip
        assert frida.get(url).status_code == 200, url
    frida.post(at("edit"), {"title_nb": "Ny tittel", "intro_nb": "Hei", "intro_nn": "Hei du"})
    version.refresh_from_db()
    assert (str(version.questionnaire), version.intro) == ("Ny tittel", {"nb": "Hei", "nn": "Hei du"})


def test_an_item_of_another_questionnaire_is_not_found_here(frida):
    a_questionnaire()
    other = a_questionnaire(Informant.TEACHER)
    item, scale = other.items.all()[0], other.scales.get()
    assert frida.get(at("item-edit", item=item.pk)).status_code == 404
    assert frida.post(at("scale-delete", scale=scale.pk)).status_code == 404
    assert other.items.count() == 3
