"""The pupils of PISA 2015: scales, items and the total equal what R's psych, lavaan and lme4 say."""

import csv
import os
from pathlib import Path

import polars as pl
import pytest

from kfl.analysis.run import AnalysisRequest, analyse

REFERENCE = Path(__file__).parent / "reference"
# How close each number must be, relative or absolute: what is computed in closed form is equal, what is searched for
# by an optimiser is equal to more digits than anybody writes down.
EXACT, FITTED, ICC = 1e-9, 1e-5, 1e-4
CLOSE = {
    name: FITTED for name in ("omega", "omega_low", "omega_high", "chi2", "cfi", "tli", "rmsea", "srmr", "loading")
}
CLOSE |= {"icc": ICC}


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    folder = os.environ.get("KFL_PISA_DIR")
    if not folder or not (Path(folder) / "pupils.csv").is_file():
        pytest.skip("KFL_PISA_DIR names no folder with PISA's pupils.csv and codebook.csv")
    out = tmp_path_factory.mktemp("pisa") / "out"
    answers, book = Path(folder) / "pupils.csv", Path(folder) / "codebook.csv"
    analyse(AnalysisRequest(answers=answers, codebook=book, by=("school_id", "grade"), split="gender", out=out))
    return out


def reference(name):
    with (REFERENCE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def check(row, expected, skip):
    for name, value in expected.items():
        if name in skip:
            assert row[name] == value
        elif value == "NA":
            assert row[name] is None, name
        else:
            close = CLOSE.get(name, EXACT)
            assert row[name] == pytest.approx(float(value), rel=close, abs=close), name


def test_scales_equal_r(out):
    rows = {row["scale"]: row for row in pl.read_parquet(out / "scales.parquet").iter_rows(named=True)}
    totals = pl.read_parquet(out / "groups.parquet").filter(pl.col("school_id").is_null(), pl.col("gender").is_null())
    se = dict(totals.select("scale", "se").iter_rows())
    wanted = reference("pisa_scales.csv")
    assert [row["scale"] for row in wanted] == list(rows)
    for expected in wanted:
        assert se[expected["scale"]] == pytest.approx(float(expected.pop("se_total")), rel=EXACT)
        check(rows[expected["scale"]], expected, {"scale"})


def test_items_equal_r(out):
    rows = {row["item"]: row for row in pl.read_parquet(out / "items.parquet").iter_rows(named=True)}
    wanted = reference("pisa_items.csv")
    assert [row["item"] for row in wanted] == list(rows)
    for expected in wanted:
        check(rows[expected["item"]], expected, {"scale", "item"})
