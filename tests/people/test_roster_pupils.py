"""The class lists: who begins, who moves, who has left; the same pupil is found again, and nobody is deleted."""

from __future__ import annotations

from datetime import date

import pytest

from kfl.core.lists import LineChange, WrongFile
from kfl.people.kinds import Kind
from kfl.people.models import AuditLine, Enrolment, Gender, Pupil, Unit
from kfl.people.rosters import (
    ListKind,
    RosterIsUndecided,
    TwinAnswer,
    import_roster,
    plan_of,
)
from tests.factories import a_unit

AUTUMN, LATER, NEXT_YEAR = date(2026, 8, 24), date(2026, 11, 2), date(2027, 8, 23)
HEADER = "enhet;klasse;trinn;navn;kjønn;fødselsår;husstand;elevnøkkel;fra;til\n"
LIST = (
    HEADER
    + "L1;8A;8;Kari Li;jente;2013;Bakken 1;k1;17.08.2026;\n"
    + "L1;8A;8;Ole Li;gutt;2013;bakken 1;k2;;\n"
    + "L1;8B;8;Per Ås;Gutt;2013;;k3;;\n"
    + "BH;Rød;;Ada Li;jente;2022;BAKKEN 1;b1;;\n"
)


@pytest.fixture
def schools(world):
    lia = a_unit(Kind.SCHOOL, "Lia skole", world.stange, "L1")
    moen = a_unit(Kind.SCHOOL, "Moen skole", world.stange, "M1")
    nursery = a_unit(Kind.KINDERGARTEN, "Rognan barnehage", world.stange, "BH")
    import_roster(LIST.encode(), ListKind.PUPILS, by=world.erik, on=AUTUMN)
    world.lia, world.moen, world.nursery = lia, moen, nursery
    return world


def run(text: str, on: date = LATER, by=None):
    return import_roster(text.encode(), ListKind.PUPILS, by=by, on=on)


def lines(plan) -> dict[str, tuple[LineChange, str]]:
    return {line.name: (line.change, line.detail) for line in plan.lines}


def pupil(key: str) -> Pupil:
    return Pupil.plumbing.get(source_key=key)


def days(key: str) -> list[tuple[str, int | None, date, date | None]]:
    rows = Enrolment.plumbing.filter(pupil__source_key=key).order_by("from_on").select_related("group")
    return [(row.group.name, row.grade, row.from_on, row.to_on) for row in rows]


def changed(old: str, new: str, text: str = LIST) -> str:
    assert old in text
    return text.replace(old, new)


def test_a_first_list_makes_classes_and_pupils(schools):
    assert set(schools.lia.children.values_list("name", "kind")) == {("8A", "group"), ("8B", "group")}
    assert list(schools.nursery.children.values_list("name", "kind")) == [("Rød", "department")]
    kari = pupil("k1")
    assert (kari.name, kari.gender, kari.birth_year, kari.source) == ("Kari Li", Gender.GIRL, 2013, schools.lia)
    assert days("k1") == [("8A", 8, date(2026, 8, 17), None)]
    assert days("b1") == [("Rød", None, AUTUMN, None)]


def test_those_of_one_household_share_a_number_that_nobody_else_has(schools):
    assert pupil("k1").household == pupil("k2").household == pupil("b1").household
    assert pupil("k3").household is None
    others = Pupil.plumbing.exclude(source_key__in=["k1", "k2", "b1"])
    assert pupil("k1").household not in set(others.values_list("household", flat=True))


def test_the_same_list_again_changes_nothing(schools):
    before = list(Pupil.plumbing.order_by("pk").values())
    written = AuditLine.plumbing.count()
    plan = run(LIST)
    assert plan.counts == {LineChange.NEW: 0, LineChange.CHANGED: 0, LineChange.GONE: 0, LineChange.UNCHANGED: 4}
    assert list(Pupil.plumbing.order_by("pk").values()) == before
    assert AuditLine.plumbing.count() == written


def test_a_preview_changes_nothing(schools):
    before = list(Pupil.plumbing.order_by("pk").values())
    plan_of(changed("Kari Li", "Kari Lie").encode(), ListKind.PUPILS, by=None, on=LATER)
    assert list(Pupil.plumbing.order_by("pk").values()) == before


def test_what_the_list_says_otherwise_is_changed_on_the_same_pupil(schools):
    uuid, home = pupil("k1").uuid, pupil("k1").household
    plan = run(changed("Kari Li;jente;2013", "Kari Lie;;2012"))
    assert lines(plan)["Kari Lie"] == (LineChange.CHANGED, "het Kari Li, kjønn, fødselsår")
    kari = pupil("k1")
    assert (kari.name, kari.gender, kari.birth_year, kari.uuid) == ("Kari Lie", Gender.BLANK, 2012, uuid)
    assert kari.household == home


