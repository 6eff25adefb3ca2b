"""--protect: small groups are hidden, and nothing that is written gives them away."""

import json

import numpy as np
import polars as pl
import pytest

from kfl.analysis.problems import AnalysisError

from .worlds import ITEMS, marked, people, run, tables, write


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


def test_a_school_of_five_is_named_nowhere_and_another_is_hidden(made):
    _frame, out = made
    groups = tables(out)["groups"]
    assert "0999" not in groups["school"].cast(pl.String).to_list()
    for path in out.iterdir():
        assert b"0999" not in path.read_bytes(), path.name
    schools = groups.filter(pl.col("school").is_not_null(), pl.col("grade").is_null(), pl.col("gender").is_null())
    for key in ("calm", "help", "two"):
        assert len(schools.filter(pl.col("scale") == key, pl.col("hidden").is_not_null())), "five could be worked out"


def test_whether_the_only_one_of_a_class_answered_is_told_by_no_file(tmp_path):
    """The attack: a class of one in which nobody answered, and another whose one pupil did."""
    frame = people(4).with_columns(pl.col("grade").fill_null(9))
    for name, blank in (("nobody", True), ("somebody", False)):
        alone = frame.head(1).with_columns(pl.lit(4).cast(pl.Int64).alias("grade"))
        values = [pl.lit(None if blank else 2).cast(pl.Int64).alias(item) for item in ITEMS]
        whole = pl.concat([frame, alone.with_columns(values)])
        out = run(tmp_path, write(whole, tmp_path / "answers.csv"), name=name, protect=True)
        assert 4 not in tables(out)["groups"]["grade"].to_list()
        assert "no_answers" not in tables(out)["groups"]["hidden"].to_list()


def test_a_large_group_without_answers_has_the_reason_that_others_have(tmp_path):
    frame = people(4)
    silent = frame.head(9).with_columns(
        pl.lit("0777").alias("school"), *[pl.lit(None).cast(pl.Int64).alias(item) for item in ITEMS]
    )
    out = run(tmp_path, write(pl.concat([frame, silent]), tmp_path / "answers.csv"), protect=True, by=("school",))
    found = tables(out)["groups"].filter(pl.col("school").cast(pl.String).str.ends_with("777"))
    assert set(found["hidden"]) == {"protected"}


def test_reliability_has_no_word_under_thirty_complete_sheets(tmp_path):
    frame = everybody_answered().head(40)
    assert _word_of_calm(tmp_path, frame.head(29)) == "unknown"
    assert _word_of_calm(tmp_path, frame) != "unknown"


def _word_of_calm(folder, frame) -> str:
    out = run(folder, write(frame, folder / "answers.csv"), protect=True)
    return tables(out)["scales"].filter(pl.col("scale") == "calm")["reliability"].item()


def test_hidden_rows_hold_no_number(made):
    groups = tables(made[1])["groups"]
    hidden = groups.filter(pl.col("hidden").is_not_null())
    assert len(hidden)
    for name in ("n", "mean", "sd", "se", "low", "high"):
        assert hidden[name].null_count() == len(hidden)
    assert set(hidden["hidden"]) <= {"protected", "split_protected"}


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
    assert 'figure-histogram"' not in html
    assert "Ikke for publisering" not in html


def test_protection_without_a_split(tmp_path):
    out = run(tmp_path, write(people(), tmp_path / "answers.csv"), protect=True, split=None, by=("school",))
    groups = tables(out)["groups"]
    assert groups.columns == ["scale", "school", "n", "mean", "sd", "se", "low", "high", "hidden"]
    assert groups["hidden"].null_count() > 0


def everybody_answered() -> pl.DataFrame:
    frame = people()
    return frame.with_columns(pl.col(item).fill_null(2) for item in ITEMS)


OF_COMPLETE = ("n_complete", "alpha", "omega", "mean_raw", "sd_raw", "chi2", "cfi", "rmsea")


@pytest.mark.parametrize(("skipped", "is_full"), [(0, True), (1, False), (6, False), (40, True)])
def test_numbers_of_complete_sheets_stand_only_where_those_who_skipped_are_nobody_or_many(tmp_path, skipped, is_full):
    frame = everybody_answered().with_row_index("row")
    skip = (pl.col("row") % 5 == 0) & (pl.col("row") < 5 * skipped)
    frame = frame.with_columns(pl.when(skip).then(None).otherwise(pl.col("calm2")).alias("calm2")).drop("row")
    found = tables(run(tmp_path, write(frame, tmp_path / "answers.csv"), protect=True))
    scale = found["scales"].filter(pl.col("scale") == "calm").row(0, named=True)
    assert {scale[name] is not None for name in OF_COMPLETE} == {is_full}
    told = "unknown" if skipped == 6 else "enough"  # six of those left out could decide the word
    assert (scale["icc"], scale["reliability"], scale["fit"]) == (None, told, "good")
    assert scale["n"] == len(frame) - skipped
    items = found["items"].filter(pl.col("scale") == "calm")
    for name in ("mean", "sd", "item_rest_r", "loading"):
        assert items[name].null_count() == (0 if is_full else len(items))
    assert items["n"].null_count() == items["share_1"].null_count() == 0
    if is_full:
        complete = frame.filter(pl.all_horizontal(pl.col("^calm.$").is_not_null()))
        assert scale["n_complete"] == len(complete)
        assert items["mean"][0] == float(f"{complete['calm0'].mean():.3g}")


def test_reference_has_no_more_digits_than_are_printed(made):
    scales = json.loads((made[1] / "reference.json").read_text())["scales"]
    for scale in scales.values():
        assert scale["mu"] == round(scale["mu"], 4)
        assert scale["sigma"] == float(f"{scale['sigma']:.3g}")


def test_where_all_answered_alike_no_reason_tells_so(tmp_path):
    frame = everybody_answered().with_columns(pl.lit(2).alias("two0"), pl.lit(2).alias("two1"))
    found = tables(run(tmp_path, write(frame, tmp_path / "answers.csv"), protect=True))
    groups = found["groups"].filter(pl.col("scale") == "two")
    assert set(groups["hidden"]) == {"protected"}
    assert found["scales"].filter(pl.col("scale") == "two")["hidden"].item() == "protected"


def test_what_hidden_groups_hold_apart_shows_nowhere(tmp_path):
    """Two hidden schools swap their pupils' answers: every table stays as it was."""
    frame = people(4).filter(pl.col("school") != "0304")
    small = [people(1).head(4).with_columns(pl.lit(name).alias("school")) for name in ("0801", "0802")]
    other = small[1].with_columns(pl.Series("calm0", [1, 1, 4, 4]), pl.Series("calm1", [1, 1, 4, 4]))
    for number, pair in enumerate(((small[0], other), (other, small[0]))):
        named = [
            one.with_columns(pl.lit(name).alias("school")) for one, name in zip(pair, ("0801", "0802"), strict=True)
        ]
        whole = pl.concat([frame, *named])
        run(tmp_path, write(whole, tmp_path / "answers.csv"), name=f"out{number}", protect=True, by=("school",))
    for name in ("groups", "scales", "items"):
        one, two = (pl.read_parquet(tmp_path / f"out{number}" / f"{name}.parquet") for number in range(2))
        assert one.equals(two), name
