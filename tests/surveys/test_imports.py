"""A wave from files: the same store, tree and versions; a wrong file changes nothing and says where it is wrong."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import openpyxl
import pytest
from django.urls import reverse

from kfl.answers import bulk
from kfl.core.lifecycle import NotNow
from kfl.people.models import AuditLine, Unit
from kfl.questionnaires.formats import Informant
from kfl.questionnaires.models import Questionnaire
from kfl.surveys import actions, queries, store
from kfl.surveys.counts import invited_counts
from kfl.surveys.imports.answer_file import Roles, WaveFiles, read_answers
from kfl.surveys.imports.codebook import read_codebook
from kfl.surveys.models import Collection, NodeKind, Wave, WaveState
from kfl.tables import WrongFile
from kfl.tables.writing import as_xlsx
from tests.surveys import asked
from tests.surveys.making import CLOSES, OPENS, a_questionnaire, a_wave

pytestmark = pytest.mark.usefixtures("data_dir")

BOOK = """scale,scale_label_en,scale_label_nb,favourable,item,topic,reverse,code_1,code_2,code_3,code_4
support,Teacher support,Støtte fra læreren,high,Q1,helps,1,always,often,seldom,never
support,Teacher support,Støtte fra læreren,high,Q2,gives up,0,always,often,seldom,never
unrest,Unrest,Uro,low,Q3,noise,0,never,seldom,often,always
"""
HEAD = "school,pupil,grade,gender,Q1,Q2,Q3"
ROWS = ["A1,p1,9,girl,1,4,2", "A1,p2,10,boy,2,,3", "A1,p3,10,,,,", "B2,p4,9,gutt,4,4,NA"]


def files(folder: Path, *, book: str = BOOK, answers: str | bytes = "\n".join([HEAD, *ROWS])) -> dict[str, Path]:
    codebook, data = folder / "codebook.csv", folder / "answers.csv"
    codebook.write_text(book, "utf-8")
    data.write_bytes(answers if isinstance(answers, bytes) else answers.encode())
    return {"answers": data, "codebook": codebook}


def run(world, paths: dict[str, Path], **more) -> Wave:
    columns = {"unit": "school", "group": "grade", "person": "pupil", "split": "gender"}
    roles = Roles(**{name: more.pop(f"{name}_column", usual) for name, usual in columns.items()})
    files = WaveFiles(paths["answers"], paths["codebook"], more.pop("informant", Informant.PUPIL_5_10), roles)
    given = {"name": "PISA 2015", "under": world.county, "by": world.erik, "at": OPENS}
    return actions.import_wave(**{**given, "files": files, **more})


def problems(world, paths: dict[str, Path], **more) -> list[tuple[int | None, str | None, str]]:
    """What is refused, after checking that nothing changed."""
    before = (Wave.plumbing.count(), Unit.plumbing.count(), Questionnaire.plumbing.count(), AuditLine.plumbing.count())
    with pytest.raises(WrongFile) as refusal:
        run(world, paths, **more)
    after = (Wave.plumbing.count(), Unit.plumbing.count(), Questionnaire.plumbing.count(), AuditLine.plumbing.count())
    assert after == before
    assert not list(store.answers_place().folder.glob("*"))
    return [(problem.row, problem.column, problem.reason) for problem in refusal.value.problems]


def test_a_file_becomes_an_open_wave_with_units_grades_and_answers(world, tmp_path):
    wave = run(world, files(tmp_path))
    assert (wave.state, wave.collection, wave.slug) == (WaveState.OPEN, Collection.IMPORT, "pisa-2015")
    names = [(str(node), node.kind, node.code) for node in wave.nodes.all()]
    assert names == [
        ("Hedmark", NodeKind.COUNTY, "04"),
        ("A1", NodeKind.SCHOOL, "A1"),
        ("B2", NodeKind.SCHOOL, "B2"),
        ("9. trinn", NodeKind.GRADE, "A1-9"),
        ("10. trinn", NodeKind.GRADE, "A1-10"),
        ("9. trinn", NodeKind.GRADE, "B2-9"),
    ]
    form = wave.forms.get()
    assert bulk.counts(store.answers_place(), wave.slug) == {
        (3, form.number): 1,
        (4, form.number): 1,
        (5, form.number): 1,
    }
    assert invited_counts.of_form(form) == {3: 1, 4: 2, 5: 1}
    support, unrest = asked.form_scales(form)
    assert [(item.key, item.row, item.reversed) for item in support.items] == [("Q1", 0, True), ("Q2", 1, False)]
    assert (support.low, support.high, unrest.favourable) == (1, 4, "low")
    assert str(unrest.items[0].answers[3].label) == "always"


def test_answers_come_out_as_they_went_in(world, tmp_path):
    wave = run(world, files(tmp_path))
    actions.close_wave(wave=wave, by=None, tells=False)
    form = wave.forms.get()
    columns = bulk.read_columns(store.answers_place(), wave.slug, form.number)
    found = sorted(
        (int(group), int(split), tuple(codes))
        for group, split, codes in zip(columns.group, columns.split, columns.answers.T.tolist(), strict=True)
    )
    assert found == [(3, 1, (1, 4, 2)), (4, 2, (2, -1, 3)), (5, 2, (4, 4, -1))]


def test_the_next_wave_joins_persons_units_and_scales_of_its_reference(world, tmp_path):
    first = run(world, files(tmp_path))
    second = run(world, files(tmp_path), name="PISA 2018", reference=first)
    assert (second.series, second.slug) == ("pisa-2015", "pisa-2018")
    digests = [[s.digest for s in asked.form_scales(wave.forms.get())] for wave in (first, second)]
    assert digests[0] == digests[1]
    pids = []
    for wave in (first, second):
        actions.close_wave(wave=wave, by=None, tells=False)
        columns = bulk.read_columns(store.answers_place(), wave.slug, wave.forms.get().number)
        pids.append({pid.tobytes() for pid in columns.pid})
    assert pids[0] == pids[1]
    assert Unit.plumbing.filter(name="A1").count() == 1


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_semicolons_tabs_and_a_byte_order_mark_are_read(world, tmp_path, delimiter):
    text = "\n".join([HEAD, *ROWS]).replace(",", delimiter)
    wave = run(world, files(tmp_path, answers=b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()))
    assert sum(bulk.counts(store.answers_place(), wave.slug).values()) == 3


def test_group_values_that_are_no_grades_become_classes(world, tmp_path):
    rows = [row.replace(",9,", ",9A,").replace(",10,", ",,") for row in ROWS]
    wave = run(world, files(tmp_path, answers="\n".join([HEAD, *rows])))
    assert [(str(node), str(node.parent)) for node in wave.nodes.filter(kind=NodeKind.GROUP)] == [
        ("9A", "A1"),
        ("9A", "B2"),
    ]
    assert invited_counts.of_form(wave.forms.get()) == {1: 2, 3: 1, 4: 1}


def test_wrong_values_are_told_with_row_and_column(world, tmp_path):
    rows = ["A1,p1,9,girl,1,9,2", "A1,p1,9,cat,2,x,3", ",p3,9,,,,"]
    found = problems(world, files(tmp_path, answers="\n".join([HEAD, *rows])))
    assert [(row, column) for row, column, _reason in found] == [
        (2, "Q2"),
        (3, "Q2"),
        (3, "gender"),
        (3, "pupil"),
        (4, "school"),
    ]
    assert "1–4" in found[0][2]
    assert "rad 2" in found[3][2]


@pytest.mark.parametrize(
    ("answers", "row", "column", "words"),
    [
        ("", None, None, "tom"),
        (HEAD, None, None, "ingen rader"),
        (f"{HEAD}\n\x81s,p1,9,girl,1,1,1".encode("latin-1"), 2, None, "UTF-8"),
        (f"{HEAD},\nA1,p1,9,girl,1,1,1,4", 2, None, "8 verdier"),
        (HEAD.replace("gender", "") + "\nA1,p1,9,girl,1,1,1", 1, None, "Kolonne 4 (D) har ikke navn"),
        (f"{HEAD},Q4\nA1,p1,9,girl,1,1,1,1", 1, "Q4", "kodeboken"),
        (f"{HEAD.replace('Q2', 'Q9')}\nA1,p1,9,girl,1,1,1", 1, "Q2", "mangler"),
        (f"{HEAD}\nA1,p1,9,girl,1,1", 2, None, "6 verdier"),
        (f"{HEAD.replace('Q2', 'Q1')}\nA1,p1,9,girl,1,1,1", 1, "Q1", "to ganger"),
    ],
    ids=[
        "empty",
        "header-only",
        "no-encoding",
        "nameless-at-the-end",
        "nameless",
        "unknown-column",
        "missing-item",
        "short-row",
        "column-twice",
    ],
)
def test_a_wrong_file_is_refused(world, tmp_path, answers, row, column, words):
    found = problems(world, files(tmp_path, answers=answers))
    assert any((r, c) == (row, column) and words in reason for r, c, reason in found), found


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
def test_answers_of_other_programs_are_read_as_they_were_meant(world, tmp_path, end, encoding):
    """Codes as pandas writes them, CR alone at ends of lines, Excel's own first line, rows of nothing at the end."""
    rows = [HEAD, *ROWS]
    rows = [";".join(f"{cell}.0" if cell in {"1", "2", "3", "4"} else cell for cell in row.split(",")) for row in rows]
    text = end.join(["sep=;", *rows, ";" * 6, ""])
    roles = Roles("school", "grade", "pupil", "gender")
    book = read_codebook(files(tmp_path)["codebook"])
    plain = read_answers(files(tmp_path)["answers"], book, roles)
    path = files(tmp_path, answers=text.replace(".0", ",0", 1).encode(encoding))["answers"]
    found = read_answers(path, book, roles)
    assert (found.unit, found.person) == (plain.unit, plain.person)
    assert np.array_equal(found.answers, plain.answers)
    assert np.array_equal(found.split, plain.split)


