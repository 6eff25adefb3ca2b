"""Whoever handles adults' letters: what the pages offer for whom, and where nobody may handle them."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from kfl.people import actions as people
from kfl.people.kinds import Kind
from kfl.people.models import User
from kfl.questionnaires.formats import Informant
from kfl.surveys import actions
from kfl.surveys.waves import checklist
from tests.factories import a_unit, a_user
from tests.surveys.making import OPENS, a_questionnaire, a_wave

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("data_dir")]

ASKED = [Informant.PUPIL_5_10, Informant.TEACHER, Informant.LEADER, Informant.PARENT]


@pytest.fixture(autouse=True)
def _during_the_wave():
    with time_machine.travel(OPENS + timedelta(days=3), tick=False):
        yield


@pytest.fixture
def draft(world):
    return a_wave(world.county, [world.hamar], [a_questionnaire(who) for who in ASKED])


def page(user, name, unit):
    client = Client()
    client.force_login(user)
    return client.get(reverse(f"surveys:{name}", kwargs={"slug": "t3", "key": unit.pk})).content.decode()


def letters_step(draft):
    return next(one for one in checklist.steps(draft) if one.heading == "Brev til voksne")


def test_letters_of_staff_are_first_those_without_an_address_and_the_others_behind_all(world, draft):
    office = a_user("Kari Kontor", "office", world.ask)
    actions.open_wave(wave=draft, by=None, at=OPENS)
    body = page(office, "codes", world.ask)
    assert "Ingen: alle får lenken på e-post." in body
    assert "uten-adresse" not in body
    User.objects.filter(pk=world.bob.pk).update(email="")
    first, everybody = page(office, "codes", world.ask).split("Alle ansatte og ledere")
    staff = [link for link in re.findall(r'href="([^"]*)"', first) if "teacher" in link or "leader" in link]
    assert len(staff) == 3, "one link in each language, to the letter of Bob"
    assert all(link.endswith("&amp;uten-adresse=1") and "teacher" in link for link in staff)
    rest = [link for link in re.findall(r'href="([^"]*)"', everybody) if "sprak=" in link]
    assert len(rest) == 6
    assert not any("uten-adresse" in link or "parent" in link for link in rest)
    assert "parent" in first


def test_no_letter_stands_in_a_table_that_hides_its_links_on_a_small_phone(world, draft):
    office = a_user("Kari Kontor", "office", world.ask)
    actions.open_wave(wave=draft, by=None, at=OPENS)
    body = page(office, "codes", world.ask)
    assert "sprak=nb" in body
    assert "<table" not in body


def test_nothing_is_sent_to_parents_and_staff_are_told_apart_by_role_and_class(world, draft):
    office = a_user("Kari Kontor", "office", world.ask)
    User.objects.filter(pk=world.alice.pk).update(email="")
    actions.open_wave(wave=draft, by=None, at=OPENS)
    school = page(office, "lost-code", world.ask)
    assert "Bob (lærer 8A)" in school
    assert "Alice (rektor, uten e-postadresse)" in school
    assert "lenken er den samme" in school
    group = page(office, "lost-code", world.ask_8a)
    assert "Foresatte til" in group
    assert "Send lenken på nytt" not in group
    assert "Bytt lenke, og skriv ut et brev" in group
    for body in (school, group):
        lead = body.split('<p class="lead">')[1].split("</p>")[0]
        assert "slutter å virke" not in lead, "the same link is sent where that is asked for"


def test_the_checklist_names_the_places_where_nobody_may_handle_adults_links(world, draft):
    a_unit(Kind.SCHOOL, "Gran skole", world.hamar)
    assert letters_step(draft).chosen.endswith("ved: Ask skole, Gran skole.")
    assert not letters_step(draft).is_done
    kari = a_user("Kari Kontor", "office", world.ask)
    assert letters_step(draft).chosen.endswith("ved: Gran skole.")
    reads = a_user("Kommune Kontor", "office", world.hamar)
    assert letters_step(draft).is_done
    people.give_roles(roles=[(reads, "principal", world.ask, date(2020, 1, 1), date(2021, 1, 1))], by=None)
    User.objects.filter(pk=kari.pk).update(is_active=False)
    assert letters_step(draft).chosen.endswith("ved: Ask skole."), "whoever has read the results handles no links"


def test_a_wave_that_asks_no_adults_says_nothing_of_their_letters(world):
    wave = a_wave(world.county, [world.hamar], [a_questionnaire()])
    assert all(one.heading != "Brev til voksne" for one in checklist.steps(wave))


def test_kindergartens_are_listed_where_adults_of_kindergartens_are_asked(world):
    a_unit(Kind.KINDERGARTEN, "Tiriltoppen", world.hamar)
    wave = a_wave(world.county, [world.hamar], [a_questionnaire(Informant.KINDERGARTEN_PARENT)])
    assert letters_step(wave).chosen.endswith("ved: Tiriltoppen.")
