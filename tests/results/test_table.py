"""`kfl release show`: the contract's shape (RULES G.2), and nothing that the pages hide."""

from __future__ import annotations

import csv
import io

import pytest

from kfl.results.exports.rows import UnitNotInWave, as_csv, show
from kfl.results.models import ReleasedPage
from tests.results.making import number_of


@pytest.fixture
def release(county):
    return county.t1.releases.get()


def test_it_has_the_shape_of_the_contract(county, release):
    shown = show(release)
    assert list(shown) == ["wave", "release", "digest", "units"]
    assert (shown["wave"], shown["release"], shown["digest"]) == ("t1", "r1a", release.digest)
    unit = shown["units"][0]
    assert list(unit) == ["code", "name", "kind", "answered", "invited", "rows"]
    assert (unit["code"], unit["name"], unit["kind"]) == ("04", "Hedmark", "county")
    assert unit["invited"] == 14 + 12 + 13 + 20 + 5
    row = unit["rows"][0]
    assert list(row) == ["informant", "band", "scale", "split", "n", "points", "low", "high", "hidden"]
    assert row["informant"] == "pupil_5_10"
    assert row["band"] == "5-10"
    assert row["split"] is None
    assert row["points"] == 500
    assert row["low"] < 500 < row["high"]
    assert row["hidden"] is None
    assert {r["scale"] for r in unit["rows"]} == {"trivsel", "stress", "mobbing"}


def test_a_hidden_row_has_a_reason_and_no_number(county, release):
    units = {unit["name"]: unit for unit in show(release)["units"] if unit["kind"] == "group"}
    for row in units["8B"]["rows"] if number_of(county.t1, county.bjork_8b) else []:
        if row["hidden"] is not None:
            assert [row[key] for key in ("n", "points", "low", "high")] == [None] * 4
    sensitive = [r for unit in show(release)["units"] for r in unit["rows"] if r["scale"] == "mobbing"]
    assert {row["hidden"] for row in sensitive} == {"sensitive_awaits_gate"}


def test_rows_equal_the_stored_pages(county, release):
    page = ReleasedPage.objects.everywhere(why="a test").get(node__number=number_of(county.t1, county.ask))
    row = next(r for r in show(release, "S1")["units"][0]["rows"] if r["scale"] == "stress" and r["split"] is None)
    value = page.read().scales[1].value
    assert (row["n"], row["points"], row["low"], row["high"]) == (value.n, value.points, value.low, value.high)


def test_one_unit_alone(release):
    assert [unit["name"] for unit in show(release, "S2")["units"]] == ["Bjørk skole"]
    with pytest.raises(UnitNotInWave):
        show(release, "nope")


def test_csv_has_the_same_rows(release):
    shown = show(release)
    rows = list(csv.DictReader(io.StringIO(as_csv(shown))))
    assert len(rows) == sum(len(unit["rows"]) for unit in shown["units"])
    assert rows[0]["wave"] == "t1"
    assert rows[0]["points"] == "500"
    assert {row["n"] for row in rows if row["hidden"]} == {""}


def test_a_unit_that_is_named_like_a_formula_is_text_in_csv(county, release):
    shown = show(release)
    shown["units"][0]["name"] = '=HYPERLINK("http://x.example")'
    rows = list(csv.DictReader(io.StringIO(as_csv(shown))))
    assert rows[0]["name"] == '\'=HYPERLINK("http://x.example")'
    assert all(not cell.startswith(("=", "+", "@")) for row in rows for cell in row.values())
