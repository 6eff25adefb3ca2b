"""Files as other programs write them: read as they were meant, or refused in words, and nothing of it in silence."""

from __future__ import annotations

import polars as pl
import pyreadstat
import pytest

from kfl.tables import WrongFile
from kfl.tables.writing import as_xlsx

from .worlds import codebook_text, people, run, tables, write


def csv_of(frame: pl.DataFrame, **options: object) -> str:
    return frame.write_csv(**options)  # type: ignore[arg-type]


def same(folder, answers, frame: pl.DataFrame | None = None, **options: object) -> None:
    """The file gives the tables that the plain CSV of the same answers gives."""
    plain = folder / "plain.csv"
    plain.write_text(csv_of(people() if frame is None else frame), encoding="utf-8")
    expected = tables(run(folder, plain, name="expected", **options))
    found = tables(run(folder, answers, name="found", **options))
    assert all(found[name].equals(table) for name, table in expected.items())


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("above", ["", "sep=;", "\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_lines_encodings_and_the_line_of_excel(tmp_path, end, above, encoding):
    text = csv_of(people(), separator=";")
    text = f"{above}{'' if above in {'', chr(10)} else chr(10)}{text}".replace("\n", end)
    (tmp_path / "answers.csv").write_bytes(text.encode(encoding))
    same(tmp_path, tmp_path / "answers.csv")


def test_rows_of_nothing_at_the_end_are_no_persons(tmp_path):
    text = csv_of(people(), separator=";")
    (tmp_path / "answers.csv").write_text(text + ";" * 13 + "\n" + ";" * 13 + "\n\n")
    same(tmp_path, tmp_path / "answers.csv")


def test_a_row_of_nothing_between_others_is_told(tmp_path):
    lines = csv_of(people(), separator=";").splitlines(keepends=True)
    (tmp_path / "answers.csv").write_text("".join([*lines[:5], ";" * 13 + "\n", *lines[5:]]))
    with pytest.raises(WrongFile, match="row 6: the line is empty"):
        run(tmp_path, tmp_path / "answers.csv")


def test_rows_are_numbered_from_the_first_line_that_a_spreadsheet_counts(tmp_path):
    lines = csv_of(people()).splitlines(keepends=True)
    lines[3] = lines[3].replace("girl", "x").replace("boy", "x")[:-2] + "9\n"
    for above, row in (("", 4), ("sep=,\n", 4), ("\n\n", 6)):
        (tmp_path / "answers.csv").write_text(above + "".join(lines))
        with pytest.raises(WrongFile, match=f"row {row}, column two1: 9 is not one of"):
            run(tmp_path, tmp_path / "answers.csv")


NAMES = {"calm0": "Jeg er rolig,\nogså hjemme, alltid, og ellers", "help1": 'Noen "hjelper";\r\nofte, synes jeg'}


@pytest.mark.parametrize("quoting", ["always", "necessary"])
def test_questions_as_names_of_columns(tmp_path, quoting):
    frame = people().rename(NAMES).with_columns(pl.lit("linje en\nlinje to").alias("Noe annet\ndu vil si?"))
    (tmp_path / "answers.csv").write_text(
        csv_of(frame, separator=";", quote_style=quoting), encoding="utf-8", newline=""
    )
    book = codebook_text()
    for key, name in NAMES.items():
        quoted = name.replace('"', '""')
        book = book.replace(f",{key},", f',"{quoted}",')
    out = run(tmp_path, tmp_path / "answers.csv", book=book)
    items = tables(out)["items"]["item"].to_list()
    assert "Jeg er rolig, også hjemme, alltid, og ellers" in items
    assert 'Noen "hjelper"; ofte, synes jeg' in items
    assert "Noe annet du vil si?" in tables(out)["scores"].columns


def test_the_same_questions_in_parquet(tmp_path):
    book = codebook_text()
    for key, name in NAMES.items():
        quoted = name.replace('"', '""')
        book = book.replace(f",{key},", f',"{quoted}",')
    path = write(people().rename(NAMES), tmp_path / "answers.parquet")
    assert 'Noen "hjelper"; ofte, synes jeg' in tables(run(tmp_path, path, book=book))["items"]["item"].to_list()


def test_a_first_column_of_row_numbers_is_told_by_its_place(tmp_path):
    frame = people().with_row_index("")
    (tmp_path / "answers.csv").write_text(csv_of(frame))
    with pytest.raises(WrongFile, match=r"row 1: column 1 \(A\) has no name"):
        run(tmp_path, tmp_path / "answers.csv")


def test_columns_at_the_end_without_a_name_hold_nothing_or_are_told(tmp_path):
    lines = csv_of(people(), separator=";").splitlines()
    blank = [f"{line};;" for line in lines]
    (tmp_path / "answers.csv").write_text("\n".join(blank) + "\n")
    same(tmp_path, tmp_path / "answers.csv")
    blank[7] = f"{lines[7]};;x"
    (tmp_path / "answers.csv").write_text("\n".join(blank) + "\n")
    with pytest.raises(WrongFile, match=r"row 8: column 16 \(P\) has no name"):
        run(tmp_path, tmp_path / "answers.csv")


def test_a_header_longer_than_the_part_by_which_a_file_is_known(tmp_path, monkeypatch):
    from kfl.analysis.reading import text_files as text

    answers = tmp_path / "answers.csv"
    answers.write_text(csv_of(people().rename({"pupil": "e" * 300})))
    whole = tables(run(tmp_path, answers, name="expected"))
    monkeypatch.setattr(text, "BEGINNING", 20)
    found = tables(run(tmp_path, answers, name="found"))
    assert all(found[name].equals(table) for name, table in whole.items())


def test_parquet_with_text_as_bytes_and_numbers_without_a_sign(tmp_path):
    frame = people().with_columns(
        pl.col("school").cast(pl.String).cast(pl.Binary), pl.col("calm1").cast(pl.UInt64), pl.lit(1).alias("beside")
    )
    path = write(frame, tmp_path / "answers.parquet")
    groups = tables(run(tmp_path, path))["groups"]
    assert set(groups["school"].drop_nulls()) == set(people()["school"].cast(pl.String))


ROWS = people().height
NO_TEXT, OF_TYPE = "holds bytes that are not text in UTF-8", "its values are of the type"


@pytest.mark.parametrize(
    ("column", "values", "said"),
    [
        ("school", pl.Series(["Bø".encode("cp1252")] * ROWS), f"column school: {NO_TEXT}"),
        ("school", pl.Series([1000] * ROWS, dtype=pl.Duration("ms")), f"column school: {OF_TYPE} duration"),
        ("school", pl.Series([[1, 2]] * ROWS), f"column school: {OF_TYPE} list"),
        ("school", pl.Series([{"a": 1}] * ROWS), f"column school: {OF_TYPE} struct"),
        ("calm1", pl.Series([1000] * ROWS, dtype=pl.Duration("ms")), f"column calm1: {OF_TYPE} duration"),
        ("calm1", pl.Series([2**63 + 1] * ROWS, dtype=pl.UInt64), "row 1, column calm1: 9223372036854775809"),
        ("calm1", pl.Series([None] * ROWS, dtype=pl.Null), None),
        ("beside", pl.Series([[1, 2]] * ROWS), None),
        ("beside", pl.Series([1000] * ROWS, dtype=pl.Duration("ms")), None),
    ],
)  # fmt: skip
def test_types_of_other_programs_are_read_or_refused_in_words(tmp_path, column, values, said):
    frame = people().with_columns(values.alias(column))
    path = write(frame, tmp_path / "answers.parquet")
    if said is None:
        run(tmp_path, path)
    else:
        with pytest.raises(WrongFile, match=said):
            run(tmp_path, path)


def test_those_with_a_blank_are_counted_in_the_report_and_by_the_command(tmp_path):
    """As when the school stood in a merged cell, and only its first row has it."""
    frame = people()
    merged = frame.with_columns(pl.when(pl.col("school").is_first_distinct()).then(pl.col("school")).alias("school"))
    blank = merged["school"].null_count()
    (tmp_path / "answers.csv").write_text(csv_of(merged))
    out = run(tmp_path, tmp_path / "answers.csv", language="en")
    assert f"{blank} without a value in the column school" in (out / "report.html").read_text()
    whole = frame.with_columns(pl.col("grade").fill_null(strategy="forward").fill_null(strategy="backward"))
    few = whole.with_columns(
        pl.when(pl.int_range(frame.height) < 6).then(None).otherwise(pl.col("grade")).alias("grade")
    )
    (tmp_path / "few.csv").write_text(csv_of(few))
    said = "6 without a value in the column grade"
    assert said in (run(tmp_path, tmp_path / "few.csv", name="a", language="en") / "report.html").read_text()
    protected = run(tmp_path, tmp_path / "few.csv", name="b", language="en", protect=True)
    assert said not in (protected / "report.html").read_text(), "so few are not told of where small groups are hidden"


def test_a_sav_files_own_names_stand_in_the_report(tmp_path):
    frame = people().with_columns(
        pl.col("school").cast(pl.String).cast(pl.Float64),
        pl.col("gender").replace_strict({"girl": 1.0, "boy": 2.0}, default=None),
    )
    first = frame["school"][0]
    labels = {"school": {first: "Åsen skole"}, "gender": {1.0: "Jente", 2.0: "Gutt"}}
    columns = {name: frame[name].to_list() for name in frame.columns}
    import pandas as pd

    pyreadstat.write_sav(pd.DataFrame(columns), str(tmp_path / "answers.sav"), variable_value_labels=labels)
    out = run(tmp_path, tmp_path / "answers.sav")
    report = (out / "report.html").read_text()
    assert "Åsen skole" in report
    assert "Jente" in report
    assert int(first) in tables(out)["groups"]["school"].to_list(), "the tables keep the numbers"


def test_a_codebook_may_be_a_workbook(tmp_path):
    header, *rows = [line.split(",") for line in codebook_text().splitlines()]
    (tmp_path / "answers.csv").write_text(csv_of(people()))
    expected = tables(run(tmp_path, tmp_path / "answers.csv", name="csv"))
    (tmp_path / "book.xlsx").write_bytes(as_xlsx("Kodebok", header, rows))
    from kfl.analysis.run import AnalysisRequest, analyse

    job = AnalysisRequest(
        tmp_path / "answers.csv", tmp_path / "book.xlsx", ("school", "grade"), tmp_path / "xlsx", split="gender"
    )
    assert not [line for line in analyse(job) if "book.xlsx" in line]
    found = tables(tmp_path / "xlsx")
    assert all(found[name].equals(table) for name, table in expected.items())
