"""Every change has a line; a line that is touched is noticed."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta

import pytest
from django.utils import timezone

from kfl.people import actions, audit, audit_chain
from kfl.people.kinds import Kind
from kfl.people.models import AuditLine, Enrolment, Pupil, RoleAssignment, Unit, User

LINES = AuditLine.plumbing


def test_an_action_writes_who_what_and_which(world):
    before = LINES.count()
    new = actions.NewUnit(Kind.GROUP, "9C", world.ask)
    actions.add_unit(new=new, by=world.erik)
    line = LINES.latest("pk")
    assert LINES.count() == before + 1
    assert (line.what, line.by) == ("units.added", world.erik)


def test_an_action_that_fails_leaves_neither_change_nor_line(world):
    lines, units = LINES.count(), Unit.plumbing.count()
    wrong = [actions.NewUnit(Kind.GROUP, "9C", world.ask), actions.NewUnit(Kind.SCHOOL, "X", world.ask)]
    with pytest.raises(actions.UnitDoesNotFit, match="X"):
        actions.add_units(units=wrong, by=world.erik)
    assert (LINES.count(), Unit.plumbing.count()) == (lines, units)


def test_an_action_without_its_person_is_refused(world):
    with pytest.raises(KeyError):
        actions.add_units(units=[])
    with pytest.raises(TypeError, match="needs by="):
        actions.add_units(units=[], by="erik")


def test_a_role_at_the_wrong_kind_of_unit_is_refused(world):
    with pytest.raises(actions.RoleDoesNotFit, match="owner"):
        actions.give_roles(roles=[(world.nobody, "owner", world.ask, date(2026, 1, 1), None)], by=world.erik)
    with pytest.raises(actions.RoleDoesNotFit, match="king"):
        actions.give_roles(roles=[(world.nobody, "king", world.ask, date(2026, 1, 1), None)], by=world.erik)


@pytest.mark.parametrize("field", ["what", "which", "detail", "at"])
def test_an_edited_line_breaks_the_chain(world, field):
    first = LINES.earliest("pk")
    assert audit.verify_chain() is None
    other = {"what": "x", "which": "Unit 0", "detail": {"a": 1}, "at": timezone.now()}[field]
    LINES.filter(pk=first.pk).update(**{field: other})
    assert audit.verify_chain() == first.pk


def test_a_removed_line_breaks_the_chain(world):
    second = LINES.order_by("pk")[1]
    following = LINES.order_by("pk")[2]
    second.delete()
    assert audit.verify_chain() == following.pk


@pytest.fixture
def own_key(tmp_path, settings):
    """A key file that a test may lose or exchange."""
    settings.KFL_AUDIT_KEY = tmp_path / "keys" / "audit.key"
    return settings.KFL_AUDIT_KEY


def _rewritten(key: bytes) -> None:
    """What somebody does who can write to the database: every digest anew, from a line that was edited."""
    previous = ""
    for line in LINES.order_by("pk"):
        line.digest = previous = audit_chain.digest_of(previous, line, key)
        line.save()


def test_a_log_that_was_rewritten_without_the_key_is_noticed(own_key, world):
    first = LINES.earliest("pk")
    LINES.filter(pk=first.pk).update(what="nothing.happened")
    for guess in (b"", hashlib.sha256(b"").digest(), bytes(32)):
        _rewritten(guess)
        assert audit.verify_chain() == first.pk
    _rewritten(audit_chain.read_key())
    assert audit.verify_chain() is None, "else this test could not tell"


def test_the_key_is_made_once_for_its_owner_alone(own_key, world):
    assert own_key.stat().st_mode & 0o777 == 0o600
    before = own_key.read_text()
    actions.add_unit(new=actions.NewUnit(Kind.GROUP, "9C", world.ask), by=world.erik)
    assert own_key.read_text() == before
    assert [path.name for path in own_key.parent.iterdir()] == ["audit.key"]


def test_without_the_key_nothing_is_changed_and_no_other_key_is_made(own_key, world):
    own_key.unlink()
    lines, units = LINES.count(), Unit.plumbing.count()
    with pytest.raises(audit.AuditKeyMissing, match="audit.key"):
        actions.add_unit(new=actions.NewUnit(Kind.GROUP, "9C", world.ask), by=world.erik)
    with pytest.raises(audit.AuditKeyMissing):
        audit.verify_chain()
    assert (LINES.count(), Unit.plumbing.count(), own_key.exists()) == (lines, units, False)


@pytest.mark.parametrize("content", ["", "no key at all", "00" * 16])
def test_a_key_file_that_holds_no_key_is_refused(own_key, world, content):
    own_key.write_text(content)
    with pytest.raises(audit.AuditKeyMissing):
        audit.verify_chain()


def newest(what: str) -> AuditLine:
    return LINES.filter(what=what).latest("pk")


def test_a_role_that_is_given_is_told_with_whom_which_and_where(world):
    day = date(2026, 8, 1)
    rows = [(world.nobody, "teacher", world.ask_8a, day, None), (world.nobody, "principal", world.bjork, day, None)]
    given = actions.give_roles(roles=rows, by=world.erik)
    at_ask, at_bjork = LINES.filter(what="roles.given").order_by("-pk")[:2][::-1]
    assert (at_ask.unit, at_ask.which) == (world.ask_8a, f"RoleAssignment {given[0].pk}")
    assert at_bjork.unit == world.bjork
    assert at_ask.detail == {
        "rows": [
            {
                "row": f"RoleAssignment {given[0].pk}",
                "user": world.nobody.pk,
                "role": "teacher",
                "from_on": "2026-08-01",
                "to_on": None,
            }
        ]
    }


def test_other_days_of_a_role_are_told_as_old_and_new(world):
    row = RoleAssignment.plumbing.get(user=world.bob)
    old, last = row.from_on, row.from_on + timedelta(days=30)
    actions.end_role(assignment=row, to_on=last, by=world.erik)
    said = newest("role.ended").detail["rows"][0]
    assert (said["user"], said["to_on"]) == (world.bob.pk, [None, last.isoformat()])
    actions.change_role(assignment=row, from_on=old - timedelta(days=1), to_on=last, by=world.erik)
    said = newest("role.changed").detail["rows"][0]
    assert said["from_on"] == [old.isoformat(), (old - timedelta(days=1)).isoformat()]
    assert "to_on" not in said


def test_new_accounts_and_new_names_are_told(world):
    (made,) = actions.add_users(users=[User(username="ny", name="Ny", email="ny@example.org")], by=world.erik)
    assert newest("users.added").detail["rows"] == [{"row": f"User {made.pk}", "name": "Ny", "email": "ny@example.org"}]
    actions.rename_user(user=made, name="Nyere", by=world.erik)
    assert newest("user.renamed").detail["rows"] == [{"row": f"User {made.pk}", "name": ["Ny", "Nyere"]}]


def test_pupils_who_move_are_told_at_both_classes_by_key_and_never_by_name(world):
    enrolment = Enrolment.plumbing.filter(group=world.ask_8a).select_related("pupil").first()
    move = actions.Move(enrolment, world.ask_8b, 8, enrolment.from_on + timedelta(days=9))
    actions.move_pupil(move=move, by=world.erik)
    lines = LINES.filter(what="pupils.moved")
    assert {line.unit for line in lines} == {world.ask_8a, world.ask_8b}
    for line in lines:
        (said,) = line.detail["rows"]
        assert said["pupil"] == enrolment.pupil_id
        assert said["group"] == [world.ask_8a.pk, world.ask_8b.pk]


def test_what_a_list_says_of_a_pupil_is_told_without_saying_it(world):
    pupil = Pupil.plumbing.filter(enrolments__group=world.ask_8a).first()
    pupil.name, pupil.birth_year = "Et Nytt Navn", 1999
    actions.change_pupils(pupils=[pupil], by=world.erik)
    line = newest("pupils.changed")
    assert line.unit == world.ask_8a
    assert line.detail["rows"] == [{"row": f"Pupil {pupil.pk}", "name": "changed", "birth_year": "changed"}]


def test_units_are_told_with_name_and_place_as_they_were_and_are(world):
    change = actions.UnitChange(world.ask, "Ask ungdomsskole", world.stange, world.ask.valid_from, None)
    actions.change_units(changes=[change], by=world.erik)
    (said,) = newest("units.changed").detail["rows"]
    assert said["name"] == ["Ask skole", "Ask ungdomsskole"]
    assert said["parent"] == [world.hamar.pk, world.stange.pk]


def test_a_long_list_is_a_line_a_class(world):
    rows = list(Enrolment.plumbing.filter(group__in=[world.ask_8a, world.ask_8b]).order_by("pk"))
    last = date(2027, 6, 20)
    actions.date_enrolments(enrolments=[(row, row.from_on, last) for row in rows], by=world.erik)
    lines = LINES.filter(what="enrolments.dated")
    assert {(line.unit, len(line.detail["rows"])) for line in lines} == {(world.ask_8a, 14), (world.ask_8b, 12)}
    assert audit.verify_chain() is None


def test_a_list_that_changes_nothing_leaves_no_line(world):
    before = LINES.count()
    actions.give_roles(roles=[], by=world.erik)
    assert LINES.count() == before


@pytest.mark.parametrize("attempt", ["give", "end", "change"])
def test_nobody_has_a_hand_in_a_role_of_their_own(world, attempt):
    row = RoleAssignment.plumbing.get(user=world.erik)
    lines, day = LINES.count(), date(2020, 1, 1)
    own = [(world.erik, "researcher", world.county, day, None)]
    attempts = {
        "give": lambda: actions.give_roles(roles=own, by=world.erik),
        "end": lambda: actions.end_role(assignment=row, to_on=row.from_on, by=world.erik),
        "change": lambda: actions.change_role(assignment=row, from_on=day, to_on=None, by=world.erik),
    }
    with pytest.raises(actions.OwnRole):
        attempts[attempt]()
    row.refresh_from_db()
    assert (LINES.count(), RoleAssignment.plumbing.filter(user=world.erik).count(), row.to_on) == (lines, 1, None)
    assert row.from_on != day


def test_an_action_that_names_no_row_or_no_unit_is_refused(world):
    @audit.action("nothing.named")
    def nothing(*, by):
        return 3

    @audit.action("user.met")
    def met(*, user, by):
        return user

    before = LINES.count()
    with pytest.raises(audit.NamesNoRow, match="nothing.named"):
        nothing(by=world.erik)
    with pytest.raises(audit.NamesNoRow, match="unit"):
        met(user=world.bob, by=world.erik)
    with pytest.raises(audit.NamesNoRow, match="outside an action"):
        audit.touched(world.ask, unit=world.ask)
    assert LINES.count() == before
