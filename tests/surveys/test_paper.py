"""The class that answers on paper: printed, ticked, entered, handed in; and what a teacher cannot do with it."""

from __future__ import annotations

import io
import re

import msgspec
import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from kfl.answers.bulk import counts
from kfl.answers.bundle import BundleItem, ItemKind, Option
from kfl.answers.codes import display, new_code
from kfl.core.text import text
from kfl.people.models import AuditLine
from kfl.questionnaires import actions as questionnaires
from kfl.questionnaires.formats import Format, Informant
from kfl.questionnaires.written import WrittenItem
from kfl.surveys import actions, store
from kfl.surveys.models import Code
from kfl.surveys.paper.printed_forms import NotOnThePaper, PrintedQuestion, pdf, questions, read
from tests.factories import a_user
from tests.surveys.answering import code_of
from tests.surveys.making import OPENS, a_questionnaire, a_wave

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("data_dir")]


@pytest.fixture(autouse=True)
def on_the_day():
    with time_machine.travel(OPENS.replace(hour=9), tick=False):
        yield


@pytest.fixture
def wave(world):
    pupils, parents = a_questionnaire(), a_questionnaire(Informant.PARENT)
    questionnaires.save_item(
        version=parents,
        scale=None,
        key="ord",
        written=WrittenItem(text=text("Med egne ord"), format=Format.TEXT),
        by=None,
    )
    versions = [pupils, parents, a_questionnaire(Informant.TEACHER)]
    return actions.open_wave(wave=a_wave(world.county, [world.ask], versions), by=None, at=OPENS)


@pytest.fixture
def bob(world):
    client = Client()
    client.force_login(world.bob)
    return client


def address(world, name="paper-enter", informant="pupil_5_10", unit=None):
    kwargs = {"slug": "t3", "key": (unit or world.ask_8a).pk}
    return reverse(f"surveys:{name}", kwargs={**kwargs, **({"informant": informant} if informant else {})})


def filled_in(code, **answers):
    """What the browser sends once it has been shown whose code it is."""
    return {"code": code, "filled_in": "1", **{name.replace("_", "-"): value for name, value in answers.items()}}


@pytest.fixture
def office(world):
    client = Client()
    client.force_login(a_user("Kari Kontor", "office", world.ask))
    return client


def codes(wave, unit, informant="pupil_5_10"):
    rows = Code.objects.everywhere(why="a test").filter(wave=wave, node__unit=unit, form__informant=informant)
    return [code_of(row) for row in rows.order_by("pk")]


def test_a_whole_class_on_paper(world, wave, bob):
    """Each form is taken and kept; the drill of R10 is `tests/results/test_paper_drill`."""
    entered = 0
    for number, code in enumerate(codes(wave, world.ask_8a)):
        sent = filled_in(code, a_1=str(1 + number % 4), a_2="", a_3="2")
        reply = bob.post(address(world), sent)
        entered += reply.status_code == 302
    kept = sum(counts(store.answers_place(), "t3").values())
    assert entered == kept == 14


def test_whose_code_it_is_and_that_the_first_handed_in_counts_are_said_before_anything_is_saved(world, wave, bob):
    row = Code.objects.everywhere(why="a test").filter(node__unit=world.ask_8a, form__informant="pupil_5_10")[0]
    asked = bob.get(address(world)).content.decode()
    assert row.label not in asked
    assert "a-1" not in asked, "the questions come once it is known whom they are about"
    page = bob.post(address(world), {"code": code_of(row)}).content.decode()
    assert f"<strong>{row.label}</strong>" in page
    assert "8A, Ask skole" in page
    assert "Det som leveres først, teller" in page
    assert 'name="a-1"' in page
    assert counts(store.answers_place(), "t3") == {}
    line = AuditLine.plumbing.get(what="paper.opened")
    assert (line.by, line.which, line.unit) == (world.bob, f"Code {row.pk}", world.ask_8a)


def test_a_code_that_was_used_is_looked_up_like_one_that_was_not(world, wave, bob):
    used, fresh = codes(wave, world.ask_8a)[:2]
    bob.post(address(world), filled_in(used, a_1="1"), follow=True)
    token = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"')
    pages = [bob.post(address(world), {"code": code}) for code in (used, fresh)]
    whose = [re.search(r"<strong>([^<]*)</strong>", page.content.decode()).group(1) for page in pages]
    bodies = [
        token.sub("", page.content.decode()).replace(code, "CODE").replace(f">{name}<", "><")
        for page, code, name in zip(pages, (used, fresh), whose, strict=True)
    ]
    assert bodies[0] == bodies[1]
    replies = [bob.post(address(world), filled_in(code, a_1="2"), follow=True) for code in (used, fresh)]
    assert [reply.redirect_chain for reply in replies] == [[(address(world), 302)]] * 2
    assert len({token.sub("", reply.content.decode()) for reply in replies}) == 1


