"""A list that was put in is taken back: every row as it was, or nothing and why not."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from kfl.core.lists import CannotTakeBack, TakeBackFirst
from kfl.people import actions
from kfl.people.kinds import Kind
from kfl.people.models import AuditLine, Enrolment, ImportedRoster, Pupil, RoleAssignment, Unit, UnitCode, User
from kfl.people.rosters import ListKind, import_roster, undoing
from kfl.people.rosters.undoing import TooLate, take_back_roster
from tests.factories import a_unit

DAY = date(2026, 11, 2)
HEADER = "enhet;klasse;trinn;navn;kjønn;fødselsår;husstand;elevnøkkel;fra;til\n"
FIRST = (
    HEADER
    + "L1;8A;8;Kari Li;jente;2013;Bakken 1;k1;17.08.2026;\n"
    + "L1;8A;8;Ole Li;gutt;2013;bakken 1;k2;;\n"
    + "L1;8B;8;Per Ås;Gutt;2013;;k3;;\n"
)
PUPILS = {
    "other names": FIRST.replace("Kari Li;jente", "Kari Lie;").replace("Bakken", "Dalen"),
    "a new pupil in a new class": FIRST + "L1;8C;8;Una Ny;jente;2013;;k9;;\n",
    "one moves, one leaves": HEADER + "L1;8B;8;Kari Li;jente;2013;Bakken 1;k1;;\nL1;8B;8;Per Ås;Gutt;2013;;k3;;\n",
    "other days": FIRST.replace("17.08.2026;", "18.08.2026;01.06.2027"),
    "one who never began": FIRST.replace("17.08.2026;", "17.08.2026;").replace(
        "L1;8A;8;Ole Li;gutt;2013;bakken 1;k2;;\n", ""
    ),
    "another key for all": FIRST.replace(";k1;", ";0k1;").replace(";k2;", ";0k2;"),
}


@pytest.fixture(autouse=True)
def on_the_day():
    with time_machine.travel(datetime(2026, 11, 2, 10, tzinfo=timezone.get_current_timezone()), tick=False):
        yield


@pytest.fixture
def lia(world):
    school = a_unit(Kind.SCHOOL, "Lia skole", world.hamar, "L1")
    put_in(FIRST, ListKind.PUPILS, on=date(2026, 8, 24))
    return school


def put_in(text: str, kind: ListKind, *, by: User | None = None, on: date = DAY, **more: object) -> ImportedRoster:
    made = import_roster(text.encode(), kind, by=by, on=on, name="liste.csv", **more).imported
    assert made is not None
    return made


def everything() -> list[object]:
    """All rows that lists can change; units made by a list may stay, ended, since the log names them."""
    units = Unit.plumbing.filter(valid_to__isnull=True).order_by("pk")
    tables = (units, *(model.plumbing.order_by("pk") for model in (UnitCode, Pupil, Enrolment, RoleAssignment)))
    return [list(rows.values()) for rows in (*tables, User.objects.order_by("pk"))]


@pytest.mark.parametrize("name", PUPILS)
def test_a_list_of_pupils_is_taken_back(lia, name):
    before = everything()
    imported = put_in(PUPILS[name], ListKind.PUPILS)
    assert everything() != before
    assert take_back_roster(imported=imported, by=None) > 0
    assert everything() == before


def test_a_list_of_staff_is_taken_back(world, lia):
    first = "navn;e-post;rolle;enhet;klasse;til\nAda Li;ada@lia.example;lærer;L1;8A;\nBo Li;bo@lia.example;lærer;L1;;\n"
    put_in(first, ListKind.STAFF)
    before = everything()
    text = "navn;e-post;rolle;enhet;klasse;til\nAda Lie;ada@lia.example;lærer;L1;8A;01.06.2027\n"
    text += "Cy Ny;cy@lia.example;lærer;L1;;\n"
    imported = put_in(text, ListKind.STAFF, doubts_are_right=True)
    assert User.objects.filter(email="cy@lia.example").exists()
    take_back_roster(imported=imported, by=None)
    assert everything() == before


def test_a_list_of_units_is_taken_back(world, lia):
    before = everything()
    text = "nivå;navn;kode;under;gyldig til\nskole;Liaby skole;L1;3403;\nskole;Ny skole;N1;3403;\n"
    text += "barnehage;Ny barnehage;B1;3403;\n"
    imported = put_in(text, ListKind.UNITS)
    take_back_roster(imported=imported, by=None)
    assert everything() == before
    assert not Unit.plumbing.filter(name="Ny skole").exists(), "no line of the log names it"


def test_a_list_that_was_taken_back_can_be_put_in_again(world, lia):
    """A municipality that the log names was ended; the list gives it life again."""
    text = "nivå;navn;kode;under\nkommune;Løten;3412;34\nskole;Ås skole;AAS;3412\n"
    UnitCode.plumbing.create(unit=world.county, scheme="kfl", code="34", valid_from=date(2000, 1, 1))
    take_back_roster(imported=put_in(text, ListKind.UNITS), by=None)
    assert Unit.plumbing.get(name="Løten").valid_to is not None
    put_in(text, ListKind.UNITS)
    assert Unit.plumbing.get(name="Løten").valid_to is None
    assert Unit.plumbing.get(name="Ås skole").parent.name == "Løten"


def test_what_was_taken_back_is_in_the_log_without_names(lia, world):
    imported = put_in(PUPILS["other names"], ListKind.PUPILS, by=world.erik)
    written = AuditLine.plumbing.count()
    take_back_roster(imported=imported, by=world.erik)
    lines = AuditLine.plumbing.filter(what="roster.taken_back").order_by("id")
    assert AuditLine.plumbing.count() == written + len(lines) > written
    assert {line.by for line in lines} == {world.erik}
    said = str([line.detail for line in lines])
    assert "Kari" not in said
    assert "name" in said


def test_nothing_is_done_where_a_row_was_changed_since(lia):
    imported = put_in(PUPILS["other names"], ListKind.PUPILS)
    kari = Pupil.plumbing.get(source_key="k1")
    kari.name = "Kari Berg"
    actions.change_pupils(pupils=[kari], by=None)
    before = everything()
    with pytest.raises(CannotTakeBack, match="én rad") as refused:
        take_back_roster(imported=imported, by=None)
    assert refused.value.rows == [("people.Pupil", kari.pk)]
    assert everything() == before


def test_a_change_of_what_the_list_did_not_touch_is_left(lia):
    imported = put_in(PUPILS["other names"], ListKind.PUPILS)
    kari = Pupil.plumbing.get(source_key="k1")
    kari.birth_year = 2012
    actions.change_pupils(pupils=[kari], by=None)
    take_back_roster(imported=imported, by=None)
    kari.refresh_from_db()
    assert (kari.name, kari.birth_year) == ("Kari Li", 2012)


def test_nothing_is_done_where_something_hangs_on_what_the_list_made(lia):
    imported = put_in(PUPILS["a new pupil in a new class"], ListKind.PUPILS)
    una = Pupil.plumbing.get(source_key="k9")
    enrolment = una.enrolments.get()
    Enrolment.plumbing.create(
        pupil=una, group=enrolment.group, grade=8, from_on=date(2025, 8, 1), to_on=date(2025, 9, 1)
    )
    with pytest.raises(CannotTakeBack) as refused:
        take_back_roster(imported=imported, by=None)
    assert [name for name, _key in refused.value.rows] == ["people.Enrolment"]
    assert Pupil.plumbing.filter(pk=una.pk).exists()


def test_nothing_is_done_where_an_account_is_in_use(world, lia):
    text = "navn;e-post;rolle;enhet\nCy Ny;cy@lia.example;lærer;L1\n"
    imported = put_in(text, ListKind.STAFF)
    User.objects.filter(email="cy@lia.example").update(last_login=timezone.now())
    with pytest.raises(CannotTakeBack):
        take_back_roster(imported=imported, by=None)


def test_nothing_is_done_where_a_row_is_gone(lia):
    imported = put_in(PUPILS["a new pupil in a new class"], ListKind.PUPILS)
    Enrolment.plumbing.filter(pupil__source_key="k9").delete()
    with pytest.raises(CannotTakeBack):
        take_back_roster(imported=imported, by=None)


def test_lists_are_taken_back_the_last_one_first(lia):
    before = everything()
    first = put_in(PUPILS["other names"], ListKind.PUPILS)
    second = put_in(FIRST.replace("Kari Li;jente", "Kari Moe;jente"), ListKind.PUPILS)
    with pytest.raises(TakeBackFirst, match=f"«liste.csv», nummer {second.pk}, lagt inn 2. november 2026") as refused:
        take_back_roster(imported=first, by=None)
    assert refused.value.later == second
    assert "i portalen" not in str(refused.value)
    take_back_roster(imported=second, by=None)
    take_back_roster(imported=first, by=None)
    assert everything() == before


def test_a_list_is_taken_back_once_and_within_a_fortnight(lia):
    imported = put_in(PUPILS["other names"], ListKind.PUPILS)
    late = timezone.now() + undoing.LONGEST + timedelta(minutes=1)
    with pytest.raises(TooLate, match="14 dager"):
        take_back_roster(imported=imported, by=None, at=late)
    take_back_roster(imported=imported, by=None)
    with pytest.raises(TooLate):
        take_back_roster(imported=imported, by=None)


def test_what_lists_did_is_forgotten_after_a_fortnight(lia):
    put_in(PUPILS["other names"], ListKind.PUPILS)
    assert undoing.forget(timezone.now()) == 0
    assert undoing.forget(timezone.now() + undoing.LONGEST + timedelta(minutes=1)) == 2
    assert not ImportedRoster.plumbing.exclude(changes=[]).exists()


def test_of_rows_that_a_list_made_no_names_are_kept(lia):
    imported = put_in(PUPILS["a new pupil in a new class"], ListKind.PUPILS)
    assert "Una" not in str(imported.changes)
