"""Whoever takes the portal's database has no exact sums; without the key a comparison is not examined, in words."""

from __future__ import annotations

import zlib

import pytest

from kfl.cli import _key_promises
from kfl.results.making import sealed_sums
from kfl.results.models import ReleasedForm
from kfl.results.payload import Kept, NotExamined, SealedScale
from tests.results.conftest import AGAIN
from tests.results.making import a_released_wave
from tests.surveys.making import CLOSES, OPENS

SUMS = {"digest": SealedScale(Kept(3, [4], [[9]]), full=False)}


@pytest.fixture
def place(settings, tmp_path):
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
    assert sealed_sums.seal(SUMS, b"one") == b""
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


def test_without_the_key_the_next_release_is_made_all_the_same(county):
    assert [finding.holds for finding in _key_promises.sealed_sums()] == [True]
    sealed_sums.key_path().unlink()
    (finding,) = _key_promises.sealed_sums()
    assert (finding.name, finding.value, finding.holds) == ("keys/sums.key", "missing", False)
    later = a_released_wave(county, [county.version], slug="t2", opens=OPENS + AGAIN, closes=CLOSES + AGAIN, seed=2)
    told = [row[0] for row in form_of(later).read().same_measure if row[0] is not None]
    assert {one.gap for one in told} == {NotExamined.NO_KEY}
    assert all(one.is_comparable for one in told), "change stands"
    (finding,) = _key_promises.sealed_sums()
    assert (finding.value, finding.holds) == ("does not open the sums of t1", False)
