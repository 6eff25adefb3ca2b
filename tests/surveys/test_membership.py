"""Who belongs to an open wave, whatever happens to a pupil after the opening; and by which name."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from kfl.people import actions as people
from kfl.people.models import Enrolment, Pupil, User
from kfl.questionnaires.formats import Informant
from kfl.surveys import actions
from kfl.surveys.codes import code_sheets, queries
from kfl.surveys.codes.code_holders import labelled
from kfl.surveys.counts import coverage
from kfl.surveys.models import Code, ConsentMode, ConsentState, Invited
from kfl.surveys.waves import membership
from tests.factories import a_class
from tests.surveys.making import CLOSES, OPENS, a_questionnaire, a_wave

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("data_dir")]

DAY = OPENS.date()
LATER = OPENS + timedelta(days=10)
TOMORROW = DAY + timedelta(days=1)


@pytest.fixture(autouse=True)
def later():
    with time_machine.travel(LATER, tick=False):
        yield


def open_wave(world, *informants, consent=ConsentMode.PASSIVE):
    forms = [a_questionnaire(informant) for informant in informants or (Informant.PUPIL_5_10,)]
    wave = a_wave(world.county, [world.hamar], forms, consent=consent)
    if consent is ConsentMode.ACTIVE:
        first = [row.pupil for row in world.ask_8b.enrolments.all()]
        actions.set_consent(wave=wave, pupils=first, state=ConsentState.MAY_TAKE_PART, by=None)
    return actions.open_wave(wave=wave, by=None, at=OPENS)


def a_pupil(group, number=0):
    return group.enrolments.select_related("pupil").order_by("pk")[number].pupil


def codes_of(wave, pupil):
    return Code.objects.everywhere(why="a test").filter(wave=wave, pupil=pupil)


def until(pupil, last):
    row = pupil.enrolments.get()
    people.date_enrolments(enrolments=[(row, row.from_on, last)], by=None)


def moved(pupil, group, day):
    people.move_pupil(move=people.Move(pupil.enrolments.get(), group, 8, day), by=None)


def reserve_and_let_back(wave, pupil):
    actions.set_consent(wave=wave, pupils=[pupil], state=ConsentState.RESERVED, by=None)
    assert not codes_of(wave, pupil).exists()
    actions.set_consent(wave=wave, pupils=[pupil], state=ConsentState.INFORMED, by=None)
    return codes_of(wave, pupil).get()


HAPPENED = {
    "has an end date to come": lambda world, pupil: until(pupil, date(2027, 7, 31)),
    "left yesterday": lambda world, pupil: until(pupil, LATER.date() - timedelta(days=1)),
    "moved to another class": lambda world, pupil: moved(pupil, world.ask_8b, TOMORROW),
    "moved to a school that is not in the wave": lambda world, pupil: moved(pupil, world.bjork_8a, TOMORROW),
    "was put right: never was in the class": lambda world, pupil: moved(pupil, world.ask_8b, date(2026, 8, 17)),
    "stands in no list any more": lambda world, pupil: Enrolment.plumbing.filter(pupil=pupil).delete(),
    "changed name": lambda world, pupil: Pupil.plumbing.filter(pk=pupil.pk).update(name="Aksel Nyborg"),
}


@pytest.mark.parametrize("what", HAPPENED)
def test_whoever_was_there_at_the_opening_keeps_the_place_the_reservation_and_the_count(world, what):
    wave, pupil = open_wave(world), a_pupil(world.ask_8a)
    invited = sum(Invited.plumbing.values_list("count", flat=True))
    HAPPENED[what](world, pupil)
    assert pupil in membership.pupils_at(wave, world.ask_8a)
    code = reserve_and_let_back(wave, pupil)
    assert code.node.unit == world.ask_8a
    assert pupil in membership.pupils_at(wave, world.ask_8a)
    actions.set_consent(wave=wave, pupils=[pupil], state=ConsentState.RESERVED, by=None)
    assert pupil in membership.pupils_at(wave, world.ask_8a), "the reservation can be seen and undone"
    assert pupil not in membership.pupils_without_code(wave, world.ask_8b)
    assert sum(Invited.plumbing.values_list("count", flat=True)) == invited


def test_whoever_moves_stands_in_both_classes_and_gets_no_second_code(world):
    wave, pupil = open_wave(world), a_pupil(world.ask_8a)
    moved(pupil, world.ask_8b, TOMORROW)
    for group in (world.ask_8a, world.ask_8b):
        assert pupil in membership.pupils_at(wave, group)
    assert membership.those_away(wave, world.ask_8a, [pupil]) == {pupil.pk}
    assert membership.those_away(wave, world.ask_8b, [pupil]) == set()
    assert membership.those_away(wave, world.ask, [pupil]) == set()
    assert pupil not in membership.pupils_without_code(wave, world.ask_8b)
    with pytest.raises(actions.AlreadyInvited):
        actions.invite_late(wave=wave, pupil=pupil, by=None)


@pytest.mark.parametrize("last", [None, date(2027, 7, 31)])
def test_a_yes_after_the_opening_gives_a_code_whatever_the_last_day_of_the_place_is(world, last):
    wave = open_wave(world, consent=ConsentMode.ACTIVE)
    pupils = [row.pupil for row in world.ask_8a.enrolments.select_related("pupil")]
    for pupil in pupils:
        until(pupil, last)
    actions.set_consent(wave=wave, pupils=pupils, state=ConsentState.MAY_TAKE_PART, by=None)
    assert membership.uncoded(wave, pupils) == []
    assert membership.pupils_without_code(wave, world.ask_8a) == []


def test_a_place_that_begins_later_is_no_place_yet(world):
    wave = open_wave(world)
    coming = Pupil(name="Kommer Snart")
    enrolment = (coming, world.ask_8a, 8, LATER.date() + timedelta(days=3), None)
    people.enrol_pupils(pupils=[coming], enrolments=[enrolment], by=None)
    assert not membership.has_place(wave, coming)
    assert coming not in membership.pupils_at(wave, world.ask_8a)
    with pytest.raises(membership.NoPlaceInWave):
        actions.invite_late(wave=wave, pupil=coming, by=None)
    with time_machine.travel(LATER + timedelta(days=3), tick=False):
        assert coming in membership.pupils_without_code(wave, world.ask_8a)
        assert actions.invite_late(wave=wave, pupil=coming, by=None).node.unit == world.ask_8a


def test_of_a_draft_those_belong_who_will_be_there_when_it_opens(world):
    wave = a_wave(world.county, [world.hamar], [a_questionnaire()])
    coming, later = Pupil(name="Kommer Før"), Pupil(name="Kommer Etter")
    days = (DAY, DAY + timedelta(days=1))
    rows = [(pupil, world.ask_8a, 8, day, None) for pupil, day in zip((coming, later), days, strict=True)]
    people.enrol_pupils(pupils=[coming, later], enrolments=rows, by=None)
    with time_machine.travel(OPENS - timedelta(days=5), tick=False):
        found = membership.pupils_at(wave, world.ask_8a)
    assert coming in found
    assert later not in found


def test_everybody_who_is_offered_a_code_gets_one(world):
    """Whatever enrolments there are: what stands in the list of late pupils can be done."""
    wave = open_wave(world)
    fresh = a_class(world.ask, "8C", 8, 2, since=TOMORROW)
    for number, (first, last) in enumerate([
        (TOMORROW, None), (TOMORROW, date(2027, 6, 20)), (LATER.date(), LATER.date()),
        (TOMORROW, TOMORROW), (LATER.date() + timedelta(days=1), None),
    ]):  # fmt: skip
        pupil = Pupil(name=f"Sein {number}")
        people.enrol_pupils(pupils=[pupil], enrolments=[(pupil, world.ask_8b, 8, first, last)], by=None)
    assert membership.pupils_without_code(wave, fresh) == []
    late = membership.pupils_without_code(wave, world.ask_8b)
    assert [pupil.name for pupil in late] == ["Sein 0", "Sein 1", "Sein 2"]
    client = Client()
    client.force_login(world.alice)
    address = reverse("surveys:lost-code", kwargs={"slug": "t3", "key": world.ask_8b.pk})
    for pupil in late:
        assert client.post(address, {"pupil": pupil.pk}).status_code == 302
    assert membership.pupils_without_code(wave, world.ask_8b) == []


def test_a_pupil_who_moves_away_while_the_page_is_open_is_told_about_and_is_no_fault(world, monkeypatch):
    open_wave(world)
    pupil = Pupil(name="Sein Elev")
    people.enrol_pupils(pupils=[pupil], enrolments=[(pupil, world.bjork_8a, 8, TOMORROW, None)], by=None)
    monkeypatch.setattr(membership, "pupils_without_code", lambda *_: [pupil])
    client = Client()
    client.force_login(world.alice)
    address = reverse("surveys:lost-code", kwargs={"slug": "t3", "key": world.ask_8b.pk})
    told = client.post(address, {"pupil": pupil.pk}, follow=True).content.decode()
    assert "Sein Elev går ikke i en klasse som er med." in told


def test_erasure_after_the_close_offers_whoever_was_there_from_opening_to_close(world):
    wave = open_wave(world)
    left, moved_on, stays = (a_pupil(world.ask_8a, number) for number in range(3))
    until(left, TOMORROW)
    moved(moved_on, world.bjork_8a, TOMORROW)
    actions.close_wave(wave=wave, by=None, at=CLOSES, tells=False)
    with time_machine.travel(CLOSES + timedelta(days=40), tick=False):
        after = Pupil(name="Kom Etterpå")
        days = (CLOSES.date() + timedelta(days=30), None)
        people.enrol_pupils(pupils=[after], enrolments=[(after, world.ask_8a, 8, *days)], by=None)
        found = membership.pupils_at(wave, world.ask_8a)
    assert {left, moved_on, stays} <= set(found)
    assert after not in found


def test_a_rehearsal_offers_no_late_code_to_a_pupil_whom_the_parents_have_reserved(world):
    draft = a_wave(world.county, [world.hamar], [a_questionnaire()])
    pupil = a_pupil(world.ask_8a)
    actions.set_consent(wave=draft, pupils=[pupil], state=ConsentState.RESERVED, by=None)
    made = actions.make_rehearsal(wave=draft, opens_at=OPENS, closes_at=CLOSES, by=None)
    rehearsal = actions.open_wave(wave=made, by=None, at=OPENS)
    assert pupil not in membership.pupils_without_code(rehearsal, world.ask_8a)


def test_every_name_is_that_of_today(world):
    informants = (Informant.PUPIL_5_10, Informant.RATER_TEACHER, Informant.PARENT, Informant.TEACHER)
    wave = open_wave(world, *informants)
    pupil = a_pupil(world.ask_8a)
    old = pupil.name
    Pupil.plumbing.filter(pk=pupil.pk).update(name="Aksel Nyborg")
    User.objects.filter(pk=world.bob.pk).update(name="Berit Ny")
    client = Client()
    client.force_login(world.bob)
    where = {"slug": "t3", "key": world.ask_8a.pk}
    shown = [
        client.get(reverse(f"surveys:{name}", kwargs=where)).content.decode()
        for name in ("consent", "lost-code", "rating-list")
    ]
    every = Code.objects.everywhere(why="a test").filter(wave=wave)
    slips = [slip.label for slip in code_sheets.slips(wave, every)]
    form = wave.forms.get(informant=Informant.PARENT)
    printed = [one.label for one in queries.printed_codes(wave=wave, form=form, nodes=range(wave.nodes.count()))]
    for page in [*shown, " ".join(slips), " ".join(printed)]:
        assert "Aksel Nyborg" in page
        assert old not in page.split("Aksel Nyborg")[0] or f"{old}<" not in page
    assert "Foresatte til Aksel Nyborg" in slips
    assert "Foresatte til Aksel Nyborg" in printed
    assert "Berit Ny" in slips
    assert not {old, f"Foresatte til {old}", "Bob"} & set(slips)


def test_two_of_one_name_are_told_apart_in_every_list(world):
    informants = (Informant.PUPIL_5_10, Informant.RATER_TEACHER, Informant.PARENT)
    wave = open_wave(world, *informants)
    pupils = [a_pupil(world.ask_8a, number) for number in range(3)]
    for pupil, born, key in zip(pupils, (2012, 2013, None), ("10001", "10002", "10003"), strict=True):
        Pupil.plumbing.filter(pk=pupil.pk).update(name="Ola Hansen", birth_year=born, source_key=key)
    client = Client()
    client.force_login(world.bob)
    for name in ("consent", "lost-code", "rating-list"):
        page = client.get(reverse(f"surveys:{name}", kwargs={"slug": "t3", "key": world.ask_8a.pk})).content.decode()
        for end in ("001", "002", "003"):
            assert f"Ola Hansen (nøkkel …{end})" in page, name
    rows = labelled(Code.objects.everywhere(why="a test").filter(wave=wave, node__unit=world.ask_8a))
    names = [(row.form_id, row.label) for row in rows]
    assert len(set(names)) == len(names)
    assert any(label == "Foresatte til Ola Hansen (nøkkel …002)" for _form, label in names)
    one = Code.objects.everywhere(why="a test").filter(pupil=pupils[0], form__informant=Informant.PUPIL_5_10)
    assert [slip.label for slip in code_sheets.slips(wave, one)] == ["Ola Hansen (nøkkel …001)"], "also alone"
    actions.close_wave(wave=wave, by=None, at=CLOSES, tells=False)
    page = client.get(reverse("surveys:erase", kwargs={"slug": "t3", "key": world.ask_8a.pk})).content.decode()
    assert "Ola Hansen (nøkkel …003)" in page


def test_the_number_invited_is_the_same_before_and_after_a_reservation(world):
    wave, pupil = open_wave(world), a_pupil(world.ask_8a)
    before = coverage.of_unit(wave, world.ask).pupils
    actions.set_consent(wave=wave, pupils=[pupil], state=ConsentState.RESERVED, by=None)
    assert coverage.of_unit(wave, world.ask).pupils == before
