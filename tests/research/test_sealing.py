"""Whoever takes the portal's database has no exact sums; without the key a comparison is not examined, in words."""

from __future__ import annotations

import zlib

import pytest

from kfl.cli import _key_promises
from kfl.research.making import sealed_sums
from kfl.research.making.compare import earlier_sums
from kfl.research.making.form import form_report
from kfl.research.making.report import make_report
from kfl.research.models import TechnicalReport
from kfl.research.payload import Kept, Sealed, SealedScale
from kfl.research.reading import wording
from tests.research.making import a_form, codes

SEALED = Sealed("T1", {"pupil": {"digest": SealedScale(Kept(3, [4], [[9]]), full=False)}})


@pytest.fixture
def place(settings, tmp_path):
    settings.KFL_DATA = tmp_path
    return sealed_sums.key_path()


def test_what_is_sealed_opens_under_its_key_and_for_its_release_alone(place):
    stored = sealed_sums.seal(SEALED, "one")
    assert place.stat().st_mode & 0o777 == 0o600
    assert sealed_sums.unseal(stored, "one") == SEALED
    assert sealed_sums.unseal(stored, "another") is None
    assert sealed_sums.seal(SEALED, "one") != stored
    kept = place.read_text()
    sealed_sums.seal(SEALED, "two")
    assert place.read_text() == kept, "a key that is there is never made anew"


@pytest.mark.parametrize("how", ["gone", "damaged", "another", "open to others"])
def test_without_the_key_nothing_opens_and_nothing_stops(place, how):
    stored = sealed_sums.seal(SEALED, "one")
    if how == "gone":
        place.unlink()
    elif how == "damaged":
        place.write_text("x")
    elif how == "another":
        place.write_text("0" * 64)
    else:
        place.chmod(0o640)
    assert sealed_sums.unseal(stored, "one") is None


def test_sums_are_not_sealed_under_a_key_that_others_may_read(place):
    sealed_sums.seal(SEALED, "one")
    place.chmod(0o644)
    assert sealed_sums.seal(SEALED, "one") == b""
    assert sealed_sums.unseal(b"", "one") is None


def test_a_wave_that_cannot_be_opened_is_not_passed_over_for_an_older_one(place):
    assert earlier_sums("pupil", [None, SEALED]) == ({}, True)
    found, unread = earlier_sums("pupil", [SEALED, None])
    assert (list(found), unread) == (["digest"], True)


def test_a_report_says_that_the_comparison_is_not_examined():
    from dataclasses import replace

    scale = form_report(replace(a_form(codes()), opened=False)).report.scales[0]
    assert (scale.since, scale.since_gap) == (None, "no_key")
    assert wording.why(scale.since_gap).startswith("ikke undersøkt")


def test_the_database_alone_gives_no_sums(county):
    """The attack: unpack what is stored beside a report, and take it from the sums of everybody."""
    make_report(wave=county.t1, by=None)
    row = TechnicalReport.objects.everywhere(why="an attacker's view").get()
    stored = bytes(row.sums)
    assert b"totals" not in stored
    for start in range(len(stored) - 2):
        with pytest.raises(zlib.error):
            zlib.decompress(stored[start:])
    opened = sealed_sums.unseal(stored, row.release.digest)
    assert opened.sums["pupil_5_10"], "with the key they are there"


def test_without_the_key_the_next_report_is_made_all_the_same(two_waves):
    make_report(wave=two_waves.t1, by=None)
    assert [finding.holds for finding in _key_promises.report_sums()] == [True]
    sealed_sums.key_path().unlink()
    (finding,) = _key_promises.report_sums()
    assert (finding.name, finding.value, finding.holds) == ("keys/reports.key", "missing", False)
    report = make_report(wave=two_waves.t2, by=None).read().numbers
    assert {scale.since_gap for scale in report.forms[0].scales if not scale.gap} == {"no_key"}
    (finding,) = _key_promises.report_sums()
    assert (finding.value, finding.holds) == ("does not open the sums of t1", False)
