"""The command `kfl`. Each module beside this one is a subcommand (`add_parser`, `run`); those with `_` before help."""

from __future__ import annotations

import argparse
import importlib
import os
import pkgutil
import sys
from collections.abc import Sequence
from pathlib import Path

import kfl.cli
from kfl.core.key_files import make_key

FOLDERS = ("answers", "files", "keys")


def add_data_option(parser: argparse.ArgumentParser, *, makes_data: bool = False) -> None:
    """`--data DIR`. With `makes_data` the folder is made where it is missing, readable by its owner alone."""
    parser.add_argument("--data", type=Path, metavar="DIR", help="the data folder (default: $KFL_DATA or ./data)")
    parser.set_defaults(makes_data=makes_data)


def parser_of_all() -> argparse.ArgumentParser:
    """The parser with every subcommand."""
    parser = argparse.ArgumentParser(prog="kfl", description="Kultur for læring: portal, answering and analysis.")
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for found in sorted(pkgutil.iter_modules(kfl.cli.__path__), key=lambda module: module.name):
        if found.name != "main" and not found.name.startswith("_"):
            importlib.import_module(f"kfl.cli.{found.name}").add_parser(subparsers)
    return parser


def data_folder(given: Path | None) -> Path:
    """The data folder that is meant: the option, else KFL_DATA, else ./data."""
    return (given or Path(os.environ.get("KFL_DATA", "data"))).resolve()


def make_data_folder(data: Path) -> None:
    """Make the data folder and what lies in it, where missing: also the key that sessions are signed with."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in FOLDERS:
        (data / name).mkdir(mode=0o700, exist_ok=True)
    if not (secret := data / "keys" / "secret.key").exists():
        make_key(secret)


def set_up_django() -> None:
    """Django with the settings of the data folder that KFL_DATA names."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "kfl.web.settings"  # also where somebody else's stand in the environment
    import django

    django.setup()


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit code is what it gave back."""
    os.umask(0o077)  # whatever a command writes, its owner alone may read
    args = parser_of_all().parse_args(argv)
    if hasattr(args, "data"):
        args.data = data_folder(args.data)
        os.environ["KFL_DATA"] = str(args.data)
        if args.makes_data:
            make_data_folder(args.data)
    try:
        if not getattr(args, "django", True):
            return int(args.run(args) or 0)
        set_up_django()
        from . import _database

        return _database.in_words(f"kfl {(argv or sys.argv[1:])[0]}", lambda: int(args.run(args) or 0))
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
