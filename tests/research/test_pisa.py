"""The report of real pupils has R's numbers (tests/stats/reference/alpha.R)."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest

from kfl.people.kinds import Kind
from kfl.questionnaires.formats import Informant
from kfl.research.making.report import make_report
from kfl.results.making.release import release_wave
from kfl.surveys import actions
from kfl.surveys.imports.answer_file import Roles, WaveFiles
from tests.factories import a_unit, a_user
from tests.surveys.making import CLOSES

FOLDER = os.environ.get("KFL_PISA_DIR")
REFERENCE = Path(__file__).parents[1] / "stats" / "reference" / "alpha.csv"

pytestmark = pytest.mark.skipif(not FOLDER, reason="KFL_PISA_DIR names no folder with the PISA pupils")


@pytest.fixture
def report(db, data_dir):
    county = a_unit(Kind.COUNTY, "USA", None, "840")
    by = a_user("Erik", "secretariat", county)
    wave = actions.import_wave(
        name="PISA 2015",
        files=WaveFiles(
            Path(FOLDER) / "pupils.csv",
            Path(FOLDER) / "codebook.csv",
            Informant.PUPIL_5_10,
            Roles("school_id", "grade", split="gender"),
        ),
        under=county,
        by=by,
    )
    wave = actions.close_wave(wave=wave, by=by, at=CLOSES, tells=False)
    release_wave(wave=wave, by=by, at=CLOSES)
    return make_report(wave=wave, by=by).read().numbers


def test_every_alpha_and_its_interval_is_rs(report):
    with REFERENCE.open() as file:
        rows = [row for row in csv.DictReader(file) if row["world"] == "pisa" and row["school"] == "all"]
    expected = {row["scale"]: row for row in rows}
    scales = report.forms[0].scales
    assert {scale.key for scale in scales} == set(expected)
    for scale in scales:
        r = expected[scale.key]
        assert scale.full.complete == int(r["people"])
        alpha = scale.full.alpha
        rounded = [round(float(r[name]), 2) for name in ("alpha", "low", "high")]
        assert [alpha.value, alpha.low, alpha.high] == rounded


def test_girls_and_boys_are_compared_and_every_question_too(report):
    scales = report.forms[0].scales
    compared = {scale.key for scale in scales if scale.gender is not None}
    assert {scale.gender_gap for scale in scales if scale.key not in compared} <= {"no_fit"}
    assert len(compared) >= len(scales) / 2
    for scale in scales:
        assert len(scale.dif) == scale.item_count


def test_schools_as_clusters_make_alpha_less_sure(report):
    for scale in report.forms[0].scales:
        assert scale.full.clustering.schools >= 10
        assert 1 < scale.full.clustering.alpha < 5