def test_one_who_moves_house_leaves_the_others_with_their_number(schools):
    home = pupil("k1").household
    run(changed("2013;bakken 1;k2", "2013;Dalen 3;k2"))
    assert pupil("k1").household == pupil("b1").household == home
    assert pupil("k2").household not in {home, None}


def test_a_list_without_optional_columns_leaves_what_is_there(schools):
    home = pupil("k1").household
    text = "enhet;klasse;trinn;navn;elevnøkkel\nL1;8a;8;Kari Li;k1\nL1;8A;8;Ole Li;k2\nL1;8B;8;Per Ås;k3\n"
    assert run(text).counts[LineChange.UNCHANGED] == 3
    assert (pupil("k1").household, pupil("k1").gender) == (home, Gender.GIRL)


def test_a_change_of_class_ends_the_old_and_begins_the_new(schools):
    plan = run(changed("L1;8A;8;Ole", "L1;8B;8;Ole"))
    assert lines(plan)["Ole Li"] == (LineChange.CHANGED, "flytter fra 8A")
    assert days("k2") == [("8A", 8, AUTUMN, date(2026, 11, 1)), ("8B", 8, LATER, None)]


def test_a_class_put_wrong_on_the_same_day_is_mended(schools):
    run(changed("L1;8A;8;Ole", "L1;8B;8;Ole"), on=AUTUMN)
    assert days("k2") == [("8B", 8, AUTUMN, None)]


def test_a_new_school_year_moves_everybody_up(schools):
    text = changed("L1;8A;8;Kari Li;jente;2013;Bakken 1;k1;17.08.2026;", "L1;9A;9;Kari Li;jente;2013;Bakken 1;k1;;")
    text = changed("L1;8B;8;Per", "L1;8B;9;Per", text)
    plan = run(text, on=NEXT_YEAR)
    assert plan.notes == ["Nye klasser ved Lia skole: 9A."]
    assert lines(plan)["Per Ås"] == (LineChange.CHANGED, "flytter fra 8. trinn")
    assert days("k1") == [("8A", 8, date(2026, 8, 17), date(2027, 8, 22)), ("9A", 9, NEXT_YEAR, None)]
    assert [row[:2] for row in days("k3")] == [("8B", 8), ("8B", 9)]


def test_a_day_to_come_waits(schools):
    text = changed("L1;8B;8;Per Ås;Gutt;2013;;k3;;", "L1;9B;9;Per Ås;Gutt;2013;;k3;23.08.2027;")
    run(text)
    assert days("k3") == [("8B", 8, AUTUMN, date(2027, 8, 22)), ("9B", 9, NEXT_YEAR, None)]
    assert run(text).counts[LineChange.UNCHANGED] == 4


def test_who_is_gone_from_the_list_leaves_and_is_not_deleted(schools):
    plan = run(changed("L1;8B;8;Per Ås;Gutt;2013;;k3;;\n", ""))
    assert lines(plan)["Per Ås"] == (LineChange.GONE, "siste dag 1. november 2026")
    assert days("k3") == [("8B", 8, AUTUMN, date(2026, 11, 1))]
    assert run(changed("L1;8B;8;Per Ås;Gutt;2013;;k3;;\n", "")).counts[LineChange.GONE] == 0
    plan = run(LIST)
    assert lines(plan)["Per Ås"] == (LineChange.CHANGED, "begynner igjen")
    assert [row[2:] for row in days("k3")] == [(AUTUMN, date(2026, 11, 1)), (LATER, None)]


def test_schools_that_the_list_does_not_name_are_left_alone(schools):
    run(HEADER + "BH;Rød;;Ada Li;jente;2022;;b1;;\n")
    assert days("k1")[0][3] is None
    assert not Enrolment.plumbing.filter(group=schools.ask_8a).exclude(to_on=None).exists()


def test_a_list_that_is_not_whole_is_warned_about(schools):
    plan = plan_of((HEADER + "S1;8A;8;Ny Elev;;;;n1;;\n").encode(), ListKind.PUPILS, by=None, on=LATER)
    assert plan.counts[LineChange.GONE] == 26
    assert plan.warnings == ["26 av 26 elever ved Ask skole står ikke i lista. Har lista med hele skolen?"]


def test_a_last_day_is_kept(schools):
    plan = run(changed("Gutt;2013;;k3;;", "Gutt;2013;;k3;;18.12.2026"))
    assert lines(plan)["Per Ås"] == (LineChange.CHANGED, "andre datoer")
    assert days("k3") == [("8B", 8, AUTUMN, date(2026, 12, 18))]


