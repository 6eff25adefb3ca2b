"""Two released waves of the small county: T1, and T2 in which 8A at Ask has become much happier."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest

from tests.results.making import a_pupil_questionnaire, a_released_wave, grown
from tests.surveys.making import CLOSES, OPENS

AGAIN = timedelta(days=10)


@pytest.fixture
def county(world, data_dir) -> SimpleNamespace:
    grown(world)
    world.version = a_pupil_questionnaire()
    world.t1 = a_released_wave(world, [world.version], slug="t1")
    return world


@pytest.fixture
def two_waves(county) -> SimpleNamespace:
    county.t2 = a_released_wave(
        county, [county.version], slug="t2", opens=OPENS + AGAIN, closes=CLOSES + AGAIN, seed=2, lift={"8A": 1.2}
    )
    return county
