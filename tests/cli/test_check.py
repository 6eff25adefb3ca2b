"""`kfl check` finds each setting that is off, where it is in force."""

from __future__ import annotations

import re
import stat

import pytest

from kfl.cli import _promises, check
from kfl.cli.main import make_data_folder
from tests.answers.wave import open_wave
from tests.cli.commands import kfl


@pytest.fixture
def folder(tmp_path):
    data = tmp_path / "data"
    make_data_folder(data)
    return data


def off(findings) -> set[str]:
    return {finding.name for finding in findings if not finding.holds}


def test_check_of_a_fresh_portal_finds_everything_in_order(tmp_path):
    data = tmp_path / "data"
    assert kfl("migrate", data=data).returncode == 0
    done = kfl("check", data=data)
    assert done.returncode == 0, done.stdout + done.stderr
    for said in ("portal.sqlite3 synchronous: FULL", "jobs.sqlite3 synchronous: FULL", "shown from (k): 7"):
        assert said in done.stdout
    assert re.search(r"\d+ settings, all as promised", done.stdout)


def test_check_fails_for_a_folder_that_others_may_read(tmp_path):
    data = tmp_path / "data"
    kfl("migrate", data=data)
    (data / "keys").chmod(0o755)
    done = kfl("check", data=data)
    assert done.returncode == 1
    assert "OFF  mode of keys: 0755" in done.stdout


def test_every_folder_is_its_owners_alone_from_the_start(folder):
    for path in (folder, *folder.iterdir()):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700
    assert not off(_promises.file_modes(folder))


def test_key_that_others_may_read_is_found(folder):
    key = folder / "keys" / "link.key"
    key.write_bytes(b"x")
    key.chmod(0o640)
    assert off(_promises.file_modes(folder)) == {"mode of keys/link.key"}


def test_broken_audit_log_is_found(db, world):
    from kfl.people.models import AuditLine

    assert not off(_promises.portal_content())
    first = AuditLine.plumbing.order_by("pk").first()
    AuditLine.plumbing.filter(pk=first.pk).update(what="nothing.happened")
    assert off(_promises.portal_content()) == {"audit log"}


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("SESSION_COOKIE_AGE", 8 * 3600, "session ends after idle"),
        ("SESSION_COOKIE_HTTPONLY", False, "session cookie"),
        ("SECRET_KEY", "short", "secret key"),
    ],
)
def test_sign_in_setting_that_is_off_is_found(settings, name, value, found):
    setattr(settings, name, value)
    assert found in off(_promises.signing_in())


def test_one_click_sign_in_on_a_public_address_is_found(settings):
    settings.KFL_DEMO, settings.HTTPS = True, True
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    assert off(_promises.signing_in()) == {"one-click sign-in"}


def test_page_setting_that_is_off_is_found(settings):
    policy = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": {**policy, "script-src": ["'self'", "'unsafe-inline'"]}}
    settings.DEBUG = True
    settings.ALLOWED_HOSTS = ["*"]
    assert off(_promises.pages()) == {"scripts and styles from", "debug", "host names"}


def test_check_prints_one_line_a_setting_and_the_sum(monkeypatch, capsys, folder):
    findings = [_promises.Finding("a", 1, True), _promises.Finding("b", 2, False)]
    monkeypatch.setattr(_promises, "all_of", lambda data: findings)
    from argparse import Namespace

    assert check.run(Namespace(data=folder)) == 1
    assert capsys.readouterr().out.splitlines() == ["ok   a: 1", "OFF  b: 2", "2 settings, 1 off"]


def test_a_server_that_is_away_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv("KFL_ANSWERS_DATABASE", f"postgresql://kfl_answers@/answers?host={tmp_path}")
    assert off(_promises.answers(tmp_path)) == {"answers postgresql"}


def test_answers_in_postgresql_are_looked_at_where_they_lie(on_postgres, tmp_path):
    open_wave(tmp_path)
    found = {finding.name: finding for finding in _promises.answers(tmp_path)}
    assert off(found.values()) == set()
    assert found["answers postgresql fsync"].value == "on"
    assert found["answers postgresql data_checksums"].value == "on"
    assert found["keys/t3.code.key"].value == "there"
    on_postgres.run("ALTER DATABASE answers SET synchronous_commit = 'off'")
    try:
        assert off(_promises.answers(tmp_path)) == {"answers postgresql synchronous_commit"}
    finally:
        on_postgres.run("ALTER DATABASE answers RESET synchronous_commit")


@pytest.mark.parametrize("command", [("wave", "list"), ("worker",), ("release", "show", "t1")], ids=lambda c: c[0])
def test_a_database_that_is_not_there_is_said_in_words(tmp_path, command):
    done = kfl(*command, data=tmp_path / "data")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"kfl {command[0]}: there is no database in this data folder yet")
    assert "Traceback" not in done.stderr
    (tmp_path / "data").mkdir(exist_ok=True)
    (tmp_path / "data" / "portal.sqlite3").touch()
    done = kfl(*command, data=tmp_path / "data")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"kfl {command[0]}: the database is not of this version: run kfl migrate\n"
