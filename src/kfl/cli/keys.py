"""`kfl keys`: the link key – make it, split it in three, take it off the server, and bring it back from two parts."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kfl.answers.key_parts import BadPart, KeyPart, PartsDiffer, join, read_part, split
from kfl.answers.keys import KeyAway, KeyMissing, KeyTooOpen, LinkKey, OtherKey

from .main import add_data_option

HERE = "here: this server can tell which answers of two waves are the same person's, and so can whoever copies its disk"
AWAY = "away: waves go on, close and give results; two of the three parts are needed to open the next wave"
PUT_BACK = (
    "Put back keys/link.key and keys/link.fingerprint of this installation; or take both files out of the folder and "
    "use kfl keys join with two of its parts. Until then no wave opens"
)
NEVER = "never made: it is made when the first wave opens, or by kfl keys make"


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser("keys", help="make, split, put away and bring back the link key")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def command(name: str, run: Callable[[argparse.Namespace], int], words: str) -> argparse.ArgumentParser:
        one: argparse.ArgumentParser = commands.add_parser(name, help=words)
        add_data_option(one, makes_data=name == "make")
        one.set_defaults(run=run)
        return one

    command("show", run_show, "whether the key is here, and its fingerprint")
    command("make", run_make, "make the key")
    parts = command("split", run_split, "write three parts, any two of which give the key back")
    parts.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder for part-1.txt to part-3.txt")
    parts.add_argument("--away", action="store_true", help="then destroy the key on this server")
    bring = command("join", run_join, "bring the key back from two parts")
    bring.add_argument("parts", nargs=2, type=Path, metavar="PART", help="file with a part")
    command("away", run_away, "destroy the key on this server again, after `join`")


def run_show(args: argparse.Namespace) -> int:
    folder, told = keys_of(args), told_by_portal()
    known = LinkKey.known(folder, told)
    try:
        print(f"link key {LinkKey.load(folder, told).fingerprint}\n{HERE}")
    except KeyAway:
        print(f"link key {' and '.join(sorted(known))}\n{AWAY}")
    except KeyMissing as problem:
        if LinkKey.path(folder).exists():
            return _refuse(str(problem))
        print(NEVER)
    except (OtherKey, KeyTooOpen) as problem:
        return _refuse(f"{problem}. {PUT_BACK}" if isinstance(problem, OtherKey) else str(problem))
    if told:
        print(f"the portal's database knows the link key {told}")
    elif known:
        print("the portal's database knows no link key yet: it learns of this one when it is first used")
    return 0


def run_make(args: argparse.Namespace) -> int:
    try:
        key = LinkKey.create(keys_of(args), told_by_portal())
    except FileExistsError:
        return _refuse("there is a link key already; see kfl keys show")
    except KeyAway:
        return _refuse(
            "the link key is away; bring it back with kfl keys join, or keys/link.key from its own copy. "
            "A new one would join nothing to earlier waves"
        )
    print(f"link key {key.fingerprint} made\n{HERE}")
    return 0


def run_split(args: argparse.Namespace) -> int:
    try:
        key = LinkKey.load(keys_of(args), told_by_portal())
    except (KeyMissing, KeyAway, KeyTooOpen, OtherKey) as problem:
        return _refuse(f"there is no link key here to split: {problem}")
    parts = split(key)
    try:
        files = [_write(args.out / f"part-{part.number}.txt", part) for part in parts]
        # What was written is read again, in every pair, before anything is destroyed.
        read = [read_part(file.read_text("utf-8")) for file in files]
        sound = all(join(read[one], read[two]) == key for one, two in ((0, 1), (0, 2), (1, 2)))
    except (OSError, BadPart, PartsDiffer) as problem:
        return _refuse(f"the parts could not be written: {problem}")
    if not sound:
        return _refuse("the parts that were written do not give the key back; the key is kept")
    print(f"three parts of link key {key.fingerprint} in {args.out}")
    print("Give one each to three people (project leader, data protection officer, the university's data manager),")
    print("on paper or a memory stick, and remove the files here. Any two give the key back; one alone tells nothing.")
    if args.away:
        key.put_away(keys_of(args))
        print(AWAY)
    return 0


def run_join(args: argparse.Namespace) -> int:
    try:
        one, two = (read_part(path.read_text("utf-8")) for path in args.parts)
        key = join(one, two)
        key.store(keys_of(args), told_by_portal())
    except FileExistsError:
        return _refuse("the link key is here already")
    except (OSError, UnicodeDecodeError, BadPart, PartsDiffer, OtherKey) as problem:
        return _refuse(str(problem))
    print(f"link key {key.fingerprint}\n{HERE}\nWhen the wave is open: kfl keys away")
    return 0


def run_away(args: argparse.Namespace) -> int:
    try:
        key = LinkKey.load(keys_of(args), told_by_portal())
    except (KeyMissing, KeyAway, KeyTooOpen, OtherKey) as problem:
        return _refuse(f"there is no link key here that could be destroyed: {problem}")
    print(f"Destroy link key {key.fingerprint} on this server? Without two of its parts it is lost for good.")
    print("Write its fingerprint to go on: ", end="", flush=True)
    if sys.stdin.readline().strip() != key.fingerprint:
        return _refuse("nothing was done")
    key.put_away(keys_of(args))
    print(AWAY)
    return 0


def told_by_portal() -> str | None:
    """Fingerprint of the key that the portal's database knows; None where there is no database yet."""
    from kfl.surveys.waves import link_keys

    from . import _database

    return link_keys.fingerprint() if _database.is_there() else None


def keys_of(args: argparse.Namespace) -> Path:
    """The folder of the keys."""
    folder: Path = args.data / "keys"
    return folder


def _write(path: Path, part: KeyPart) -> Path:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(str(part))
        file.flush()
        os.fsync(file.fileno())
    return path


def _refuse(reason: str) -> int:
    print(f"kfl keys: {reason}", file=sys.stderr)
    return 1
