"""A no becomes nothing else unseen: a list that lifts reservations names them, and is refused without its tick."""

from __future__ import annotations

import re
from html import unescape

import pytest
import time_machine
from django.test import Client

from kfl.people.models import Pupil
from kfl.surveys import actions
from kfl.surveys.models import Code, ConsentMode, ConsentState
from tests.surveys.making import OPENS, a_questionnaire, a_wave
from tests.surveys.test_consent_list import TICKED, choose, pupil, put_in, say_yes
from tests.surveys.test_consent_page import Visitor

pytestmark = [pytest.mark.usefixtures("data_dir"), pytest.mark.django_db]


@pytest.fixture
def wave(world):
    for number, one in enumerate(Pupil.plumbing.filter(enrolments__group=world.ask_8a).order_by("pk")):
        Pupil.plumbing.filter(pk=one.pk).update(source=world.ask, source_key=f"A{number:02}")
    with time_machine.travel(OPENS, tick=False):
        made = a_wave(world.county, [world.ask], [a_questionnaire()], consent=ConsentMode.ACTIVE)
        actions.set_consent(wave=made, pupils=[pupil("A01"), pupil("A03")], state=ConsentState.RESERVED, by=None)
        yield made


@pytest.fixture
def bob(world):
    client = Client()
    client.force_login(world.bob)
    return client


ALL_YES = "elevnøkkel;samtykke\n" + "".join(f"A0{number};kan delta\n" for number in range(5))


def marked(page):
    """The names of the rows that bear a mark, with the mark."""
    found = re.findall(r'<th scope="row">\s*([^<]+?) <span class="ds-tag"[^>]*>([^<]+)</span>', page.text)
    return {unescape(name): mark for name, mark in found}


def states(wave):
    return dict(wave.consents.values_list("pupil__source_key", "state"))


def test_a_list_that_lifts_reservations_names_them_first_and_is_refused_without_the_tick(world, wave, bob):
    first, other = pupil("A01").name, pupil("A03").name
    actions.set_consent(wave=wave, pupils=[pupil("A05")], state=ConsentState.MAY_TAKE_PART, by=None)
    actions.open_wave(wave=wave, by=None, at=OPENS)
    page = choose(bob, world.ask_8a, ALL_YES)
    head = page.text[: page.text.index('class="definition"')]
    assert "2 reservasjoner blir opphevet" in head
    assert f"<li>{first}, 8A</li><li>{other}, 8A</li>" in head
    assert marked(page) == {first: "reservasjon oppheves", other: "reservasjon oppheves"}
    assert [line.name for line in page.context["plan"].sorts[0].lines][:2] == [first, other], "first of their sort"
    refused = say_yes(bob, page)
    assert "kryss av for at det er riktig" in refused.text
    assert states(wave) == {"A01": "reserved", "A03": "reserved", "A05": "may_take_part"}
    assert Code.plumbing.get().pupil == pupil("A05")
    done = say_yes(bob, refused, **TICKED)
    assert "5 endringer er lagret." in done.text
    assert f"2 reservasjoner er opphevet: {first} og {other}." in done.text
    assert set(states(wave).values()) == {"may_take_part"}


def test_a_list_that_lifts_nothing_asks_for_no_tick(world, wave, bob):
    page = choose(bob, world.ask_8a, "elevnøkkel;samtykke\nA00;kan delta\nA01;nei\n")
    assert "doubts_are_right" not in page.text
    assert not marked(page)
    assert "opphevet" not in say_yes(bob, page).text


def test_a_reservation_that_has_come_since_the_preview_is_marked_and_asked_about_anew(world, wave, bob):
    page = choose(bob, world.ask_8a, ALL_YES)
    actions.set_consent(wave=wave, pupils=[pupil("A04")], state=ConsentState.RESERVED, by=None)
    again = say_yes(bob, page, **TICKED)
    assert states(wave) == {"A01": "reserved", "A03": "reserved", "A04": "reserved"}
    assert "3 reservasjoner blir opphevet" in again.text
    assert marked(again)[pupil("A04").name] == "reservert etter at du så lista"
    assert marked(again)[pupil("A01").name] == "reservasjon oppheves"
    unticked = say_yes(bob, again)
    assert marked(unticked)[pupil("A04").name] == "reservert etter at du så lista", "still marked"
    assert "3 reservasjoner er opphevet" in say_yes(bob, unticked, **TICKED).text


def test_taking_back_a_list_of_reservations_names_them_and_asks_for_the_tick(world, wave, bob):
    where, imported = put_in(bob, world.ask_8a, "elevnøkkel;samtykke\nA00;nei\nA02;kan delta\n")
    name = pupil("A00").name
    assert f"blir én reservasjon opphevet: {name}." in bob.get(where).text
    refused = bob.post(where, {"take_back": imported.pk}, follow=True)
    assert "kryss av for at det er riktig" in refused.text
    assert states(wave)["A00"] == "reserved"
    done = bob.post(where, {"take_back": imported.pk, **TICKED}, follow=True)
    assert f"1 reservasjon er opphevet: {name}." in done.text
    assert states(wave)["A00"] == "not_informed"


def test_the_form_of_a_class_says_in_its_receipt_whose_reservation_is_lifted(world, wave, bob):
    visitor = Visitor(world, world.bob)
    receipt = visitor.save(to={pupil("A01"): ConsentState.MAY_TAKE_PART, pupil("A02"): ConsentState.INFORMED})
    assert f"1 reservasjon er opphevet: {pupil('A01').name}." in receipt
    assert "er opphevet" not in visitor.save(to={pupil("A02"): ConsentState.RESERVED})
