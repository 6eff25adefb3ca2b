"""`kfl roster`: check or import a list of units, pupils or staff (docs/rosters.md)."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .main import add_data_option

if TYPE_CHECKING:
    from kfl.core.lists import WrongFile
    from kfl.people.rosters import RosterPlan

KINDS = ("units", "pupils", "staff")
MOST_LINES = 40  # of each sort of change


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser("roster", help="check or import lists of units, pupils and staff")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    check = commands.add_parser("check", help="show what is wrong with a list, or what it would change")
    check.set_defaults(run=run_check)
    importing = commands.add_parser("import", help="show what a list would change, ask, and change it")
    importing.add_argument("--yes", action="store_true", help="do not ask")
    importing.add_argument(
        "--names-are-right", action="store_true", help="accounts of another name than the list says are the right ones"
    )
    importing.set_defaults(run=run_import)
    undo = commands.add_parser("undo", help="take back a list that was put in, as long as nothing else has changed it")
    undo.add_argument("number", type=int, metavar="NUMBER", help="as `kfl roster import` says it")
    undo.add_argument("--yes", action="store_true", help="do not ask")
    undo.set_defaults(run=run_undo)
    add_data_option(undo)
    for command in (check, importing):
        who = command.add_mutually_exclusive_group()
        who.add_argument(
            "--same",
            dest="answer",
            action="store_const",
            const="same",
            help="pupils who seem to go and come under another key are the same: they keep all they have",
        )
        who.add_argument(
            "--others", dest="answer", action="store_const", const="others", help="they really are other pupils"
        )
    for command in (check, importing):
        command.add_argument(
            "file", type=Path, metavar="FILE", help="CSV, as Excel saves it, or an Excel workbook (.xlsx)"
        )
        command.add_argument("--kind", required=True, choices=KINDS, help="what the list is about")
        add_data_option(command)


def run_check(args: argparse.Namespace) -> int:
    return _run(args, is_import=False)


def run_import(args: argparse.Namespace) -> int:
    return _run(args, is_import=True)


def _run(args: argparse.Namespace, *, is_import: bool) -> int:
    from django.db import connection
    from django.utils import timezone

    from kfl.core.lists import WrongFile
    from kfl.people.rosters import (
        DemoTakesNoRosters,
        DoubtsNotAnswered,
        ListKind,
        RosterHasChanged,
        TwinAnswer,
        import_roster,
        plan_of,
        refuse_in_demo,
    )

    if connection.vendor == "sqlite" and not (args.data / "portal.sqlite3").exists():
        return _refuse(f"there is no portal in {args.data}; begin with kfl user --new-county")
    kind, on = ListKind(args.kind), timezone.localdate()
    try:
        refuse_in_demo()
        content = _content(args.file)
        answer = TwinAnswer(args.answer) if args.answer else None
        plan = plan_of(content, kind, by=None, on=on, answer=answer, name=args.file.name)
        _show(plan)
        if is_import and plan.is_undecided:
            return _refuse("say first who the pupils above are: --same or --others. Nothing is changed.")
        if not is_import or not plan.changes_anything:
            return 0
        if not args.yes and not _agreed():
            print("Ingenting er endret.")
            return 1
        right = args.names_are_right
        done = import_roster(
            content, kind, by=None, on=on, seen=plan.digest, answer=answer, doubts_are_right=right, name=args.file.name
        )
    except WrongFile as error:
        _show_problems(error)
        return 1
    except DoubtsNotAnswered as error:
        return _refuse(f"{error} (--names-are-right)")
    except (DemoTakesNoRosters, RosterHasChanged, OSError) as error:
        return _refuse(str(error))
    number = done.imported.pk if done.imported else None
    print(f"Lista er lagt inn. Den kan tas tilbake i 14 dager: kfl roster undo {number}")
    return 0


def run_undo(args: argparse.Namespace) -> int:
    from kfl.core.lists import CannotTakeBack
    from kfl.people.models import ImportedRoster
    from kfl.people.rosters.undoing import take_back_roster

    rows = ImportedRoster.objects.everywhere(why="system: whoever runs commands owns the data folder")
    imported = rows.filter(pk=args.number).first()
    if imported is None:
        return _refuse(f"no list has the number {args.number}")
    print(f"{imported.kind} {imported.name} {imported.at:%Y-%m-%d %H:%M}")
    if not args.yes and not _agreed("Ta tilbake lista?"):
        print("Ingenting er endret.")
        return 1
    try:
        take_back_roster(imported=imported, by=None)
    except CannotTakeBack as error:
        return _refuse(str(error))
    print("Lista er tatt tilbake.")
    return 0


def _content(path: Path) -> bytes:
    from kfl.tables import LIST

    with path.open("rb") as file:
        return file.read(-1 if LIST.megabytes is None else LIST.megabytes * 1_000_000 + 1)


def _show(plan: RosterPlan) -> None:
    """Counts, and the first lines of each sort of change."""
    from kfl.core.lists import LineChange

    print(", ".join(f"{change.label}: {count}" for change, count in plan.counts.items()))
    for text in [*plan.doubts, *plan.warnings, *plan.notes]:
        print(f"! {text}")
    if plan.is_undecided:
        print("\n! Er disse de samme elevene? Svar med --same eller --others.")
        for line in plan.twins[:MOST_LINES]:
            print(f"  {line.name} ({line.place}): {line.detail}")
    for change in (LineChange.NEW, LineChange.CHANGED, LineChange.GONE):
        lines = plan.of(change)
        if lines:
            print(f"\n{change.label}")
        for line in lines[:MOST_LINES]:
            print(f"  {line.name} ({line.place})" + (f": {line.detail}" if line.detail else ""))
        if len(lines) > MOST_LINES:
            print(f"  … og {len(lines) - MOST_LINES} til")


def _show_problems(error: WrongFile) -> None:
    from .wave import print_table

    print(f"Lista har {error.count} feil. Ingenting er endret.", file=sys.stderr)
    rows = [("rad", "kolonne", "hva som er feil")]
    rows += [(str(one.row or ""), one.column or "", one.reason) for one in error.problems]
    print_table(rows, sys.stderr)
    if error.left_out:
        print(f"… og {error.left_out} feil til", file=sys.stderr)


def _agreed(question: str = "Legge inn lista?") -> bool:
    try:
        return input(f"\n{question} [j/N] ").strip().casefold() in {"j", "ja", "y", "yes"}
    except EOFError:
        return False


def _refuse(reason: str) -> int:
    print(f"kfl roster: {reason}", file=sys.stderr)
    return 1
