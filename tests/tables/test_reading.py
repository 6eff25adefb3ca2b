"""A table reads the same however it was saved; what cannot be read is told by row and column, and all of it at once."""

from __future__ import annotations

import pytest

from kfl.tables import ANSWERS, Columns, Fault, WrongFile, read_table
from kfl.tables.fault_words import WORDS
from kfl.tables.reading import LIST, Bounds

COLUMNS = Columns(("navn", "kjønn"), ("fødselsår",))
TEXT = "Navn;KJØNN;Fødselsår\r\nÅse Bjørk;jente;2012\r\n  Ole   Ås ;gutt;\r\n"


def table(text: str, encoding: str = "utf-8", columns: Columns | None = None, bounds: Bounds = LIST):
    return read_table(text.encode(encoding), name="liste.csv", columns=columns, bounds=bounds)


def refused(content: bytes, columns: Columns | None = COLUMNS, bounds: Bounds = LIST) -> WrongFile:
    with pytest.raises(WrongFile) as caught:
        read_table(content, name="liste.csv", columns=columns, bounds=bounds)
    return caught.value


def faults(content: bytes, columns: Columns | None = COLUMNS) -> list[tuple[int | None, str | None, Fault | None]]:
    return [(one.row, one.column, one.code) for one in refused(content, columns).problems]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_list_reads_the_same_however_it_was_saved(encoding, separator, end):
    found = table(TEXT.replace(";", separator).replace("\r\n", end), encoding, COLUMNS)
    assert found.header == ("navn", "kjønn", "fødselsår")
    assert [row.number for row in found.rows] == [2, 3]
    assert found.rows[0].cells == {"navn": "Åse Bjørk", "kjønn": "jente", "fødselsår": "2012"}
    assert found.rows[1].values == ("Ole Ås", "gutt", "")
    assert found.column("kjønn") == ["jente", "gutt"]


def test_a_column_that_a_table_lacks_reads_as_blank():
    row = table("navn;kjønn\nKari;jente\n", columns=COLUMNS).rows[0]
    assert (row["fødselsår"], row.has("fødselsår"), row.has("navn")) == ("", False, True)


def test_names_keep_their_capitals_where_no_columns_are_known():
    assert table("Skole;skole\nA;B\n").header == ("Skole", "skole")


def test_letters_typed_as_two_characters_become_one_in_names_too():
    found = table("Na\u030avn;x\nA\u030ase;1\n")
    assert (found.header, found.rows[0].values) == (("Nåvn", "x"), ("Åse", "1"))


def test_rows_are_counted_as_spreadsheets_count_them():
    text = 'sep=;\nnavn;kjønn\n"Kari\nNordmann";jente\n\n;\nOle;x;y\n'
    wrong = refused(text.encode()).problems
    assert [(one.row, one.code, one.facts) for one in wrong] == [(5, Fault.LENGTH, {"found": 3, "wanted": 2})]


def test_blank_lines_above_the_header_count_and_are_passed_over():
    found = table("\n\nnavn;kjønn\nKari;jente\n", columns=COLUMNS)
    assert (found.header_row, found.rows[0].number) == (3, 4)


