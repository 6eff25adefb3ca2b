"""`kfl wave`."""

import json
import subprocess
from pathlib import Path

import pytest

from kfl.cli.main import parser_of_all
from kfl.questionnaires.formats import Informant
from tests.cli.commands import kfl

HEADER = "skole;trinn;elev;kjønn;a1;a2;a3\n"
CODEBOOK = (
    "scale,scale_label_nb,favourable,item,topic,reverse,code_1,code_2,code_3,code_4\n"
    "trivsel,Trivsel,high,a1,liker skolen,0,helt uenig,uenig,enig,helt enig\n"
    "trivsel,Trivsel,high,a2,har venner,0,helt uenig,uenig,enig,helt enig\n"
    "trivsel,Trivsel,high,a3,vil helst være hjemme,1,helt uenig,uenig,enig,helt enig\n"
)


@pytest.fixture
def files(tmp_path) -> tuple[Path, Path]:
    """A right file of answers (two schools, 40 pupils) and its codebook."""
    rows = [
        f"Skole {'AB'[number % 2]};{8 + number % 2};{number};{('girl', 'boy')[number // 2 % 2]};"
        f"{1 + number % 4};{1 + number // 3 % 4};{4 - number % 4}\n"
        for number in range(40)
    ]
    answers, codebook = tmp_path / "svar.csv", tmp_path / "kodebok.csv"
    answers.write_text(HEADER + "".join(rows), encoding="utf-8")
    codebook.write_text(CODEBOOK, encoding="utf-8")
    return answers, codebook


def _import(data: Path, answers: Path, codebook: Path, name: str = "Fra en fil") -> subprocess.CompletedProcess[str]:
    return kfl(
        "wave", "import", "--name", name, "--answers", str(answers), "--codebook", str(codebook),
        "--informant", "pupil_5_10", "--unit", "skole", "--group", "trinn", "--person", "elev", "--split", "kjønn",
        "--under", "3427", data=data,
    )  # fmt: skip


def test_waves_are_listed_with_their_state(data):
    lines = kfl("wave", "list", data=data).stdout.splitlines()
    assert lines[0].split() == ["wave", "name", "state", "opens", "closes"]
    states = {line.split()[0]: ("released" in line, "open" in line.split()) for line in lines[1:]}
    assert states["t1"] == states["t2"] == (True, False)
    assert states["t3"] == (False, True)


def test_import_goes_through_store_and_release(data, files):
    done = _import(data, *files)
    assert done.returncode == 0, done.stderr
    slug = done.stdout.split(":")[0]
    assert any(
        line.startswith(slug) and "released" in line for line in kfl("wave", "list", data=data).stdout.splitlines()
    )
    assert not list((data / "keys").glob(f"{slug}.*"))


def test_import_of_a_wrong_file_lists_row_column_and_reason_and_changes_nothing(data, files):
    answers, codebook = files
    answers.write_text(answers.read_text("utf-8").replace("girl;1;1;4", "girl;9;1;4", 1), encoding="utf-8")
    before = kfl("wave", "list", data=data).stdout
    done = _import(data, answers, codebook, "Feil fil")
    assert done.returncode == 1
    header, problem = done.stderr.splitlines()[1:3]
    assert header.split() == ["row", "column", "reason"]
    assert problem.split()[:2] == ["2", "a1"]
    assert kfl("wave", "list", data=data).stdout == before


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("wave", "close", "finnes-ikke"), "there is no wave finnes-ikke"),
        (("wave", "close", "t1"), "T1 november 2016"),
    ],
)
def test_closing_what_cannot_be_closed_says_why(data, arguments, reason):
    done = kfl(*arguments, data=data)
    assert done.returncode == 1
    assert reason in done.stderr
    assert "Traceback" not in done.stderr


def test_close_makes_the_results_and_destroys_the_codes(data):
    assert (data / "keys" / "t3.code.key").exists()
    done = kfl("wave", "close", "t3", data=data)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("t3: released, digest ")
    assert not (data / "keys" / "t3.code.key").exists()
    left = {code["informant"] for code in json.loads(kfl("demo", "--print-logins", data=data).stdout)["codes"]}
    assert left == {"child", "rater_kindergarten", "kindergarten_parent", "kindergarten_staff", "kindergarten_head"}


IMPORT = ["wave", "import", "--name", "N", "--answers", "a.csv", "--codebook", "c.csv", "--unit", "U", "--under", "34"]


@pytest.mark.parametrize("informant", Informant)
def test_each_informant_can_be_imported(informant):
    assert parser_of_all().parse_args([*IMPORT, "--informant", informant.value]).informant is informant


def test_an_unknown_informant_is_answered_with_those_there_are(capsys):
    with pytest.raises(SystemExit):
        parser_of_all().parse_args([*IMPORT, "--informant", "pupils"])
    told = capsys.readouterr().err
    assert "pupils is none of" in told
    assert all(informant.value in told for informant in Informant)
