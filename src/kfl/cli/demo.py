"""`kfl demo`: build an invented county, or say whom one can be in it."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

from .main import add_data_option

SIZES = ("small", "county", "nation")
FOR_TESTS = ("tiny",)


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser("demo", help="build an invented county in an empty data folder")
    parser.add_argument(
        "--size", choices=(*SIZES, *FOR_TESTS), default="small", metavar="{small,county,nation}",
        help="one region, all of Hedmark, or as many pupils as a nation has (default: small)",
    )  # fmt: skip
    parser.add_argument(
        "--print-logins", action="store_true", help="print the people and some unused codes of a demo as JSON"
    )
    add_data_option(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from django.conf import settings

    from kfl.demo.mark import FolderInUse, NotADemo

    data = Path(settings.KFL_DATA)
    try:
        return _print_logins(data) if args.print_logins else _build(args.size, data)
    except FolderInUse as found:
        print(f"kfl demo: {data} holds data already ({found}). {_what_to_do(data)}", file=sys.stderr)
    except NotADemo:
        print(f"kfl demo: {data} was not made by kfl demo.", file=sys.stderr)
    return 1


def _build(size: str, data: Path) -> int:
    from kfl.demo.build import build
    from kfl.demo.progress import Bars

    started = time.monotonic()
    build(size, data, Bars())
    print(f"Built in {time.monotonic() - started:.0f} s. Next: kfl run --data {data}", file=sys.stderr)
    return 0


def _what_to_do(data: Path) -> str:
    from kfl.demo.mark import NotADemo, read

    try:
        unfinished = not read(data).finished
    except NotADemo:
        unfinished = False
    if unfinished:
        return "An earlier kfl demo there did not finish: remove the folder and run it again."
    return "Choose an empty folder with --data."


def _print_logins(data: Path) -> int:
    from kfl.demo.logins import logins

    json.dump(logins(data), sys.stdout, ensure_ascii=False, indent=1)
    print()
    return 0