def test_answers_and_codebook_may_be_workbooks_and_what_was_done_to_them_is_told(world, tmp_path):
    book = openpyxl.Workbook()
    for row in [HEAD, *ROWS]:
        book.active.append(row.split(","))
    book.create_sheet("Merknader").append(["x"])
    book.save(tmp_path / "answers.xlsx")
    header, *rows = [line.split(",") for line in BOOK.splitlines()]
    (tmp_path / "codebook.xlsx").write_bytes(as_xlsx("Kodebok", header, rows))
    told: list[str] = []
    wave = run(world, {"answers": tmp_path / "answers.xlsx", "codebook": tmp_path / "codebook.xlsx"}, tell=told.append)
    assert wave.state == WaveState.OPEN
    assert told == ["Bare arket «Sheet» er lest, ikke Merknader."]


def test_a_background_column_that_is_not_used_may_stand_before_the_answers(world, tmp_path):
    wave = run(world, files(tmp_path), person_column=None, split_column=None)
    assert wave.state == WaveState.OPEN


def test_a_column_named_in_the_command_must_be_there(world, tmp_path):
    assert (1, "skole") in [(row, col) for row, col, _r in problems(world, files(tmp_path), unit_column="skole")]


@pytest.mark.parametrize(
    ("old", "new", "row", "column"),
    [
        (",low,", ",bad,", 4, "favourable"),
        ("noise,0", "noise,2", 4, "reverse"),
        ("Q3", "Q1", 4, "item"),
        ("never,seldom,often,always\n", ",,,\n", 4, "code_1"),
        ("gives up,0,always,often,seldom,never", "gives up,0,always,often,seldom,", 3, "code_4"),
        ("favourable", "direction", 1, "direction"),
        (",low,", ",,", 4, "favourable"),
        ("unrest,", f"{'x' * 61},", 4, "scale"),
        ("Q3", "Q" * 61, 4, "item"),
    ],
)
def test_a_wrong_codebook_is_refused(world, tmp_path, old, new, row, column):
    found = problems(world, files(tmp_path, book=BOOK.replace(old, new)))
    assert (row, column) in [(r, c) for r, c, _reason in found]


