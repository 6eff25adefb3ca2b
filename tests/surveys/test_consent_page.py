"""The page where the parents' answers are noted, as the head of a school meets it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from kfl.people.models import Unit
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
