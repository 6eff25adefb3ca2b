"""--protect: small groups are hidden, and nothing that is written gives them away."""

import json

import numpy as np
import polars as pl
import pytest

from kfl.analysis.problems import AnalysisError

from .worlds import marked, people, run, tables, write


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("protect")
    frame = people()
    few = frame.filter(pl.col("school") == "0301").head(5).with_columns(pl.lit("0999").alias("school"))
    frame = pl.concat([frame, few])
    return frame, run(folder, write(frame, folder / "answers.csv"), protect=True)


def test_no_scores_and_no_warning_file(made):
    _frame, out = made
    names = {path.name for path in out.iterdir()}
    assert names == {"groups.parquet", "scales.parquet", "items.parquet", "reference.json", "report.html"}
    assert json.loads((out / "reference.json").read_text())["publication"].startswith("protected")
    for path in out.glob("*.parquet"):
        assert pl.read_parquet_metadata(path)["kfl.publication"].startswith("protected")


def test_a_school_of_five_is_hidden_and_another_with_it(made):
    _frame, out = made
    schools = tables(out)["groups"].filter(
        pl.col("school").is_not_null(), pl.col("grade").is_null(), pl.col("gender").is_null()
    )
    assert set(schools.filter(pl.col("school") == "0999")["hidden"]) == {"protected"}
    for key in ("calm", "help", "two"):
        hidden = schools.filter(pl.col("scale") == key, pl.col("hidden").is_not_null())
        assert len(hidden) > 1, "five could be worked out from the total"


def test_hidden_rows_hold_no_number(made):
    groups = tables(made[1])["groups"]
    hidden = groups.filter(pl.col("hidden").is_not_null())
    assert len(hidden)
    for name in ("n", "mean", "sd", "se", "low", "high"):
        assert hidden[name].null_count() == len(hidden)
    assert set(hidden["hidden"]) <= {"protected", "split_protected", "no_answers"}


def test_shown_groups_are_large_enough_and_in_whole_numbers(made):
    shown = tables(made[1])["groups"].filter(pl.col("hidden").is_null())
    assert shown["n"].min() >= 7
    for name in ("mean", "se", "low", "high"):
        values = shown[name].drop_nulls().to_numpy()
        assert np.array_equal(values, np.rint(values))
    assert shown.filter(pl.col("n") < 30)["sd"].null_count() == len(shown.filter(pl.col("n") < 30))
    assert set(shown["sd"].drop_nulls() % 5) == {0.0}


def test_every_group_has_rows_for_both_sides_so_that_none_tells_who_is_there(made):
    groups = tables(made[1])["groups"]
    rows = groups.group_by("scale", "school", "grade").len()
    assert set(rows["len"]) == {3}


def test_shares_are_whole_per_cent(made):
    items = tables(made[1])["items"]
    for code in range(1, 4):
        shares = 100 * items[f"share_{code}"].drop_nulls().to_numpy()
        assert len(shares)
        assert np.allclose(shares, np.rint(shares))


def test_near_unanimous_items_show_no_shares(tmp_path):
    frame = people().with_columns(pl.lit(2).alias("help1"))
    items = tables(run(tmp_path, write(frame, tmp_path / "answers.csv"), protect=True))["items"]
    hidden = items.filter(pl.col("scale") == "help")
    assert set(hidden["hidden"]) == {"protected"}
    assert hidden["share_2"].null_count() == len(hidden)
    assert items.filter(pl.col("scale") == "calm")["share_2"].null_count() == 0


def test_a_file_of_six_shows_nothing(tmp_path):
    out = run(tmp_path, write(people().head(6), tmp_path / "answers.csv"), protect=True)
    found = tables(out)
    assert found["groups"]["mean"].null_count() == len(found["groups"])
    assert found["scales"].drop("scale", "items", "hidden").null_count().sum_horizontal().item() == 3 * 17
    assert found["items"]["mean"].null_count() == len(found["items"])
    scales = json.loads((out / "reference.json").read_text())["scales"]
    assert {scale["mu"] for scale in scales.values()} == {None}


def test_a_scale_with_a_sensitive_item_is_left_out(tmp_path):
    out = run(tmp_path, write(people(), tmp_path / "answers.csv"), protect=True, book=marked(help1="3"))
    scales = tables(out)["scales"]
    assert scales["hidden"].to_list() == [None, "sensitive_awaits_gate", None]
    assert "sensitive spørsmål" in (out / "report.html").read_text()


def test_a_split_of_three_is_refused(tmp_path):
    frame = people().with_columns(pl.col("gender").fill_null("other"))
    with pytest.raises(AnalysisError, match="a split of two values; column gender has 3"):
        run(tmp_path, write(frame, tmp_path / "answers.csv"), protect=True)


def test_a_protected_report_has_no_number_of_a_hidden_group(made):
    _frame, out = made
    html = (out / "report.html").read_text()
    assert "skjult" in html
    assert '<svg class="histogram"' not in html
    assert "Ikke for publisering" not in html


def test_protection_without_a_split(tmp_path):
    out = run(tmp_path, write(people(), tmp_path / "answers.csv"), protect=True, split=None, by=("school",))
    groups = tables(out)["groups"]
    assert groups.columns == ["scale", "school", "n", "mean", "sd", "se", "low", "high", "hidden"]
    assert groups["hidden"].null_count() > 0
