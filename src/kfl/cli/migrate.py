"""`kfl migrate`: bring the portal's database to this version."""

from __future__ import annotations

import argparse
from typing import Any


def add_parser(subparsers: Any) -> None:
    from .main import add_data_option

    parser = subparsers.add_parser("migrate", help="bring the portal's database to this version")
    add_data_option(parser, makes_data=True)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from django.core.management import call_command

    call_command("migrate", verbosity=1, interactive=False)
    return 0