def test_a_codebook_need_not_say_what_an_item_is_about(world, tmp_path):
    book = "\n".join(",".join(cells[:5] + cells[6:]) for cells in (line.split(",") for line in BOOK.splitlines()))
    version = run(world, files(tmp_path, book=book)).forms.get().version
    assert [str(item.text) for item in version.items.all()] == ["Q1", "Q2", "Q3"]


def test_names_of_scales_come_in_every_language_that_the_codebook_has(world, tmp_path):
    book = BOOK.replace("scale_label_en", "scale_label_nn").replace("Teacher support", "Stønad frå læraren")
    scale = run(world, files(tmp_path, book=book)).forms.get().version.scales.get(key="support")
    assert dict(scale.name) == {"nb": "Støtte fra læreren", "nn": "Stønad frå læraren"}


def marked(**from_code: str) -> str:
    head, *rows = BOOK.splitlines()
    marks = [from_code.get(row.split(",")[4], "") for row in rows]
    return "\n".join([f"{head},counts_from_code", *(f"{row},{mark}" for row, mark in zip(rows, marks, strict=True))])


def test_a_sensitive_item_is_sensitive_in_the_portal_with_the_answer_it_counts_from(world, tmp_path):
    wave = run(world, files(tmp_path, book=marked(Q3="3")))
    support, unrest = asked.form_scales(wave.forms.get())
    assert (support.is_sensitive, unrest.is_sensitive) == (False, True)
    assert [(item.sensitive, item.counts_from_code) for item in unrest.items] == [(True, 3)]


