"""A translation belongs to its answer: no other answer ever gets its words, whatever is left blank, put in or moved."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from kfl.core.text import text
from kfl.questionnaires import actions, completeness, freezing
from kfl.questionnaires.formats import Format
from kfl.questionnaires.forms.editor import ItemForm
from kfl.questionnaires.forms.own_answers import StoredAnswer, followed
from kfl.questionnaires.models import Item
from kfl.questionnaires.written import WrittenItem
from tests.surveys.making import a_questionnaire

pytestmark = [pytest.mark.usefixtures("data_dir"), pytest.mark.django_db]

BOKMAL = ["Hjemme", "På SFO", "På biblioteket", "Jeg gjør ikke lekser"]
ENGLISH = ["At home", "", "At the library", "I do no homework"]
ASKED = {"text_nb": "Hvor gjør du lekser?", "text_en": "Where do you do homework?", "format": "single"}
LABELS = [
    {"nb": "Hjemme", "en": "At home"},
    {"nb": "På SFO"},
    {"nb": "På biblioteket", "en": "At the library"},
    {"nb": "Jeg gjør ikke lekser", "en": "I do no homework"},
]


@pytest.fixture
def frida(world) -> Client:
    client = Client()
    client.force_login(world.frida)
    return client


def at(name: str, **more) -> str:
    return reverse(f"questionnaires:{name}", kwargs={"key": "s-pupil_5_10", **more})


def many(**languages: list[str]) -> dict[str, str]:
    return {f"options_{language}": "\n".join(lines) for language, lines in languages.items()}


@pytest.fixture
def homework(frida) -> Item:
    a_questionnaire()
    frida.post(at("item-new"), ASKED | many(nb=BOKMAL, en=ENGLISH))
    return Item.plumbing.get(scale=None)


def rows(item: Item, **changed: str) -> dict[str, str]:
    """What a browser sends of the rows that the page shows, with what was changed in them."""
    shown = {
        f"options_{option['code']}_{language}": words
        for option in item.options
        for language, words in option["label"].items()
    }
    places = {f"options_{option['code']}_place": str(option["code"]) for option in item.options}
    return ASKED | shown | places | {f"options_{name}": words for name, words in changed.items()}


def labels(item: Item) -> list[dict[str, str]]:
    item.refresh_from_db()
    assert [option["code"] for option in item.options] == list(range(1, len(item.options) + 1))
    return [option["label"] for option in item.options]


def test_a_blank_line_is_an_answer_that_is_not_translated(homework):
    assert labels(homework) == LABELS


def test_each_reader_sees_the_answer_itself_or_bokmal(frida, homework):
    page = frida.get(at("preview") + "?sprak=en&side=2").content.decode()
    places = [page.index(words) for words in ("At home", "På SFO", "At the library", "I do no homework")]
    assert places == sorted(places)
    (asked,) = freezing.form_of(homework.version, 2).pages[-1].items
    assert [(option.code, option.label) for option in asked.options] == list(enumerate(LABELS, start=1))


def test_the_page_shows_each_answer_on_its_own_row(frida, homework):
    page = " ".join(frida.get(at("item-edit", item=homework.pk)).content.decode().split())
    assert 'name="options_3_en" id="id_options_3_en" lang="en" value="At the library"' in page
    assert 'name="options_2_en" id="id_options_2_en" lang="en" value=""' in page


def test_an_answer_put_in_between_leaves_the_other_languages_where_they_are(frida, homework):
    frida.post(at("item-edit", item=homework.pk), rows(homework, **{"5_nb": "Hos en venn", "5_place": "2"}))
    assert labels(homework) == [LABELS[0], {"nb": "Hos en venn"}, *LABELS[1:]]


def test_an_answer_that_is_taken_out_takes_its_translations_along(frida, homework):
    frida.post(at("item-edit", item=homework.pk), rows(homework, **{"1_nb": "", "1_en": "", "1_place": ""}))
    assert labels(homework) == LABELS[1:]


def test_answers_change_places_with_all_their_languages(frida, homework):
    frida.post(at("item-edit", item=homework.pk), rows(homework, **{"3_place": "1"}))
    assert labels(homework) == [LABELS[2], LABELS[0], LABELS[1], LABELS[3]]
    frida.post(at("item-edit", item=homework.pk), rows(homework, **{"1_place": "3"}))
    assert labels(homework) == LABELS[:2] + [LABELS[2], LABELS[3]]


def test_many_more_answers_come_after_those_that_are_there(frida, homework):
    more = many(nb=["Ute", "Inne"], en=["", "Inside"])
    frida.post(at("item-edit", item=homework.pk), rows(homework) | more)
    assert labels(homework) == [*LABELS, {"nb": "Ute"}, {"nb": "Inne", "en": "Inside"}]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (many(nb=["Hjemme", "Hos en venn", "Ute"], en=["At home", "Outside"]), "Bokmål har 3 linjer, og engelsk har 2"),
        (many(nb=["Hjemme", "Ute"], nn=["Heime", "Hos ein ven", "Ute"]), "Bokmål har 2 linjer, og nynorsk har 3"),
        (many(en=["At home"]), "Bokmål har 0 linjer, og engelsk har 1"),
        (many(nb=["Hjemme", "", "Ute"], en=["At home", "With a friend", "Outside"]), "Linje 2 er tom på bokmål"),
        ({"options_1_en": "At home", "options_2_nb": "Ute"}, "Svar 1 mangler tekst på bokmål"),
        ({"options_1_nb": "Hjemme", "options_1_place": "først"}, "Plassen til svar 1 må være et tall"),
        ({"options_1_nb": "Hjemme", "options_1_place": "²"}, "Plassen til svar 1 må være et tall"),
    ],
)
def test_lines_that_do_not_answer_to_one_another_are_refused_and_kept_on_the_page(frida, homework, given, words):
    page = frida.post(at("item-edit", item=homework.pk), ASKED | given).content.decode()
    assert words in page
    assert all(line in page for value in given.values() for line in value.splitlines())
    assert labels(homework) == LABELS


def test_a_line_that_is_blank_in_all_languages_is_no_answer(frida, homework):
    frida.post(at("item-edit", item=homework.pk), ASKED | many(nb=["Ute", "", "Inne"], en=["", "", "Inside"]))
    assert labels(homework) == [{"nb": "Ute"}, {"nb": "Inne", "en": "Inside"}]


def test_a_line_left_empty_at_the_end_counts_as_the_person_sees_it(frida, homework):
    more = many(nb=["Ute", "Inne"], en=["Outside", ""])
    frida.post(at("item-edit", item=homework.pk), rows(homework) | more)
    assert labels(homework) == [*LABELS, {"nb": "Ute", "en": "Outside"}, {"nb": "Inne"}]


@pytest.mark.parametrize(
    ("format", "opens"), [("single", True), ("multiple", True), ("number", True), ("agree4", False), ("text", False)]
)
def test_the_folded_box_opens_where_its_fields_count(format, opens):
    form = ItemForm(initial={"format": format}, is_new=True, for_children=False, in_scale=False)
    assert form.uses_rare() is opens


def test_the_folded_box_opens_where_the_whole_is_wrong():
    form = ItemForm(ASKED | {"format": "text"}, is_new=True, for_children=False, in_scale=False)
    assert not form.uses_rare()
    form.add_error(None, "det minste er større enn det største")
    assert form.uses_rare()


def test_a_line_that_nobody_wrote_is_still_missed(frida, homework):
    more = many(nb=["Ute", "Inne", "Hjemme"], en=["Outside", ""])
    page = frida.post(at("item-edit", item=homework.pk), rows(homework) | more).content.decode()
    assert "Bokmål har 3 linjer, og engelsk har 2" in page
    assert labels(homework) == LABELS


def test_what_two_have_changed_is_asked_about_and_what_one_left_alone_stands(frida, homework):
    page = frida.get(at("item-edit", item=homework.pk)).content.decode()
    seen = page.split('name="seen" value="')[1].split('"')[0].replace("&quot;", '"')
    shown = rows(homework) | {"seen": seen}
    frida.post(at("item-edit", item=homework.pk), rows(homework, **{"5_nb": "Hos en venn", "5_place": "2"}))
    now = [LABELS[0], {"nb": "Hos en venn"}, *LABELS[1:]]
    frida.post(at("item-edit", item=homework.pk), shown | {"text_nb": "Hvor da?"})
    assert labels(homework) == now
    assert homework.text["nb"] == "Hvor da?"
    page = frida.post(at("item-edit", item=homework.pk), shown | {"options_2_en": "After school"}).content.decode()
    assert "Noen andre har endret dette" in page
    assert "Hjemme · Hos en venn · På SFO" in page
    assert labels(homework) == now


def test_what_counts_of_a_sensitive_question_follows_its_answer(frida, homework):
    mark = {"sensitive": "on", "counts_from_code": "3"}
    frida.post(at("item-edit", item=homework.pk), rows(homework) | mark)
    frida.post(at("item-edit", item=homework.pk), rows(homework, **{"5_nb": "Hos en venn", "5_place": "2"}) | mark)
    homework.refresh_from_db()
    assert homework.counts_from_code == 4
    without = rows(homework, **{"4_nb": "", "4_en": "", "4_place": ""}) | {"sensitive": "on", "counts_from_code": "4"}
    assert "fra hvilket svar" in frida.post(at("item-edit", item=homework.pk), without).content.decode()


@pytest.mark.parametrize(
    ("code", "numbers", "turned", "expected"),
    [
        (3, [1, 2, 3, 4], False, 3),
        (3, [1, None, 2, 3, 4], False, 4),
        (3, [1, 2, 4], False, None),  # gone
        (3, [1, 2, 3, 4], True, 3),
        (3, [1, None, 2, 3, 4], True, 3),  # counted from the other end: the second, now third of five
        (3, [1, 2, 3, None, 4], True, 4),
        (5, [1, 2, 3, 4, None], False, 5),  # an answer that the page did not show yet
        (None, [1, 2, 3, 4], False, None),
    ],
)
def test_the_code_that_counts_is_that_of_the_same_answer(code, numbers, turned, expected):
    written = [StoredAnswer(number, text("Svar")) for number in numbers]
    assert followed(code, written, 4, turned=turned) == expected


def test_what_is_missing_is_said_by_name(frida, homework):
    assert completeness.untranslated(homework) == [
        "nynorsk mangler for spørsmålet, «Hjemme», «På SFO», «På biblioteket», «Jeg gjør ikke lekser»",
        "engelsk mangler for «På SFO»",
        "nordsamisk mangler for spørsmålet, «Hjemme», «På SFO», «På biblioteket», «Jeg gjør ikke lekser»",
    ]
    assert "Engelsk mangler for «På SFO»." in frida.get(at("detail")).content.decode()


def test_standard_answers_are_never_called_untranslated(homework):
    item = actions.save_item(
        version=homework.version, written=WrittenItem(text=text("A", "A", "A", "A"), format=Format.AGREE5), by=None
    )
    assert completeness.untranslated(item) == []
