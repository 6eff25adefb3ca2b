"""`kfl check`: print every promise's setting as it really is in force; exit 1 if one is off."""

from __future__ import annotations

import argparse
from typing import Any


def add_parser(subparsers: Any) -> None:
    from .main import add_data_option

    parser = subparsers.add_parser("check", help="print every promise's setting; fail if one is off")
    add_data_option(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from . import _promises

    found = list(_promises.all_of(args.data))
    for finding in found:
        print(f"{'ok ' if finding.holds else 'OFF'}  {finding.name}: {finding.value}")
    off = sum(not finding.holds for finding in found)
    print(f"{len(found)} settings, {off} off" if off else f"{len(found)} settings, all as promised")
    return 1 if off else 0
