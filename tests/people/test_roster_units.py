"""The list of units: a county from nothing, dated codes, names and places that change, and what is refused."""

from __future__ import annotations

from datetime import date

import pytest

from kfl.core.lists import LineChange, WrongFile
from kfl.people import actions, queries
from kfl.people.kinds import Kind
from kfl.people.models import AuditLine, Unit, UnitCode
from kfl.people.rosters import ListKind, RosterHasChanged, import_roster, plan_of
from tests.factories import a_unit, a_user

ON = date(2026, 11, 2)
HEADER = "nivå;navn;kode;kodetype;under;gyldig fra;gyldig til\n"
COUNTY = (
    HEADER
    + "skole;Ask skole;974760673;organisasjonsnummer;3403;;\n"  # the order of rows does not matter
    + "fylke;Hedmark;04;fylkesnummer;;01.01.1919;31.12.2019\n"
    + "fylke;Hedmark;34;fylkesnummer;;2020-01-01;\n"
    + "region;Hamarregionen;R1;;34;;\n"
    + "kommune;Hamar;0403;kommunenummer;R1;01.01.1964;31.12.2019\n"
    + "Kommune;Hamar;3403;Kommunenummer;R1;01.01.2020;\n"
    + "barnehage;Bjørka barnehage;B1;;3403;;\n"
    + "avdeling;Rød;B1-R;kfl;B1;;\n"
)


def run(text: str, *, by=None):
    return import_roster(text.encode(), ListKind.UNITS, by=by, on=ON)


def problems(text: str, *, by=None) -> list[tuple[int | None, str | None, str]]:
    units, codes = Unit.plumbing.count(), UnitCode.plumbing.count()
    with pytest.raises(WrongFile) as refused:
        run(text, by=by)
    assert (Unit.plumbing.count(), UnitCode.plumbing.count()) == (units, codes)
    return [(one.row, one.column, one.reason) for one in refused.value.problems]


def lines(plan) -> dict[str, tuple[LineChange, str]]:
    return {line.name: (line.change, line.detail) for line in plan.lines}


@pytest.fixture
def county(db):
    run(COUNTY)
    return queries.unit_by_code("34")


def test_a_county_is_built_from_nothing(county):
    assert Unit.plumbing.count() == 6
    hamar = queries.unit_by_code("0403")
    assert hamar == queries.unit_by_code("3403")
    assert (hamar.valid_from, hamar.valid_to) == (date(1964, 1, 1), None)
    assert queries.code_of(hamar, on=date(2019, 6, 1)) == "0403"
    assert queries.code_of(hamar, on=ON) == "3403"
    school = queries.unit_by_code("974760673")
    assert (school.kind, school.parent, hamar.parent.parent) == (Kind.SCHOOL, hamar, county)
    assert school.path == f"{hamar.path}{school.pk}/"
    assert queries.unit_by_code("B1-R").parent.name == "Bjørka barnehage"


def test_the_same_list_again_changes_nothing(county):
    plan = plan_of(COUNTY.encode(), ListKind.UNITS, by=None, on=ON)
    assert plan.counts == {LineChange.NEW: 0, LineChange.CHANGED: 0, LineChange.GONE: 0, LineChange.UNCHANGED: 6}
    written = AuditLine.plumbing.count()
    run(COUNTY)
    assert AuditLine.plumbing.count() == written


def test_a_preview_changes_nothing(db):
    plan = plan_of(COUNTY.encode(), ListKind.UNITS, by=None, on=ON)
    assert plan.counts[LineChange.NEW] == 6
    assert Unit.plumbing.count() == 0


def test_a_county_without_codes_gets_them(db):
    hedmark = a_unit(Kind.COUNTY, "Hedmark", None)
    plan = run(HEADER + "fylke;Hedmark;34;fylkesnummer;;;\n")
    assert lines(plan) == {"Hedmark": (LineChange.CHANGED, "ny kode 34")}
    assert queries.unit_by_code("34") == hedmark