def test_wrong_codes_and_those_of_others_are_refused_alike_and_an_entered_one_is_a_line_that_names_the_code(
    world, wave, bob
):
    mine, theirs = codes(wave, world.ask_8a)[0], codes(wave, world.ask_8b)[0]
    parents = codes(wave, world.ask_8a, "parent")[0]
    bob.post(address(world), filled_in(mine, a_1="1"))
    told = set()
    for code in (theirs, parents, new_code()):
        page = bob.post(address(world), filled_in(code, a_1="1")).content.decode()
        told |= {line for line in page.splitlines() if "code-wrong" in line and "<p" in line}
        assert "Ingenting er lagret" in page
    assert len(told) == 1
    assert sum(counts(store.answers_place(), "t3").values()) == 1
    lines = AuditLine.plumbing.filter(what__startswith="paper.").order_by("pk")
    assert [line.what for line in lines] == ["paper.entered"] + ["paper.refused"] * 3
    row = next(row for row in Code.objects.everywhere(why="a test") if code_of(row) == mine)
    assert (lines[0].which, lines[0].unit, lines[0].by) == (f"Code {row.pk}", world.ask_8a, world.bob)
    assert not any(code in str(line.detail) + line.which for line in lines for code in (mine, theirs))


def test_parents_forms_are_entered_by_the_office_and_the_secretariat_and_never_by_whoever_reads_results(
    world, wave, bob, office
):
    erik, alice = Client(), Client()
    erik.force_login(world.erik)
    alice.force_login(world.alice)
    one, two = codes(wave, world.ask_8a, "parent")[:2]
    for client in (bob, alice):
        for name in ("paper-form", "paper-enter"):
            assert client.get(address(world, name, "parent")).status_code == 404
        assert client.post(address(world, informant="parent"), filled_in(one, a_1="1")).status_code == 404
        assert "parent" not in client.get(address(world, "paper", None)).content.decode()
    assert counts(store.answers_place(), "t3") == {}
    for client, code in ((office, one), (erik, two)):
        assert client.post(address(world, informant="parent"), filled_in(code, a_1="1")).status_code == 302
    assert erik.get(address(world)).status_code == 404, "pupils' forms are the school's own"


def test_digits_that_are_no_box_are_named_and_nothing_is_stored(world, wave, bob):
    code = codes(wave, world.ask_8a)[0]
    page = bob.post(address(world), filled_in(code, a_1="5", a_2="x", a_3="2")).content.decode()
    assert "2 felt må rettes" in page
    assert page.count('aria-invalid="true"') == 2
    assert 'value="2"' in page, "what was typed stands there to be mended"
    assert counts(store.answers_place(), "t3") == {}


def test_what_was_entered_is_never_shown_again(world, wave, bob):
    code = codes(wave, world.ask_8a)[0]
    page = bob.post(address(world), filled_in(code, a_1="3", a_2="4"), follow=True).content.decode()
    assert "Skjemaet er ført inn" in page
    assert 'value="3"' not in page
    assert 'value="4"' not in page
    assert code not in page
    assert "no-store" in bob.get(address(world))["Cache-Control"]


def test_a_code_sent_without_an_answer_is_not_used_up(world, wave, bob):
    code = codes(wave, world.ask_8a)[0]
    page = bob.post(address(world), filled_in(code)).content.decode()
    assert "Skriv minst ett svar" in page
    assert bob.post(address(world), filled_in(code, a_1="1")).status_code == 302


def test_a_parents_long_code_is_entered_as_typed_or_as_a_scanned_link(world, wave, office):
    one, two = codes(wave, world.ask_8a, "parent")[:2]
    typed = [display(one).lower(), f"https://kfl.example.no/svar/#{two}"]
    for code in typed:
        assert office.post(address(world, informant="parent"), filled_in(code, a_1="1")).status_code == 302
    boxes = office.get(address(world, "paper-form", "parent"))
    assert "de elleve første rutene" in PdfReader(io.BytesIO(boxes.content)).pages[0].extract_text()


