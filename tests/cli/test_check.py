"""`kfl check` finds each setting that is off, where it is in force."""

from __future__ import annotations

import re
import stat
from datetime import timedelta

import pytest
from django.utils import timezone

from kfl.answers.folder import Folder
from kfl.answers.keys import LinkKey
from kfl.cli import _key_promises, _promises, check
from kfl.cli.main import make_data_folder
from kfl.people import actions as people
from kfl.people.kinds import Kind
from kfl.surveys import actions, store
from kfl.surveys.models import Wave
from tests.answers.wave import open_wave
from tests.cli.commands import kfl
from tests.surveys.making import CLOSES, OPENS, a_questionnaire, a_wave


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
    assert not off(_key_promises.file_modes(folder))


def test_key_that_others_may_read_is_found(folder):
    key = folder / "keys" / "link.key"
    key.write_bytes(b"x")
    key.chmod(0o640)
    assert off(_key_promises.file_modes(folder)) == {"mode of keys/link.key"}


def test_broken_audit_log_is_found(db, world):
    from kfl.people.models import AuditLine

    assert not off(_promises.portal_content())
    first = AuditLine.plumbing.order_by("pk").first()
    AuditLine.plumbing.filter(pk=first.pk).update(what="nothing.happened")
    assert off(_promises.portal_content()) == {"audit log"}


def test_audit_log_without_its_key_is_found(db, settings, tmp_path, world):
    settings.KFL_AUDIT_KEY = tmp_path / "audit.key"
    assert off(_promises.portal_content()) == {"audit log"}


def test_audit_log_that_was_cut_is_found_by_its_own_heads_and_by_those_of_a_mail(db, settings, tmp_path, world, capsys):
    from argparse import Namespace

    from kfl.people import audit_heads
    from kfl.people.models import AuditLine

    settings.KFL_AUDIT_KEY = tmp_path / "audit.key"
    AuditLine.plumbing.all().delete()
    people.add_unit(new=people.NewUnit(Kind.GROUP, "9C", world.ask), by=world.erik)
    head = audit_heads.anchor(timezone.now())
    assert not off(_promises.portal_content())
    AuditLine.plumbing.filter(pk__gte=head.line).delete()
    assert off(_promises.portal_content()) == {"audit log holds its heads"}
    audit_heads.heads_path().unlink()
    assert not off(_promises.portal_content()), "whoever may write at the server hides it there; not in a mailbox"
    mailed = tmp_path / "mail.txt"
    mailed.write_text(f"Subject: x\n\n{head}\n")
    assert check.run(Namespace(data=tmp_path, heads=mailed)) == 1
    assert f"OFF  audit log holds the heads given: not that of {head.on}" in capsys.readouterr().out
    mailed.write_text("nothing\n")
    assert check.run(Namespace(data=tmp_path, heads=mailed)) == 1


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

    assert check.run(Namespace(data=folder, heads=None)) == 1
    assert capsys.readouterr().out.splitlines() == ["ok   a: 1", "OFF  b: 2", "2 settings, 1 off"]


def test_a_server_that_is_away_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv("KFL_ANSWERS_DATABASE", f"postgresql://kfl_answers@/answers?host={tmp_path}")
    assert off(_promises.answers(tmp_path)) == {"answers postgresql"}


def test_answers_in_postgresql_are_looked_at_where_they_lie(on_postgres, tmp_path):
    open_wave(tmp_path)
    on_postgres.run("REVOKE ALL ON DATABASE answers FROM PUBLIC")
    found = {finding.name: finding for finding in _promises.answers(tmp_path)}
    assert off(found.values()) == set()
    on_postgres.run("GRANT CONNECT ON DATABASE answers TO PUBLIC")  # as a database that was put back has it
    (lost,) = (finding for finding in _promises.answers(tmp_path) if not finding.holds)
    assert lost.name == "others who may connect to the answers"
    assert "REVOKE ALL ON DATABASE … FROM PUBLIC" in str(lost.value)
    on_postgres.run("GRANT ALL ON DATABASE answers TO PUBLIC")
    assert found["answers postgresql fsync"].value == "on"
    assert found["answers postgresql data_checksums"].value == "on"
    assert found["keys/t3.code.key"].value == "there"
    on_postgres.run("ALTER DATABASE answers SET synchronous_commit = 'off'")
    try:
        assert "answers postgresql synchronous_commit" in off(_promises.answers(tmp_path))
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


def test_a_folder_without_a_database_is_told_and_gets_none(tmp_path):
    done = kfl("check", data=tmp_path / "data")
    assert done.returncode == 1
    assert "OFF  portal database: there is no database in this data folder yet: kfl migrate makes it" in done.stdout
    assert not (tmp_path / "data" / "portal.sqlite3").exists()
    (tmp_path / "data").mkdir(mode=0o700, exist_ok=True)
    (tmp_path / "data" / "portal.sqlite3").touch(mode=0o600)
    done = kfl("check", data=tmp_path / "data")
    assert (done.returncode, done.stderr) == (1, "")
    assert re.search(
        r"OFF  portal migrations waiting: \d+: the database is not of this version: run kfl migrate", done.stdout
    )


