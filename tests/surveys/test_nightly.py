"""Adults' numbers while a wave is open: from night to night, in threes, never everybody, and only where many are."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kfl.people.kinds import Kind
from kfl.questionnaires.formats import Informant
from kfl.surveys import actions, store
from kfl.surveys.counts import coverage, nightly
from kfl.surveys.models import FollowedNode, Invited, NightlyCount, Wave
from tests.factories import a_unit, a_user
from tests.surveys.answering import answer, code_of
from tests.surveys.making import OPENS, a_questionnaire, a_wave

pytestmark = pytest.mark.usefixtures("data_dir")

HIDDEN = "skjult: for få her eller ved siden av"
NIGHT = OPENS.replace(hour=1) + timedelta(days=1)


@pytest.fixture
def wave(world) -> Wave:
    """Eleven teachers at Ask and nine at Bjørk, and one leader each."""
    for n in range(10):
        a_user(f"ask{n}", "teacher", world.ask)
    for n in range(9):
        a_user(f"bjork{n}", "teacher", world.bjork)
    versions = [a_questionnaire(Informant.TEACHER), a_questionnaire(Informant.LEADER)]
    wave = a_wave(world.county, [world.county], versions)
    return actions.open_wave(wave=wave, by=None, at=OPENS)


def codes(wave: Wave, unit) -> list[str]:
    return [code_of(row) for row in wave.codes.filter(node__unit=unit, form__informant=Informant.TEACHER)]


def told(wave: Wave, unit, informant: Informant = Informant.TEACHER) -> str:
    lines = {line.informant: line.words for line in coverage.of_unit(wave, unit).lines}
    return lines[informant]


def test_where_it_is_told_is_decided_at_the_opening_and_not_of_leaders(world, wave):
    places = FollowedNode.objects.everywhere(why="a test").filter(node__wave=wave)
    assert {place.form.informant for place in places} == {Informant.TEACHER}
    assert {world.ask, world.bjork, world.county} <= {place.node.unit for place in places}
    assert told(wave, world.county, Informant.LEADER) == f"2 inviterte · {HIDDEN}"


def test_before_the_first_night_the_number_comes_tomorrow_and_then_stands_still(world, wave):
    assert not nightly.count(wave, OPENS + timedelta(hours=10))
    ask = codes(wave, world.ask)
    for code in ask[:4]:
        assert answer(wave, code)
    assert told(wave, world.ask) == "antallet vises fra i morgen · 11 inviterte"
    assert nightly.count(wave, NIGHT)
    words = "minst 3 ark levert eller nei sagt natt til tirsdag 3. november · 11 inviterte"
    assert told(wave, world.ask) == words
    for code in ask[4:]:
        assert answer(wave, code)
    assert not nightly.count(wave, NIGHT + timedelta(hours=12))  # once a day
    assert told(wave, world.ask) == words
    assert nightly.count(wave, NIGHT + timedelta(days=1, hours=9))
    # All eleven have handed in: never everybody; and it says that it was counted in the morning.
    assert told(wave, world.ask) == "minst 9 ark levert eller nei sagt onsdag 4. november kl. 10.00 · 11 inviterte"


def test_the_number_never_falls_whatever_the_store_says(world, wave, monkeypatch):
    for code in codes(wave, world.ask)[:6]:
        answer(wave, code)
    nightly.count(wave, NIGHT)
    monkeypatch.setattr(store, "answered_counts", lambda slug: {})
    nightly.count(wave, NIGHT + timedelta(days=1))
    rows = NightlyCount.objects.everywhere(why="a test").filter(place__node__unit=world.ask).order_by("taken_at")
    assert [row.told for row in rows] == [6, 6]


def test_the_chore_counts_open_waves_alone_and_each_once_a_day(world, wave):
    assert nightly.count_all(NIGHT) == [wave]
    assert nightly.count_all(NIGHT + timedelta(hours=1)) == []
    actions.close_wave(wave=wave, by=None, tells=False)
    assert nightly.count_all(NIGHT + timedelta(days=1)) == []


def test_a_small_school_takes_the_smallest_beside_it_along(world):
    """Stange has Bjørk (eight), Cedar (four) and Dal (twelve): Cedar alone could be worked out from the others."""
    cedar, dal = (a_unit(Kind.SCHOOL, name, world.stange) for name in ("Cedar skole", "Dal skole"))
    for name, school, teachers in (("b", world.bjork, 8), ("c", cedar, 4), ("d", dal, 12)):
        for n in range(teachers):
            a_user(f"{name}{n}", "teacher", school)
    wave = a_wave(world.county, [world.stange], [a_questionnaire(Informant.TEACHER)])
    actions.open_wave(wave=wave, by=None, at=OPENS)
    nightly.count(wave, NIGHT)
    units = {unit.name: told(wave, unit) for unit in (world.stange, world.bjork, cedar, dal)}
    assert {name for name, words in units.items() if HIDDEN in words} == {"Bjørk skole", "Cedar skole"}


def test_invited_is_settled_when_the_wave_closes(world):
    wave = a_wave(world.county, [world.ask], [a_questionnaire()])
    actions.open_wave(wave=wave, by=None, at=OPENS)
    wave.codes.filter(node__unit=world.ask_8a).first().delete()  # as if a pupil were reserved
    before = Invited.objects.everywhere(why="a test").get(node__unit=world.ask_8a).count
    actions.close_wave(wave=wave, by=None, tells=False)
    after = Invited.objects.everywhere(why="a test").get(node__unit=world.ask_8a).count
    assert (before, after) == (14, 13)
