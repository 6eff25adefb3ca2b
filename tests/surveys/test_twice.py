"""Answers of one wave are not published again with a few more or less; and what was imported can be taken back."""

from __future__ import annotations

import io
from argparse import Namespace
from pathlib import Path

import numpy as np
import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from kfl.cli import wave as command
from kfl.core.lifecycle import NotNow
from kfl.people.audit import verify_chain
from kfl.people.models import AuditedRow, AuditLine, Unit
from kfl.research.release_audit import audit_release
from kfl.results.making.release import release_wave
from kfl.surveys import actions, store
from kfl.surveys.imports import same_answers
from kfl.surveys.models import ErasureRequest, Wave, WaveState
from tests.surveys.making import CLOSES, OPENS, a_questionnaire, a_wave
from tests.surveys.test_imports import run

pytestmark = pytest.mark.usefixtures("data_dir")

ITEMS = [f"Q{number}" for number in range(1, 9)]
HEAD = ["school", "pupil", "grade", "gender", *ITEMS]
Row = list[str]


def rows(seed: int = 1, *, grades: tuple[str, ...] = ("9", "10")) -> list[Row]:
    """Two schools with two grades of 20 each."""
    random = np.random.default_rng(seed)
    return [
        [school, f"{school}{grade}{n}", grade, ("girl", "boy")[n % 2], *(str(a) for a in random.integers(1, 5, 8))]
        for school in ("A1", "B2")
        for grade in grades
        for n in range(20)
    ]


def files(folder: Path, table: list[Row], *, sensitive: str = "") -> dict[str, Path]:
    book = [
        ["scale", "favourable", "item", "topic", "reverse", *(f"code_{c}" for c in range(1, 5)), "counts_from_code"]
    ]
    book += [["s", "high", item, item, "0", *"abcd", "3" if item == sensitive else ""] for item in ITEMS]
    answers, codebook = folder / "answers.csv", folder / "codebook.csv"
    answers.write_text("\n".join(",".join(row) for row in [HEAD, *table]))
    codebook.write_text("\n".join(",".join(row) for row in book))
    return {"answers": answers, "codebook": codebook}


def closed(world, folder, table, **more) -> Wave:
    wave = run(world, files(folder, table, sensitive=more.pop("sensitive", "")), **{"name": "Høsten", **more})
    return actions.close_wave(wave=wave, by=None, at=CLOSES, tells=False)


def counts() -> dict[str, int]:
    return {
        model.__name__: model._base_manager.count()
        for model in apps.get_models()
        if model.__module__.startswith("kfl.") and model not in {AuditLine, AuditedRow}  # the log stays
    }


WITH_OR_WITHOUT_PERSON = pytest.mark.parametrize("person", ["pupil", None])


@WITH_OR_WITHOUT_PERSON
@pytest.mark.parametrize("gone", [[0], [0, 1, 2, 25]])
def test_nearly_the_same_answers_are_refused_before_anything_is_stored(world, tmp_path, person, gone):
    closed(world, tmp_path, rows(), person_column=person)
    before, stored = counts(), sorted(path.name for path in store.answers_place().folder.iterdir())
    fewer = [row for number, row in enumerate(rows()) if number not in gone]
    with pytest.raises(actions.SameAnswersTwice, match="«Høsten»") as refusal:
        run(world, files(tmp_path, fewer), name="Igjen", person_column=person)
    assert not any(letter.isdecimal() for letter in str(refusal.value))
    assert counts() == before
    assert sorted(path.name for path in store.answers_place().folder.iterdir()) == stored


@WITH_OR_WITHOUT_PERSON
def test_exactly_the_same_answers_and_whole_blocks_less_are_taken(world, tmp_path, person):
    closed(world, tmp_path, rows(), person_column=person)
    closed(world, tmp_path, rows()[::-1], person_column=person, name="Igjen")
    last = closed(
        world, tmp_path, [row for row in rows() if row[0] == "A1"], person_column=person, name="Den ene skolen"
    )
    assert last.state == WaveState.CLOSED
    assert Wave.plumbing.count() == 3