@pytest.mark.parametrize("mark", ["1", "5", "ja"])
def test_a_mark_that_counts_from_no_answer_is_refused(world, tmp_path, mark):
    found = problems(world, files(tmp_path, book=marked(Q3=mark)))
    assert [(row, column) for row, column, _reason in found] == [(4, "counts_from_code")]


@pytest.mark.parametrize("book", [BOOK, marked(Q1="2"), marked(Q3="2")], ids=["none", "another", "from-another-answer"])
def test_a_mark_that_the_reference_has_is_not_lost(world, tmp_path, book):
    first = run(world, files(tmp_path, book=marked(Q3="3")))
    with pytest.raises(WrongFile, match="«Q3» er sensitivt") as refusal:
        run(world, files(tmp_path, book=book), name="PISA 2018", reference=first)
    assert [(one.row, one.column) for one in refusal.value.problems] == [(4, "counts_from_code")]
    assert "Skriv 3 her" in refusal.value.problems[0].reason
    assert Wave.plumbing.count() == 1


def test_a_unit_code_that_belongs_elsewhere_is_refused(world, tmp_path):
    rows = [row.replace("A1,", "S2,") for row in ROWS]
    found = problems(world, files(tmp_path, answers="\n".join([HEAD, *rows])), under=world.hamar)
    assert "Bjørk" in found[0][2]


def test_many_problems_are_told_as_far_as_there_is_room(world, tmp_path):
    rows = [f"A1,p{n},9,girl,9,1,1" for n in range(300)]
    with pytest.raises(WrongFile, match="and 290 more") as refusal:
        run(world, files(tmp_path, answers="\n".join([HEAD, *rows])))
    assert (len(refusal.value.problems), refusal.value.left_out) == (200, 100)


def test_answers_are_not_imported_into_a_draft(world):
    wave = a_wave(world.county, [world.ask], [a_questionnaire()], collection=Collection.IMPORT)
    nobody = queries.Roster(np.zeros(0, np.int32), np.zeros(0, np.int8), np.zeros((0, 16), np.uint8))
    with pytest.raises(NotNow, match="utkast"):
        actions.import_answers(
            wave=wave, form=wave.forms.get(), people=nobody, answers=np.zeros((3, 0), np.int8), by=None
        )


def test_a_roster_takes_its_answers_in_parts(world):
    wave = a_wave(world.county, [world.ask], [a_questionnaire()], collection=Collection.IMPORT)
    actions.open_wave(wave=wave, by=None, at=OPENS)
    form = wave.forms.get()
    people = queries.roster(wave=wave, form=form)
    answers = np.ones((3, len(people)), dtype=np.int8)
    answers[:, 0] = -1
    stored = [
        actions.import_answers(wave=wave, form=form, people=people[part], answers=answers[:, part], by=None)
        for part in (slice(0, 10), slice(10, None))
    ]
    assert stored == [9, 16]
    actions.close_wave(wave=wave, by=None, at=CLOSES, tells=False)
    assert sum(bulk.counts(store.answers_place(), wave.slug).values()) == 25


@pytest.mark.parametrize("state", ["open", "closed"])
def test_no_page_of_a_wave_from_a_file_promises_codes_help_or_a_no(world, client, tmp_path, state):
    wave = run(world, files(tmp_path))
    names = ["wave-detail", "asked"] + (["wave-close", "wave-letter", "wave-annul"] if state == "open" else [])
    if state == "closed":
        actions.close_wave(wave=wave, by=None, tells=False)
    client.force_login(world.erik)
    for name in names:
        body = client.get(reverse(f"surveys:{name}", kwargs={"slug": wave.slug})).content.decode()
        body = body.split("<main")[1].split("</main")[0]
        for promise in ("kode", "nei sagt", "Alarmtelefonen", "Samtykke", "frivillig", "Barnet"):
            assert promise not in body, (name, promise)
    assert client.get(reverse("surveys:letter", kwargs={"slug": wave.slug})).status_code == 404
