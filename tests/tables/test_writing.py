"""CSV that a spreadsheet cannot mistake for formulas."""

from __future__ import annotations

import csv
import io

import pytest

from kfl.tables.writing import as_csv


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.parametrize(
    "cell",
    ["=1+1", "+47 99", "-a", "@SUM(A1)", '=HYPERLINK("http://x.example")', "=a,b", "\uff1d1", "'=1", "\t", "\r1"],
)
def test_a_text_that_could_be_a_formula_is_text(cell):
    assert read(as_csv(["name"], [{"name": cell}])) == [
        ["name"],
        [f"'{cell}".replace("\r", "\n")],
    ]


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("Lia;=1+1;", "Lia;'=1+1;"),
        ("Lia,@SUM(A1)", "Lia,'@SUM(A1)"),
        ("Lia|+1\t-1", "Lia|'+1\t'-1"),
        ("\t=1", "'\t'=1"),
        ("\r=1", "'\n'=1"),
        ("a; \u00a0=1", "a; \u00a0'=1"),
        ('a;"=1', "a;\"'=1"),
        ("a;'=1", "a;''=1"),
        ("3=3; a-b", "3=3; a-b"),
    ],
)
def test_a_text_that_another_separator_would_split_begins_no_formula(cell, written):
    assert read(as_csv(["name"], [{"name": cell}])) == [["name"], [written]]


def test_a_line_break_in_a_cell_stays_in_its_cell():
    assert read(as_csv(["a", "b"], [{"a": "x\r=1", "b": "y\r\nz"}]))[1:] == [["x\n'=1", "y\nz"]]


def test_a_header_is_text_too():
    assert as_csv(["=1"], []) == "'=1\n"


def test_numbers_blanks_and_other_texts_are_as_they_are():
    row = {"a": -12, "b": -0.5, "c": None, "d": "Ås, skole", "e": "3=3", "f": 'si "hei"', "g": "'nei"}
    assert read(as_csv(list(row), [row]))[1] == ["-12", "-0.5", "", "Ås, skole", "3=3", 'si "hei"', "'nei"]
