"""Real pupils' answers through store, release and pages, against R (tests/results/reference/pisa_schools.R)."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest

from kfl.people.kinds import Kind
from kfl.questionnaires.formats import Informant
from kfl.results.exports.rows import show
from kfl.results.making.release import release_wave
from kfl.results.models import ReleasedPage
from kfl.surveys import actions
from kfl.surveys.imports.answer_file import Roles, WaveFiles
from tests.factories import a_unit, a_user
from tests.surveys.making import CLOSES

FOLDER = os.environ.get("KFL_PISA_DIR")
REFERENCE = Path(__file__).parent / "reference" / "pisa_schools.csv"
THREE = ("belonging", "support", "anxiety")

pytestmark = pytest.mark.skipif(not FOLDER, reason="KFL_PISA_DIR names no folder with the PISA pupils")


@pytest.fixture
def pisa(db, data_dir):
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
    return release_wave(wave=wave, by=by, at=CLOSES)


def test_school_results_equal_r_on_every_shown_school(pisa):
    rows = {
        (row["scale"], unit["code"]): row
        for unit in show(pisa)["units"]
        if unit["kind"] == "school"
        for row in unit["rows"]
        if row["scale"] in THREE and row["split"] is None
    }
    with REFERENCE.open() as file:
        expected = {(row["scale"], row["school"]): row for row in csv.DictReader(file)}
    shown = {key: row for key, row in rows.items() if row["hidden"] is None}
    assert len(shown) > 200
    for key, row in shown.items():
        r = expected[key]
        assert row["n"] == int(r["n"]), key
        assert abs(row["points"] - float(r["points"])) <= 0.5 + 1e-6, key
        assert abs((row["high"] - row["low"]) / 2 - float(r["points_half_width"])) <= 0.5 + 1e-6, key


def test_most_grades_are_hidden_and_never_show_a_number(pisa):
    grades = [unit for unit in show(pisa)["units"] if unit["kind"] == "grade"]
    hidden = [row for unit in grades for row in unit["rows"] if row["hidden"]]
    assert len(hidden) > sum(len(unit["rows"]) for unit in grades) / 2
    assert all(row[key] is None for row in hidden for key in ("n", "points", "low", "high"))


def test_nothing_shown_rests_on_fewer_than_seven(pisa):
    for stored in ReleasedPage.objects.everywhere(why="a test").filter(release=pisa):
        for cell in stored.read().scales:
            for value in (cell.value, cell.girls, cell.boys):
                assert value is None or value.n >= 7
            assert all(item[0] >= 10 for item in cell.items)
