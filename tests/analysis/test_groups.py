"""Rows of groups that hold groups: the interval is that of R's sandwich, with the next column's groups as clusters."""

import csv
import os
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from kfl.analysis.run import AnalysisRequest, analyse

from .worlds import codebook_text, people, run, tables, write

REFERENCE = Path(__file__).parent / "reference" / "groups.csv"
SHEETS = Path(__file__).parents[1] / "stats" / "reference" / "synthetic.csv"
SCALES = {"calm": (range(4), 5, (2,)), "help": (range(4, 9), 4, range(4, 9)), "faces": (range(9, 12), 3, ())}
NUMBERS = ("n", "mean", "sd", "se", "low", "high")


def municipalities(school):
    """The schools in order, in four municipalities, and the last school alone: as groups.R has them."""
    names = sorted(set(school))
    last = len(names) - 1
    return ["m4" if (rank := names.index(one)) == last else f"m{4 * rank // last}" for one in school]


def invented(folder):
    """The committed sheets as a file; every seventh pupil of a municipality without a school."""
    frame = pl.read_csv(SHEETS)
    school = frame["school"].to_list()
    municipality = municipalities(school)
    blank = [of == "m1" and row % 7 == 0 for row, of in enumerate(municipality, 1)]
    named = [None if none else f"s{one}" for one, none in zip(school, blank, strict=True)]
    frame = frame.drop("school").with_columns(pl.Series("municipality", municipality), pl.Series("school", named))
    lines = ["scale,item,reverse,code_1,code_2,code_3,code_4,code_5"]
    for key, (items, codes, turned) in SCALES.items():
        words = ",".join(f"w{code}" if code <= codes else "" for code in range(1, 6))
        lines += [f"{key},item{item},{int(item in turned)},{words}" for item in items]
    book = folder / "codebook.csv"
    book.write_text("\n".join(lines), encoding="utf-8")
    return AnalysisRequest(
        answers=write(frame, folder / "a.parquet"), codebook=book, by=("municipality", "school"), out=folder / "out"
    )


def compare(out, world, by, split=None):
    found = {}
    for row in pl.read_parquet(out / "groups.parquet").iter_rows(named=True):
        label = "/".join(str(row[column]) for column in by if row[column] is not None)
        found[row["scale"], (row[split] if split else None) or "all", label] = row
    with REFERENCE.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["world"] == world]
    assert len(rows) > 50
    for row in rows:
        mine = found[row["scale"], row["side"], row["group"]]
        for name in NUMBERS:
            wanted = pytest.approx(float(row[name]), rel=1e-9, abs=1e-9) if row[name] else None
            assert mine[name] == wanted, (row, name)
    return rows


def test_groups_equal_sandwich_on_invented_sheets(tmp_path):
    job = invented(tmp_path)
    said = analyse(job)
    rows = compare(job.out, "synthetic", job.by)
    assert [row["group"] for row in rows if row["se"] == ""] == ["m4"] * 3  # one school says nothing of schools
    assert said[-1] == (
        "groups of column municipality: 1 without an interval, since everybody scored is in one group of column school"
    )
    page = (job.out / "report.html").read_text()
    assert page.count("Strek i stedet for intervall") == 3
    assert "andre, men like, grupper i kolonnen school" in page


def test_groups_equal_sandwich_on_pisa_pupils(tmp_path):
    folder = os.environ.get("KFL_PISA_DIR")
    if not folder or not (Path(folder) / "pupils.csv").is_file():
        pytest.skip("KFL_PISA_DIR names no folder with PISA's pupils.csv and codebook.csv")
    frame = pl.read_csv(Path(folder) / "pupils.csv")
    frame = frame.with_columns(pl.Series("municipality", municipalities(frame["school_id"].to_list())))
    by = ("municipality", "school_id", "grade")
    book = Path(folder) / "codebook.csv"
    job = AnalysisRequest(write(frame, tmp_path / "a.csv"), book, by, tmp_path / "out", split="gender")
    analyse(job)
    compare(job.out, "pisa", by, "gender")


def test_one_group_in_the_whole_file_is_told(tmp_path):
    frame = people().with_columns(county=pl.lit("34"))
    book = tmp_path / "codebook.csv"
    book.write_text(codebook_text(), encoding="utf-8")
    answers = write(frame, tmp_path / "a.csv")
    said = analyse(AnalysisRequest(answers, book, ("county", "school"), tmp_path / "out"))
    assert "the whole file: 1 without an interval, since everybody scored is in one group of column county" in said
    groups = tables(tmp_path / "out")["groups"].filter(scale="calm")
    assert groups.filter(pl.col("county").is_null())["se"].to_list() == [None]
    assert groups.filter(pl.col("county").is_not_null(), pl.col("school").is_null())["se"].null_count() == 0


def test_a_column_above_changes_no_row_below_it(tmp_path):
    frame = people().with_columns(county=pl.lit("34"))
    answers = write(frame, tmp_path / "a.parquet")
    with_county, without = (
        tables(run(tmp_path, answers, name="-".join(by), by=by))["groups"]
        for by in (("county", "school", "grade"), ("school", "grade"))
    )
    below = with_county.filter(pl.col("county").is_not_null()).drop("county")
    assert_frame_equal(below, without, check_exact=True)


def test_pieces_of_any_length_agree_to_the_last_bit(tmp_path, monkeypatch):
    answers = write(people(), tmp_path / "a.parquet")
    by = ("school", "grade")
    whole = tables(run(tmp_path, answers, name="whole", by=by))["groups"]
    monkeypatch.setattr("kfl.analysis.reading.columnar.PIECE_ROWS", 11)
    pieces = tables(run(tmp_path, answers, name="pieces", by=by))["groups"]
    assert_frame_equal(pieces, whole, check_exact=True)
