"""What the portal promises of its own settings, looked up where it is in force: in the open database, on the disk."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.auth.password_validation import MinimumLengthValidator, get_default_password_validators
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from kfl.answers import alone, erasure, places, postgres, wavefile
from kfl.answers.keys import CodeKey
from kfl.answers.sql import Unreachable
from kfl.core import jobs
from kfl.disclosure.rules import Thresholds
from kfl.people.audit import AuditKeyMissing, verify_chain
from kfl.surveys import letters

SYNCHRONOUS = {0: "OFF", 1: "NORMAL", 2: "FULL", 3: "EXTRA"}
LONGEST_IDLE_S = 30 * 60
FEWEST_KEY_CHARACTERS = 50
CHECKSUMS = "answers postgresql data_checksums"


@dataclass(frozen=True)
class Finding:
    """One promised setting: what it is now, and whether that is what was promised."""

    name: str
    value: object
    holds: bool


def all_of(data: Path) -> Iterator[Finding]:
    """Every finding, in the order a reader asks: storing, files, showing, signing in, pages, trace."""
    yield from portal_database()
    if (data / "portal.sqlite3").exists() or connection.vendor != "sqlite":
        yield from portal_content()
        yield from job_queue(data)
    yield from answers(data)
    yield from file_modes(data)
    yield from thresholds()
    yield from signing_in()
    yield from pages()


def portal_database() -> Iterator[Finding]:
    """How the portal's database stores what it has acknowledged."""
    with connection.cursor() as cursor:

        def ask(sql: str) -> object:
            cursor.execute(sql)
            return cursor.fetchone()[0]

        if connection.vendor == "sqlite":
            journal, level = ask("PRAGMA journal_mode"), SYNCHRONOUS.get(int(str(ask("PRAGMA synchronous"))), "?")
            wait_ms, keys = int(str(ask("PRAGMA busy_timeout"))), ask("PRAGMA foreign_keys")
            mode = connection.settings_dict["OPTIONS"]["transaction_mode"]
            yield Finding("portal.sqlite3 journal_mode", journal, journal == "wal")
            yield Finding("portal.sqlite3 synchronous", level, level in {"FULL", "EXTRA"})
            yield Finding("portal.sqlite3 busy_timeout", f"{wait_ms} ms", wait_ms >= 20_000)
            yield Finding("portal.sqlite3 foreign_keys", keys, keys == 1)
            yield Finding("portal.sqlite3 transactions", mode, mode == "IMMEDIATE")
        else:
            for name in ("fsync", "full_page_writes", "synchronous_commit"):
                value = ask(f"SHOW {name}")
                yield Finding(f"postgresql {name}", value, value == "on")


def portal_content() -> Iterator[Finding]:
    """Whether the tables are of this version, and the audit log unbroken."""
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    yield Finding("portal migrations waiting", len(waiting), not waiting)
    if not waiting:
        yield audit_log()
        late = ", ".join(wave.slug for wave in letters.overdue(timezone.now()))
        yield Finding("answers kept past the day parents were told", late or "none", not late)


def audit_log() -> Finding:
    """Whether each line of the log fits the line before, under the key that lies outside the database."""
    try:
        broken = verify_chain()
    except AuditKeyMissing as problem:
        return Finding("audit log", str(problem), False)
    return Finding("audit log", "unbroken" if broken is None else f"broken at line {broken}", broken is None)


def job_queue(data: Path) -> Iterator[Finding]:
    """Whether an acknowledged job survives a power cut."""
    storage = jobs.queue().storage
    level = SYNCHRONOUS.get(storage.conn.execute("PRAGMA synchronous").fetchone()[0], "?")
    journal = storage.conn.execute("PRAGMA journal_mode").fetchone()[0]
    yield Finding("jobs.sqlite3 synchronous", level, level in {"FULL", "EXTRA"})
    yield Finding("jobs.sqlite3 journal_mode", journal, journal == "wal")


def answers(data: Path) -> Iterator[Finding]:
    """How answers are stored, that no erased one came back, and that each open wave has its key."""
    place = places.at(data / "answers")
    if isinstance(place, Path):
        yield from answer_files(place)
    else:
        server = list(answers_database(place))
        yield from server
        if not all(finding.holds for finding in server if finding.name != CHECKSUMS):
            return  # nobody, we neither, reads or writes answers there
    yield from code_keys(place, data / "keys")
    returned = erasure.came_back(place)
    yield Finding("erased answers that came back", ", ".join(returned) or "none", not returned)


