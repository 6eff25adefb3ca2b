"""Pupils who seem to go and come: nobody loses uuid, reservation or history because a key is written otherwise."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from kfl.core.lists import LineChange, WrongFile
from kfl.people.kinds import Kind
from kfl.people.models import Enrolment, Pupil, Unit
from kfl.people.rosters import (
    ListKind,
    RosterIsUndecided,
    TwinAnswer,
    import_roster,
    plan_of,
)
from kfl.people.rosters.matches import same_group, same_key
from kfl.people.rosters.oddities import warnings_of
from tests.factories import a_unit

AUTUMN, LATER = date(2026, 8, 24), date(2026, 11, 2)
HEADER = "enhet;klasse;trinn;navn;kjønn;fødselsår;elevnøkkel\n"
ROWS = ["L1;8A;8;Kari Li;jente;2013;0101", "L1;8A;8;Ole Li;gutt;2013;0102", "L1;8B;8;Per Ås;gutt;2012;0103"]


@pytest.fixture
def schools(world):
    world.lia = a_unit(Kind.SCHOOL, "Lia skole", world.stange, "L1")
    world.moen = a_unit(Kind.SCHOOL, "Moen skole", world.stange, "M1")
    run(ROWS, on=AUTUMN)
    return world


def run(rows, on=LATER, answer=None):
    content = (HEADER + "\n".join(rows) + "\n").encode()
    return import_roster(content, ListKind.PUPILS, by=None, on=on, answer=answer)


def look(rows, answer=None):
    return plan_of((HEADER + "\n".join(rows) + "\n").encode(), ListKind.PUPILS, by=None, on=LATER, answer=answer)


def people():
    return {pupil.name: (pupil.uuid, pupil.source_key) for pupil in Pupil.plumbing.filter(source__name="Lia skole")}


@pytest.mark.parametrize("write", ["{0}", " {0} ", "{1}", "{1},0", "{1}.00", "0{0}", "{2}"])
def test_a_key_is_read_as_it_was_meant(schools, write):
    before = people()
    rows = []
    for row in ROWS:
        *rest, key = row.split(";")
        rows.append(";".join([*rest, write.format(key, key.lstrip("0"), f"{key[:2]} {key[2:]}")]))
    plan = look(rows)
    assert not plan.twins
    assert plan.counts[LineChange.NEW] == plan.counts[LineChange.GONE] == 0
    run(rows)
    after = people()
    assert {name: one[0] for name, one in after.items()} == {name: one[0] for name, one in before.items()}
    assert bool(plan.warnings) == (after != before), "a key that is written otherwise is told"


def test_a_key_of_another_name_is_not_taken_for_meant(schools):
    plan = look([*ROWS[1:], "L1;8A;8;Liv Ny;jente;2013;101"])
    assert [line.name for line in plan.twins] == ["Liv Ny"]
    assert "het Kari Li; nøkkelen var 0101 og er 101" in plan.twins[0].detail


def test_two_keys_that_mean_the_same_are_never_joined(schools):
    run([*ROWS, "L1;8A;8;Kari Li;jente;2013;101"], answer=TwinAnswer.OTHERS)
    assert Pupil.plumbing.filter(name="Kari Li").count() == 2
    plan = look([*ROWS[1:], "L1;8A;8;Kari Li;jente;2013;00101"])
    assert plan.is_undecided
    with pytest.raises(WrongFile, match="row 4, column elevnøkkel"):
        look([*ROWS[1:], "L1;8A;8;Kari Li;jente;2013;00101"], TwinAnswer.SAME)


NEW_KEYS = [row.replace(";010", ";ny-") for row in ROWS]


def test_another_system_stops_the_list_with_a_question(schools):
    before = people()
    plan = look(NEW_KEYS)
    assert [(line.name, line.detail) for line in plan.twins] == [
        ("Kari Li", "nøkkelen var 0101 og er ny-1"),
        ("Ole Li", "nøkkelen var 0102 og er ny-2"),
        ("Per Ås", "nøkkelen var 0103 og er ny-3"),
    ]
    with pytest.raises(RosterIsUndecided):
        run(NEW_KEYS)
    assert people() == before


def test_they_are_the_same_who_keep_what_they_have_and_get_the_new_key(schools):
    before = people()
    plan = look(NEW_KEYS, TwinAnswer.SAME)
    assert plan.counts[LineChange.NEW] == plan.counts[LineChange.GONE] == 0
    run(NEW_KEYS, answer=TwinAnswer.SAME)
    after = people()
    assert {name: uuid for name, (uuid, _key) in after.items()} == {name: uuid for name, (uuid, _key) in before.items()}
    assert [key for _uuid, key in after.values()] == ["ny-1", "ny-2", "ny-3"]
    assert not look(NEW_KEYS).twins
    assert Enrolment.plumbing.filter(group__parent=schools.lia).count() == 3


def test_they_are_others_who_begin_while_the_old_ones_leave(schools):
    run(NEW_KEYS, answer=TwinAnswer.OTHERS)
    assert Pupil.plumbing.filter(name="Kari Li").count() == 2
    assert Enrolment.plumbing.filter(group__parent=schools.lia, to_on__isnull=True).count() == 3


@pytest.mark.parametrize(
    ("row", "asks"),
    [
        ("L1;8A;8;Kari Li;jente;2013;x", True),
        ("L1;8 a;8;kari li;jente;2013;x", True),
        ("L1;8A;8;Kari Li;jente;;x", True),
        ("L1;8A;8;Kari Li;jente;2012;x", True),
        ("L1;8B;8;Kari Li;jente;2013;x", True),
        ("L1;9C;9;LI, KÁRI;jente;2013;x", True),
        ("L1;8A;8;Kari Anne Li;jente;2013;x", True),
        ("L1;8A;8;Kari Anne Li;jente;2012;x", False),
        ("L1;8A;8;Mari Li;jente;2013;x", False),
        ("M1;8A;8;Kari Li;jente;2013;x", True),
        ("M1;8A;8;Kari Li;jente;2012;x", False),
        ("M1;8A;8;Kari Li;jente;;x", False),
        ("M1;8A;8;Kari Anne Li;jente;2013;x", False),
    ],
)
def test_which_pairs_are_asked_about(schools, row, asks):
    assert look([*ROWS[1:], row]).is_undecided is asks


@pytest.mark.parametrize(
    "row",
    [
        "L1;8B;8;Kari Li;jente;2013;ny-1",
        "L1;9A;9;Kari Li;jente;2013;ny-1",
        "L1;8A;8;Kari Lie;jente;2013;ny-1",
        "L1;8A;8;Kari Li;jente;2014;ny-1",
        "M1;8A;8;Kari Li;jente;2013;ny-1",
    ],
)
def test_another_key_and_one_thing_more_makes_nobody_new_unasked(schools, row):
    uuid = Pupil.plumbing.get(name="Kari Li").uuid
    rows = [*ROWS[1:], row]
    with pytest.raises(RosterIsUndecided):
        run(rows)
    run(rows, answer=TwinAnswer.SAME)
    found = Pupil.plumbing.get(uuid=uuid)
    assert found.source_key == "ny-1"
    assert Pupil.plumbing.filter(name__startswith="Kari").count() == 1
    assert found.enrolments.filter(to_on__isnull=True).get().group.name == row.split(";")[1]


def test_whoever_left_by_an_earlier_list_is_asked_about_at_whichever_school_of_the_owner(schools):
    uuid = Pupil.plumbing.get(name="Kari Li").uuid
    run(ROWS[1:])
    later = date(2026, 11, 9)
    for rows in ([*ROWS[1:], "L1;8B;8;Kari Li;jente;2013;ny"], ["M1;8B;8;Kari Li;jente;2013;ny"]):
        with pytest.raises(RosterIsUndecided):
            run(rows, on=later)
    run(rows, on=later, answer=TwinAnswer.SAME)
    assert Pupil.plumbing.get(name="Kari Li").uuid == uuid
    assert not look(rows).twins


def test_whoever_is_nearest_is_asked_about(schools):
    run([*ROWS, "L1;8A;8;Ola Bo;gutt;2013;t1", "L1;8B;8;Ola Bo;gutt;2013;t2"])
    old = {row.group.name: row.pupil.uuid for row in Enrolment.plumbing.filter(pupil__name="Ola Bo")}
    rows = [*ROWS, "L1;8A;8;Ola Bo;gutt;2013;u1", "L1;8B;8;Ola Bo;gutt;2013;u2"]
    run(rows, answer=TwinAnswer.SAME)
    now = Enrolment.plumbing.filter(pupil__name="Ola Bo", to_on__isnull=True)
    assert {row.group.name: row.pupil.uuid for row in now} == old


def test_two_of_one_name_are_told_apart_by_year_and_else_refused(schools):
    named = ["L1;8A;8;Ola Bo;gutt;2013;t1", "L1;8A;8;Ola Bo;gutt;2012;t2"]
    run([*ROWS, *named])
    old = {pupil.birth_year: pupil.uuid for pupil in Pupil.plumbing.filter(name="Ola Bo")}
    other = [row.replace(";t", ";u") for row in named]
    run([*ROWS, *other], answer=TwinAnswer.SAME)
    assert {pupil.birth_year: pupil.uuid for pupil in Pupil.plumbing.filter(name="Ola Bo")} == old
    blank = ["L1;8A;8;Ola Bo;gutt;;v1", "L1;8A;8;Ola Bo;gutt;;v2"]
    with pytest.raises(WrongFile) as caught:
        look([*ROWS, *blank], TwinAnswer.SAME)
    assert [one.row for one in caught.value.problems] == [5, 6]
    assert "Flere elever kan være Ola Bo" in caught.value.problems[0].reason


def test_a_pupil_whose_old_school_has_not_sent_its_list_is_asked_about(schools):
    uuid = Pupil.plumbing.get(name="Kari Li").uuid
    coming = ["M1;8A;8;Kari Li;jente;2013;0101"]
    plan = look(coming)
    assert "samme nøkkel, navn og fødselsår ved Lia skole" in plan.twins[0].detail
    run(coming, answer=TwinAnswer.SAME)
    kari = Pupil.plumbing.get(name="Kari Li")
    assert (kari.uuid, kari.source) == (uuid, schools.moen)
    assert kari.enrolments.filter(to_on__isnull=True).get().group.parent == schools.moen


def test_a_key_that_is_used_again_for_somebody_else_is_warned_of(schools):
    plan = look([*ROWS[1:], "L1;8A;8;Liv Ny;jente;2011;0101"])
    assert any("Nøkkelen 0101 tilhørte Kari Li. Nå har Liv Ny den." in text for text in plan.warnings)


def test_a_class_is_the_same_with_and_without_a_blank(schools):
    plan = run([row.replace(";8A;", ";8 A;") for row in ROWS])
    assert plan.counts[LineChange.UNCHANGED] == 3
    run([*ROWS, "L1;9c;9;Siv To;jente;2012;s1", "L1;9 C;9;Sol To;jente;2012;s2"])
    assert sorted(Unit.plumbing.filter(parent=schools.lia).values_list("name", flat=True)) == ["8A", "8B", "9c"]


def test_two_of_one_name_are_told_apart_in_the_preview(schools):
    twins = ["L1;8A;8;Ola Bo;gutt;2013;t1", "L1;8A;8;Ola Bo;gutt;2012;t2"]
    assert [line.name for line in look([*ROWS, *twins]).of(LineChange.NEW)] == [
        "Ola Bo (født 2012)",
        "Ola Bo (født 2013)",
    ]
    run([*ROWS, *twins])
    assert [line.name for line in look(ROWS).of(LineChange.GONE)] == ["Ola Bo (født 2012)", "Ola Bo (født 2013)"]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (ROWS[0], ""),
        ("L1;5-7;6;Kari Li;jente;2015;k", ""),
        ("L1;8A;8;?ukasz Li;gutt;2013;k", "spørsmålstegn"),
        ("L1;08.jan;8;Kari Li;jente;2013;k", "dato"),
        ("L1;2026-01-08 00:00:00;8;Kari Li;jente;2013;k", "dato"),
        ("L1;1A;8;Kari Li;jente;2013;k", "noe annet enn trinnet"),
        ("L1;8A;8;Kari Li;jente;2020;k", "passer ikke med trinnet"),
        ("L1;8A;8;Kari Li;jente;2011;k", ""),
    ],
)
def test_what_is_legal_but_surely_wrong_is_told_before_the_yes(schools, row, said):
    warnings = [text for text in look([*ROWS[1:], row]).warnings if "Nøkkelen" not in text]
    assert [said in text and "rad 4" in text for text in warnings] == ([True] if said else [])


def test_many_odd_rows_are_one_line(schools):
    rows = [f"L1;8A;8;?{number};;2013;q{number}" for number in range(8)]
    (said,) = look([*ROWS, *rows]).warnings
    assert said.endswith("rad 5, 6, 7, 8, 9 og 3 til.")


def test_keys_and_classes():
    assert same_key("0") == same_key("00") != same_key("1")
    assert same_key("A0") != same_key("A00")
    assert same_group("5 A") == same_group("5a") != same_group("5B")
    assert warnings_of([], LATER) == []


def test_the_page_asks_and_the_answer_holds_for_the_list(schools, client, data_dir):
    client.force_login(schools.erik)
    file = SimpleUploadedFile("liste.csv", (HEADER + "\n".join(NEW_KEYS) + "\n").encode(), "text/csv")
    page = client.post(reverse("people:roster-upload"), {"kind": "pupils", "file": file}, follow=True)
    where = page.request["PATH_INFO"]
    assert "Er disse de samme elevene?" in page.text
    assert 'name="confirm"' not in page.text
    before = people()
    refused = client.post(where, {"confirm": "1", "seen": page.context["plan"].digest}, follow=True)
    assert "Si først om elevene med ny nøkkel er de samme." in refused.text
    answered = client.post(where, {"answer": "same"}, follow=True)
    assert "Du har svart: de er de samme." in answered.text
    seen = re.search(r'name="seen" value="([^"]+)"', answered.text)[1]
    assert "Lista er lagt inn." in client.post(where, {"confirm": "1", "seen": seen}, follow=True).text
    assert {name: one[0] for name, one in people().items()} == {name: one[0] for name, one in before.items()}


def test_a_digest_of_one_answer_is_no_yes_to_another(schools):
    assert look(NEW_KEYS).digest != look(NEW_KEYS, TwinAnswer.OTHERS).digest
