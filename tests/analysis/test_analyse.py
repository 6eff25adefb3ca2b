"""kfl analyse on an invented file: the same numbers as by hand, from any format, in any pieces."""

import json
import math
import statistics

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from scipy.stats import t

from kfl.analysis.reading import columnar, spss, text_files

from .worlds import ITEMS, SCALES, codebook_text, people, run, tables, write


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("analyse")
    frame = people()
    return frame, run(folder, write(frame, folder / "answers.csv"))


def scores_by_hand(frame, key):
    """Mean of the answered items of who answered half of them, else None."""
    items = [(item, turned) for item, (scale, turned) in ITEMS.items() if scale == key]
    found = []
    for row in frame.iter_rows(named=True):
        given = [
            SCALES[key][0] + 1 - row[item] if turned else row[item] for item, turned in items if row[item] is not None
        ]
        found.append(statistics.fmean(given) if 2 * len(given) >= len(items) else None)
    return found


def points_by_hand(frame, key):
    scores = scores_by_hand(frame, key)
    known = [score for score in scores if score is not None]
    mu, sigma = statistics.fmean(known), statistics.stdev(known)
    return [None if score is None else 500 + 100 * (score - mu) / sigma for score in scores]


def test_columns_are_those_of_the_contract(made):
    _frame, out = made
    found = tables(out)
    assert found["scores"].columns == ["pupil", "school", "grade", "gender", "calm", "help", "two"]
    assert found["groups"].columns == ["scale", "school", "grade", "gender", "n", "mean", "sd", "se", "low", "high"]
    assert found["scales"].columns == [
        "scale", "items", "n", "n_complete", "alpha", "alpha_low", "alpha_high", "omega", "omega_low", "omega_high",
        "icc", "mean_raw", "sd_raw", "chi2", "df", "cfi", "tli", "rmsea", "srmr",
    ]  # fmt: skip
    shares = [f"share_{code}" for code in range(1, 6)]
    numbers = ["n", "mean", "sd", "item_rest_r", "alpha_if_dropped", "loading"]
    assert found["items"].columns == ["scale", "item", *numbers, *shares]


@pytest.mark.parametrize("key", SCALES)
def test_scores_are_in_the_order_of_the_file_with_its_other_columns(made, key):
    frame, out = made
    scores = tables(out)["scores"]
    assert_frame_equal(
        scores.select("pupil", "school", "grade", "gender"), frame.select("pupil", "school", "grade", "gender")
    )
    assert scores[key].to_list() == [
        None if p is None else pytest.approx(p, rel=1e-12) for p in points_by_hand(frame, key)
    ]


def test_the_innermost_groups_count_each_person_alone_and_those_above_by_the_next_column(made):
    frame, out = made
    groups = tables(out)["groups"]
    points = frame.select("school", "grade", "gender").with_columns(pl.Series("p", points_by_hand(frame, "calm")))
    for row in groups.filter(pl.col("scale") == "calm", pl.col("school").is_not_null()).iter_rows(named=True):
        chosen = points.filter(*(pl.col(c) == row[c] for c in ("school", "grade", "gender") if row[c] is not None))
        chosen = chosen.drop_nulls("p")
        known = chosen["p"].to_list()
        assert row["n"] == len(known)
        if len(known) > 1:
            mean, count = statistics.fmean(known), len(known)
            se = statistics.stdev(known) / math.sqrt(len(known))
            if row["grade"] is None:  # the two grades, and those whose grade is blank
                pull = chosen.group_by("grade").agg((pl.col("p") - mean).sum())["p"]
                count = len(pull)
                se = math.sqrt(count / (count - 1) * (pull**2).sum()) / len(known) if count > 1 else None
            half = None if se is None else t.ppf(0.975, count - 1) * se
            limits = (None, None) if half is None else (mean - half, mean + half)
            expected = [
                one if one is None else pytest.approx(one) for one in (mean, statistics.stdev(known), se, *limits)
            ]
            assert [row[name] for name in ("mean", "sd", "se", "low", "high")] == expected


def test_the_total_allows_for_schools(made):
    frame, out = made
    points = (
        frame.select("school", "gender").with_columns(pl.Series("p", points_by_hand(frame, "help"))).drop_nulls("p")
    )
    for side in (None, "girl", "boy"):
        known = points if side is None else points.filter(pl.col("gender") == side)
        mean, count = known["p"].mean(), known["school"].n_unique()
        pull = known.group_by("school").agg((pl.col("p") - mean).sum())["p"]
        se = math.sqrt(count / (count - 1) * (pull**2).sum()) / len(known)
        total = tables(out)["groups"].filter(
            pl.col("scale") == "help", pl.col("school").is_null(), pl.col("gender").eq_missing(pl.lit(side))
        )
        row = total.row(0, named=True)
        assert len(total) == 1
        assert (row["n"], row["mean"], row["se"]) == (len(known), pytest.approx(mean), pytest.approx(se))
        assert row["high"] - row["mean"] == pytest.approx(t.ppf(0.975, count - 1) * se)


def test_a_blank_belongs_to_what_is_above_and_to_no_side(made):
    frame, out = made
    groups = tables(out)["groups"].filter(pl.col("scale") == "calm")
    schools = groups.filter(pl.col("grade").is_null(), pl.col("gender").is_null(), pl.col("school").is_not_null())
    grades = groups.filter(pl.col("grade").is_not_null(), pl.col("gender").is_null())
    assert frame["grade"].null_count() > 0
    assert grades["n"].sum() < schools["n"].sum()
    assert set(groups["gender"]) == {None, "girl", "boy"}


