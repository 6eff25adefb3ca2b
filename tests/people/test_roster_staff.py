"""The list of staff: accounts and roles come, change and end; the one who imports is never locked out."""

from __future__ import annotations

from datetime import date

import pytest

from kfl.core.lists import LineChange, WrongFile
from kfl.people import scopes
from kfl.people.kinds import Kind
from kfl.people.models import RoleAssignment, User
from kfl.people.roles import Permission
from kfl.people.rosters import ListKind, import_roster
from tests.factories import a_unit, a_user

ON = date(2026, 11, 2)
HEADER = "navn;e-post;rolle;enhet;klasse;fra;til\n"


def run(text: str, by=None, on: date = ON, **more):
    return import_roster((HEADER + text).encode(), ListKind.STAFF, by=by, on=on, **more)


def lines(plan) -> list[tuple[LineChange, str, str, str]]:
    return [(line.change, line.name, line.place, line.detail) for line in plan.lines]


def roles_of(email: str) -> list[tuple[str, str, date, date | None]]:
    rows = RoleAssignment.plumbing.filter(user__email=email).select_related("unit").order_by("pk")
    return [(row.role, row.unit.name, row.from_on, row.to_on) for row in rows]


def test_new_people_get_accounts_and_roles(world):
    plan = run(
        "Tor Vik;Tor.Vik@Example.org;lærer;S1;8b;01.08.2026;\nTor Vik;tor.vik@example.org;teacher;S1;;;\n"
        "Siv Dal;siv@example.org;Kommunal eier;3413;;;31.12.2026\n",
        by=world.erik,
    )
    assert plan.counts[LineChange.NEW] == 3
    tor = User.objects.get(email="tor.vik@example.org")
    assert (tor.username, tor.name, tor.has_usable_password()) == ("tor.vik@example.org", "Tor Vik", False)
    assert roles_of("tor.vik@example.org") == [
        ("teacher", "8B", date(2026, 8, 1), None),
        ("teacher", "Ask skole", ON, None),
    ]
    assert roles_of("siv@example.org") == [("owner", "Stange", ON, date(2026, 12, 31))]


def test_the_list_is_the_truth_about_the_roles_it_names_and_no_others(world):
    plan = run("Tor Vik;tor@example.org;lærer;S1;8A;;\n", by=world.erik)
    assert (LineChange.GONE, "Bob", "lærer, Ask skole, 8A", "siste dag 1. november 2026") in lines(plan)
    assert roles_of("bob@example.org")[0][3] == date(2026, 11, 1)
    assert roles_of("alice@example.org")[0][3] is None
    assert roles_of("charlie@example.org")[0][3] is None
    assert not scopes.units_where(world.bob, Permission.CODES_PRINT, on=ON)


def test_the_same_list_again_changes_nothing(world):
    text = "Bob;bob@example.org;lærer;S1;8A;;\nAlice;ALICE@example.org;rektor;S1;;;\n"
    plan = run(text, by=world.erik)
    assert plan.counts == {LineChange.NEW: 0, LineChange.CHANGED: 0, LineChange.GONE: 0, LineChange.UNCHANGED: 2}
    assert not plan.changes_anything


def test_days_and_names_that_differ_are_changes(world):
    row = "Bob Berg;bob@example.org;lærer;S1;8A;01.08.2026;18.12.2026\n"
    plan = run(row, by=world.erik, doubts_are_right=True)
    assert lines(plan) == [
        (LineChange.CHANGED, "Bob Berg", "bob@example.org", "het Bob"),
        (LineChange.CHANGED, "Bob Berg", "lærer, Ask skole, 8A", "andre datoer"),
    ]
    assert roles_of("bob@example.org") == [("teacher", "8A", date(2026, 8, 1), date(2026, 12, 18))]
    assert User.objects.get(pk=world.bob.pk).name == "Bob Berg"


def test_a_role_given_the_same_day_ends_that_day(world):
    run("Tor Vik;tor@example.org;lærer;S2;;;\n")
    run("Ny Lærer;ny@example.org;lærer;S2;;;\n")
    assert roles_of("tor@example.org") == [("teacher", "Bjørk skole", ON, ON)]


def test_one_cannot_end_ones_own_role(world):
    plan = run("Nora;nora@example.org;secretariat;04;;;\n", by=world.erik)
    assert plan.counts[LineChange.GONE] == 0
    assert "Din egen rolle" in plan.notes[0]
    assert roles_of("erik@example.org")[0][3] is None


