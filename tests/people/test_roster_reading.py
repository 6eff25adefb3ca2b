"""Cells of lists: days, codes and grades as people write them; and the faults of a file in the reader's words."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils.translation import override

from kfl.core.lists import Columns, WrongCell, WrongFile, read_list
from kfl.people.rosters import cell_values

COLUMNS = Columns(("navn", "kjønn"), ("fødselsår",))


@pytest.mark.parametrize(
    ("content", "row", "column", "reason"),
    [
        (b"", None, None, "Fila er tom."),
        ("navn;kjønn\nKari;je\0nte\n".encode(), 2, None, "Fila er ikke en tekstfil."),
        (b"PK\x03\x04\x14\x00\x08\x00" + bytes(range(256)), None, None, "Arbeidsboka er skadet."),
        (b"navn\nKari\n", 1, "kjønn", "Kolonnen mangler."),
        ("navn;kjønn;alder\nKari;jente;1\n".encode(), 1, "alder", "Lista kan ha: navn, kjønn, fødselsår."),
        ("navn;;kjønn\nKari;;jente\n".encode(), 1, None, "Kolonne 2 (B) har ikke navn."),
        ("navn;kjønn\nKari\n".encode(), 2, None, "Raden har 1 verdier der det skal være 2."),
        (f"navn;kjønn\n{'x' * 501};jente\n".encode(), 2, "navn", "lengre enn 500"),
    ],
)  # fmt: skip
def test_the_faults_of_a_file_are_told_in_the_readers_words(content, row, column, reason):
    with pytest.raises(WrongFile) as refused:
        read_list(content, "liste.csv", COLUMNS)
    (problem,) = refused.value.problems
    assert (problem.row, problem.column) == (row, column)
    assert reason in problem.reason


def test_the_words_follow_the_readers_language():
    said = []
    for language in ("nb", "nn", "en"):
        with override(language), pytest.raises(WrongFile) as refused:
            read_list(b"navn\nKari\n", "liste.csv", COLUMNS)
        said.append(refused.value.problems[0].reason)
    assert len(set(said)) == 3


@pytest.mark.parametrize("cell", ["17.08.2026", "17.8.2026", "2026-08-17"])
def test_a_day_is_read_in_both_ways_of_writing(cell):
    assert cell_values.day(cell) == date(2026, 8, 17)
    assert cell_values.day("") is None


@pytest.mark.parametrize("cell", ["17/8/2026", "31.02.2026", "17.08.26", "0026-08-17", "1026-08-17", "i fjor"])
def test_what_is_no_day_is_refused(cell):
    with pytest.raises(WrongCell):
        cell_values.day(cell)


@pytest.mark.parametrize("cell", ["15076500565", "150765 00565", "elev 15076500565", "15076500565 "])
def test_a_national_identity_number_is_recognised(cell):
    assert cell_values.holds_national_identity_number(cell)


@pytest.mark.parametrize("cell", ["15076500566", "1507650056", "115076500565", "974760673", "Kari"])
def test_other_numbers_are_no_national_identity_number(cell):
    assert not cell_values.holds_national_identity_number(cell)


@pytest.mark.parametrize(
    ("kept_by", "cell"),
    [
        (cell_values.Scheme.MUNICIPALITY, "403"),
        (cell_values.Scheme.MUNICIPALITY, "34 0 3 1"),
        (cell_values.Scheme.COUNTY, "4"),
        (cell_values.Scheme.ORGANISATION, "974760674"),
        (cell_values.Scheme.ORGANISATION, "97476067"),
        (cell_values.Scheme.OWN, ""),
        (cell_values.Scheme.OWN, "1,02E+10"),
        (cell_values.Scheme.OWN, "x" * 61),
    ],
)
def test_a_code_that_its_giver_would_not_write_is_refused(kept_by, cell):
    with pytest.raises(WrongCell):
        cell_values.code(cell, kept_by)


def test_codes_are_read_as_their_givers_write_them():
    assert cell_values.code("974 760 673", cell_values.Scheme.ORGANISATION) == "974760673"
    assert cell_values.code("0403", cell_values.Scheme.MUNICIPALITY) == "0403"
    assert cell_values.scheme("") is cell_values.Scheme.OWN