def answer_files(folder: Path) -> Iterator[Finding]:
    """What this version opens a wave's file with, and what each file on disk is."""
    yield Finding("answers settings", wavefile.SETTINGS, wavefile.SETTINGS.get("synchronous") == 2)
    for path in sorted(folder.glob("*.sqlite3")):
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as file:
            journal = file.execute("PRAGMA journal_mode").fetchone()[0]
            sound = file.execute("PRAGMA quick_check").fetchone()[0]
        yield Finding(f"answers/{path.name} journal_mode", journal, journal in {"wal", "delete"})
        yield Finding(f"answers/{path.name} quick_check", sound, sound == "ok")


def answers_database(database: postgres.Database) -> Iterator[Finding]:
    """What the answers' server does with what it has acknowledged."""
    try:
        now = postgres.settings(database)
    except Unreachable:
        yield Finding("answers postgresql", "does not answer", False)
        return
    for name, value in now.items():
        yield Finding(f"answers postgresql {name}", value, value in postgres.SETTINGS.get(name, {"on"}))


def code_keys(place: places.Place, keys: Path) -> Iterator[Finding]:
    """That each open wave has the key without which nobody can answer, and what was saved cannot be read.

    And each closed one the key that tells who handed in one sheet only, without which no results are made.
    """
    for wave in places.names(place):
        with places.reading(places.of(place, wave)) as connection:
            if wavefile.state(connection) is wavefile.State.CLOSED:
                if wavefile.has_meta(connection, wavefile.ALONE):
                    there = alone.path(keys, wave).exists()
                    yield Finding(f"keys/{wave}.alone.key", "there" if there else "missing", there)
                continue
            invited = connection.execute("SELECT EXISTS (SELECT 1 FROM envelopes)").fetchone()[0]
        there = CodeKey.path(keys, wave).exists()
        if invited:
            yield Finding(f"keys/{wave}.code.key", "there" if there else "missing", there)


def file_modes(data: Path) -> Iterator[Finding]:
    """That folders and files are their owner's alone."""
    folders = [data, *(data / name for name in ("answers", "files", "keys"))]
    files = [*data.glob("*.sqlite3"), *(data / "answers").glob("*.sqlite3"), *(data / "keys").glob("*")]
    for path, wanted in [*((folder, 0o700) for folder in folders), *((file, 0o600) for file in sorted(files))]:
        if path.exists():
            mode = path.stat().st_mode & 0o777
            name = path.relative_to(data).as_posix() if path != data else "data folder"
            yield Finding(f"mode of {name}", f"{mode:04o}", mode & ~wanted == 0)


def thresholds() -> Iterator[Finding]:
    """From how many answers something is shown. Making them lower than promised raises."""
    now = Thresholds()
    yield Finding("shown from (k)", now.k, now.k >= 7)
    yield Finding("shares shown from (k_share)", now.k_share, now.k_share >= 10)
    yield Finding("sensitive counts in bands of", now.band, now.band >= 3)


def signing_in() -> Iterator[Finding]:
    """Sessions, cookies and who may be asked for."""
    idle = settings.SESSION_COOKIE_AGE
    yield Finding("session ends after idle", f"{idle // 60} min", idle <= LONGEST_IDLE_S)
    yield Finding("session cookie", settings.SESSION_COOKIE_NAME, settings.SESSION_COOKIE_HTTPONLY)
    secure = not settings.HTTPS or (settings.SESSION_COOKIE_SECURE and settings.CSRF_COOKIE_SECURE)
    yield Finding("cookies over https only", "yes" if settings.HTTPS else "no: plain http on this machine", secure)
    validators = get_default_password_validators()
    shortest = max((one.min_length for one in validators if isinstance(one, MinimumLengthValidator)), default=0)
    yield Finding("shortest password", shortest, shortest >= 12)
    enough = len(settings.SECRET_KEY) >= FEWEST_KEY_CHARACTERS
    yield Finding("secret key", f"{len(settings.SECRET_KEY)} characters", enough)
    demo = settings.KFL_DEMO
    yield Finding("one-click sign-in", "yes: a demo folder" if demo else "no", not (demo and settings.HTTPS))


def pages() -> Iterator[Finding]:
    """What pages may load, and to which names they answer."""
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    strict = all(list(directives[name]) == ["'self'"] for name in ("script-src", "style-src"))
    yield Finding("scripts and styles from", "'self'" if strict else "elsewhere too", strict)
    yield Finding("debug", settings.DEBUG, not settings.DEBUG)
    yield Finding("host names", ", ".join(settings.ALLOWED_HOSTS), "*" not in settings.ALLOWED_HOSTS)
