"""A list is read as Excel wrote it; what cannot be read is told by row and column, and all of it at once."""

from __future__ import annotations

from datetime import date

import pytest

from kfl.people.rosters import values
from kfl.people.rosters.table import MOST_BYTES, Columns, WrongRoster, read_rows

COLUMNS = Columns(("navn", "kjønn"), ("fødselsår",))
TEXT = "Navn;KJØNN;Fødselsår\r\nÅse Bjørk;jente;2012\r\n  Ole   Ås ;gutt;\r\n"


def problems(content: bytes, columns: Columns = COLUMNS) -> list[tuple[int | None, str | None, str]]:
    with pytest.raises(WrongRoster) as refused:
        read_rows(content, columns)
    return [(one.row, one.column, one.reason) for one in refused.value.problems]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_a_list_reads_the_same_however_it_was_saved(encoding, delimiter):
    rows = read_rows(TEXT.replace(";", delimiter).encode(encoding), COLUMNS)
    assert [row.number for row in rows] == [2, 3]
    assert rows[0].cells == {"navn": "Åse Bjørk", "kjønn": "jente", "fødselsår": "2012"}
    assert rows[1].cells == {"navn": "Ole Ås", "kjønn": "gutt", "fødselsår": ""}


def test_letters_typed_as_two_characters_become_one():
    rows = read_rows("navn;kjønn\nA\u030ase;jente\n".encode(), COLUMNS)
    assert rows[0]["navn"] == "Åse"


def test_rows_are_counted_as_excel_counts_them():
    text = 'sep=;\nnavn;kjønn\n"Kari\nNordmann";jente\n\n;\nOle;x;y\n'
    assert problems(text.encode()) == [(5, None, "Raden har 3 verdier der det skal være 2.")]


def test_blank_columns_at_the_end_are_no_columns():
    assert len(read_rows("navn;kjønn;;\nKari;jente;;\n".encode(), COLUMNS)) == 1


@pytest.mark.parametrize(
    ("content", "row", "column", "reason"),
    [
        (b"", None, None, "tom"),
        (b" \n \n", None, None, "tom"),
        (b"x" * (MOST_BYTES + 1), None, None, "5 MB"),
        ("navn;kjønn\n".encode(), None, None, "ingen rader"),
        ("navn;kjønn\nKari;je\0nte\n".encode(), None, None, "ikke en tekstfil"),
        (b"PK\x03\x04\x14\x00\x08\x00" + bytes(range(256)), None, None, "ikke en tekstfil"),
        ("navn;kjønn\nKari \x81;jente\n".encode("latin-1"), None, None, "ikke en tekstfil"),
        (b"navn\nKari\n", 1, "kjønn", "mangler"),
        ("navn;kjønn;navn\nKari;jente;Kari\n".encode(), 1, "navn", "to ganger"),
        ("navn;;kjønn\nKari;;jente\n".encode(), 1, None, "ikke navn"),
        ("navn;kjønn;fødselsnummer\nKari;jente;1\n".encode(), 1, "fødselsnummer", "ukjent"),
        ("navn;kjønn\nKari\n".encode(), 2, None, "1 verdier der det skal være 2"),
        (f"navn;kjønn\n{'x' * 501};jente\n".encode(), 2, "navn", "lengre enn 500"),
        ('navn;kjønn\nOle;gutt\n"Kari;jente\n'.encode(), 3, None, "anførselstegn"),
        ("navn;kjønn\nKari\u202e;jente\n".encode(), 2, "navn", "usynlig"),
        ("navn;kjønn\nKari\x07;jente\n".encode(), 2, "navn", "usynlig"),
        ("navn;kjønn\nÃ…se;jente\n".encode(), 2, "navn", "ødelagt"),
    ],
)
def test_what_cannot_be_read_is_told_by_row_and_column(content, row, column, reason):
    found = problems(content)
    assert [one[:2] for one in found] == [(row, column)]
    assert reason in found[0][2]


def test_more_rows_than_there_is_room_for_are_refused():
    assert "100001" in problems(b"navn;kj\xc3\xb8nn\n" + b"K;\n" * 100_001)[0][2]


def test_only_the_first_problems_are_kept_and_the_rest_counted():
    with pytest.raises(WrongRoster) as refused:
        read_rows("navn;kjønn\n".encode() + b"K\n" * 300, COLUMNS)
    assert (len(refused.value.problems), refused.value.left_out) == (200, 100)


@pytest.mark.parametrize("cell", ["17.08.2026", "17.8.2026", "2026-08-17"])
def test_a_day_is_read_in_both_ways_of_writing(cell):
    assert values.day(cell) == date(2026, 8, 17)
    assert values.day("") is None


@pytest.mark.parametrize("cell", ["17/8/2026", "31.02.2026", "17.08.26", "0026-08-17", "1026-08-17", "i fjor"])
def test_what_is_no_day_is_refused(cell):
    with pytest.raises(values.WrongCell):
        values.day(cell)


@pytest.mark.parametrize("cell", ["15076500565", "150765 00565", "elev 15076500565", "15076500565 "])
def test_a_national_identity_number_is_recognised(cell):
    assert values.holds_national_identity_number(cell)


@pytest.mark.parametrize("cell", ["15076500566", "1507650056", "115076500565", "974760673", "Kari"])
def test_other_numbers_are_no_national_identity_number(cell):
    assert not values.holds_national_identity_number(cell)


@pytest.mark.parametrize(
    ("kept_by", "cell"),
    [
        (values.Scheme.MUNICIPALITY, "403"),
        (values.Scheme.MUNICIPALITY, "34 0 3 1"),
        (values.Scheme.COUNTY, "4"),
        (values.Scheme.ORGANISATION, "974760674"),
        (values.Scheme.ORGANISATION, "97476067"),
        (values.Scheme.OWN, ""),
        (values.Scheme.OWN, "1,02E+10"),
        (values.Scheme.OWN, "x" * 61),
    ],
)
def test_a_code_that_its_giver_would_not_write_is_refused(kept_by, cell):
    with pytest.raises(values.WrongCell):
        values.code(cell, kept_by)


def test_codes_are_read_as_their_givers_write_them():
    assert values.code("974 760 673", values.Scheme.ORGANISATION) == "974760673"
    assert values.code("0403", values.Scheme.MUNICIPALITY) == "0403"
    assert values.scheme("") is values.Scheme.OWN
