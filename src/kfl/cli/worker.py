"""`kfl worker`: run jobs, and the rooms' chores beside them, until told to stop."""

from __future__ import annotations

import argparse
import os
import sys
import threading
from typing import Any

STOP_S = 5  # what chores under way are given; less than whoever started us waits before the kill


def add_parser(subparsers: Any) -> None:
    from .main import add_data_option

    parser = subparsers.add_parser("worker", help="run jobs (closing waves, computing results, reports)")
    add_data_option(parser, makes_data=True)
    parser.add_argument("--until-eof", action="store_true", help="stop when standard input ends (as a child process)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from kfl.core import chores, happenings, jobs

    from . import _database

    if reason := _database.why_not():  # chores would fail one by one, and go on failing
        print(f"kfl worker: {reason}", file=sys.stderr)
        return 1
    happenings.check_all()
    if args.until_eof:
        threading.Thread(target=_stop_at_eof, daemon=True).start()
    clock = chores.Clock(chores.all_booked())
    clock.start()
    try:
        jobs.work()
    finally:
        clock.stop(within=STOP_S)
    return 0


def _stop_at_eof() -> None:
    """End with the process that started us, however it ended; an unfinished job is put back at the next start."""
    sys.stdin.buffer.read()
    os._exit(0)