def test_a_pupil_who_changes_school_within_the_municipality_is_the_same_one(schools):
    uuid = pupil("k2").uuid
    plan = run(changed("L1;8A;8;Ole Li", "M1;8C;8;Ole Li"))
    assert lines(plan)["Ole Li"] == (LineChange.CHANGED, "ny skole, flytter fra Lia skole, 8A")
    assert plan.counts[LineChange.GONE] == 0
    assert (pupil("k2").uuid, pupil("k2").source) == (uuid, schools.moen)
    assert [row[0] for row in days("k2")] == ["8A", "8C"]


@pytest.mark.parametrize("row", ["M1;8C;8;Ola Nes;gutt;2013;;k2;;", "M1;8C;8;Ole Li;gutt;2012;;k2;;"])
def test_the_same_key_at_another_school_is_another_pupil(schools, row):
    run(LIST + row + "\n")
    assert Pupil.plumbing.filter(source_key="k2").count() == 2
    assert Enrolment.plumbing.get(pupil__source=schools.lia, pupil__source_key="k2").to_on is None


def test_one_who_still_goes_to_the_other_school_is_not_taken_from_it_unless_it_is_the_same(schools):
    content = (HEADER + "M1;8C;8;Ole Li;gutt;2013;;k2;;\n").encode()
    with pytest.raises(RosterIsUndecided):
        import_roster(content, ListKind.PUPILS, by=None, on=LATER)
    import_roster(content, ListKind.PUPILS, by=None, on=LATER, answer=TwinAnswer.OTHERS)
    assert Pupil.plumbing.filter(source_key="k2").count() == 2
    assert Enrolment.plumbing.get(pupil__source=schools.lia, pupil__source_key="k2").to_on is None


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("X9;8A;8;Nils;;;;n;;", "enhet", "X9"),
        (";8A;8;Nils;;;;n;;", "enhet", "mangler"),
        ("3413;8A;8;Nils;;;;n;;", "enhet", "ikke en skole"),
        ("L1;;8;Nils;;;;n;;", "klasse", "mangler"),
        ("L1;8A;11;Nils;;;;n;;", "trinn", "1 til 10"),
        ("L1;8A;;Nils;;;;n;;", "trinn", "mangler"),
        ("BH;Rød;1;Nils;;;;n;;", "trinn", "ikke trinn"),
        ("L1;8A;8;;;;;n;;", "navn", "mangler"),
        ("L1;8A;8;Nils;x;;;n;;", "kjønn", "jente, gutt"),
        ("L1;8A;8;Nils;;13;;n;;", "fødselsår", "fire siffer"),
        ("L1;8A;8;Nils;;1950;;n;;", "fødselsår", "fra 2001"),
        ("L1;8A;8;Nils;;;;;;", "elevnøkkel", "mangler"),
        ("L1;8A;8;Nils;;;;1,51E+10;;", "elevnøkkel", "Excel"),
        ("L1;8A;8;Nils;;;;15076500565;;", "elevnøkkel", "fødselsnummer"),
        ("L1;8A;8;Nils;;;150765 00565;n;;", "husstand", "fødselsnummer"),
        ("L1;8A;8;Nils;;;;n;igår;", "fra", "skrives som"),
        ("L1;8A;8;Nils;;;;n;;01.06.2026", "til", "før første dag"),
    ],
)
def test_what_does_not_fit_is_told_and_nothing_is_changed(schools, row, column, reason):
    before = (Pupil.plumbing.count(), Enrolment.plumbing.count(), Unit.plumbing.count())
    with pytest.raises(WrongFile) as refused:
        run(LIST + row + "\n")
    found = refused.value.problems
    assert [(one.row, one.column) for one in found] == [(6, column)]
    assert reason in found[0].reason
    assert "15076500565" not in found[0].reason
    assert (Pupil.plumbing.count(), Enrolment.plumbing.count(), Unit.plumbing.count()) == before


def test_a_pupil_stands_once(schools):
    with pytest.raises(WrongFile, match="row 6, column elevnøkkel") as refused:
        run(LIST + "L1;8B;8;Kari Li;jente;2013;;k1;;\n")
    assert "rad 2" in refused.value.problems[0].reason


def test_a_school_outside_the_readers_county_is_not_there(schools):
    county = a_unit(Kind.COUNTY, "Oppland", None, "05")
    a_unit(Kind.SCHOOL, "Vind skole", county, "V1")
    with pytest.raises(WrongFile):
        run(HEADER + "V1;8A;8;Nils;;;;n;;\n", by=schools.erik)
    with pytest.raises(WrongFile):
        run(LIST, by=schools.alice)
    assert run(HEADER + "V1;8A;8;Nils;;;;n;;\n").counts[LineChange.NEW] == 1


def test_pupils_enrolled_stand_in_the_class_on_the_day(schools):
    run(LIST)
    group = Unit.objects.within(schools.lia).get(name="8A")
    assert group.enrolments.filter(to_on=None).count() == 2
