"""Whoever takes the portal's database has no exact sums; without the key no release is made, and the job says so."""

from __future__ import annotations

import zlib
from types import SimpleNamespace

import pytest
from django.db import connection

from kfl.cli import _key_promises
from kfl.results.making import sealed_sums
from kfl.results.making.job_steps import saying_which_key
from kfl.results.models import ReleasedForm
from kfl.results.payload import Kept, NotExamined, SealedScale
from tests.results.conftest import AGAIN
from tests.results.making import a_released_wave
from tests.surveys.making import CLOSES, OPENS

SUMS = {"digest": SealedScale(Kept(3, [4], [[9]]), full=False)}


@pytest.fixture
def place(settings, tmp_path, db):
    settings.KFL_DATA = tmp_path
    return sealed_sums.key_path()


def test_what_is_sealed_opens_under_its_key_and_for_its_form_alone(place):
    stored = sealed_sums.seal(SUMS, b"one")
    assert place.stat().st_mode & 0o777 == 0o600
    assert sealed_sums.unseal(stored, b"one") == SUMS
    assert sealed_sums.unseal(stored, b"another") is None
    assert sealed_sums.seal(SUMS, b"one") != stored
    kept = place.read_text()
    sealed_sums.seal(SUMS, b"two")
    assert place.read_text() == kept, "a key that is there is never made anew"


@pytest.mark.parametrize("how", ["gone", "damaged", "another", "open to others"])
def test_without_the_key_nothing_opens_and_nothing_stops(place, how):
    stored = sealed_sums.seal(SUMS, b"one")
    if how == "gone":
        place.unlink()
    elif how == "damaged":
        place.write_text("x")
    elif how == "another":
        place.write_text("0" * 64)
    else:
        place.chmod(0o640)
    assert sealed_sums.unseal(stored, b"one") is None


def test_sums_are_not_sealed_under_a_key_that_others_may_read(place):
    sealed_sums.seal(SUMS, b"one")
    place.chmod(0o644)
    with pytest.raises(sealed_sums.SumsShut):
        sealed_sums.seal(SUMS, b"one")
    assert sealed_sums.unseal(b"", b"one") is None


def form_of(wave):
    return ReleasedForm.objects.everywhere(why="an attacker's view").get(release__wave=wave, informant="pupil_5_10")


def test_the_database_alone_gives_no_sums(county):
    """The attack: unpack what is stored beside a release, and take it from the sums of everybody."""
    form = form_of(county.t1)
    stored = bytes(form.sums)
    assert b"totals" not in stored
    for start in range(len(stored) - 2):
        with pytest.raises(zlib.error):
            zlib.decompress(stored[start:])
    assert b"totals" not in zlib.decompress(bytes(form.payload)), "nor do the released texts"
    opened = sealed_sums.sums_of(form)
    assert opened, "with the key they are there"
    assert {one.digest for one in form.read().scales} >= set(opened)


def a_second(county):
    return a_released_wave(county, [county.version], slug="t2", opens=OPENS + AGAIN, closes=CLOSES + AGAIN, seed=2)


@pytest.mark.parametrize("how", ["gone", "another", "open to others", "a bit of the sums"])
def test_while_the_key_is_away_no_release_is_made_and_no_new_key(county, how):
    """Without it a change would stand, for good, that the comparison calls another measure."""
    key = sealed_sums.key_path()
    if how == "gone":
        key.unlink()
    elif how == "another":
        key.write_text("0" * 64)
    elif how == "open to others":
        key.chmod(0o644)
    else:
        form = form_of(county.t1)
        damaged = bytearray(form.sums)
        damaged[40] ^= 1
        with connection.cursor() as cursor:
            cursor.execute("UPDATE results_releasedform SET sums = %s WHERE id = %s", [bytes(damaged), form.pk])
    with pytest.raises(sealed_sums.SumsShut):
        a_second(county)
    assert key.exists() == (how != "gone")
    assert not ReleasedForm.objects.everywhere(why="a test").filter(release__wave__slug="t2").exists()


def test_where_the_key_is_said_to_be_lost_the_next_release_says_what_is_not_examined(county):
    assert [finding.holds for finding in _key_promises.sealed_sums()] == [True]
    sealed_sums.key_path().unlink()
    (finding,) = _key_promises.sealed_sums()
    assert (finding.name, finding.value, finding.holds) == ("keys/sums.key", "missing", False)
    sealed_sums.lost_path().touch()
    later = a_second(county)
    told = [row[0] for row in form_of(later).read().same_measure if row[0] is not None]
    assert {one.gap for one in told} == {NotExamined.NO_KEY}
    assert all(one.is_comparable for one in told), "change stands"
    (finding,) = _key_promises.sealed_sums()
    assert (finding.value, finding.holds) == ("does not open the sums of t1", False)


def test_the_job_says_which_key(county):
    told = []
    progress = SimpleNamespace(step=lambda done, message: told.append(message))
    with pytest.raises(sealed_sums.SumsShut), saying_which_key(progress, "t2"):
        raise sealed_sums.SumsShut("x")
    assert "keys/sums.key" in told[0]
    assert "keys/sums.lost" in told[0]