def test_an_answers_file_that_cannot_be_read_is_told(folder):
    (folder / "answers" / "t1.sqlite3").write_bytes(b"no database at all" * 100)
    assert {one.name for one in Folder(folder / "answers").settings() if not one.holds} == {"answers/t1.sqlite3"}


@pytest.mark.parametrize("name", ["files/list.csv", "answers/erased.txt", "old.tar", "files/media/a.wav"])
def test_any_file_that_others_may_read_is_found(folder, name):
    path = folder / name
    path.parent.mkdir(mode=0o700, exist_ok=True)
    path.write_bytes(b"x")
    path.chmod(0o600)
    assert not off(_key_promises.file_modes(folder))
    path.chmod(0o604)
    (told,) = (finding for finding in _key_promises.file_modes(folder) if not finding.holds)
    assert (told.name, told.value) == ("other files that others may read", name)


def test_style_and_scripts_are_for_anybody(folder):
    (folder / "static").mkdir(mode=0o755)
    assert not off(_key_promises.file_modes(folder))


def test_backups_are_looked_at_where_they_lie(tmp_path, monkeypatch):
    assert not list(_key_promises.backups())
    backup = tmp_path / "backup" / "2026-11-29"
    monkeypatch.setenv("KFL_BACKUPS", str(tmp_path / "backup"))
    assert off(_key_promises.backups()) == {"backups"}
    backup.mkdir(parents=True)
    for path in (backup, backup.parent):
        path.chmod(0o700)
    (backup / "portal.sqlite3").touch(mode=0o600)
    assert len(list(_key_promises.backups())) == 2
    assert not off(_key_promises.backups())
    (backup / "portal.sqlite3").chmod(0o640)
    assert off(_key_promises.backups()) == {"backups that others may read"}
    (backup / "keys").mkdir(mode=0o700)
    (backup / "keys" / "t3.code.key").touch(mode=0o600)
    found = {finding.name: finding.value for finding in _key_promises.backups()}
    assert found == {
        "backups that others may read": "2026-11-29/portal.sqlite3",
        "keys among the backups": "2026-11-29/keys/t3.code.key",
    }


class TestLinkKey:
    """The key is the portal's own, and on the server only while a wave needs it."""

    @pytest.fixture(autouse=True)
    def _here(self, data_dir, world):
        self.data, self.world, self.wave = data_dir, world, None

    def found(self, *, after: timedelta = timedelta(0)) -> dict[str, tuple[object, bool]]:
        moment = CLOSES + after
        return {one.name: (one.value, one.holds) for one in _key_promises.link_key(self.data, moment)}

    def a_closed_wave(self) -> None:
        wave = a_wave(self.world.county, [self.world.ask], [a_questionnaire()])
        actions.open_wave(wave=wave, by=None, at=OPENS)
        actions.close_wave(wave=wave, by=None, at=CLOSES, tells=False)

    def test_one_that_was_never_made_is_no_fault(self):
        assert self.found() == {"link key": ("never made", True)}

    def test_it_may_lie_here_while_a_wave_is_open_and_fourteen_days_more(self):
        key = store.link_key()
        assert self.found()["link key"] == (key.fingerprint, True)
        self.a_closed_wave()
        name = "link key lies on the server"
        assert self.found(after=timedelta(days=14))[name] == ("while a wave needs it", True)
        assert self.found(after=timedelta(days=15))[name] == ("no wave has needed it since 2026-12-04", False)

    def test_a_wave_that_is_open_or_opens_soon_needs_it(self):
        self.a_closed_wave()
        later = a_wave(self.world.county, [self.world.ask], [a_questionnaire(key="neste")], slug="t4")
        Wave.objects.everywhere(why="the test's clock").filter(pk=later.pk).update(
            opens_at=CLOSES + timedelta(days=40), closes_at=CLOSES + timedelta(days=60)
        )
        name = "link key lies on the server"
        assert not self.found(after=timedelta(days=20))[name][1]
        assert self.found(after=timedelta(days=30))[name][1]
        later.refresh_from_db()
        actions.open_wave(wave=later, by=None, at=CLOSES + timedelta(days=40))
        assert self.found(after=timedelta(days=59))[name][1]

    def test_away_is_well_and_another_one_is_not(self):
        key = store.link_key()
        key.put_away(store.keys_dir())
        assert self.found() == {"link key": ("away", True)}
        for path in store.keys_dir().glob("link.*"):
            path.unlink()
        assert self.found() == {"link key": ("away", True)}
        other = LinkKey.create(store.keys_dir())
        words, holds = self.found()["link key"]
        assert not holds
        assert key.fingerprint in str(words)
        assert other.fingerprint in str(words)

    @pytest.mark.parametrize("harm", [lambda path: path.chmod(0o644), lambda path: path.write_text("x")])
    def test_one_that_is_damaged_or_open_to_others_is_found(self, harm):
        store.link_key()
        harm(LinkKey.path(store.keys_dir()))
        assert not self.found()["link key"][1]
