"""The page where the parents' answers are noted, as the head of a school meets it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from kfl.people import actions as people
from kfl.people.models import Gender, Pupil, Unit
from kfl.surveys.models import Consent, ConsentState
from tests.surveys.making import OPENS, a_questionnaire, a_wave

pytestmark = [pytest.mark.usefixtures("data_dir"), pytest.mark.django_db]


def test_a_head_chooses_among_this_years_classes_only(world):
    a_wave(world.county, [world.hamar], [a_questionnaire()])
    Unit.plumbing.filter(pk=world.ask_8b.pk).update(valid_to=date(2026, 7, 31))
    client = Client()
    client.force_login(world.alice)
    with time_machine.travel(OPENS - timedelta(days=3), tick=False):
        page = client.get(reverse("surveys:consent", kwargs={"slug": "t3", "key": world.ask.pk})).content.decode()
    assert reverse("surveys:consent", kwargs={"slug": "t3", "key": world.ask_8a.pk}) in page
    assert reverse("surveys:consent", kwargs={"slug": "t3", "key": world.ask_8b.pk}) not in page


def test_a_reservation_is_kept_for_a_pupil_with_a_long_key(world):
    wave = a_wave(world.county, [world.hamar], [a_questionnaire()])
    pupil = Pupil(pk=1_234_567, name="Elev med lang nøkkel", gender=Gender.GIRL, household=9)
    pupil.save(force_insert=True)
    people.enrol_pupils(pupils=[pupil], enrolments=[(pupil, world.ask_8a, 8, date(2026, 8, 17), None)], by=None)
    client = Client()
    client.force_login(world.bob)
    address = reverse("surveys:consent", kwargs={"slug": "t3", "key": world.ask_8a.pk})
    with time_machine.travel(OPENS - timedelta(days=3), tick=False):
        assert 'name="state-1234567"' in client.get(address).content.decode()
        client.post(address, {"state-1234567": ConsentState.RESERVED.value})
    kept = Consent.objects.everywhere(why="a test").get(wave=wave, pupil_id=1_234_567)
    assert kept.state == ConsentState.RESERVED