@pytest.mark.parametrize("large", [False, True])
def test_the_paper_holds_the_questions_and_no_name_and_no_code(world, wave, bob, large):
    reply = bob.get(address(world, "paper-form") + ("?stor=1" if large else ""))
    assert reply["Content-Type"] == "application/pdf"
    made = PdfReader(io.BytesIO(reply.content))
    words = " ".join(page.extract_text() for page in made.pages)
    assert "Utsagn 1" in words
    assert "Helt enig" in words
    assert "færre enn 7" in words
    assert made.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert made.trailer["/Root"]["/Lang"] == "nb"
    assert "Elev 8A" not in words
    assert not any(code[:5] in words for code in codes(wave, world.ask_8a))


@pytest.mark.parametrize(("informant", "language", "said"), [
    (Informant.PUPIL_5_10, "nb", "Er noe vanskelig? Snakk med en voksen du stoler på"),
    (Informant.PUPIL_5_10, "nn", "Snakk med Kari på skulen."),
    (Informant.PARENT, "nb", "Er du bekymret for et barn?"),
])  # fmt: skip
def test_the_paper_tells_whom_to_talk_to_where_it_asks_and_at_the_end_and_that_the_first_counts(
    world, wave, informant, language, said
):
    """What a screen says, also on paper: at the sensitive questions, and last."""
    bundle = store.bundle("t3")
    form = bundle.form(informant.number)
    own = {"nn": "Snakk med Kari på skulen."} if language == "nn" else {}
    for is_sensitive in (False, True):
        pages = [msgspec.structs.replace(page, sensitive=is_sensitive) for page in form.pages]
        asked = msgspec.structs.replace(form, pages=pages, help=own)
        made = pdf(wave, bundle, asked, "8A", language=language, large=False)
        words = " ".join(" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(made)).pages)
        assert words.count(said) == 1 + (len({one.part for one in questions(asked, language)}) if is_sensitive else 0)
        assert words.rindex(said) > words.rindex("3."), "it is the last that is read"
        first = {"nb": "teller bare det du leverte først", "nn": "tel berre det du leverte først"}
        assert first[language] in words


def test_staff_answer_on_screens_only_and_free_text_is_left_out(world, wave, office):
    for name in ("paper-form", "paper-enter"):
        assert office.get(address(world, name, "teacher", world.ask)).status_code == 404
    page = office.get(address(world, "paper", None)).content.decode()
    assert "Spørsmål der man skriver selv, er ikke med" in page
    form = store.bundle("t3").form(Informant.PARENT.number)
    assert [question.item.key for question in questions(form)] == ["t1", "t2", "t3"]


def test_a_language_that_the_wave_has_not_is_404(world, wave, bob):
    assert bob.get(address(world, "paper-form") + "?sprak=nn").status_code == 200
    assert bob.get(address(world, "paper-form") + "?sprak=xx").status_code == 404


def a_question(kind, codes=(), low=None, high=None):
    return PrintedQuestion(
        1, "", BundleItem("x", 0, {"nb": "?"}, kind, [Option(c, {"nb": str(c)}) for c in codes], low, high)
    )


@pytest.mark.parametrize(
    ("question", "typed", "answer"),
    [
        (a_question(ItemKind.AGREE4, (1, 2, 3, 4)), "3", 3),
        (a_question(ItemKind.AGREE4, (1, 2, 3, 4)), "  ", None),
        (a_question(ItemKind.MULTIPLE, (1, 2, 3)), "31", [1, 3]),
        (a_question(ItemKind.MULTIPLE, (1, 2, 3)), "3, 1", [1, 3]),
        (a_question(ItemKind.MULTIPLE, tuple(range(1, 12))), "11 2", [2, 11]),
        (a_question(ItemKind.NUMBER, (), 0, 300), "299", 299),
    ],
)
def test_digits_mean_what_stands_on_the_paper(question, typed, answer):
    assert read(question, typed) == answer


@pytest.mark.parametrize("typed", ["0", "5", "12", "a", "-1", "1.5", "²", "٣", "9" * 40])
def test_digits_that_stand_nowhere_are_refused(typed):
    for question in (a_question(ItemKind.AGREE4, (1, 2, 3, 4)), a_question(ItemKind.NUMBER, (), 1, 1)):
        if not (typed == "1" and question.item.kind is ItemKind.NUMBER):
            with pytest.raises(NotOnThePaper):
                read(question, typed)
