"""A person's calendar has the dates of the waves that concern that person, with the time given to the own units."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from kfl.questionnaires.formats import Informant
from kfl.surveys import actions, home
from tests.factories import a_user
from tests.surveys.making import CLOSES, OPENS, a_questionnaire, a_wave

pytestmark = pytest.mark.django_db
YEAR = (date(2026, 7, 1), date(2027, 6, 30))
LATER = CLOSES + timedelta(days=5)


@pytest.fixture
def draft(world, data_dir):
    versions = [a_questionnaire(), a_questionnaire(Informant.TEACHER)]
    return a_wave(world.county, [world.ask, world.bjork], versions)


@pytest.fixture
def wave(draft):
    return actions.open_wave(wave=draft, by=None, at=OPENS)


def told(user, years=YEAR) -> list[tuple[str, object]]:
    return sorted((entry.words, entry.starts) for entry in home.dates(user, *years))


def test_whoever_sets_it_up_knows_a_draft_and_when_it_closes_itself(world, draft):
    both = [("Kartlegging T3 åpner", OPENS), ("Kartlegging T3: siste frist for å svare", CLOSES)]
    assert told(world.erik) == sorted(both)
    actions.open_wave(wave=draft, by=None, at=OPENS)
    itself = ("Kartlegging T3: stenger seg selv, om ingen har stengt den", CLOSES + timedelta(days=14))
    assert told(world.erik) == sorted([*both, itself])


def test_nobody_else_knows_a_draft(world, draft):
    assert [told(user) for user in (world.alice, world.bob, world.dina)] == [[], [], []]


def test_teachers_heads_and_owners_have_their_own_units_last_day(world, wave):
    actions.extend_unit(wave=wave, unit=world.ask_8a, closes_at=LATER, by=None)
    opens = ("Kartlegging T3 åpner", OPENS)
    own_class, own_answer = "Kartlegging T3 – 8A: siste frist for å svare", "Kartlegging T3: siste frist for å svare"
    assert told(world.bob) == [opens, (own_class, LATER), (own_answer, CLOSES)]  # he is asked at the school himself
    assert opens in told(world.alice)
    assert ("Kartlegging T3: siste frist for å svare", CLOSES) in told(world.alice)
    assert told(world.nobody) == []


def test_the_same_date_has_the_same_key_and_comes_once(world, wave):
    first, again = ([entry.key for entry in home.dates(world.bob, *YEAR)] for _time in range(2))
    assert first == again
    assert len(set(first)) == len(first)


def test_the_office_is_led_to_no_page_that_it_may_not_see(world, wave, client):
    office = a_user("Kari Kontor", "office", world.ask)
    assert {entry.url for entry in home.dates(office, *YEAR)} == {""}
    client.force_login(world.alice)
    assert all(client.get(entry.url).status_code == 200 for entry in home.dates(world.alice, *YEAR) if entry.url)


def test_what_was_over_long_ago_is_left_out(world, wave):
    assert told(world.erik, (date(2027, 6, 1), date(2027, 12, 31))) == []
