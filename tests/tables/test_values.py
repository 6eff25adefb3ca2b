"""What cells mean: codes that programs write as decimals, noughts that spreadsheets take away."""

from __future__ import annotations

import pytest

from kfl.tables import read_table, whole_number
from kfl.tables.values import column_letters, lost_noughts


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("3", 3), ("3.0", 3), ("3,0", 3), ("3.000", 3), (" 3 ", 3), ("03", 3), ("0", 0), ("0,0", 0), ("-1", -1),
        ("+4", 4), ("3.5", None), ("3,01", None), ("", None), ("3.", None), (".0", None),
        ("1e3", None), ("x", None), ("٣", None),
        ("1 000", None), ("NaN", None), ("9" * 40, None),
    ],
)  # fmt: skip
def test_a_whole_number_is_one_however_it_is_written(text, number):
    assert whole_number(text) == number


@pytest.mark.parametrize(("number", "letters"), [(1, "A"), (26, "Z"), (27, "AA"), (702, "ZZ"), (703, "AAA")])
def test_columns_are_named_as_spreadsheets_name_them(number, letters):
    assert column_letters(number) == letters


def test_noughts_that_are_lost_from_some_are_noticed_by_those_that_have_theirs():
    found = lost_noughts("kode", ["0403", "0417", "3403", "415"])
    assert found is not None
    assert (found.column, found.facts) == ("kode", {"count": 1, "value": "415"})


def test_noughts_that_are_lost_from_all_are_noticed_by_the_few_that_are_shorter():
    keys = [f"{number * 7919 % 100_000:05d}" for number in range(1, 200)]
    assert any(key.startswith("0") for key in keys)
    assert lost_noughts("nøkkel", [key.lstrip("0") for key in keys]) is not None
    whole = [key for key in keys if not key.startswith("0")]
    assert lost_noughts("nøkkel", whole) is None


@pytest.mark.parametrize("numbers", [range(1, 301), range(1, 1001), range(95, 301), range(9, 200), range(1, 13)])
def test_numbers_given_out_one_by_one_have_lost_nothing(numbers):
    assert lost_noughts("nr", [str(number) for number in numbers]) is None


def test_a_table_is_asked_about_its_columns_of_codes():
    table = read_table(b"kode;navn\n0403;A\n403;B\n")
    assert [one.column for one in table.lost_noughts(["kode", "navn", "andre"])] == ["kode"]
