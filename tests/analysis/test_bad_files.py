"""What is wrong is said with row, column and reason; the command ends with 2 and writes nothing."""

import json

import polars as pl
import pytest

from kfl.analysis.problems import AnalysisError
from kfl.cli.main import parser_of_all
from kfl.tables import WrongFile

from .worlds import ITEMS, codebook_text, marked, people, run, write

REFUSED = (AnalysisError, WrongFile)


@pytest.fixture(scope="module")
def text():
    return people().write_csv()


def refusal(folder, content, **options):
    answers = folder / options.pop("name", "answers.csv")
    answers.write_bytes(content if isinstance(content, bytes) else content.encode())
    before = {*folder.iterdir(), folder / "codebook.csv"}
    with pytest.raises(REFUSED) as caught:
        run(folder, answers, **options)
    assert {*folder.iterdir()} == before, "something was left behind"
    return str(caught.value)


def with_cell(text, row, column, value):
    """The file with another value in a row, numbered as a spreadsheet numbers it."""
    lines = text.split("\n")
    cells = lines[row - 1].split(",")
    cells[lines[0].split(",").index(column)] = value
    lines[row - 1] = ",".join(cells)
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("7", "7 is not one of 1, 2, 3, 4"),
        ("0", "0 is not one of 1, 2, 3, 4"),
        ("-1", "-1 is not one of 1, 2, 3, 4"),
        ("often", "'often' is not one of 1, 2, 3, 4"),
        ("2.5", "2.5 is not one of 1, 2, 3, 4"),
        ("300", "300 is not one of 1, 2, 3, 4"),
        ("99999999999", "99999999999 is not one of 1, 2, 3, 4"),
    ],
)
def test_a_cell_that_is_no_code(tmp_path, text, value, said):
    assert refusal(tmp_path, with_cell(text, 17, "calm3", value)) == f"answers.csv: row 17, column calm3: {said}"


@pytest.mark.parametrize("kind", ["parquet", "sav"])
def test_a_cell_that_is_no_code_in_other_formats(tmp_path, kind):
    frame = people()
    values = frame["calm3"].to_list()
    values[15] = 7
    path = write(frame.with_columns(pl.Series("calm3", values)), tmp_path / f"answers.{kind}")
    with pytest.raises(REFUSED, match="row 16, column calm3: 7 is not one of 1, 2, 3, 4"):
        run(tmp_path, path)
    assert not (tmp_path / "out").exists()


def test_many_bad_cells_are_counted_and_the_first_are_listed_by_row(tmp_path, text):
    for row in range(40, 10, -1):
        text = with_cell(text, row, "help1" if row % 2 else "calm0", "x")
    lines = refusal(tmp_path, text).splitlines()
    assert lines[0] == "answers.csv: row 11, column help1: 'x' is not one of 1, 2, 3"
    assert lines[1].startswith("answers.csv: row 12, column calm0")
    assert (len(lines), lines[-1]) == (11, "answers.csv: and 20 more")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: "", "answers.csv: the file is empty"),
        (lambda text: text.split("\n")[0] + "\n", "answers.csv: there are no rows"),
        (lambda text: text.replace("calm3", "calmer", 1), "row 1, column calm3: the codebook has this item, but"),
        (lambda text: text.replace("calm3", "calm2", 1), "row 1, column calm2: the column stands twice"),
        (lambda text: text.replace("pupil", "", 1), "row 1: column 1 (A) has no name"),
        (lambda text: text.replace("pupil", "calm", 1), "row 1, column calm: scores.parquet needs this name"),
        (lambda text: text.replace("\n1003,", "\n1003,,", 1), "row 5: 15 values where the header has 14"),
        (lambda text: text[: text.rindex(",")], "13 values where the header has 14"),
        (lambda text: text.replace("\n1003,", "\n\n1003,", 1), "row 5: the line is empty"),
        (lambda text: text.replace("girl", '"girl', 1), 'a quotation mark (") is opened and never closed'),
        (lambda text: text.replace("girl", "g\0rl", 1), "row 2: this is not text"),
        (lambda text: text.encode().replace(b"girl", b"\x81irl", 1), "neither UTF-8 nor windows-1252"),
    ],
)
def test_a_file_that_is_no_table_of_answers(tmp_path, text, change, said):
    assert said in refusal(tmp_path, change(text))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("answers.xlsx", "answers.xlsx: file type '.xlsx' is not one of .csv, .parquet, .sav"),
        ("answers.parquet", "answers.parquet: this is not a Parquet file"),
        ("answers.sav", "answers.sav: this is not a .sav file"),
    ],
)
def test_a_file_of_another_kind(tmp_path, name, said):
    assert refusal(tmp_path, b"no such thing", name=name).startswith(said)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(REFUSED, match=r"answers.csv: there is no such file"):
        run(tmp_path, tmp_path / "answers.csv")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"by": ("skole",)}, "--by: answers.csv has no column skole; it has pupil, school, grade, gender"),
        ({"by": ()}, "--by names no column"),
        ({"by": ("school", "school")}, "--by and --split name a column twice"),
        ({"by": ("calm0",)}, "--by: column calm0 is an item of the codebook"),
        ({"split": "kjonn"}, "--split: answers.csv has no column kjonn"),
        ({"engine": "abacus"}, "there is no engine 'abacus'"),
        ({"master": "local[2]"}, "--master goes with --engine cluster"),
    ],
)
def test_an_option_that_names_what_is_not_there(tmp_path, text, options, said):
    assert said in refusal(tmp_path, text, **options)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("reverse", "turned", "codebook.csv: row 1, column reverse: the codebook needs this column"),
        ("om calm1,0", "om calm1,ja", "row 3, column reverse: 'ja' is neither 0 nor 1"),
        ("calm1,om calm1", "calm0,om calm1", "row 3, column item: calm0 stands in row 2 already"),
        (
            "om calm1,0,svar 1,svar 2,svar 3,svar 4",
            "om calm1,0,svar 1,svar 2,svar 3,",
            "row 3, column code_4: scale calm has codes 1 to 3 here, but 1 to 4 in row 2",
        ),
        ("om calm1,0,svar 1,svar 2", "om calm1,0,svar 1,", "row 3, column code_1: codes need words from code_1 on"),
        ("high,calm1", "low,calm1", "row 3, column favourable: scale calm is 'low' here, but 'high' in row 2"),
        ("Calm,high,calm1", "Calm,high,calm1,x", "row 3: 12 values where the header has 11"),
        ("topic", "counts_from_kode", "row 1, column counts_from_kode: a codebook has no such column"),
        ("code_5", "code_12", "row 1, column code_12: an item has at most 11 codes"),
        ("topic", "", "row 1: column 5 (E) has no name"),
        ("om calm1", '"om\ncalm1', "row 3: a quotation mark (\") is opened and never closed"),
        ("scale", "x" * 140_000, "row 1: the text is longer than 131072 characters"),
    ],
)  # fmt: skip
def test_a_codebook_that_does_not_hold_together(tmp_path, text, old, new, said):
    book = codebook_text().replace(old, new, 1)
    assert book != codebook_text()
    assert said in refusal(tmp_path, text, book=book)


