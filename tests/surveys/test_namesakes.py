"""A list undoes no reservation: whoever has the name of one who is reserved gets no code before that is answered."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kfl.people import actions as people
from kfl.people.kinds import Kind
from kfl.people.models import AuditLine, Pupil
from kfl.people.rosters import ListKind, RosterIsUndecided, TwinAnswer, import_roster
from kfl.surveys import actions
from kfl.surveys.consent import namesakes
from kfl.surveys.consent.form_fields import field_name
from kfl.surveys.models import Code, Consent, ConsentMode, ConsentState, Namesake, WaveState
from kfl.surveys.waves import membership
from tests.factories import a_class, a_unit, a_user
from tests.surveys.making import OPENS, a_questionnaire, a_wave

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("data_dir")]

LATER = OPENS + timedelta(days=10)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def later():
    with time_machine.travel(LATER, tick=False):
        yield


def a_draft(world, *, consent=ConsentMode.PASSIVE):
    return a_wave(world.county, [world.ask], [a_questionnaire()], consent=consent)


def reserved(world, wave, name="Kari Anne Li", year=2013):
    """One of 8A who is reserved."""
    pupil = world.ask_8a.enrolments.select_related("pupil").order_by("pk")[0].pupil
    Pupil.plumbing.filter(pk=pupil.pk).update(name=name, birth_year=year)
    pupil.refresh_from_db()
    actions.set_consent(wave=wave, pupils=[pupil], state=ConsentState.RESERVED, by=None)
    return pupil


def comes(group, name="Kari Anne Li", year=2013):
    pupil = Pupil(name=name, birth_year=year)
    day = timezone.localdate() - DAY
    people.enrol_pupils(pupils=[pupil], enrolments=[(pupil, group, 8, day, None)], by=None)
    return pupil


def an_open_wave(world):
    wave = a_draft(world)
    return actions.open_wave(wave=wave, by=None, at=OPENS)


def codes_of(pupil):
    return Code.objects.everywhere(why="a test").filter(pupil=pupil)


def page_of(wave, unit, name="consent"):
    return reverse(f"surveys:{name}", kwargs={"slug": wave.slug, "key": unit.pk})


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


NAMES = ["Kari Anne Li", "LI, kari-anne", "Anne Kári  Li"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("year", [2013, 2012, None])
def test_no_late_code_before_it_is_said_who_it_is(world, name, year):
    wave = an_open_wave(world)
    old, new = reserved(world, wave), comes(world.ask_8b, name, year)
    with pytest.raises(actions.NamesakeIsReserved, match="reservert"):
        actions.invite_late(wave=wave, pupil=new, by=None)
    client = signed_in(world.alice)
    told = client.post(page_of(wave, world.ask_8b, "lost-code"), {"pupil": new.pk}, follow=True).content.decode()
    assert not codes_of(new).exists()
    assert "Er dette den samme som er reservert?" in told
    assert f"Reservert: {old.name}, 8A ved" in told


@pytest.mark.parametrize("name", ["Kari Li", "Kari Anne Lid", "Anne Li"])
def test_of_another_name_nobody_asks(world, name):
    wave = an_open_wave(world)
    reserved(world, wave)
    assert actions.invite_late(wave=wave, pupil=comes(world.ask_8b, name), by=None)


def test_of_one_who_is_not_reserved_nobody_asks(world):
    wave = an_open_wave(world)
    old = reserved(world, wave)
    actions.set_consent(wave=wave, pupils=[old], state=ConsentState.INFORMED, by=None)
    assert actions.invite_late(wave=wave, pupil=comes(world.ask_8b), by=None)


@pytest.mark.parametrize("state", [ConsentState.INFORMED, ConsentState.MAY_TAKE_PART])
def test_what_is_noted_of_the_new_one_makes_no_code_either(world, state):
    wave = an_open_wave(world)
    reserved(world, wave)
    new = comes(world.ask_8b)
    client = signed_in(world.alice)
    if state is ConsentState.INFORMED:
        sent = {field_name(new, ConsentState.NOT_INFORMED): state.value}
        told = client.post(page_of(wave, world.ask_8b), sent, follow=True).content.decode()
        assert f"Ingen kode til {new.name} ennå" in told
    else:
        actions.set_consent(wave=wave, pupils=[new], state=state, by=None)
    assert not codes_of(new).exists()


def test_whose_yes_was_taken_back_counts_as_the_reserved(world):
    """Where consent is active a no need not be a reservation: the codes died."""
    wave = a_draft(world, consent=ConsentMode.ACTIVE)
    pupils = [row.pupil for row in world.ask_8a.enrolments.select_related("pupil")]
    actions.set_consent(wave=wave, pupils=pupils, state=ConsentState.MAY_TAKE_PART, by=None)
    wave = actions.open_wave(wave=wave, by=None, at=OPENS)
    actions.set_consent(wave=wave, pupils=pupils[:1], state=ConsentState.INFORMED, by=None)
    new = comes(world.ask_8b, pupils[0].name)
    actions.set_consent(wave=wave, pupils=[new], state=ConsentState.MAY_TAKE_PART, by=None)
    assert not codes_of(new).exists()
    assert [one.pupil for one in namesakes.questions(wave)] == [new]


def test_the_same_is_reserved_and_the_answer_names_both(world):
    wave = an_open_wave(world)
    old, new = reserved(world, wave), comes(world.ask_8b)
    sent = {"pupil": new.pk, "other": old.pk, "is_same": "yes"}
    assert signed_in(world.alice).post(page_of(wave, world.ask_8b), sent).status_code == 302
    consent = Consent.objects.everywhere(why="a test").get(wave=wave, pupil=new)
    assert consent.state == ConsentState.RESERVED
    assert new not in membership.pupils_without_code(wave, world.ask_8b)
    line = AuditLine.plumbing.filter(what="namesake.answered").get()
    assert (line.by, line.unit) == (world.alice, world.ask_8b)
    row = line.detail["rows"][0]
    assert (row["row"], row["other"], row["is_same"]) == (f"Pupil {new.pk}", old.pk, True)
    assert old.name not in str(line.detail)


def test_two_who_differ_are_asked_about_once(world):
    wave = an_open_wave(world)
    old, new = reserved(world, wave), comes(world.ask_8b)
    client, page = signed_in(world.alice), page_of(wave, world.ask_8b)
    sent = {"pupil": new.pk, "other": old.pk, "is_same": "no"}
    client.post(page, sent)
    assert "Er dette den samme" not in client.get(page).content.decode()
    assert actions.invite_late(wave=wave, pupil=new, by=None)
    again = client.post(page, {**sent, "is_same": "yes"}, follow=True).content.decode()
    assert "Dette er det svart på" in again
    assert Namesake.plumbing.get().is_same is False
    assert codes_of(new).exists()


@pytest.mark.parametrize(
    ("year", "asks"), [(2013, True), (None, True), (2012, False)], ids=["same year", "no year", "another year"]
)
def test_at_another_school_of_the_owner_it_is_asked_unless_the_year_differs(world, year, asks):
    lia_8a = a_class(a_unit(Kind.SCHOOL, "Lia skole", world.hamar, "S3"), "8A", 8, 10)
    wave = a_wave(world.county, [world.county], [a_questionnaire()])
    wave = actions.open_wave(wave=wave, by=None, at=OPENS)
    old, new = reserved(world, wave), comes(lia_8a, year=year)
    assert bool(namesakes.questions(wave, pupils=[new.pk])) is asks
    people.date_enrolments(enrolments=[(old.enrolments.get(), date(2026, 8, 17), LATER.date() - DAY)], by=None)
    assert namesakes.questions(wave, pupils=[new.pk]), "one who goes nowhere may have been given another year"
    assert not namesakes.questions(wave, pupils=[comes(world.bjork_8a).pk]), "another owner's pupils are others"


def test_where_one_of_another_class_goes_is_told_to_whoever_may_know_it(world):
    wave = an_open_wave(world)
    old = reserved(world, wave)
    new = comes(world.ask_8b)
    to_head = " ".join(signed_in(world.alice).get(page_of(wave, world.ask)).content.decode().split())
    assert f"Reservert: {old.name}, 8A ved {world.ask.name}, født 2013" in to_head
    teacher = a_user("Tora", "teacher", world.ask_8b)
    to_teacher = signed_in(teacher).get(page_of(wave, world.ask_8b)).content.decode()
    assert new.name in to_teacher
    assert f"Reservert: {old.name}, i en annen klasse." in to_teacher
    assert "8A ved" not in to_teacher


def test_a_draft_with_the_question_open_does_not_open(world):
    wave = a_draft(world)
    with time_machine.travel(OPENS - timedelta(days=3), tick=False):
        old, new = reserved(world, wave), comes(world.ask_8b)
        with pytest.raises(actions.CannotOpen) as caught:
            actions.open_wave(wave=wave, by=None, at=OPENS)
        assert world.ask.name in str(caught.value)
        assert new.name not in str(caught.value), "whoever sets up the wave reads no names of pupils here"
        assert (
            "Er dette den samme som er reservert?"
            in signed_in(world.alice).get(page_of(wave, world.ask)).content.decode()
        )
        actions.answer_namesake(wave=wave, pupil=new, other=old, is_same=False, by=None)
    assert actions.open_wave(wave=wave, by=None, at=OPENS).state == WaveState.OPEN
    assert codes_of(new).exists()
    assert not codes_of(old).exists()


def test_nothing_is_answered_from_outside_ones_units(world):
    wave = an_open_wave(world)
    old, new = reserved(world, wave), comes(world.ask_8b)
    sent = {"pupil": new.pk, "other": old.pk, "is_same": "no"}
    for user in (world.nobody, world.bob):
        assert signed_in(user).post(page_of(wave, world.ask_8b), sent).status_code in {403, 404}
    signed_in(world.bob).post(page_of(wave, world.ask_8a), sent)
    signed_in(world.alice).post(page_of(wave, world.ask_8b), {**sent, "is_same": "maybe"})
    assert not Namesake.plumbing.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"key": "NY1", "class": "8B"},
        {"key": "NY1", "name": "Kari Anne Lie"},
        {"key": "NY1", "year": "2012"},
        {"key": "NY1", "class": "8B", "year": "2012", "name": "Li Kari Anne"},
    ],
)
def test_a_list_with_another_key_gives_no_reserved_pupil_a_code(world, change):
    wave = a_draft(world)
    rows = []
    for group in (world.ask_8a, world.ask_8b):
        for number, row in enumerate(group.enrolments.select_related("pupil").order_by("pk")):
            values = {"source": world.ask, "source_key": f"K{group.pk}-{number}", "birth_year": 2013}
            Pupil.plumbing.filter(pk=row.pupil_id).update(**values)
            rows.append((group, row.pupil_id))
    wave = actions.open_wave(wave=wave, by=None, at=OPENS)
    old = reserved(world, wave)
    lines = ["enhet;klasse;trinn;navn;elevnøkkel;fødselsår"]
    for group, key in rows:
        pupil = Pupil.plumbing.get(pk=key)
        row = {"class": group.name, "name": pupil.name, "key": pupil.source_key, "year": "2013"}
        row |= change if pupil == old else {}
        lines.append(f"S1;{row['class']};8;{row['name']};{row['key']};{row['year']}")
    content, on = "\n".join(lines).encode(), timezone.localdate()
    with pytest.raises(RosterIsUndecided):
        import_roster(content, ListKind.PUPILS, by=None, on=on)
    import_roster(content, ListKind.PUPILS, by=None, on=on, answer=TwinAnswer.OTHERS)
    new = Pupil.plumbing.get(source_key="NY1")
    assert new != old
    if change.get("name") == "Kari Anne Lie":
        return  # somebody said that it is another one, of another name
    with pytest.raises(actions.NamesakeIsReserved):
        actions.invite_late(wave=wave, pupil=new, by=None)
