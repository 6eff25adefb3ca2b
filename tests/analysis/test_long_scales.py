"""kfl analyse with scales of 19 to 60 items, which no score in 64 bits holds, in pieces of any length."""

import statistics

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from kfl.analysis.run import AnalysisRequest, analyse

from .worlds import tables, write

LENGTHS = {"short": 3, "sdq": 25, "nineteen": 19, "sixty": 60}
PEOPLE = 700


@pytest.fixture(scope="module")
def job(tmp_path_factory):
    folder = tmp_path_factory.mktemp("long")
    random = np.random.default_rng(4)
    trait = random.normal(0, 1, PEOPLE)
    columns = {"school": [f"s{one}" for one in random.integers(0, 9, PEOPLE)]}
    lines = ["scale,item,reverse,code_1,code_2,code_3,code_4,code_5"]
    for key, length in LENGTHS.items():
        for place in range(length):
            turned = place % 5 == 2
            value = 3 + (-1 if turned else 1) * trait + random.normal(0, 1, PEOPLE)
            code = np.clip(np.rint(value), 1, 5).astype(int).tolist()
            columns[f"{key}{place}"] = [
                None if skip else one for one, skip in zip(code, random.random(PEOPLE) < 0.02, strict=True)
            ]
            lines.append(f"{key},{key}{place},{int(turned)},a,b,c,d,e")
    (folder / "book.csv").write_text("\n".join(lines), encoding="utf-8")
    answers = write(pl.DataFrame(columns), folder / "answers.parquet")
    return AnalysisRequest(answers, folder / "book.csv", ("school",), folder / "whole")


def test_means_sds_and_reliability_of_long_scales(job):
    analyse(job)
    found, frame = tables(job.out), pl.read_parquet(job.answers)
    scales = {row["scale"]: row for row in found["scales"].iter_rows(named=True)}
    for key, length in LENGTHS.items():
        items = [f"{key}{place}" for place in range(length)]
        sheets = [
            [6 - code if place % 5 == 2 else code for place, code in enumerate(row) if code is not None]
            for row in frame.select(items).iter_rows()
        ]
        scores = [statistics.fmean(sheet) for sheet in sheets if 2 * len(sheet) >= length]
        row = scales[key]
        assert row["n"] == len(scores)
        assert row["mean_raw"] == pytest.approx(statistics.fmean(scores), rel=1e-13)
        assert row["sd_raw"] == pytest.approx(statistics.stdev(scores), rel=1e-12)
        complete = np.array([sheet for sheet in sheets if len(sheet) == length])
        covariance = np.cov(complete, rowvar=False)
        alpha = length / (length - 1) * (1 - np.trace(covariance) / covariance.sum())
        assert row["alpha"] == pytest.approx(alpha, rel=1e-12)
        assert row["omega"] == pytest.approx(alpha, abs=0.05)
        total = found["groups"].filter(pl.col("school").is_null(), pl.col("scale") == key)
        assert total["mean"].to_list() == [pytest.approx(500)]
        assert total["sd"].to_list() == [pytest.approx(100)]


def test_pieces_of_any_length_agree_to_the_last_bit(job, monkeypatch):
    if not job.out.exists():
        analyse(job)
    monkeypatch.setattr("kfl.analysis.reading.columnar.PIECE_ROWS", 37)
    out = job.out.with_name("pieces")
    analyse(AnalysisRequest(job.answers, job.codebook, job.by, out))
    for name, whole in tables(job.out).items():
        assert_frame_equal(tables(out)[name], whole, check_exact=True)
