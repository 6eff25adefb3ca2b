"""Ratings of pupils go through the same release: a tree and form of their own, where n counts children rated."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from kfl.answers import bulk
from kfl.questionnaires.formats import Informant
from kfl.research.release_audit import audit_release
from kfl.results.making.release import release_wave
from kfl.results.models import Release, ReleasedPage
from kfl.surveys import actions, queries, store
from kfl.surveys.models import Collection, ConsentState, Wave
from kfl.surveys.waves.draft import WaveDraft
from tests.results.making import a_pupil_questionnaire, grown, number_of, simulated
from tests.surveys.making import CLOSES, OPENS, a_questionnaire

pytestmark = [pytest.mark.usefixtures("data_dir"), pytest.mark.django_db]
WHY = "a test"
RATER = Informant.RATER_TEACHER


def cell(wave: Wave, unit, informant: Informant):
    rows = ReleasedPage.objects.everywhere(why=WHY).filter(release__wave=wave, informant=informant)
    return rows.get(node__number=number_of(wave, unit)).read().scales[0]


@pytest.mark.parametrize("place", ["files", "postgres"])
def test_results_count_children_rated_and_hide_what_the_pupils_own_would(world, place, request):
    if place == "postgres":
        request.getfixturevalue("on_postgres")
    grown(world)
    wave = actions.create_wave(
        slug="t1",
        draft=WaveDraft(name="T1", opens_at=OPENS, closes_at=CLOSES),
        series="hedmark",
        unit=world.county,
        collection=Collection.IMPORT,
        by=None,
    )
    actions.set_forms(wave=wave, versions=[a_pupil_questionnaire(), a_questionnaire(RATER)], by=None)
    actions.set_units(wave=wave, units=[world.county], by=None)
    reserved = [one.pupil for one in world.ask_9a.enrolments.all()[:2]]
    actions.set_consent(wave=wave, pupils=reserved, state=ConsentState.RESERVED, by=None)
    actions.open_wave(wave=wave, by=None, at=OPENS)
    for form, people in queries.rosters(wave=wave).items():
        codes = simulated(form, np.zeros(len(people)), 1)
        if form.informant == RATER:
            codes = np.abs(codes)  # no item skipped, so that n is known
            at_9a = np.flatnonzero(people.group == number_of(wave, world.ask_9a))
            codes[:, at_9a[0]] = -1  # a rating that was never begun
        actions.import_answers(wave=wave, form=form, people=people, answers=codes, by=None)
    actions.close_wave(wave=wave, by=None, at=CLOSES, tells=False)
    release_wave(wave=wave, by=None, at=CLOSES + timedelta(minutes=1))

    assert cell(wave, world.ask_9a, RATER).value.n == 13 - len(reserved) - 1
    assert cell(wave, world.ask, RATER).value.n == 14 + 12 + 10
    for unit in (world.bjork_8a, world.bjork_8b):  # a class of five, and the one beside it
        assert cell(wave, unit, RATER).value is None
    release = Release.objects.everywhere(why=WHY).get(wave=wave)
    assert audit_release(release).is_clean

    pupils = bulk.read_columns(store.answers_place(), "t1", Informant.PUPIL_5_10.number).pid
    rated = bulk.read_columns(store.answers_place(), "t1", RATER.number).pid
    both = {pid.tobytes() for pid in rated} & {pid.tobytes() for pid in pupils}
    assert not both, "a rating does not lead to the child's own sheet (RULES D.9)"