@pytest.mark.parametrize("mark", ["1", "4", "ja", "2.0"])
def test_a_mark_that_counts_from_no_answer(tmp_path, text, mark):
    said = f"row 7, column counts_from_code: '{mark}' is not the number of a code from 2 to 3"
    assert said in refusal(tmp_path, text, book=marked(help0=mark))


def test_a_mark_that_the_reference_has_is_not_lost(tmp_path, text):
    (tmp_path / "answers.csv").write_text(text)
    first = run(tmp_path, tmp_path / "answers.csv", name="first", book=marked(help1="3"))
    reference = (tmp_path / "reference.json").resolve()
    reference.write_text((first / "reference.json").read_text())
    for book in (codebook_text(), marked(help1="2"), marked(help0="3")):
        assert "item help1 is sensitive in the reference: the codebook's counts_from_code must be 3" in refusal(
            tmp_path, text, reference=reference, book=book
        )
    run(tmp_path, tmp_path / "answers.csv", reference=reference, book=marked(help1="3", calm0="2"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda scales: scales.pop("help"), "reference.json: scale help is not in the reference"),
        (lambda scales: scales["help"].update(sigma=0), "scale help has no mean and SD above 0 in the reference"),
        (lambda scales: scales["help"].update(mu=None), "scale help has no mean and SD above 0 in the reference"),
        (lambda scales: scales["help"]["items"].update(help0="1-3"), "scale help was made of other items or codes"),
    ],
)
def test_a_reference_that_does_not_fit(tmp_path, text, change, said):
    (tmp_path / "answers.csv").write_text(text)
    path = tmp_path / "reference.json"
    content = json.loads((run(tmp_path, tmp_path / "answers.csv", name="first") / "reference.json").read_text())
    change(content["scales"])
    path.write_text(json.dumps(content))
    assert said in refusal(tmp_path, text, reference=path)


def test_a_reference_that_is_none(tmp_path, text):
    for content in ("{", "[1]", "{}"):
        (tmp_path / "reference.json").write_text(content)
        assert "not a reference.json" in refusal(tmp_path, text, reference=tmp_path / "reference.json")


def test_other_peoples_files_are_left_alone_and_our_own_written_over(tmp_path, text):
    answers = tmp_path / "answers.csv"
    answers.write_text(text)
    out = run(tmp_path, answers)
    run(tmp_path, answers, protect=True)
    assert not (out / "scores.parquet").exists(), "scores of an earlier run must not stay in a protected folder"
    (out / "notes.txt").write_text("mine")
    with pytest.raises(REFUSED, match=r"holds other files, such as notes.txt"):
        run(tmp_path, answers)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["answers.csv", "codebook.csv", "out"]


def command(*arguments):
    args = parser_of_all().parse_args(["analyse", *map(str, arguments)])
    assert not args.django
    return args.run(args)


def test_the_command(tmp_path, text, capsys):
    (tmp_path / "answers.csv").write_text(text)
    (tmp_path / "codebook.csv").write_text(codebook_text())
    common = ("--codebook", tmp_path / "codebook.csv", "--by", "school, grade", "--out", tmp_path / "out")
    assert command(tmp_path / "answers.csv", *common, "--split", "gender", "--language", "en") == 0
    printed = capsys.readouterr()
    assert printed.out.strip() == str(tmp_path / "out" / "report.html")
    assert "Not for publication" in printed.err
    (tmp_path / "answers.csv").write_text(with_cell(text, 17, "calm3", "7"))
    assert command(tmp_path / "answers.csv", *common) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "kfl analyse: answers.csv: row 17, column calm3: 7 is not one of 1, 2, 3, 4" in printed.err
    assert pl.read_parquet(tmp_path / "out" / "scores.parquet").width == 4 + len({scale for scale, _ in ITEMS.values()})
