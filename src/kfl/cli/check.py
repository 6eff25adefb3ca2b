"""`kfl check`: print every promise's setting as it really is in force; exit 1 if one is off."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any


def add_parser(subparsers: Any) -> None:
    from .main import add_data_option

    parser = subparsers.add_parser("check", help="print every promise's setting; fail if one is off")
    parser.add_argument(
        "--heads", type=Path, metavar="FILE", help="compare the audit log with the heads in a log or mail from before"
    )
    add_data_option(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from . import _promises

    found = list(_promises.all_of(args.data))
    if args.heads is not None:
        from kfl.people.audit_heads import read_heads

        try:
            heads = read_heads(args.heads.read_text(errors="replace"))
        except OSError as problem:
            print(f"kfl check: {problem}", file=sys.stderr)
            return 1
        if not heads:
            print(f"kfl check: {args.heads} holds no head of an audit log", file=sys.stderr)
            return 1
        found.append(_promises.audit_log_end(heads))
    for finding in found:
        print(f"{'ok ' if finding.holds else 'OFF'}  {finding.name}: {finding.value}")
    off = sum(not finding.holds for finding in found)
    print(f"{len(found)} settings, {off} off" if off else f"{len(found)} settings, all as promised")
    return 1 if off else 0
