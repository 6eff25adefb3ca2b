"""What is promised of keys, and of who else may read: looked up on the disk, in the database and in the backups."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.utils import timezone

from kfl.answers import alone, places, wave_tables
from kfl.answers.keys import CodeKey, KeyAway, KeyMissing, KeyTooOpen, LinkKey, OtherKey
from kfl.surveys.models import Collection, Wave
from kfl.surveys.waves import link_keys, stored

from ._finding import Finding

#: So long after the last close nobody needs the link key, and it should be away (RULES D.9).
LINK_KEY_STAYS = timedelta(days=14)
BACKUPS = "KFL_BACKUPS"
_MOST_NAMED = 5
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_MADE_AGAIN = {"static"}  # pages' style and scripts: anybody may have them


def link_key(data: Path, now: datetime) -> Iterator[Finding]:
    """That the link key is the portal's own, and here only while a wave needs it."""
    try:
        key = link_keys.look(data / "keys")
    except KeyAway:
        yield Finding("link key", "away", True)
        return
    except KeyMissing as problem:
        here = LinkKey.path(data / "keys").exists()
        yield Finding("link key", str(problem) if here else "never made", not here)
        return
    except (OtherKey, KeyTooOpen) as problem:
        yield Finding("link key", f"{problem}; see kfl keys show", False)
        return
    yield Finding("link key", key.fingerprint, True)
    idle = _idle_since(now)
    told_words = "while a wave needs it" if idle is None else f"no wave has needed it since {idle:%Y-%m-%d}"
    yield Finding("link key lies on the server", told_words, idle is None)


def _idle_since(now: datetime) -> datetime | None:
    """When the last wave with codes closed, if that is long ago and none is open or about to be."""
    waves = Wave.objects.everywhere(why="system: whether one of them needs the link key").filter(rehearsal__isnull=True)
    by_codes = waves.filter(collection=Collection.CODES)
    soon = by_codes.filter(stored.is_draft(), opens_at__gte=now, opens_at__lte=now + LINK_KEY_STAYS)
    if by_codes.filter(stored.is_under_way()).exists() or soon.exists():
        return None
    last = waves.filter(closed_at__isnull=False).order_by("-closed_at").values_list("closed_at", flat=True).first()
    return timezone.localtime(last) if last is not None and last + LINK_KEY_STAYS < now else None


def code_keys(place: places.Place, keys: Path) -> Iterator[Finding]:
    """That each open wave has the key without which nobody can answer, and what was saved cannot be read.

    And each closed one the key that tells who handed in one sheet only, without which no results are made.
    """
    for wave in place.names():
        with places.reading(place.of(wave)) as connection:
            if wave_tables.state(connection) is wave_tables.State.CLOSED:
                if wave_tables.has_meta(connection, wave_tables.ALONE):
                    there = alone.path(keys, wave).exists()
                    yield Finding(f"keys/{wave}.alone.key", "there" if there else "missing", there)
                continue
            invited = connection.execute("SELECT EXISTS (SELECT 1 FROM envelopes)").fetchone()[0]
        there = CodeKey.path(keys, wave).exists()
        if invited:
            yield Finding(f"keys/{wave}.code.key", "there" if there else "missing", there)


def sealed_sums() -> Iterator[Finding]:
    """That the sums beside releases can be opened, without which no later wave is told to ask in the same measure."""
    from kfl.results.making import sealed_sums
    from kfl.results.models import ReleasedForm

    every = ReleasedForm.objects.everywhere(why="system: whether their sums can be opened")
    rows = list(every.select_related("release__wave").order_by("release__created_at"))
    shut = dict.fromkeys(row.release.wave.slug for row in rows if sealed_sums.sums_of(row) is None)
    if rows or sealed_sums.key_path().exists():
        words = f"does not open the sums of {', '.join(shut)}" if shut else "opens the sums of all releases"
        yield Finding("keys/sums.key", words if sealed_sums.key_path().exists() else "missing", not shut)


def file_modes(data: Path) -> Iterator[Finding]:
    """That folders and files are their owner's alone: the known ones line by line, of all others the open ones."""
    known = [data, *(data / name for name in ("answers", "files", "keys"))]
    known += sorted([*data.glob("*.sqlite3"), *(data / "answers").glob("*.sqlite3"), *(data / "keys").glob("*")])
    for path in known:
        if path.exists():
            mode = path.stat().st_mode & 0o777
            name = path.relative_to(data).as_posix() if path != data else "data folder"
            yield Finding(f"mode of {name}", f"{mode:04o}", mode & ~(0o700 if path.is_dir() else 0o600) == 0)
    rest = [path for path in _below(data) if path not in known and path.relative_to(data).parts[0] not in _MADE_AGAIN]
    yield _open_ones("other files that others may read", data, rest)


def backups() -> Iterator[Finding]:
    """That copies are their owner's alone, and that no key lies among them; where they lie is told by `KFL_BACKUPS`."""
    if not (named := os.environ.get(BACKUPS)):
        return
    folder = Path(named)
    if not folder.is_dir():
        yield Finding("backups", f"{BACKUPS} names no folder", False)
        return
    every = list(_below(folder))
    yield _open_ones("backups that others may read", folder, [folder, *every])
    keys = [
        path
        for path in every
        if path.name in {"link.key", "sums.key"} or path.name.endswith((".code.key", ".alone.key"))
    ]
    yield Finding("keys among the backups", _named(folder, keys), not keys)


def _below(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if not path.is_symlink())


def _open_ones(name: str, folder: Path, paths: list[Path]) -> Finding:
    found = [path for path in paths if _mode(path) & _OTHERS]
    return Finding(name, _named(folder, found), not found)


def _mode(path: Path) -> int:
    try:
        return path.lstat().st_mode
    except FileNotFoundError:  # gone since the folder was read, such as a database's -wal
        return 0


def _named(folder: Path, paths: list[Path]) -> str:
    names = [path.relative_to(folder).as_posix() for path in paths[:_MOST_NAMED]]
    more = len(paths) - len(names)
    return (", ".join(names) + (f" and {more} more" if more else "")) or "none"