def test_one_wave_in_a_second_series_with_a_changed_answer_is_refused_by_its_persons(world, tmp_path):
    first = closed(world, tmp_path, rows())
    table = rows()
    table[3][-1] = str(int(table[3][-1]) % 4 + 1)
    for more in ({}, {"reference": first}):
        with pytest.raises(actions.SameAnswersTwice):
            run(world, files(tmp_path, table), name="Igjen", **more)


def test_a_later_wave_of_the_same_people_is_never_refused(world, tmp_path):
    first = closed(world, tmp_path, rows())
    for seed in (2, 3):
        later = closed(world, tmp_path, rows(seed), name=f"Senere {seed}", reference=first)
        assert later.state == WaveState.CLOSED


def of_one_school(seed: int, *grades: str) -> list[Row]:
    return [row for row in rows(seed, grades=grades) if row[0] == "A1"]


@WITH_OR_WITHOUT_PERSON
def test_one_grade_again_beside_new_ones_of_the_same_school(world, tmp_path, person):
    old = of_one_school(1, "8", "9", "10")
    closed(world, tmp_path, old, person_column=person)
    nine, new = [row for row in old if row[2] == "9"], of_one_school(77, "6", "7")
    for row in new:
        row[1] += "new"
    with pytest.raises(actions.SameAnswersTwice, match="«Høsten»"):
        run(world, files(tmp_path, nine[1:] + new), name="Igjen", person_column=person)
    closed(world, tmp_path, nine + new, person_column=person, name="Igjen")


def test_a_question_that_is_turned_for_all_does_not_hide_who_is_missing(world, tmp_path):
    old = of_one_school(1, "8", "9", "10")
    closed(world, tmp_path, old)
    turned = [[*row[:-1], str(5 - int(row[-1]))] for row in old]
    with pytest.raises(actions.SameAnswersTwice, match="«Høsten»"):
        run(world, files(tmp_path, turned[1:]), name="Igjen")


@WITH_OR_WITHOUT_PERSON
def test_first_by_grade_and_then_by_class(world, tmp_path, person):
    old = of_one_school(5, "8", "9", "10")
    closed(world, tmp_path, old, person_column=person)
    by_class = [[*row[:2], row[2] + "A", *row[3:]] for row in old]
    by_class[3][2] = "9A"
    with pytest.raises(actions.SameAnswersTwice, match="«Høsten»"):
        run(world, files(tmp_path, by_class), name="Igjen", person_column=person)
    by_class[3][2] = "8A"
    closed(world, tmp_path, by_class, person_column=person, name="Igjen")


@WITH_OR_WITHOUT_PERSON
def test_the_same_answers_with_other_scales(world, tmp_path, person):
    def given(table: list[Row], first: int) -> dict[str, Path]:
        paths = files(tmp_path, table)
        book = paths["codebook"].read_text().splitlines()
        others = [row.replace("s,", "t,", 1) for row in book[1 + first :]]
        paths["codebook"].write_text("\n".join([*book[: 1 + first], *others]))
        return paths

    table = rows(5, grades=("8", "9", "10"))
    for number in range(0, 80, 10):
        table[number][4] = table[number + 1][5] = ""
    table[47][7] = ""  # the fourth: complete in three questions, not in four
    wave = run(world, given(table, 4), name="Høsten", person_column=person)
    actions.close_wave(wave=wave, by=None, at=CLOSES, tells=False)
    with pytest.raises(actions.SameAnswersTwice, match="«Høsten»"):
        run(world, given(table, 3), name="Igjen", person_column=person)
    run(world, given(table, 4), name="Igjen", person_column=person)


