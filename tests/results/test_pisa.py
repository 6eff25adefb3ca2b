"""Real pupils' answers through store, release and pages, against R (tests/results/reference/pisa_schools.R)."""

from __future__ import annotations

import csv
import os
from collections import Counter
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
REFERENCE = Path(__file__).parent / "reference"
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


def rows_of(name):
    with (REFERENCE / name).open() as file:
        return list(csv.DictReader(file))


def shown_rows(release, kind):
    return [
        (unit, row)
        for unit in show(release)["units"]
        if unit["kind"] == kind
        for row in unit["rows"]
        if row["scale"] in THREE and row["split"] is None and row["hidden"] is None
    ]


def test_school_results_equal_r_on_every_shown_school(pisa):
    expected = {(row["scale"], row["school"]): row for row in rows_of("pisa_schools.csv")}
    shown = {(row["scale"], unit["code"]): row for unit, row in shown_rows(pisa, "school")}
    assert len(shown) > 200
    assert set(shown) == set(expected)
    for key, row in shown.items():
        r = expected[key]
        assert row["n"] == int(r["n"]), key
        assert abs(row["points"] - float(r["points"])) <= 0.5 + 1e-6, key
        assert abs((row["high"] - row["low"]) / 2 - float(r["points_half_width"])) <= 0.5 + 1e-4, key


def test_what_is_shown_is_what_r_was_told(pisa):
    told = rows_of("pisa_shown.csv")
    for kind, grade in (("school", False), ("grade", True)):
        expected = Counter(row["scale"] for row in told if bool(row["grade"]) == grade)
        assert Counter(row["scale"] for _unit, row in shown_rows(pisa, kind)) == expected


def test_what_intervals_rest_on_is_rs_and_any_can_be_worked_out_again(pisa):
    """From the page's n, points and shares, and the wave's numbers under *Om tallene*, as R worked them out."""
    form = pisa.forms.get().read()
    keys = [scale.key for scale in form.scales]
    pieces = {row["scale"]: row for row in rows_of("pisa_pieces.csv")}
    for key in THREE:
        spread, (_mu, sigma) = form.spread[keys.index(key)], form.references[keys.index(key)]
        unit = (100 / sigma) ** 2
        assert spread.frozen.c == pytest.approx(float(pieces[key]["c"]), rel=1e-9)
        expected = [float(pieces[key][name]) * unit for name in ("grade", "school")]
        assert spread.frozen.between[1:3] == pytest.approx(expected, rel=1e-5)
    again = 0
    for stored in ReleasedPage.objects.everywhere(why="a test").filter(release=pisa):
        page = stored.read()
        for number, cell in enumerate(page.scales):
            if cell.value is None:
                continue
            spread, value = form.spread[number], cell.value
            variance = spread.frozen.c * (value.points - spread.low) * (spread.high - value.points) / value.n
            variance += sum(between * d for between, d in zip(spread.frozen.between, cell.d, strict=False))
            assert value.half == round(1.96 * variance**0.5)
            again += 1
    assert again > 500


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
