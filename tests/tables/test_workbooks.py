"""Workbooks are read as a person sees them: texts, numbers, days and noughts, with another program's reading beside."""

from __future__ import annotations

import io
from datetime import date, datetime

import openpyxl
import pytest

from kfl.tables import Columns, Fault, WrongFile, read_table
from kfl.tables.writing import as_xlsx

from .files import cells, packed, parts, sheet, workbook


def saved(book: openpyxl.Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def book_of(*rows: list[object]) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    return book


def faults(content: bytes) -> list[tuple[int | None, str | None, Fault | None]]:
    with pytest.raises(WrongFile) as caught:
        read_table(content, name="liste.xlsx")
    return [(one.row, one.column, one.code) for one in caught.value.problems]


def test_cells_are_text_as_they_are_shown():
    book = book_of(
        ["tekst", "tall", "desimal", "dag", "tid", "sant", "kode", "null"],
        ["Åse", 3, 2.5, date(2026, 8, 17), datetime(2026, 8, 17, 10, 30), True, 403, None],
        ["0403", 3.0, 1e-7, date(1900, 1, 31), datetime(2026, 1, 1), False, 3403, ""],
    )
    for row in ("2", "3"):
        book.active[f"G{row}"].number_format = "0000"
    found = read_table(saved(book))
    assert [row.values for row in found.rows] == [
        ("Åse", "3", "2.5", "2026-08-17", "2026-08-17 10:30:00", "TRUE", "0403", ""),
        ("0403", "3", "1e-07", "1900-01-31", "2026-01-01", "FALSE", "3403", ""),
    ]


def test_what_one_library_writes_and_another_reads_is_what_is_read():
    header = ["navn", "antall", "merknad"]
    rows = [["Åse Bjørk", 12, "=1+1"], ["0403", -3.25, "+47 99"], ["<&>\"'", 10**12, "linje\nto"], ["čŋ 😀", 0, None]]
    content = as_xlsx("Liste", header, rows)
    other = openpyxl.load_workbook(io.BytesIO(content))
    theirs = [[cell for cell in row] for row in other.active.iter_rows(values_only=True)]
    assert theirs == [header, *rows]
    assert all(cell.data_type != "f" for row in other.active for cell in row)
    assert [list(row.values) for row in read_table(content).rows] == [
        ["Åse Bjørk", "12", "=1+1"],
        ["0403", "-3.25", "+47 99"],
        ["<&>\"'", "1000000000000", "linje to"],
        ["čŋ 😀", "0", ""],
    ]


def test_days_are_counted_from_1904_where_the_workbook_says_so():
    book = book_of(["dag"], [date(2026, 8, 17)])
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    assert read_table(saved(book)).rows[0].values == ("2026-08-17",)


@pytest.mark.parametrize(
    ("shown_as", "text"),
    [
        ("General", "46251"), ("0", "46251"), ("0000000", "0046251"), ("# ##0", "46251"), ('"nr. "0', "46251"),
        ("0.00", "46251"), ("[Red]0", "46251"), ('0" dager"', "46251"), ("mmm yy", "2026-08-17"),
        ("dd.mm.yyyy", "2026-08-17"), ("[$-414]d. mmmm yyyy", "2026-08-17"), ("d/m/yy;@", "2026-08-17"),
    ],
)  # fmt: skip
def test_a_number_is_a_day_only_where_its_format_says_so(shown_as, text):
    book = book_of(["a"], [46251])
    book.active["A2"].number_format = shown_as
    assert read_table(saved(book)).rows[0].values == (text,)


def test_numbers_too_long_for_a_spreadsheet_are_not_made_up():
    assert read_table(workbook(["nøkkel"], ["x"], [1.2345678901234568e19])).rows[1].values == ("1.23456789012346E+19",)


def test_texts_in_many_runs_are_whole_and_what_is_read_aloud_is_no_part():
    texts = (
        "<sst><si><r><t>Å</t></r><r><t xml:space='preserve'>se </t></r><r><t>B</t></r>"
        "<rPh sb='0' eb='1'><t>oose</t></rPh></si><si><t>a_x000D_b_x005F_</t></si></sst>"
    )
    body = '<row r="1"><c t="s"><v>1</v></c></row><row r="2"><c t="s"><v>0</v></c></row>'
    found = read_table(packed(parts(sheet(body), {"xl/sharedStrings.xml": texts})))
    assert (found.header, found.rows[0].values) == (("a b_",), ("Åse B",))


def test_names_with_a_prefix_are_the_same_names():
    text = sheet(cells(["a"], [1])).replace("<", "<x:").replace("<x:/", "</x:").replace("<x:?", "<?")
    assert read_table(packed(parts(text.replace("xmlns=", "xmlns:x=")))).rows[0].values == ("1",)


def test_cells_without_places_and_rows_without_numbers_follow_one_another():
    body = "<row><c><v>1</v></c><c/><c><v>3</v></c></row><row><c r='C2'><v>6</v></c></row>"
    with pytest.raises(WrongFile) as caught:
        read_table(packed(parts(sheet(body))))
    assert "column 2 (B) has no name" in str(caught.value)


def test_blank_rows_and_styled_blank_cells_are_nothing_and_rows_keep_their_numbers():
    book = book_of([None], [None], ["navn", "alder"], [None, None], ["Bo", 12], [" ", None])
    book.active["Z900"].number_format = "0.00"
    found = read_table(saved(book), columns=Columns(("navn",), ("alder",)))
    assert (found.header_row, [(row.number, *row.values) for row in found.rows]) == (3, [(5, "Bo", "12")])


def test_formulas_are_what_they_came_to_and_never_run():
    body = '<row r="1"><c t="str"><f>"a"</f><v>navn</v></c></row><row r="2"><c><f>1+1</f><v>2</v></c></row>'
    assert read_table(packed(parts(sheet(body)))).rows[0].values == ("2",)
    assert faults(saved(book_of(["navn"], ["=1+1"]))) == [(2, "navn", Fault.NO_VALUE)]


@pytest.mark.parametrize("value", ["#N/A", "#REF!", "#DIV/0!"])
def test_a_cell_that_shows_an_error_is_told_with_row_and_column(value):
    body = f'<row r="1"><c t="str"><v>navn</v></c></row><row r="4"><c t="e"><v>{value}</v></c></row>'
    assert faults(packed(parts(sheet(body)))) == [(4, "navn", Fault.ERROR_VALUE)]


def test_merged_cells_in_a_column_fill_every_row_and_it_is_said():
    book = book_of(["skole", "klasse"], ["Åsen", "8A"], [None, "8B"], [None, "8C"], ["Bø", "8A"], [None, "8B"])
    book.active.merge_cells("A2:A4")
    book.active.merge_cells("A5:A6")
    found = read_table(saved(book))
    assert found.column("skole") == ["Åsen", "Åsen", "Åsen", "Bø", "Bø"]
    assert [(one.code, one.facts) for one in found.notices] == [(Fault.MERGED_FILLED, {"cells": "A2:A4, A5:A6"})]


def test_merged_cells_below_the_last_row_make_no_rows():
    book = book_of(["skole", "klasse"], ["Åsen", "8A"])
    book.active.merge_cells("A2:A60")
    assert len(read_table(saved(book)).rows) == 1


@pytest.mark.parametrize(
    ("merged", "code", "row"), [("A1:B1", Fault.MERGED_HEADER, 1), ("A2:B2", Fault.MERGED_ACROSS, 2)]
)
def test_cells_merged_across_columns_are_refused(merged, code, row):
    book = book_of(["a", "b"], [1, 2], [3, 4])
    book.active.merge_cells(merged)
    assert (row, None, code) in faults(saved(book))


def test_a_heading_in_two_rows_is_refused():
    book = book_of(["navn", "alder"], [None, "år"], ["Bo", 12])
    book.active.merge_cells("A1:A2")
    assert (1, None, Fault.MERGED_HEADER) in faults(saved(book))


def test_other_sheets_and_hidden_rows_are_said_and_hidden_sheets_left():
    book = book_of(["navn"], ["Bo"], ["Åse"])
    book.active.title = "Liste"
    book.create_sheet("Forklaring").append(["x"])
    book.create_sheet("Gammel").sheet_state = "hidden"
    book.active.row_dimensions[3].hidden = True
    found = read_table(saved(book))
    assert found.column("navn") == ["Bo", "Åse"]
    assert [(one.code, one.facts) for one in found.notices] == [
        (Fault.OTHER_SHEETS, {"sheet": "Liste", "others": "Forklaring"}),
        (Fault.HIDDEN_ROWS, {"count": 1}),
    ]


def test_the_first_sheet_with_cells_is_read():
    book = book_of([None])
    book.create_sheet("Liste").append(["navn"])
    book["Liste"].append(["Bo"])
    assert read_table(saved(book)).column("navn") == ["Bo"]


def test_a_value_beside_the_header_is_told_by_its_place():
    assert faults(saved(book_of(["navn"], ["Bo"], ["Åse", None, "x"]))) == [(3, None, Fault.UNNAMED_COLUMN)]


def test_links_in_cells_are_text_and_never_followed():
    book = book_of(["e-post"], ["ada@skole.example"])
    book.active["A2"].hyperlink = "http://127.0.0.1:9/x"
    assert read_table(saved(book)).rows[0].values == ("ada@skole.example",)