def test_answers_of_a_wave_with_codes_are_known_again_in_a_file(world, tmp_path):
    """What was answered in the portal, written to a file and imported without two of them."""
    wave = a_wave(world.county, [world.ask], [a_questionnaire(items=9)], slug="t9")
    actions.open_wave(wave=wave, by=None, at=OPENS)
    from kfl.surveys import queries

    form = wave.forms.get()
    people = queries.roster(wave=wave, form=form)
    answers = np.random.default_rng(8).integers(1, 5, (9, len(people)))
    actions.import_answers(wave=wave, form=form, people=people, answers=answers, by=None)
    actions.close_wave(wave=wave, by=None, at=CLOSES, tells=False)
    book = ["scale,favourable,item,topic,reverse,code_1,code_2,code_3,code_4"]
    book += [f"s,high,t{number},t,0,a,b,c,d" for number in range(1, 10)]
    lines = [",".join(["school", *(f"t{number}" for number in range(1, 10))])]
    lines += [",".join(["S1", *map(str, column)]) for column in answers.T[2:].tolist()]
    (tmp_path / "a.csv").write_text("\n".join(lines))
    (tmp_path / "b.csv").write_text("\n".join(book))
    given = {"answers": tmp_path / "a.csv", "codebook": tmp_path / "b.csv", "under": world.hamar}
    with pytest.raises(actions.SameAnswersTwice, match="Kartlegging T3"):
        run(world, given, group_column=None, person_column=None, split_column=None)


def test_two_that_were_open_together_do_not_both_close(world, tmp_path):
    first = run(world, files(tmp_path, rows()), name="Høsten")
    second = run(world, files(tmp_path, rows()[1:]), name="Igjen")
    actions.close_wave(wave=first, by=None, tells=False)
    with pytest.raises(actions.SameAnswersTwice, match="«Høsten»"):
        actions.close_wave(wave=second, by=None, tells=False)
    second.refresh_from_db()
    assert second.state == WaveState.OPEN
    actions.annul_wave(wave=second, by=None)
    assert [wave.slug for wave in Wave.plumbing.all()] == [first.slug]


def test_the_audit_looks_at_all_released_waves_that_share_sheets(world, tmp_path, monkeypatch):
    first = closed(world, tmp_path, rows())
    same = closed(world, tmp_path, rows()[::-1], name="Helt like")
    later = closed(world, tmp_path, rows(2), name="Senere")
    with monkeypatch.context() as unguarded:
        unguarded.setattr(same_answers, "check", lambda given: None)
        fewer = closed(world, tmp_path, rows()[1:], name="Igjen")
    releases = {wave.slug: release_wave(wave=wave, by=None, at=CLOSES) for wave in (first, same, later)}
    assert all(audit_release(release).is_clean for release in releases.values())
    found = audit_release(release_wave(wave=fewer, by=None, at=CLOSES))
    assert [line.split("as ")[1].split("/")[0] for line in found.refused] == [first.slug, same.slug]
    assert audit_release(releases[first.slug]).refused == [
        f"{fewer.forms.get().informant}: nearly the same answers as {fewer.slug}/{fewer.forms.get().informant}"
    ]
    assert audit_release(releases[later.slug]).is_clean
    ErasureRequest.objects.create(wave=first, unit=world.ask_8a, pupil=None, asked_on=CLOSES, done_on=CLOSES)
    found = audit_release(releases[same.slug])
    assert [line.split("as ")[1].split("/")[0] for line in found.refused] == [fewer.slug]
    assert found.left_out == [f"not compared with {first.slug}, since an erasure was carried out there"]


def test_after_an_erasure_not_even_what_is_left_is_published_again(world, tmp_path):
    """The release holds the erased one still: the difference would be that person's."""
    first = closed(world, tmp_path, rows())
    ErasureRequest.objects.create(wave=first, unit=world.ask_8a, pupil=None, asked_on=CLOSES, done_on=CLOSES)
    with pytest.raises(actions.SameAnswersTwice, match="«Høsten»"):
        run(world, files(tmp_path, rows()), name="Igjen")


def test_the_same_answers_keep_the_marks_of_sensitive_items(world, tmp_path):
    closed(world, tmp_path, rows(), sensitive="Q2")
    with pytest.raises(actions.SameAnswersTwice, match="sensitivt.*: Q2"):
        run(world, files(tmp_path, rows()), name="Igjen")
    closed(world, tmp_path, rows(), sensitive="Q2", name="Igjen")


