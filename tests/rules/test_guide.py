"""What the operator's guide gives to copy does what it says: its backups are run, its limits fit what pages take."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from kfl.core.files import pictures, sounds
from kfl.core.text import LANGUAGES
from kfl.intake.http import MOST_BODY_BYTES
from kfl.tables import LIST

GUIDE = (Path(__file__).parents[2] / "docs/operators-guide.md").read_text()
UNITS = {"k": 1024, "m": 1024**2, "KiB": 1024, "MiB": 1024**2}


def scripts() -> dict[str, str]:
    stopped, running = re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL)
    assert "systemctl stop" in stopped
    return {"stopped": stopped, "running": running}


@pytest.fixture
def folder(tmp_path):
    """A data folder with a database in use, answers of one wave, a list, an erasure and keys."""
    data = tmp_path / "kfl"
    for path in (data, data / "answers", data / "files", data / "keys", tmp_path / "backup"):
        path.mkdir(mode=0o700)
    for name in ("portal.sqlite3", "jobs.sqlite3", "answers/t1.sqlite3"):
        with closing(sqlite3.connect(data / name)) as file:
            file.execute("PRAGMA journal_mode = WAL")
            file.execute("CREATE TABLE what (name TEXT)")
            file.execute("INSERT INTO what VALUES (?)", (name,))
            file.commit()
    (data / "files/list.csv").write_text("a")
    (data / "answers/erased.txt").write_text("t1 abc")
    (data / "keys/link.key").write_text("secret")
    return data


def backup(tmp_path: Path, which: str) -> subprocess.CompletedProcess[str]:
    script = (
        scripts()[which].replace("/var/lib/kfl", str(tmp_path / "kfl")).replace("/backup", str(tmp_path / "backup"))
    )
    script = script.replace("/opt/kfl/bin/python", sys.executable)
    tools = tmp_path / "tools"
    tools.mkdir(exist_ok=True)
    for name, words in {"systemctl": f'echo "$@" >> {tmp_path}/systemctl', "date": "echo 20261129-120000"}.items():
        (tools / name).write_text(f"#!/bin/sh\n{words}\n")
        (tools / name).chmod(0o755)
    path = f"{tools}:{os.environ['PATH']}"
    return subprocess.run(
        ["sh", "-c", f"umask 022\n{script}"], capture_output=True, text=True, check=False, env={"PATH": path}
    )


@pytest.mark.parametrize("which", ["stopped", "running"])
def test_a_backup_holds_what_a_restore_needs_and_is_its_owners_alone(tmp_path, folder, which):
    done = backup(tmp_path, which)
    assert (done.returncode, done.stderr) == (0, "")
    (made,) = (tmp_path / "backup").iterdir()
    assert made.name.startswith(("kfl-20261129-120000", "20261129-120000"))
    assert made.stat().st_mode & 0o077 == 0
    back = tmp_path / "back"
    if made.is_dir():
        assert not [path for path in made.rglob("*") if path.lstat().st_mode & 0o077]
        shutil.copytree(made, back)
    else:
        back.mkdir()
        subprocess.run(["tar", "-xf", made, "-C", back], check=True)
    for name in ("portal.sqlite3", "jobs.sqlite3", "answers/t1.sqlite3"):
        with closing(sqlite3.connect(back / name)) as file:
            assert file.execute("SELECT name FROM what").fetchall() == [(name,)]
    assert (back / "answers/erased.txt").read_text() == "t1 abc"
    assert (back / "files/list.csv").read_text() == "a"
    assert not (back / "keys").exists()


def test_a_backup_that_fails_says_so_and_writes_over_nothing(tmp_path, folder):
    backup(tmp_path, "running")
    (made,) = (tmp_path / "backup").iterdir()
    before = (made / "portal.sqlite3").read_bytes()
    assert backup(tmp_path, "running").returncode != 0, "a second one in the same second"
    assert (made / "portal.sqlite3").read_bytes() == before
    shutil.rmtree(made)
    (folder / "answers/t1.sqlite3").write_bytes(b"no database" * 100)
    assert backup(tmp_path, "running").returncode != 0


def test_after_a_backup_that_failed_the_services_run_again(tmp_path, folder):
    shutil.rmtree(tmp_path / "backup")
    assert backup(tmp_path, "stopped").returncode != 0
    commands = (tmp_path / "systemctl").read_text().splitlines()
    assert [command.split()[0] for command in commands] == ["stop", "start"]


def limits(pattern: str) -> list[int]:
    return [int(number) * UNITS[unit] for number, unit in re.findall(pattern, GUIDE)]


def test_proxies_let_through_what_pages_take_and_little_more():
    largest = pictures.MOST_GIVEN_BYTES + len(LANGUAGES) * sounds.MOST_GIVEN_BYTES
    for found in (limits(r"client_max_body_size (\d+)([km]);"), limits(r"max_size (\d+)([KM]iB)")):
        intake, portal = found
        assert intake == MOST_BODY_BYTES
        assert max(largest, (LIST.megabytes or 0) * 1_000_000) + 64 * 1024 <= portal <= largest + 2 * 1024**2
