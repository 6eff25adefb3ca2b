"""The log as people read it: one's own units only, old and new values, a file that is a line too, and the chain."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from kfl.people import actions, audit_heads, audit_words
from kfl.people.audit import history_of, record
from kfl.people.circles import actions as circles
from kfl.people.kinds import Kind
from kfl.people.models import AuditLine, RoleAssignment, Unit
from tests.factories import a_unit, a_user

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


def found_by(response) -> list[AuditLine]:
    return [one["told"].line for day in response.context["days"] for one in day.lines]


def test_the_history_of_a_row_tells_who_when_old_and_new(world, role):
    ended, given = history_of(role, reader=world.erik)
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
    (told,) = history_of(rows[0], reader=world.erik)
    assert [one.name for one in told.rows] == ["Nils: lærer, Ask skole"]
    assert told.by == "portalen selv"


def test_a_row_whose_key_begins_alike_is_another(world, role):
    record("x", "y", by=None)
    assert history_of(RoleAssignment(pk=int(f"{role.pk}0")), reader=world.erik) == []


def test_a_seat_that_was_given_by_address_has_the_givers_name_in_its_history(world):
    body = circles.make_circle(kind="forum_body", name="Fagutvalget", unit=world.county, by=world.erik)
    known = a_user("Kari Kjent")
    circles.seat_by_address(circle=body, email=known.email, name="M. Medlem", from_on=date(2026, 1, 1), by=world.erik)
    (told,) = history_of(body.seats.get(), reader=world.erik)
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
    found = {line.what for line in found_by(response)}
    assert found == seen


def test_the_lines_of_a_day_are_those_of_that_day(world, role):
    today = timezone.localdate()
    client = signed_in(world.erik)
    assert client.get(LOG, {"first": today.isoformat(), "last": today.isoformat()}).context["days"]
    assert not client.get(LOG, {"last": (today - timedelta(days=1)).isoformat()}).context["days"]


def test_what_cannot_be_read_is_told_and_asks_for_nothing(world, role):
    shown = page(signed_in(world.erik), first="i går", what="no.such")
    assert "gyldig dato" in shown
    assert "Roller er gitt" in shown


def looks(world, count: int) -> list[AuditLine]:
    LINES.all().delete()
    start = timezone.now() - timedelta(days=3)
    return [
        record("results.viewed", f"ReleasedPage {one}", by=world.alice, unit=world.ask, at=start + timedelta(hours=one))
        for one in range(count)
    ]


def test_pages_are_asked_for_by_key_so_that_new_lines_move_none(world):
    keys = [line.pk for line in reversed(looks(world, 120))]
    client = signed_in(world.dina)
    first = client.get(LOG)
    assert [line.pk for line in found_by(first)] == keys[:50]
    assert (first.context["page"].newer, first.context["page"].older) == (0, keys[49])
    record("results.viewed", "ReleasedPage 0", by=world.alice, unit=world.ask)
    second = client.get(LOG, {"before": keys[49], "person": "alice"})
    assert [line.pk for line in found_by(second)] == keys[50:100]
    assert f"?before={keys[99]}&amp;person=alice" in second.content.decode()
    third = client.get(LOG, {"before": keys[99]})
    assert [line.pk for line in found_by(third)] == keys[100:]
    assert third.context["page"].older == 0
    back = client.get(LOG, {"after": keys[100]})
    assert [line.pk for line in found_by(back)] == keys[50:100]


def test_the_newest_page_is_a_whole_one_from_wherever_one_comes(world):
    keys = [line.pk for line in reversed(looks(world, 60))]
    back = signed_in(world.dina).get(LOG, {"after": keys[10]})
    assert [line.pk for line in found_by(back)] == keys[:50]
    assert back.context["page"].newer == 0


@pytest.mark.parametrize("asked", ["999999999", "x", "-1", "9" * 30, ""])
def test_a_page_beside_a_line_that_is_not_ones_own_is_the_newest(world, asked):
    looks(world, 3)
    foreign = record("results.viewed", "ReleasedPage 1", by=world.erik, unit=world.bjork)
    client = signed_in(world.dina)
    newest = [line.pk for line in found_by(client.get(LOG))]
    assert [line.pk for line in found_by(client.get(LOG, {"before": asked}))] == newest
    assert [line.pk for line in found_by(client.get(LOG, {"before": foreign.pk}))] == newest


def test_lines_stand_under_their_day_the_newest_first_whenever_they_were_written(world):
    LINES.all().delete()
    for day in (3, 9, 6):
        record(
            "results.viewed", "ReleasedPage 1", by=None, unit=world.ask, at=datetime(2026, 3, day, 23, 30, tzinfo=UTC)
        )
    response = signed_in(world.dina).get(LOG)
    assert [day.on for day in response.context["days"]] == [date(2026, 3, day) for day in (10, 7, 4)]
    assert "Tirsdag 10. mars 2026" in response.content.decode()
    assert "Kl. 0.30" in response.content.decode() or "Kl. 00.30" in response.content.decode()


def test_a_place_finds_what_lies_under_it_and_nothing_that_is_not_the_readers(world):
    LINES.all().delete()
    for unit in (world.county, world.hamar, world.ask, world.ask_8a, world.ask_8b, world.bjork_8a):
        record("results.viewed", f"ReleasedPage {unit.pk}", by=None, unit=unit)

    def places(user, words):
        return {line.unit.name_with_school for line in found_by(signed_in(user).get(LOG, {"place": words}))}

    ask = {"Ask skole", "8A, Ask skole", "8B, Ask skole"}
    assert places(world.erik, "hamar") == {"Hamar", *ask}
    assert places(world.erik, "Ask skole, Hamar") == ask
    assert places(world.erik, "8A, Ask skole") == {"8A, Ask skole"}
    assert places(world.erik, "8a, ask skole, hamar") == {"8A, Ask skole"}
    assert places(world.erik, "8A, bjørk") == {"8A, Bjørk skole"}
    assert places(world.erik, "8A") == {"8A, Ask skole", "8A, Bjørk skole"}
    assert places(world.dina, "8A") == {"8A, Ask skole"}
    for foreign in ("Stange", "Bjørk skole", "Hedmark", "8A, Bjørk skole"):
        assert places(world.dina, foreign) == set()
        assert "Ingen av enhetene dine heter dette" in page(signed_in(world.dina), place=foreign)


def test_what_to_choose_from_is_ones_own(world):
    shown = page(signed_in(world.dina))
    assert '<option value="Ask skole, Hamar">' in shown
    assert "Stange" not in shown
    assert '<option value="Bjørk skole, Stange">' in page(signed_in(world.erik))


def test_a_class_is_named_with_its_school_and_where_there_are_several_its_municipality(world):
    LINES.all().delete()
    for unit in (world.ask_8a, world.bjork_8a):
        record("results.viewed", "ReleasedPage 1", by=None, unit=unit)
    assert ">8A, Ask skole<" in page(signed_in(world.dina))
    shown = page(signed_in(world.erik))
    assert "8A, Ask skole, Hamar" in " ".join(shown.split())
    assert "8A, Bjørk skole, Stange" in " ".join(shown.split())


def test_a_class_of_an_earlier_year_is_told_from_todays(world):
    LINES.all().delete()
    Unit.plumbing.filter(pk=world.ask_8a.pk).update(valid_from=date(2020, 8, 1), valid_to=date(2021, 7, 31))
    record("results.viewed", "ReleasedPage 1", by=None, unit=world.ask_8a)
    assert "8A, Ask skole (2020–2021)" in page(signed_in(world.dina))


def test_what_is_about_no_unit_is_for_those_who_read_the_log_of_all(world):
    actions.rename_user(user=world.nobody, name="Nils Nytt", by=world.erik)
    asked = {"about": "none", "what": "user.renamed"}
    assert "Nils Nytt" in page(signed_in(world.erik), **asked)
    assert "Nils Nytt" not in page(signed_in(world.erik))
    dina = signed_in(world.dina)
    assert "Nils Nytt" not in page(dina, **asked)
    assert 'name="about"' not in page(dina)
    assert b"Nils Nytt" not in dina.post("/logg/fil/", {"kind": "csv", **asked}).content
    assert "Nils Nytt" in signed_in(world.erik).post("/logg/fil/", {"kind": "csv", **asked}).content.decode()


def test_whoever_reads_one_county_of_two_reads_nothing_that_is_about_none(world):
    actions.rename_user(user=world.nobody, name="Nils Nytt", by=world.erik)
    a_unit(Kind.COUNTY, "Et annet fylke", None, "99")
    assert "Nils Nytt" not in page(signed_in(world.erik), about="none")


def test_a_school_of_somebody_elses_is_not_named(world):
    """A pupil who moves away is told of at both classes; to each its own."""
    record_of = {
        "row": "Enrolment 1",
        "pupil": 1,
        "group": [world.ask_8a.pk, world.bjork_8a.pk],
        "user": world.nobody.pk,
    }
    record("pupils.moved", "Enrolment 1", by=None, unit=world.ask_8a, rows=[record_of])
    shown = page(signed_in(world.dina), what="pupils.moved")
    assert "8A, Ask skole" in shown
    assert "Bjørk" not in shown
    assert f"<ins>nr. {world.bjork_8a.pk}</ins>" in shown
    assert "8A, Bjørk skole" in page(signed_in(world.erik), what="pupils.moved")


def test_moments_are_told_in_local_time_and_codes_in_words(world):
    row = {"row": "Wave 1", "state": ["draft", "open"], "opened_at": [None, "2026-11-01T07:00:00+00:00"], "form": 12}
    record("wave.opened", "Wave 1", by=None, unit=world.county, rows=[{**row, "sheets": 1623}])
    shown = page(signed_in(world.erik), what="wave.opened")
    assert "1. november 2026 kl. 08.00" in shown or "1. november 2026 kl. 8.00" in shown
    assert "<ins>åpen</ins>" in shown
    assert "Kartlegging nr. 1" in shown
    assert "Svarark:</span> 1\xa0623" in shown
    for code in ("draft", "T07:00", "Wave 1", "sheets", "Form:"):
        assert code not in shown


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
    assert [(row["hvem"], row["hva"], row["enhet"], row["navn"]) for row in rows] == [
        ("Erik", "Rolle er avsluttet", "Ask skole", "Nils: rektor, Ask skole")
    ]
    assert (rows[0]["slag"], rows[0]["nummer"], rows[0]["kommune"]) == ("rolle", f"nr. {role.pk}", "Hamar")
    assert "til og med: – → 31. desember 2026" in rows[0]["opplysninger"]
    line = LINES.latest("pk")
    assert (line.what, line.by, line.unit) == ("audit.taken_out", world.dina, world.hamar)
    assert line.detail == {"lines": 1, "sought_by": ["person", "what"]}


def test_the_file_is_a_workbook_too(world, role):
    response = signed_in(world.erik).post("/logg/fil/", {"kind": "xlsx", "what": "role.ended"})
    rows = list(load_workbook(io.BytesIO(response.content)).active.values)
    assert rows[0][:3] == ("tid (norsk)", "hvem", "hva")
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
    taken_out = signed_in(world.erik).post("/logg/fil/", {"kind": "csv"}).content.decode()
    assert "Elever er lagt inn i klasser" in taken_out
    assert f"elev eller barn: nr. {pupil.pk}" in taken_out
    assert pupil.name not in taken_out


def test_taking_the_log_out_is_a_line_where_the_log_was_read(world):
    """Whoever has another role elsewhere leaves no line there."""
    person = a_user("Ola", "office", world.bjork)
    actions.give_roles(roles=[(person, "owner", world.hamar, date(2010, 1, 1), None)], by=None)
    assert signed_in(person).post(f"{LOG}fil/", {"kind": "csv"}).status_code == 200
    assert LINES.get(what="audit.taken_out").unit == world.hamar


def test_the_file_holds_all_that_was_looked_for_and_nothing_more(world):
    looks(world, 120)
    record("results.viewed", "ReleasedPage 1", by=world.erik, unit=world.ask)
    client = signed_in(world.dina)
    content = client.post("/logg/fil/", {"kind": "xlsx", "person": "alice"}).content
    assert len(list(load_workbook(io.BytesIO(content)).active.values)) == 121
    for wrong in ({"place": "Stange"}, {"first": "i går"}, {"what": "no.such"}):
        assert client.post("/logg/fil/", {"kind": "csv", **wrong}).status_code == 400


@pytest.mark.parametrize(
    "name", ["2026-99-99", "2026-01-01T00:00:00zz", "[" * 90, '{"a": "\\ud800"}', '["a"]', "9999-12-31"]
)
def test_a_name_that_looks_like_something_else_is_told_as_it_was_written(world, name):
    new = actions.NewUnit(Kind.SCHOOL, name, world.hamar, valid_from=date(2026, 8, 1))
    unit = actions.add_unit(new=new, by=world.erik)
    (row,) = history_of(unit, reader=world.erik)[0].rows
    assert name in {fact.value for fact in row.facts}
    assert page(signed_in(world.erik))
    response = signed_in(world.erik).post("/logg/fil/", {"kind": "csv"})
    assert response.status_code == 200
    assert b"".join(response) if response.streaming else response.content


def test_a_value_that_nobody_thought_of_shuts_no_page(world, role, monkeypatch):
    monkeypatch.setattr("kfl.people.audit_reading._written", lambda *_given: 1 / 0)
    assert page(signed_in(world.erik))


def test_days_among_other_text_are_told_as_days_and_what_is_none_as_it_is():
    assert audit_words.of_days("nsr 9 2026-08-01, nsr 8 2026-99-99") == "nsr 9 1. august 2026, nsr 8 2026-99-99"