@pytest.mark.parametrize("grades", [("9", "10"), ("9A", "9B")], ids=["grades", "classes"])
def test_annulled_nothing_is_left_and_it_can_be_imported_again(world, tmp_path, grades):
    before = counts()
    wave = run(world, files(tmp_path, rows(grades=grades)), name="Feil fil")
    actions.annul_wave(wave=wave, by=world.erik)
    after = counts()
    ended = {"Unit": 2, "UnitCode": 2, "BroughtUnit": 2} if grades == ("9A", "9B") else {}
    # The link key's fingerprint stays: the key does. Schools that the audit log names are ended.
    assert {name: after[name] - before[name] for name in before if after[name] != before[name]} == {
        "KnownLinkKey": 1, **ended
    }  # fmt: skip
    assert list(store.answers_place().folder.glob("*.sqlite3*")) == []
    line = AuditLine.plumbing.get(what="wave.annulled")
    assert line.by == world.erik
    assert verify_chain() is None
    names = {unit.name: unit.valid_to for unit in Unit.plumbing.filter(name__in=["A1", "B2", "9A"])}
    assert set(names) == ({"A1", "B2"} if ended else set())
    assert all(names.values())
    wave = run(world, files(tmp_path, rows(grades=grades)), name="Feil fil")
    assert wave.slug == "feil-fil"
    assert set(Unit.plumbing.filter(name__in=["A1", "B2"]).values_list("valid_to", flat=True)) == {None}
    assert wave.brought_units.count() == (6 if ended else 2)


def test_units_that_something_came_to_hang_on_stay(world, tmp_path):
    first = run(world, files(tmp_path, rows()), name="Først")
    second = run(world, files(tmp_path, rows(2)), name="Så")
    actions.annul_wave(wave=first, by=None)
    assert Unit.plumbing.filter(name__in=["A1", "B2"], valid_to=None).count() == 2
    actions.close_wave(wave=second, by=None, tells=False)


def test_only_what_was_imported_and_is_open_can_be_annulled(world, tmp_path):
    wave = a_wave(world.county, [world.ask], [a_questionnaire()])
    actions.open_wave(wave=wave, by=None, at=OPENS)
    with pytest.raises(actions.NotFromAFile):
        actions.annul_wave(wave=wave, by=None)
    done = closed(world, tmp_path, rows())
    with pytest.raises(NotNow):
        actions.annul_wave(wave=done, by=None)
    assert store.has_answers(wave.slug)
    assert store.has_answers(done.slug)


def test_the_page_asks_first(world, tmp_path):
    wave = run(world, files(tmp_path, rows()), name="Feil fil")
    client = Client()
    client.force_login(world.erik)
    address = reverse("surveys:wave-annul", kwargs={"slug": wave.slug})
    assert address in client.get(reverse("surveys:wave-detail", kwargs={"slug": wave.slug})).content.decode()
    assert "Annuller Feil fil?" in client.get(address).content.decode()
    assert Wave.plumbing.count() == 1
    page = client.post(address, follow=True).content.decode()
    assert "«Feil fil» er annullert" in page
    assert Wave.plumbing.count() == 0
    assert client.get(address).status_code == 404


def test_a_wave_with_codes_has_no_such_page(world):
    wave = a_wave(world.county, [world.ask], [a_questionnaire()])
    actions.open_wave(wave=wave, by=None, at=OPENS)
    client = Client()
    client.force_login(world.erik)
    address = reverse("surveys:wave-annul", kwargs={"slug": wave.slug})
    assert client.post(address).status_code == 404
    assert address not in client.get(reverse("surveys:wave-detail", kwargs={"slug": wave.slug})).content.decode()


def test_the_command_asks_for_the_name(world, tmp_path, monkeypatch, capsys):
    wave = run(world, files(tmp_path, rows()), name="Feil fil")
    monkeypatch.setattr("sys.stdin", io.StringIO("ja\n"))
    assert command.run_annul(Namespace(wave=wave.slug, yes=False)) == 1
    assert Wave.plumbing.count() == 1
    monkeypatch.setattr("sys.stdin", io.StringIO("feil-fil\n"))
    assert command.run_annul(Namespace(wave=wave.slug, yes=False)) == 0
    assert "feil-fil: annulled, nothing of it is left" in capsys.readouterr().out
    assert Wave.plumbing.count() == 0
    assert command.run_annul(Namespace(wave="feil-fil", yes=True)) == 1
