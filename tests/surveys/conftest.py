"""The tests of waves stand within the window of the wave that they set up, whatever the day is."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from tests.surveys.making import OPENS


@pytest.fixture(autouse=True)
def _within_the_window():
    with time_machine.travel(OPENS + timedelta(days=14), tick=True):
        yield