def test_an_account_with_a_role_in_another_county_keeps_its_name(world):
    oppland = a_unit(Kind.COUNTY, "Oppland", None, "05")
    a_user("Olga", "secretariat", oppland)
    plan = run("Hacket;olga@example.org;rektor;S1;;;\n", by=world.erik, doubts_are_right=True)
    assert User.objects.get(username="olga").name == "Olga"
    assert (LineChange.NEW, "Hacket", "rektor, Ask skole", "") in lines(plan)


@pytest.mark.parametrize(
    ("rows", "at", "column", "reason"),
    [
        (";x@example.org;rektor;S1;;;", 2, "navn", "mangler"),
        ("X;;rektor;S1;;;", 2, "e-post", "mangler"),
        ("X;x@;rektor;S1;;;", 2, "e-post", "ikke en e-postadresse"),
        ("X;x@example.org;konge;S1;;;", 2, "rolle", "lærer, rektor"),
        ("X;x@example.org;;S1;;;", 2, "rolle", "ukjent"),
        ("X;x@example.org;rektor;;;;", 2, "enhet", "mangler"),
        ("X;x@example.org;rektor;S9;;;", 2, "enhet", "S9"),
        ("X;x@example.org;rektor;3403;;;", 2, "rolle", "kan ikke gis"),
        ("X;x@example.org;rektor;S1;8A;;", 2, "rolle", "kan ikke gis"),
        ("X;x@example.org;lærer;S1;9Z;;", 2, "klasse", "elevlista"),
        ("X;x@example.org;rektor;S1;;x;", 2, "fra", "skrives som"),
        ("X;x@example.org;rektor;S1;;;01.01.2026", 2, "til", "før første dag"),
        ("15076500565;x@example.org;rektor;S1;;;", 2, "navn", "fødselsnummer"),
        ("X;x@example.org;rektor;S1;;;\nY;x@example.org;rektor;S2;;;", 3, "navn", "rad 2"),
        ("X;x@example.org;rektor;S1;;;\nX;X@example.org;principal;S1;;;", 3, "rolle", "rad 2"),
        ("X;shut@example.org;rektor;S1;;;", 2, "e-post", "stengt"),
        ("X;odd@example.org;rektor;S1;;;", 2, "e-post", "brukernavnet"),
    ],
)
def test_what_does_not_fit_is_told_and_nothing_is_changed(world, rows, at, column, reason):
    User.objects.create(username="shut", email="shut@example.org", name="X", is_active=False)
    User.objects.create(username="odd@example.org", email="", name="X")
    before = (User.objects.count(), RoleAssignment.plumbing.count())
    with pytest.raises(WrongFile) as refused:
        run(rows + "\n")
    found = refused.value.problems
    assert [(one.row, one.column) for one in found] == [(at, column)]
    assert reason in found[0].reason
    assert (User.objects.count(), RoleAssignment.plumbing.count()) == before


def test_one_who_may_not_give_roles_reaches_no_unit(world):
    with pytest.raises(WrongFile):
        run("X;x@example.org;rektor;S1;;;\n", by=world.alice)


def test_role_names_are_read_in_the_readers_language_too(world):
    from django.utils.translation import override

    with override("en"):
        run("X;x@example.org;rektor;S1;;;\n")
    assert roles_of("x@example.org")[0][0] == "principal"


@pytest.mark.parametrize(
    "row", ["Erik;erik@example.org;researcher;04;;;\n", "Erik;erik@example.org;secretariat;04;;01.01.2019;\n"]
)
def test_a_list_gives_whoever_puts_it_in_no_role_and_no_other_days(world, row):
    before = roles_of("erik@example.org")
    with pytest.raises(WrongFile) as refused:
        run(row, by=world.erik)
    assert "din egen rolle" in refused.value.problems[0].reason
    assert roles_of("erik@example.org") == before
    assert run(row, by=None).changes_anything, "else the list was refused for another reason"


def test_a_list_that_gives_an_office_to_whoever_reads_the_results_says_so_before_the_yes(world):
    text = (
        "Alice;alice@example.org;kontor;S1;;;\nTor Vik;tor@example.org;kontor;S1;;;\n"
        "Tor Vik;tor@example.org;lærer;S1;8B;;\nSiv Dal;siv@example.org;kontor;S1;;;\n"
    )
    plan = run(text, by=world.erik)
    assert [words.split(" (")[0] for words in plan.warnings] == ["Alice", "Tor Vik"]
    assert "får bare elevenes og barnas lapper" in plan.warnings[0]


def test_rows_without_an_address_are_not_taken_for_one_person(world):
    with pytest.raises(WrongFile) as refused:
        run("Ada Li;;lærer;S1;;;\nBo Li;;lærer;S1;;;\n")
    assert [(one.row, one.column) for one in refused.value.problems] == [(2, "e-post"), (3, "e-post")]