def test_a_new_name_a_new_code_and_an_end_are_changes(county):
    text = (
        HEADER
        + "skole;Ask nye skole;974760673;organisasjonsnummer;3403;;\n"
        + "barnehage;Bjørka barnehage;B1;;3403;;30.06.2026\n"
        + "barnehage;Bjørka barnehage;B1-ny;;3403;01.07.2026;\n"
        + "avdeling;Rød;B1-R;kfl;B1;;31.07.2026\n"
    )
    assert lines(run(text)) == {
        "Ask nye skole": (LineChange.CHANGED, "het Ask skole"),
        "Bjørka barnehage": (LineChange.CHANGED, "ny kode B1-ny, andre datoer"),
        "Rød": (LineChange.CHANGED, "andre datoer"),
    }
    assert queries.unit_by_code("974760673").name == "Ask nye skole"
    assert queries.unit_by_code("B1") == queries.unit_by_code("B1-ny")
    assert queries.unit_by_code("B1").valid_to is None
    assert queries.unit_by_code("B1-R").valid_to == date(2026, 7, 31)


def test_a_unit_that_moves_takes_what_is_below_along(county):
    school = queries.unit_by_code("974760673")
    group = actions.add_unit(new=actions.NewUnit(Kind.GROUP, "8A", school), by=None)
    plan = run(
        HEADER
        + "region;Glåmdalen;R2;;34;;\nkommune;Hamar;3403;kommunenummer;R2;;\n"
        + "skole;Ask skole;974760673;organisasjonsnummer;34;;\n"
    )
    assert lines(plan)["Hamar"] == (LineChange.CHANGED, "flytter fra Hamarregionen")
    assert lines(plan)["Ask skole"] == (LineChange.CHANGED, "flytter fra Hamar")
    for unit in Unit.plumbing.select_related("parent"):
        assert unit.path == f"{unit.parent.path if unit.parent else ''}{unit.pk}/"
    group.refresh_from_db()
    assert group.path == f"{county.pk}/{school.pk}/{group.pk}/"


def test_units_that_are_not_on_the_list_are_named_and_stay(county):
    plan = run(HEADER + "fylke;Hedmark;34;fylkesnummer;;;\nregion;Ny region;R9;;34;;\n")
    assert lines(plan)["Hamarregionen"] == (LineChange.GONE, "blir stående")
    assert queries.unit_by_code("R1").valid_to is None


