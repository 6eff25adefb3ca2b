"""Two give a wave more time at the same moment: the longer stands. Only a server has such moments."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import connection

from kfl.surveys import actions
from kfl.surveys.models import Wave
from kfl.surveys.waves.actions import closing
from tests.people.test_roster_race import at_once, slowly
from tests.surveys.making import CLOSES, OPENS, a_questionnaire, a_wave

pytestmark = [
    pytest.mark.skipif(connection.vendor != "postgresql", reason="runs by tools/on_postgres.py"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("data_dir"),
]


def test_the_longer_of_two_extensions_stands(world, monkeypatch):
    with time_machine.travel(OPENS, tick=False):
        made = a_wave(world.county, [world.hamar], [a_questionnaire()])
        actions.open_wave(wave=made, by=None, at=OPENS)
        slowly(monkeypatch, closing, "check_promise")
        days = [3, 7]

        def extend():
            wave = Wave.objects.everywhere(why="system: a test").get(pk=made.pk)
            return actions.extend_wave(wave=wave, closes_at=CLOSES + timedelta(days=days.pop()), by=None)

        at_once(extend)
        made.refresh_from_db()
    assert made.closes_at == CLOSES + timedelta(days=7)