@pytest.mark.parametrize("kind", ["parquet", "sav"])
def test_another_format_of_the_same_answers_gives_the_same(made, tmp_path, kind):
    frame, out = made
    mine, theirs = tables(run(tmp_path, write(frame, tmp_path / f"answers.{kind}"))), tables(out)
    for name in theirs:
        assert_frame_equal(mine[name], theirs[name], check_exact=True)


def test_pieces_of_any_size_give_the_same(made, tmp_path, monkeypatch):
    frame, out = made
    monkeypatch.setattr(text_files, "BLOCK", 700)
    monkeypatch.setattr(columnar, "PIECE_ROWS", 13)
    monkeypatch.setattr(spss, "PIECE_ROWS", 50)
    for kind in ("csv", "parquet", "sav"):
        mine = tables(run(tmp_path, write(frame, tmp_path / f"answers.{kind}"), name=kind))
        for name, theirs in tables(out).items():
            assert_frame_equal(mine[name], theirs, check_exact=True)


def test_the_same_file_gives_the_same_bytes(made, tmp_path):
    frame, out = made
    again = run(tmp_path, write(frame, tmp_path / "answers.csv"))
    for path in sorted(out.iterdir()):
        assert (again / path.name).read_bytes() == path.read_bytes(), path.name


def test_a_reference_measures_the_next_file(made, tmp_path):
    frame, out = made
    higher = frame.filter(pl.col("school") != "0301")
    later = run(tmp_path, write(higher, tmp_path / "later.csv"), reference=out / "reference.json")
    kept, first = tables(later)["scores"], tables(out)["scores"]
    assert_frame_equal(kept, first.filter(pl.col("school") != "0301"))
    assert (
        json.loads((later / "reference.json").read_text())["scales"]
        == json.loads((out / "reference.json").read_text())["scales"]
    )


def test_every_output_says_that_it_is_not_for_publication(made):
    _frame, out = made
    for path in out.glob("*.parquet"):
        assert "not for publication" in pl.read_parquet_metadata(path)["kfl.publication"]
    assert "not for publication" in (out / "reference.json").read_text()
    assert "Ikke for publisering" in (out / "report.html").read_text()
    assert (out / "NOT-FOR-PUBLICATION.txt").exists()


def test_shares_are_of_the_answers_as_given(made):
    frame, out = made
    items = tables(out)["items"]
    for row in items.iter_rows(named=True):
        answers, codes = frame[row["item"]].drop_nulls(), SCALES[row["scale"]][0]
        for code in range(1, codes + 1):
            assert row[f"share_{code}"] == pytest.approx((answers == code).mean())
        assert all(row[f"share_{code}"] is None for code in range(codes + 1, 6))
        turned = ITEMS[row["item"]][1]
        assert row["mean"] == pytest.approx(codes + 1 - answers.mean() if turned else answers.mean())


def test_a_scale_of_two_items_has_no_factor_and_one_of_three_no_test(made):
    scales = {row["scale"]: row for row in tables(made[1])["scales"].iter_rows(named=True)}
    assert scales["two"]["alpha"] is not None
    assert [scales["two"][name] for name in ("omega", "chi2", "df", "cfi")] == [None] * 4
    assert (scales["help"]["df"], scales["help"]["tli"]) == (0, None)
    assert scales["calm"]["df"] == 5


def test_semicolons_decimals_quotes_and_other_encodings_are_read(made, tmp_path):
    frame, out = made
    strange = frame.with_columns(
        pl.col("gender").replace({"girl": "jente på «x;y»", "boy": "gutt"}),
        pl.col("calm0").cast(pl.Float64).cast(pl.String),
    )
    content = strange.write_csv(separator=";").replace("\n", "\r\n") + "\r\n\r\n"
    path = tmp_path / "norsk.csv"
    path.write_bytes(content.replace(".0;", ",0;").encode("cp1252"))
    mine, theirs = tables(run(tmp_path, path)), tables(out)
    assert set(mine["groups"]["gender"]) == {None, "jente på «x;y»", "gutt"}
    assert_frame_equal(mine["scales"], theirs["scales"], check_exact=True)
    assert_frame_equal(mine["groups"].drop("gender"), theirs["groups"].drop("gender"), check_exact=True)
    path.write_bytes(content.encode("utf-16"))
    assert_frame_equal(tables(run(tmp_path, path))["scales"], theirs["scales"], check_exact=True)


def test_a_codebook_in_any_order_keeps_scales_together(tmp_path):
    lines = codebook_text().splitlines()
    mixed = "\n".join([lines[0], *lines[1::2], *lines[2::2]])
    out = run(tmp_path, write(people(), tmp_path / "answers.csv"), book=mixed)
    assert tables(out)["scales"]["scale"].to_list() == ["calm", "help", "two"]


def test_whole_numbers_stay_numbers_and_codes_with_a_nought_stay_text(made):
    scores = tables(made[1])["scores"]
    assert scores.schema["grade"] == pl.Int64
    assert scores.schema["school"] == pl.String


def test_nobody_varies(tmp_path):
    frame = people().with_columns(pl.lit(2).alias(item) for item in ITEMS)
    found = tables(run(tmp_path, write(frame, tmp_path / "answers.csv")))
    assert found["scores"]["calm"].null_count() == len(frame)
    assert found["groups"]["mean"].null_count() == len(found["groups"])
    assert found["scales"]["alpha"].null_count() == 3
    assert json.loads((tmp_path / "out" / "reference.json").read_text())["scales"]["calm"]["sigma"] is None
