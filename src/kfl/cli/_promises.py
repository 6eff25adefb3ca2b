"""What the portal promises of its own settings, looked up where it is in force: in the open database, on the disk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from django.conf import settings
from django.contrib.auth.password_validation import MinimumLengthValidator, get_default_password_validators
from django.db import connection
from django.utils import timezone

from kfl.answers import erasure, places
from kfl.core import jobs
from kfl.core.files import stored_files as store
from kfl.core.mail import is_private
from kfl.disclosure.thresholds import Thresholds
from kfl.people import audit_heads
from kfl.people.audit import AuditKeyMissing, verify_chain
from kfl.surveys.letters import to_parents
from kfl.web.mail_server import LOOPBACK

from . import _database, _key_promises
from ._finding import Finding

SYNCHRONOUS = {0: "OFF", 1: "NORMAL", 2: "FULL", 3: "EXTRA"}
LONGEST_IDLE_S = 30 * 60
FEWEST_KEY_CHARACTERS = 50


def all_of(data: Path) -> Iterator[Finding]:
    """Every finding, in the order a reader asks: storing, files, showing, signing in, pages, trace."""
    if _database.is_there():
        yield from portal_database()
        yield from portal_content()
        yield from job_queue(data)
    else:
        yield Finding("portal database", _database.NOT_THERE, False)
    yield from answers(data)
    if _database.is_there() and not _database.migrations_waiting():
        yield from _key_promises.link_key(data, timezone.now())
        yield from _key_promises.sealed_sums()
        yield stored_files()
    yield from _key_promises.file_modes(data)
    yield from _key_promises.backups()
    yield from thresholds()
    yield from signing_in()
    yield mail()
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
    waiting = _database.migrations_waiting()
    words = f"{waiting}: {_database.NOT_THIS_VERSION}" if waiting else 0
    yield Finding("portal migrations waiting", words, not waiting)
    if not waiting:
        yield audit_log()
        yield audit_log_end()
        late = ", ".join(wave.slug for wave in to_parents.overdue(timezone.now()))
        yield Finding("answers kept past the day parents were told", late or "none", not late)


def audit_log() -> Finding:
    """Whether each line of the log fits the line before, under the key that lies outside the database."""
    try:
        broken = verify_chain()
    except AuditKeyMissing as problem:
        return Finding("audit log", str(problem), False)
    return Finding("audit log", "unbroken" if broken is None else f"broken at line {broken}", broken is None)


def audit_log_end(heads: Sequence[audit_heads.Head] | None = None) -> Finding:
    """Whether the log still holds each line that stood last on an earlier day; `heads`: those of another place."""
    name = "audit log holds its heads" if heads is None else "audit log holds the heads given"
    if heads is None and (day := audit_heads.lost()) is not None:
        return Finding(name, f"keys/audit.heads lacks that of {day}", False)
    wanted = audit_heads.kept() if heads is None else heads
    gone = audit_heads.missing(wanted)
    return Finding(name, f"{len(wanted)}" if gone is None else f"not that of {gone.on}, line {gone.line}", gone is None)


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
    now = place.settings()
    yield from (Finding(one.name, one.value, one.holds) for one in now)
    if any(one.is_vital and not one.holds for one in now):
        return  # nobody, we neither, reads or writes answers there
    yield from _key_promises.code_keys(place, data / "keys")
    returned = erasure.came_back(place)
    yield Finding("erased answers that came back", ", ".join(returned) or "none", not returned)


def mail() -> Finding:
    """Where mail goes, and whether others on the way could read it."""
    if not is_private():
        return Finding("mail", "files/mail: none is sent" if settings.KFL_DEMO else "files/mail: name a server", True)
    where = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    is_near = settings.EMAIL_HOST in LOOPBACK
    how = "TLS" if settings.EMAIL_USE_TLS else "on this machine" if is_near else "unencrypted: use port 587"
    return Finding("mail", f"{where}, {how}", settings.EMAIL_USE_TLS or is_near)


def stored_files() -> Finding:
    """That each file that a row names can be read and is the one it names."""
    missing = store.missing()
    words = f"{len(missing)} missing or changed, the first {missing[0]}" if missing else "all there"
    return Finding("files that rows name", words, not missing)


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
