"""`kfl release`."""

import csv
import io
import json

import pytest

from tests.cli.commands import kfl

ROW = {"informant", "band", "scale", "split", "n", "points", "low", "high", "hidden"}


@pytest.fixture(scope="module")
def shown(data):
    done = kfl("release", "show", "t2", "--format", "json", data=data)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_show_has_exactly_the_promised_shape(shown):
    assert set(shown) == {"wave", "release", "digest", "units"}
    assert shown["wave"] == "t2"
    assert len(shown["digest"]) == 64
    for unit in shown["units"]:
        assert set(unit) == {"code", "name", "kind", "answered", "invited", "rows"}
        assert all(set(row) == ROW for row in unit["rows"])


def test_a_row_is_either_hidden_with_a_reason_or_has_all_its_numbers(shown):
    rows = [row for unit in shown["units"] for row in unit["rows"]]
    assert any(row["hidden"] for row in rows)
    assert any(row["points"] is not None for row in rows)
    for row in rows:
        numbers = [row[name] for name in ("n", "points", "low", "high")]
        if row["hidden"]:
            assert numbers == [None] * 4
        else:
            assert row["low"] <= row["points"] <= row["high"]
            assert row["n"] >= 7


def test_a_wave_is_found_by_its_name_too(data, shown):
    named = json.loads(kfl("release", "show", "t2 november 2018", "--format", "json", data=data).stdout)
    assert named == shown


def test_points_move_around_500_where_t1_is_the_reference(data):
    table = json.loads(kfl("release", "show", "t1", "--unit", "04", data=data).stdout)
    county = [row for row in table["units"][0]["rows"] if row["split"] is None and row["points"] is not None]
    assert county
    assert {row["points"] for row in county} == {500}


@pytest.mark.parametrize("code", ["0437", "3427"])
def test_a_unit_is_found_by_its_code_then_and_its_code_now(data, code):
    table = json.loads(kfl("release", "show", "t2", "--unit", code, data=data).stdout)
    assert [(unit["name"], unit["code"]) for unit in table["units"]] == [("Tynset", "0437")]


def test_csv_holds_the_same_rows(data, shown):
    text = kfl("release", "show", "t2", "--format", "csv", data=data).stdout
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == sum(len(unit["rows"]) for unit in shown["units"])
    assert set(rows[0]) >= ROW


def test_audit_finds_the_release_clean(data):
    done = kfl("release", "audit", "t2", data=data)
    assert done.returncode == 0, done.stdout
    assert "0 groups of too few" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("release", "show", "finnes-ikke"), "there is no wave finnes-ikke"),
        (("release", "show", "t2", "--unit", "9999"), "t2 has no unit with the code 9999"),
    ],
)
def test_what_is_not_there_is_said_plainly(data, arguments, reason):
    done = kfl(*arguments, data=data)
    assert done.returncode == 1
    assert reason in done.stderr
    assert done.stdout == ""
