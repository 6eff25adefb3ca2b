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
    for questionnaire in to_this_version(verbosity=1):
        print(f"new questionnaire: {questionnaire}")
    return 0


def to_this_version(*, verbosity: int) -> list[str]:
    """Migrate, then add the questionnaires that have come since the county was made; gives their titles."""
    from django.core.management import call_command

    from kfl.questionnaires.actions import add_new_standard_questionnaires

    call_command("migrate", verbosity=verbosity, interactive=False)
    return [str(version.questionnaire) for version in add_new_standard_questionnaires(by=None)]