@pytest.mark.parametrize("line", ["sep=;", "SEP=;", "sep=,", "sep=|", "sep=\t", "sep=#"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_line_that_tells_the_separator_is_believed_and_passed_over(line, end):
    lines = [line, "navn_kjønn".replace("_", line[-1]), "Å, b;c_jente".replace("_", line[-1])]
    lines[2] = lines[2].replace(", b;c", "")
    found = table(end.join(lines) + end, "utf-8-sig")
    assert (found.header, found.rows[0].values, found.rows[0].number) == (("navn", "kjønn"), ("Å", "jente"), 2)


@pytest.mark.parametrize("quoted", [True, False])
def test_commas_in_names_do_not_make_a_list_of_commas(quoted):
    names = ["skole", "Jeg trives på skolen, hjemme, og ellers, også", "Jeg gruer meg, ofte, til timene, og så videre"]
    header = ";".join(f'"{one}"' if quoted else one for one in names)
    assert table(f"{header}\nA;1;2\nB;3;4\n").header == tuple(names)


def test_decimal_commas_do_not_make_a_list_of_commas():
    found = table("a;b\n1,5;2,5\n3,0;4,25\n")
    assert found.rows[0].values == ("1,5", "2,5")


def test_names_of_known_columns_decide_where_rows_do_not():
    columns = Columns(("a,b", "c"))
    assert table("a,b;c\n1,2;3,4\n", columns=columns).header == ("a,b", "c")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_breaks_in_names_and_cells_are_blanks_and_no_ends_of_rows(end):
    text = end.join(['"Noe annet', 'du vil si?";b', '"linje en', 'linje to";2', "x;3", ""])
    found = table(text)
    assert found.header == ("Noe annet du vil si?", "b")
    assert [(row.number, *row.values) for row in found.rows] == [(2, "linje en linje to", "2"), (3, "x", "3")]


def test_blank_rows_and_columns_at_the_end_are_nothing():
    found = table("navn;kjønn;;\nKari;jente;;\n;;;\n;; ;\n", columns=COLUMNS)
    assert len(found.rows) == 1
    assert found.rows[0].values == ("Kari", "jente")


def test_a_row_that_is_shifted_into_a_blank_last_column_is_told():
    assert faults("navn;kjønn;fødselsår\nKari;x;jente;\n".encode()) == [(2, None, Fault.LENGTH)]


def test_a_column_without_a_name_is_told_by_its_place():
    wrong = refused(b'"",a,b\n"1",2,3\n', None).problems
    assert [str(one) for one in wrong] == ["row 1: column 1 (A) has no name"]
    many = ",".join(f"c{number}" for number in range(27))
    assert "column 28 (AB) has no name" in str(refused(f"{many},,x\n".encode() + b",".join([b"1"] * 29), None))


@pytest.mark.parametrize(
    ("content", "row", "column", "code"),
    [
        (b"", None, None, Fault.EMPTY),
        (b" \n \n", None, None, Fault.EMPTY),
        ("\ufeff".encode(), None, None, Fault.EMPTY),
        (b"sep=;\n", None, None, Fault.NO_HEADER),
        (b"x" * 5_000_001, None, None, Fault.TOO_LARGE),
        ("navn;kjønn\n".encode(), None, None, Fault.NO_ROWS),
        ("navn;kjønn\n;\n".encode(), None, None, Fault.NO_ROWS),
        ("navn;kjønn\nKari;je\0nte\n".encode(), 2, None, Fault.NOT_TEXT),
        ("navn;kjønn\rKari;jente\rO\0;\r".encode(), 3, None, Fault.NOT_TEXT),
        ("navn;kjønn\nKari\n".encode("utf-16") + b"x", None, None, Fault.NOT_TEXT),
        ("navn;kjønn\nKari \x81;jente\n".encode("latin-1"), 2, None, Fault.ENCODING),
        (b"navn\nKari\n", 1, "kjønn", Fault.MISSING_COLUMN),
        ("navn;kjønn;navn\nKari;jente;Kari\n".encode(), 1, "navn", Fault.COLUMN_TWICE),
        ("navn;;kjønn\nKari;;jente\n".encode(), 1, None, Fault.UNNAMED_COLUMN),
        ("navn;kjønn;fødselsnummer\nKari;jente;1\n".encode(), 1, "fødselsnummer", Fault.UNKNOWN_COLUMN),
        ("navn;kjønn\nKari\n".encode(), 2, None, Fault.LENGTH),
        (f"navn;kjønn\n{'x' * 501};jente\n".encode(), 2, "navn", Fault.LONG_CELL),
        (f"navn;kjønn\n{'x' * 1_000_000};jente\n".encode(), 2, None, Fault.LONG_CELL),
        ('navn;kjønn\nOle;gutt\n"Kari;jente\n'.encode(), 3, None, Fault.QUOTATION_MARK),
        ('navn;kjønn\nOle;gutt\n"Kari" Berg;jente\n'.encode(), 3, None, Fault.QUOTATION_MARK),
        ('"navn;kjønn\nOle;gutt\n'.encode(), 1, None, Fault.QUOTATION_MARK),
        ("navn;kjønn\nKari\u202e;jente\n".encode(), 2, "navn", Fault.INVISIBLE_LETTER),
        ("navn;kjønn\nKari\x07;jente\n".encode(), 2, "navn", Fault.INVISIBLE_LETTER),
        ("navn;kjønn\nÃ…se;jente\n".encode(), 2, "navn", Fault.BROKEN_LETTERS),
        ("navn;kjønn\nK\ufffdre;jente\n".encode(), 2, "navn", Fault.BROKEN_LETTERS),
        (b"{\\rtf1\\ansi liste}", 1, None, Fault.UNKNOWN_COLUMN),
    ],
)
def test_what_cannot_be_read_is_told_by_row_and_column(content, row, column, code):
    found = faults(content)
    assert (row, code) in [(one[0], one[2]) for one in found]
    assert column is None or (row, column, code) in found


def test_everything_that_is_wrong_is_told_at_once():
    text = f"navn;kjønn\nKari\u202e;{'x' * 600}\nBo\nÃ¥;\u202e\n"
    assert faults(text.encode()) == [
        (2, "navn", Fault.INVISIBLE_LETTER),
        (2, "kjønn", Fault.LONG_CELL),
        (3, None, Fault.LENGTH),
        (4, "navn", Fault.BROKEN_LETTERS),
        (4, "kjønn", Fault.INVISIBLE_LETTER),
    ]


def test_more_rows_and_columns_than_there_is_room_for_are_refused():
    wrong = refused("navn;kjønn\n".encode() + b"K;\n" * 100_001).problems
    assert [(one.code, one.facts) for one in wrong] == [(Fault.TOO_MANY_ROWS, {"rows": 100_001, "most": 100_000})]
    wide = ";".join(f"k{number}" for number in range(5_001))
    assert faults(f"{wide}\n1\n".encode(), None)[0][2] is Fault.TOO_MANY_COLUMNS


def test_only_the_first_problems_are_kept_and_the_rest_counted():
    wrong = refused("navn;kjønn\n".encode() + b"K\n" * 300)
    assert (len(wrong.problems), wrong.count, wrong.left_out) == (200, 300, 100)
    assert str(wrong).splitlines()[-1] == "liste.csv: and 290 more"


def test_what_whoever_runs_the_portal_reads_has_no_such_bounds():
    text = f"a;b\n{'x' * 600};\u202e\n"
    assert table(text, bounds=ANSWERS).rows[0].values == ("x" * 600, "\u202e")


def test_a_file_is_read_from_its_path(tmp_path):
    (tmp_path / "liste.csv").write_text("navn;kjønn\nKari;jente\n", encoding="utf-8")
    assert read_table(tmp_path / "liste.csv").name == "liste.csv"
    for path, code in ((tmp_path / "ingen.csv", Fault.NO_FILE), (tmp_path, Fault.UNREADABLE)):
        with pytest.raises(WrongFile) as caught:
            read_table(path)
        assert [one.code for one in caught.value.problems] == [code]


def test_every_fault_has_words_that_take_the_same_facts():
    import string

    assert set(WORDS) == set(Fault)
    for words in WORDS.values():
        english, bokmal = ({part[1] for part in string.Formatter().parse(text) if part[1]} for text in words)
        assert bokmal == english
        assert words.bokmal[0].isupper() or words.bokmal.startswith("{")
        assert words.bokmal.endswith(".") or words.bokmal.endswith("?")
