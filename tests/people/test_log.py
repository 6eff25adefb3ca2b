"""The log as people read it: one's own units only, old and new values, a file that is a line too, and the chain."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from kfl.people import actions, audit_heads
from kfl.people.audit import history_of, record
from kfl.people.circles import actions as circles
from kfl.people.models import AuditLine, RoleAssignment
from tests.factories import a_user

LINES = AuditLine.plumbing
LOG = "/logg/"


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def role(world) -> RoleAssignment:
    (row,) = actions.give_roles(roles=[(world.nobody, "principal", world.ask, date(2026, 8, 1), None)], by=world.erik)
    actions.end_role(assignment=row, to_on=date(2026, 12, 31), by=world.erik)
    return row


def page(client, address=LOG, **asked) -> str:
    response = client.get(address, asked)
    assert response.status_code == 200
    return response.content.decode()


def test_the_history_of_a_row_tells_who_when_old_and_new(world, role):
    ended, given = history_of(role)
    assert (given.line.what, given.by) == ("roles.given", "Erik")
    assert {fact.label: fact.value for fact in given.rows[0].facts} == {
        "person": "Nils", "rolle": "rektor", "fra": "1. august 2026", "til og med": "–",
    }  # fmt: skip
    (to_on,) = [fact for fact in ended.rows[0].facts if fact.old is not None]
    assert (to_on.label, to_on.old, to_on.value) == ("til og med", "–", "31. desember 2026")


def test_the_history_of_one_row_tells_nothing_of_those_that_share_its_line(world):
    rows = actions.give_roles(
        roles=[(user, "teacher", world.ask, date(2026, 8, 1), None) for user in (world.nobody, world.frida)], by=None
    )
    (told,) = history_of(rows[0])
    assert [one.name for one in told.rows] == ["Nils: lærer, Ask skole"]
    assert told.by == "portalen selv"


def test_a_row_whose_key_begins_alike_is_another(world, role):
    record("x", "y", by=None)
    assert history_of(RoleAssignment(pk=int(f"{role.pk}0"))) == []


def test_a_seat_that_was_given_by_address_has_the_givers_name_in_its_history(world):
    body = circles.make_circle(kind="forum_body", name="Fagutvalget", unit=world.county, by=world.erik)
    known = a_user("Kari Kjent")
    circles.seat_by_address(circle=body, email=known.email, name="M. Medlem", from_on=date(2026, 1, 1), by=world.erik)
    (told,) = history_of(body.seats.get())
    assert told.rows[0].name == "M. Medlem: Fagutvalget"
    assert "Kari" not in repr(told)


def test_the_log_is_of_ones_own_units(world, role):
    actions.give_roles(roles=[(world.nobody, "teacher", world.bjork_8a, date(2026, 8, 1), None)], by=None)
    dina, erik = page(signed_in(world.dina)), page(signed_in(world.erik))
    assert "Ask skole" in dina
    assert "Nils: rektor" in dina
    assert "Stange" not in dina
    assert "Nils: lærer" not in dina
    assert "Nils: lærer" in erik
    for user in (world.alice, world.nobody):
        assert signed_in(user).get(LOG).status_code == 404


@pytest.mark.parametrize(
    ("asked", "seen"),
    [
        ({"what": "role.ended"}, {"role.ended"}),
        ({"person": "erik"}, {"role.ended", "roles.given"}),
        ({"person": "charlie"}, set()),
        ({"place": "ask sk", "what": "roles.given"}, {"roles.given"}),
        ({"place": "bjørk", "what": "role.ended"}, set()),
        ({"first": "2999-01-01"}, set()),
        ({"last": "1999-01-01"}, set()),
    ],
)
def test_one_looks_by_place_person_handling_and_day(world, role, asked, seen):
    response = signed_in(world.erik).get(LOG, asked)
    found = {one["told"].line.what for one in response.context["lines"]}
    assert found == seen


def test_the_lines_of_a_day_are_those_of_that_day(world, role):
    today = timezone.localdate()
    client = signed_in(world.erik)
    assert client.get(LOG, {"first": today.isoformat(), "last": today.isoformat()}).context["lines"]
    assert not client.get(LOG, {"last": (today - timedelta(days=1)).isoformat()}).context["lines"]


def test_what_cannot_be_read_is_told_and_asks_for_nothing(world, role):
    shown = page(signed_in(world.erik), first="i går", what="no.such")
    assert "gyldig dato" in shown
    assert "Roller er gitt" in shown


def test_long_logs_are_paged(world):
    for number in range(60):
        record("results.viewed", f"ReleasedPage {number}", by=world.alice, unit=world.ask)
    client = signed_in(world.dina)
    first, second = page(client), page(client, page=2)
    assert "nr. 59<" in first
    assert "nr. 59<" not in second
    assert len(client.get(LOG).context["lines"]) == 50


def test_the_page_says_whether_the_log_is_whole(world, role):
    client = signed_in(world.erik)
    assert "og var hel" in page(client)
    LINES.filter(what="role.ended").update(detail={"rows": [{"row": f"RoleAssignment {role.pk}"}]})
    assert "En linje på denne siden er endret" in page(client)


def test_a_break_that_is_not_on_the_page_is_told_from_the_night(world, role, tmp_path, settings):
    settings.KFL_AUDIT_KEY = tmp_path / "audit.key"
    LINES.all().delete()
    for number in range(3):
        record("results.viewed", f"ReleasedPage {number}", by=None, unit=world.ask)
    first = LINES.earliest("pk")
    LINES.filter(pk=first.pk).update(what="results.released")
    audit_heads.anchor(timezone.now())
    record("results.viewed", "ReleasedPage 9", by=None, unit=world.ask)
    assert f"brutt ved linje {first.pk}" in page(signed_in(world.dina), what="roles.given")


def test_without_the_key_the_page_says_so(world, role, tmp_path, settings):
    settings.KFL_AUDIT_KEY = tmp_path / "gone.key"
    assert "nøkkelen er borte" in page(signed_in(world.erik))


def test_taking_the_log_out_is_a_line_of_the_log(world, role):
    response = signed_in(world.dina).post("/logg/fil/", {"kind": "csv", "what": "role.ended", "person": "erik"})
    rows = list(csv.DictReader(io.StringIO(response.content.decode())))
    assert [(row["hvem"], row["hva"], row["enhet"], row["gjelder"]) for row in rows] == [
        ("Erik", "rolle er avsluttet", "Ask skole", "Nils: rektor, Ask skole")
    ]
    assert rows[0]["rad"] == f"RoleAssignment {role.pk}"
    assert "til og med: – → 31. desember 2026" in rows[0]["endret"]
    line = LINES.latest("pk")
    assert (line.what, line.by, line.unit) == ("audit.taken_out", world.dina, world.hamar)
    assert line.detail == {"lines": 1, "sought_by": ["person", "what"]}


def test_the_file_is_a_workbook_too(world, role):
    response = signed_in(world.erik).post("/logg/fil/", {"kind": "xlsx", "what": "role.ended"})
    rows = list(load_workbook(io.BytesIO(response.content)).active.values)
    assert rows[0][:3] == ("tid", "hvem", "hva")
    assert len(rows) == 2


def test_the_file_is_for_those_who_read_the_log_and_by_post_alone(world, role):
    assert signed_in(world.alice).post("/logg/fil/", {"kind": "csv"}).status_code == 404
    assert signed_in(world.erik).get("/logg/fil/").status_code == 405
    assert signed_in(world.erik).post("/logg/fil/", {"kind": "exe"}).status_code == 400


def test_a_units_history_is_for_those_who_read_its_log(world, role):
    address = f"/enheter/{world.ask.pk}/historikk/"
    shown = page(signed_in(world.dina), address)
    assert "Nils: rektor" in shown
    assert "31. desember 2026" in shown
    assert signed_in(world.alice).get(address).status_code == 404
    assert signed_in(world.dina).get(f"/enheter/{world.bjork.pk}/historikk/").status_code == 404
    assert address in page(signed_in(world.dina), f"/enheter/{world.ask.pk}/")
    assert address not in page(signed_in(world.alice), f"/enheter/{world.ask.pk}/")


def test_whoever_ends_a_role_sees_its_history(world, role):
    shown = page(signed_in(world.erik), f"/enheter/{world.ask.pk}/avslutt-rolle/{role.pk}/")
    assert "Historikk" in shown
    assert "Roller er gitt" in shown


def test_no_child_is_named(world):
    pupil = world.ask_8a.enrolments.first().pupil
    shown = page(signed_in(world.erik))
    assert "Elever er lagt inn i klasser" in shown
    assert pupil.name not in shown


def test_taking_the_log_out_is_a_line_where_the_log_was_read(world):
    """Whoever has another role elsewhere leaves no line there."""
    person = a_user("Ola", "office", world.bjork)
    actions.give_roles(roles=[(person, "owner", world.hamar, date(2010, 1, 1), None)], by=None)
    assert signed_in(person).post(f"{LOG}fil/", {"kind": "csv"}).status_code == 200
    assert LINES.get(what="audit.taken_out").unit == world.hamar
