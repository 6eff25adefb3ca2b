"""More time for a part of the tree: there alone, and as soon as it is written."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from kfl.answers.changes import extend, extend_groups
from kfl.answers.closing import close_wave_file
from kfl.answers.closing_times import runs
from kfl.answers.sheets import UnknownCode
from kfl.answers.store import OpenWave
from kfl.answers.wave_tables import WaveNotOpen
from tests.intake.served import served

from .wave import open_wave

NOW = datetime.now(UTC)
EARLIER, LATER = NOW - timedelta(hours=1), NOW + timedelta(days=2)


@pytest.fixture
def wave(tmp_path):
    """Closed by its clock an hour ago; people hang under 3 and 4."""
    return open_wave(tmp_path, closes_at=EARLIER)


@pytest.mark.parametrize(("groups", "found"), [([], []), ([5], [(5, 5)]), ([3, 1, 2, 2, 7, 9, 8], [(1, 3), (7, 9)])])
def test_runs_of_numbers(groups, found):
    assert runs(groups) == found


def test_only_the_part_that_was_extended_takes_respondents(wave):
    extend_groups(wave.place, "t3", [4, 5], LATER)
    store = OpenWave(wave.where, wave.key)
    here = [one for one in wave.invited if one.group == 4][0]
    there = [one for one in wave.invited if one.group == 3][0]
    assert store.is_taking(NOW)
    assert (store.is_taking(NOW, 3), store.is_taking(NOW, 4)) == (False, True)
    assert not store.is_taking(LATER, 4)
    assert store.start(here.code, now=NOW).attempt
    with pytest.raises(UnknownCode):
        store.start(there.code, now=NOW)
    store.close()


def test_the_latest_time_counts_whoever_gave_it(wave):
    extend_groups(wave.place, "t3", [4], NOW + timedelta(hours=1))
    extend_groups(wave.place, "t3", [3, 4], LATER)
    store = OpenWave(wave.where, wave.key)
    assert store.is_taking(LATER - timedelta(minutes=1), 4)
    extend(wave.place, "t3", LATER + timedelta(days=1))
    assert store.is_taking(LATER + timedelta(hours=1), 1)
    store.close()


def test_intake_that_runs_notices_at_once(wave):
    async def story():
        async with served(wave.data_dir) as (_app, client), client() as one, client() as other:
            here = next(person for person in wave.invited if person.group == 4)
            there = next(person for person in wave.invited if person.group == 3)
            assert (await one.post("/svar/code", json={"code": here.code})).status_code == 404
            extend_groups(wave.place, "t3", [4], LATER)
            assert (await one.post("/svar/code", json={"code": here.code})).status_code == 201
            assert (await other.post("/svar/code", json={"code": there.code})).status_code == 404

    asyncio.run(story())


def test_a_time_needs_a_zone_and_a_closed_wave_takes_none(wave):
    with pytest.raises(ValueError, match="zone"):
        extend_groups(wave.place, "t3", [4], datetime(2100, 1, 1))
    close_wave_file(wave.place, wave.keys_dir, "t3")
    with pytest.raises(WaveNotOpen):
        extend_groups(wave.place, "t3", [4], LATER)