@pytest.mark.parametrize(
    ("row", "at", "column", "reason"),
    [
        ("by;Elverum;E;;34;;", 2, "nivå", "må være fylke"),
        ("klasse;8A;E;;34;;", 2, "nivå", "må være fylke"),
        ("skole;;E;;3403;;", 2, "navn", "mangler"),
        ("skole;" + "x" * 121 + ";E;;3403;;", 2, "navn", "lengre enn 120"),
        ("skole;Elv;;;3403;;", 2, "kode", "mangler"),
        ("skole;Elv;E;nsr;3403;;", 2, "kodetype", "må være"),
        ("skole;Elv;3427;kommunenummer;3403;;", 2, "kodetype", "kan ikke ha"),
        ("kommune;Elverum;427;kommunenummer;R1;;", 2, "kode", "4 siffer"),
        ("skole;Elv;974760674;organisasjonsnummer;3403;;", 2, "kode", "kontrollsifferet"),
        ("skole;Elv;E;;;;", 2, "under", "mangler"),
        ("skole;Elv;E;;9999;;", 2, "under", "9999"),
        ("avdeling;Blå;E;;3403;;", 2, "under", "kan ikke ligge rett under"),
        ("fylke;Oppland;05;fylkesnummer;34;;", 2, "under", "ikke under noe annet"),
        ("skole;Elv;E;;3403;i dag;", 2, "gyldig fra", "skrives som"),
        ("skole;Elv;E;;3403;2026-01-01;2025-01-01", 2, "gyldig til", "før første dag"),
        ("skole;Elv;B1;;3403;;", 2, "kode", "Bjørka barnehage"),
        ("skole;Elv;E;;3403;;\nskole;Fjell;E;;3403;;", 3, "kode", "rad 2"),
        ("skole;Ask skole;974760673;organisasjonsnummer;3403;;2025-12-31\n"
         "skole;Fjell;974760673;organisasjonsnummer;3403;2026-01-01;", 3, "navn", "rad 2"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told_and_nothing_is_changed(county, row, at, column, reason):
    found = problems(HEADER + row + "\n")
    assert [one[:2] for one in found] == [(at, column)]
    assert reason in found[0][2]


def test_all_that_is_wrong_is_told_at_once(county):
    found = problems(HEADER + "by;A;1;;34;;\nskole;;E;nsr;3403;x;\n")
    assert [one[:2] for one in found] == [(2, "nivå"), (3, "kodetype"), (3, "navn"), (3, "gyldig fra")]


def test_a_unit_above_that_nobody_knows_is_told_in_the_same_round(county):
    found = problems(HEADER + "by;A;A;;34;;\nskole;Elv;E;;9999;;\nskole;;F;;3403;;\n")
    assert [one[:2] for one in found] == [(2, "nivå"), (3, "under"), (4, "navn")]


def test_what_lies_under_a_row_that_could_not_be_read_is_not_wrong_for_that(county):
    found = problems(HEADER + "kommune;;34 99;;34;;\nskole;Elv;E;;3499;;\n")
    assert [one[:2] for one in found] == [(2, "navn")]


def test_one_code_of_two_units_is_no_place_to_hang_under(county):
    found = problems(HEADER + "region;A;X;;34;;\nkommune;B;X;;34;;2020-01-01\nkommune;C;X;;34;2021-01-01;\n")
    assert found[0][:2] == (3, "kode")
    run(HEADER + "kommune;B;X;;34;;2020-01-01\nkommune;C;X;;34;2021-01-01;\n")
    assert queries.unit_by_code("X", on=ON).name == "C"
    run(HEADER + "skole;Ved C;VC;;X;;\n")
    assert queries.unit_by_code("VC").parent.name == "C"


def test_what_lies_outside_the_readers_county_is_not_there(county):
    oppland = a_unit(Kind.COUNTY, "Oppland", None, "05")
    a_unit(Kind.MUNICIPALITY, "Gjøvik", oppland, "3407")
    erik = a_user("Erik", "secretariat", county)
    assert problems(HEADER + "skole;Elv;E;;3407;;\n", by=erik)[0][:2] == (2, "under")
    assert problems(HEADER + "kommune;Gjøvik;3407;kfl;34;;\n", by=erik)[0][:2] == (2, "kode")
    assert problems(HEADER + "fylke;Oppland;05;;;;\n", by=erik)[0][:2] == (2, "kode")
    assert problems(HEADER + "fylke;Akershus;32;fylkesnummer;;;\n", by=erik)[0][:2] == (2, "nivå")
    assert run(HEADER + "skole;Elv;E;;3403;;\n", by=erik).counts[LineChange.NEW] == 1


def test_an_import_says_who_and_how_much(county):
    erik = a_user("Erik", "secretariat", county)
    run(HEADER + "skole;Elv;E;;3403;;\n", by=erik)
    line = AuditLine.plumbing.latest("pk")
    assert (line.what, line.which, line.by) == ("roster.imported", "units", erik)
    assert line.detail["counts"]["new"] == 1


def test_what_was_agreed_to_is_what_is_done(county):
    text = (HEADER + "skole;Elv;E;;3403;;\n").encode()
    seen = plan_of(text, ListKind.UNITS, by=None, on=ON).digest
    import_roster(text, ListKind.UNITS, by=None, on=ON, seen=seen)
    with pytest.raises(RosterHasChanged) as changed:
        import_roster(text, ListKind.UNITS, by=None, on=ON, seen=seen)
    assert changed.value.plan.counts[LineChange.UNCHANGED] == 1
