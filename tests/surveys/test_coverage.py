"""How many have answered, by unit, and never who."""

from __future__ import annotations

import numpy as np
import pytest

from kfl.answers import places
from kfl.answers.envelopes import open_envelope
from kfl.questionnaires.formats import Informant
from kfl.surveys import actions, queries, store
from kfl.surveys.actions import AlreadyInvited
from kfl.surveys.counts import coverage
from kfl.surveys.models import Collection, ConsentState, Invited
from kfl.surveys.waves import membership
from kfl.surveys.waves.membership import NoPlaceInWave
from tests.factories import a_class
from tests.surveys.making import OPENS, a_questionnaire, a_wave

pytestmark = pytest.mark.usefixtures("data_dir")


@pytest.fixture
def wave(world):
    """26 pupils at Ask, 20 at Bjørk, of whom the first ten and the last three have answered."""
    versions = [a_questionnaire(), a_questionnaire(Informant.LEADER)]
    wave = a_wave(world.county, [world.county], versions, collection=Collection.IMPORT)
    actions.open_wave(wave=wave, by=None, at=OPENS)
    form = wave.forms.get(informant="pupil_5_10")
    people = queries.roster(wave=wave, form=form)
    answers = np.full((3, len(people)), -1, dtype=np.int8)
    answers[0, :10] = answers[1, -3:] = 4
    actions.import_answers(wave=wave, form=form, people=people, answers=answers, by=None)
    return wave


def pupils(wave, unit) -> tuple[int, int]:
    line = coverage.of_unit(wave, unit).pupils
    return (line.sheets, line.invited)


def test_counts_add_up_from_class_to_county(world, wave):
    assert pupils(wave, world.ask_8a) == (10, 14)
    assert pupils(wave, world.ask) == pupils(wave, world.hamar) == (10, 26)
    assert pupils(wave, world.bjork) == (3, 20)
    assert pupils(wave, world.county) == (13, 46)
    both = coverage.of_units(wave, world.county, [world.ask, world.bjork])
    assert [one.pupils.sheets for one in both] == [10, 3]


def test_sheets_are_not_pupils_so_they_are_told_as_they_are(world, wave):
    Invited.plumbing.filter(node__unit=world.ask_8a).update(count=9)
    assert pupils(wave, world.ask_8a) == (10, 9)
    assert coverage.of_unit(wave, world.ask_8a).pupils.words == "10 ark fra fila · 9 inviterte"


def test_of_a_handful_of_adults_nothing_is_told_and_of_a_small_class_it_is(world, wave):
    told = {line.informant: line.words for line in coverage.of_unit(wave, world.ask).lines}
    assert told[Informant.PUPIL_5_10] == "10 ark fra fila · 26 inviterte"
    assert told[Informant.LEADER] == "1 invitert · skjult: for få her eller ved siden av"


def test_nothing_is_told_of_a_closed_wave(world, wave):
    actions.close_wave(wave=wave, by=None, tells=False)
    assert coverage.of_unit(wave, world.county).lines == ()
    assert coverage.of_unit(wave, world.ask_8a).pupils is None


def test_a_reserved_pupils_code_dies_while_the_wave_is_open_and_comes_back_with_a_yes(world):
    wave = a_wave(world.county, [world.ask], [a_questionnaire()], slug="t4")
    actions.open_wave(wave=wave, by=None, at=OPENS)
    pupil = world.ask_8a.enrolments.all()[0].pupil
    first = wave.codes.get(pupil=pupil).pk
    actions.set_consent(wave=wave, pupils=[pupil], state=ConsentState.RESERVED, by=None)
    assert not wave.codes.filter(pupil=pupil).exists()
    assert pupils(wave, world.ask_8a) == (0, 14), "a number that fell by one would tell"
    actions.set_consent(wave=wave, pupils=[pupil], state=ConsentState.INFORMED, by=None)
    assert wave.codes.get(pupil=pupil).pk != first
    assert pupils(wave, world.ask_8a) == (0, 14)


def test_nobody_can_come_late_to_a_class_that_was_not_there(world):
    wave = a_wave(world.county, [world.ask], [a_questionnaire()], slug="t4")
    actions.open_wave(wave=wave, by=None, at=OPENS)
    fresh = a_class(world.ask, "8C", 8, 2)
    assert not membership.pupils_without_code(wave, fresh)
    with pytest.raises(NoPlaceInWave):
        actions.invite_late(wave=wave, pupil=fresh.enrolments.all()[0].pupil, by=None)
    own = world.ask_8a.enrolments.all()[0].pupil
    with pytest.raises(AlreadyInvited):
        actions.invite_late(wave=wave, pupil=own, by=None)


def test_while_the_link_key_is_away_no_wave_opens_and_a_late_pupil_joins_nothing(world):
    key = store.link_key()
    wave = a_wave(world.county, [world.ask], [a_questionnaire()], slug="t4")
    actions.open_wave(wave=wave, by=None, at=OPENS)
    code = wave.codes.get(pupil=world.ask_8a.enrolments.all()[0].pupil)
    late = code.pupil
    code.delete()
    key.put_away(store.keys_dir())

    fresh = actions.invite_late(wave=wave, pupil=late, by=None)
    code_key = store.code_key(wave.slug)
    typed = code_key.open_for_reprint(bytes(fresh.sealed))
    with places.reading(store.answers_place().of(wave.slug)) as connection:
        (sealed,) = connection.execute(
            "SELECT sealed FROM envelopes WHERE lookup = ?", (code_key.lookup(typed),)
        ).fetchone()
    inside = open_envelope(code_key, typed, sealed)
    assert inside.group == fresh.node.number
    assert inside.pid != key.pid(wave.series, fresh.form.informant, late.uuid)

    other = a_wave(world.county, [world.ask], [a_questionnaire(key="other")], slug="t5")
    with pytest.raises(actions.CannotOpen, match="Lenkenøkkelen"):
        actions.open_wave(wave=other, by=None, at=OPENS)
