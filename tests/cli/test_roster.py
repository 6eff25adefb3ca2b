"""`kfl roster`: check changes nothing, import asks, and a demo takes no list from outside."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.cli.commands import kfl

UNITS = "nivå;navn;kode;under\nkommune;Løten;3412;{county}\nskole;Ås skole;AAS;3412\n"


@pytest.fixture(scope="module")
def portal(tmp_path_factory) -> Path:
    """A portal with one county, as a real one begins."""
    folder = tmp_path_factory.mktemp("portal")
    done = kfl(
        "user", "erik", "--name", "Erik", "--role", "secretariat", "--new-county", "Hedmark", data=folder,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    county = folder / "fylke.csv"
    county.write_text("nivå;navn;kode;kodetype;under\nfylke;Hedmark;34;fylkesnummer;\n", encoding="cp1252")
    done = kfl("roster", "import", str(county), "--kind", "units", "--yes", data=folder)
    assert done.returncode == 0, done.stderr
    return folder


def _roster(command: str, path: Path, data: Path, *more: str) -> subprocess.CompletedProcess[str]:
    return kfl("roster", command, str(path), "--kind", "units", *more, data=data)


def test_check_shows_and_import_does_what_was_shown(portal, tmp_path):
    path = tmp_path / "enheter.csv"
    path.write_text(UNITS.format(county=34), encoding="utf-8")
    for _time in range(2):
        done = _roster("check", path, portal)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.splitlines()[0] == "Nye: 2, Endret: 0, Står ikke i lista: 0, Uendret: 0"
        assert "  Ås skole (skole, Løten): AAS" in done.stdout
    asked = _roster("import", path, portal)  # nobody answers: standard input is empty
    assert (asked.returncode, "Ingenting er endret" in asked.stdout) == (1, True)
    done = _roster("import", path, portal, "--yes")
    last = done.stdout.splitlines()[-1]
    assert (done.returncode, last.split(":")[0]) == (0, "Lista er lagt inn. Den kan tas tilbake i 14 dager")
    assert _roster("check", path, portal).stdout.splitlines()[0].endswith("Uendret: 2")
    undo = ("roster", "undo", last.split()[-1])
    assert kfl(*undo, data=portal).returncode == 1, "it asks, and nobody answers"
    assert kfl(*undo, "--yes", data=portal).stdout.splitlines()[-1] == "Lista er tatt tilbake."
    assert "Ås skole (skole, Løten): AAS" in _roster("check", path, portal).stdout
    again = kfl(*undo, "--yes", data=portal)
    assert (again.returncode, "tatt tilbake alt" in again.stderr) == (1, True)
    assert "no list has the number 999" in kfl("roster", "undo", "999", data=portal).stderr


PUPILS = "enhet;klasse;trinn;navn;fødselsår;elevnøkkel\nAAS;8A;8;Kari Li;2013;{key}\n"


def test_who_seems_to_go_and_come_stops_the_list_until_it_is_said_who_they_are(portal, tmp_path):
    units, pupils = tmp_path / "enheter.csv", tmp_path / "elever.csv"
    units.write_text(UNITS.format(county=34), encoding="utf-8")
    _roster("import", units, portal, "--yes")

    def pupil_list(command: str, key: str, *more: str) -> subprocess.CompletedProcess[str]:
        pupils.write_text(PUPILS.format(key=key), encoding="utf-8")
        return kfl("roster", command, str(pupils), "--kind", "pupils", *more, data=portal)

    assert pupil_list("import", "0101", "--yes").returncode == 0
    meant = pupil_list("import", "101", "--yes")
    assert meant.returncode == 0
    assert "! Én elevnøkkel er skrevet annerledes enn før" in meant.stdout
    stopped = pupil_list("import", "ny", "--yes")
    assert stopped.returncode == 1
    assert "Kari Li (Ås skole, 8A): nøkkelen var 101 og er ny" in stopped.stdout
    assert "--same or --others" in stopped.stderr
    assert pupil_list("check", "101").stdout.splitlines()[0].endswith("Uendret: 1")
    assert pupil_list("import", "ny", "--yes", "--same").returncode == 0
    assert pupil_list("check", "ny").stdout.splitlines()[0].endswith("Uendret: 1")


def test_what_is_wrong_is_listed_by_row_and_column(portal, tmp_path):
    path = tmp_path / "enheter.csv"
    path.write_text(UNITS.format(county=99), encoding="utf-8")
    done = _roster("import", path, portal, "--yes")
    assert (done.returncode, done.stdout) == (1, "")
    header, problem = done.stderr.splitlines()[1:3]
    assert header.split()[:2] == ["rad", "kolonne"]
    assert problem.split()[:2] == ["2", "under"]


@pytest.mark.parametrize("kind", ["units", "pupils", "staff"])
def test_a_demo_takes_no_list_from_outside(data, tmp_path, kind):
    path = tmp_path / "liste.csv"
    path.write_text("navn\nVirkelig Menneske\n")
    for command in (("check",), ("import", "--yes")):
        done = kfl("roster", command[0], str(path), "--kind", kind, *command[1:], data=data)
        assert (done.returncode, done.stdout) == (1, "")
        assert "oppdiktet fylke" in done.stderr


def test_what_is_not_there_is_said_plainly(portal, tmp_path):
    done = _roster("check", tmp_path / "borte.csv", portal)
    assert done.returncode == 1
    assert "borte.csv" in done.stderr
    assert "Traceback" not in done.stderr
    done = _roster("check", tmp_path / "borte.csv", tmp_path)
    assert "there is no portal" in done.stderr
