"""Whatever table is written in whatever dialect is read back as it was."""

from __future__ import annotations

import codecs
import csv
import io
import re
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

import kfl
from kfl.tables import ANSWERS, read_table
from kfl.tables.formula_guards import without_guards
from kfl.tables.values import tidied
from kfl.tables.writing import as_csv, as_xlsx

LETTERS = "abcXYZæøåÆØÅéüß 0123456789,;.\t|:-'\"=()/&<>%#\n"
WIDE = LETTERS + "čŋžĄ中ქ😀\u0301\u00a0"
SIGNS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
ENCODINGS = {
    "utf-8": WIDE,
    "utf-8-sig": WIDE,
    "utf-16": WIDE,
    "utf-16-le": LETTERS,
    "utf-16-be": LETTERS,
    "cp1252": LETTERS,
}


@st.composite
def tables(draw: st.DrawFn, letters: str = WIDE) -> list[list[str]]:
    """A header of names that differ, and rows of which none is blank."""
    width = draw(st.integers(2, 5))
    text = st.text(letters, max_size=12).map(lambda one: one.replace("\r", ""))
    names = st.text(letters, min_size=1, max_size=12).filter(lambda one: tidied(one) != "")
    header = draw(st.lists(names, min_size=width, max_size=width, unique_by=tidied))
    row = st.lists(text, min_size=width, max_size=width).filter(lambda cells: any(cell.strip() for cell in cells))
    return [header, *draw(st.lists(row, min_size=1, max_size=8))]


@st.composite
def dialects(draw: st.DrawFn) -> tuple[str, str, str, bool, bool]:
    """Encoding, separator, end of line, whether all is quoted, whether the separator is told."""
    return (
        draw(st.sampled_from(list(ENCODINGS))),
        draw(st.sampled_from(";,\t|")),
        draw(st.sampled_from(["\n", "\r\n", "\r"])),
        draw(st.booleans()),
        draw(st.booleans()),
    )


def written(table: list[list[str]], separator: str, end: str, *, quoted: bool, told: bool) -> str:
    file = io.StringIO()
    quoting = csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL
    csv.writer(file, delimiter=separator, lineterminator=end, quoting=quoting).writerows(table)
    return (f"sep={separator}{end}" if told else "") + file.getvalue()


def as_read(table: list[list[str]]) -> list[tuple[str, ...]]:
    return [tuple(tidied(cell) for cell in row) for row in table]


def as_read_from_csv(table: list[list[str]]) -> list[tuple[str, ...]]:
    """The apostrophe that says "this is text" to a spreadsheet is none of the text, whoever wrote it."""
    return as_read([[without_guards(cell) for cell in row] for row in table])


@settings(max_examples=150, deadline=None)
@given(st.data(), dialects())
def test_a_table_is_read_in_every_dialect_in_which_its_separator_is_told_or_all_is_quoted(data, dialect):
    encoding, separator, end, quoted, told = dialect
    table = data.draw(tables(ENCODINGS[encoding]))
    breaks = any("\n" in cell for row in table for cell in row)  # which the writer does not quote when rows end in \r
    text = written(table, separator, end, quoted=quoted or breaks or not told, told=told)
    content = text.encode(encoding)
    if encoding == "utf-16":
        assert content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if encoding in {"utf-16-le", "utf-16-be"} and not text[:2].isascii():
        return  # without a mark it shows by its first two letters only
    found = read_table(content, bounds=ANSWERS)
    assert [found.header, *(row.values for row in found.rows)] == as_read_from_csv(table)


CODES = st.sampled_from(["", "1", "2", "3.0", "4,0", "NA", "Åsen", "8A", "0403"])


@settings(max_examples=100, deadline=None)
@given(dialects(), st.lists(st.lists(CODES, min_size=4, max_size=4), min_size=3, max_size=20))
@example(("utf-8", ";", "\n", False, False), [["1", "2,0", "3,0", "4,0"]] * 3)
def test_answers_are_read_in_every_dialect(dialect, rows):
    encoding, separator, end, quoted, told = dialect
    table = [["skole", "Jeg trives, alltid; også", "q 2", "kjønn"], *[["s", *row[1:]] for row in rows]]
    content = written(table, separator, end, quoted=quoted, told=told).encode(encoding)
    found = read_table(content, bounds=ANSWERS)
    assert [found.header, *(row.values for row in found.rows)] == as_read(table)


@settings(max_examples=60, deadline=None)
@given(tables())
def test_a_workbook_that_is_written_is_read(table):
    header, *rows = table
    found = read_table(as_xlsx("Liste", header, rows), bounds=ANSWERS)
    assert [found.header, *(row.values for row in found.rows)] == as_read(table)


@settings(max_examples=100, deadline=None)
@given(tables(letters=WIDE + "=+-@;'\""))
@example([["a", "b"], ["Lia;=1+1;", "'=x"], ["\t=1", "y\n@z"]])
def test_a_csv_that_is_written_is_read_and_begins_no_formula_however_it_is_split(table):
    """Python's reader, not strict, knows quotation marks as Excel does: at the beginning of a cell only."""
    header, *rows = table
    text = as_csv(header, [dict(zip(header, row, strict=True)) for row in rows])
    found = read_table(text.encode(), bounds=ANSWERS)
    assert [found.header, *(row.values for row in found.rows)] == as_read(table)
    for separator in ";,\t|":
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            for cell in cells:
                assert not cell.lstrip(' \t\n\u00a0"').startswith(SIGNS), (separator, cell)


def test_one_writer_writes_every_csv():
    """Of all that leaves the house: nobody else joins cells by separators."""
    houses = Path(kfl.__file__).parent
    writers = {
        path.relative_to(houses).as_posix()
        for path in houses.rglob("*.py")
        if re.search(r"csv\.(writer|DictWriter)|write_csv|to_csv", path.read_text(encoding="utf-8"))
    }
    assert writers == {"tables/writing.py"}
