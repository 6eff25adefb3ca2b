"""`kfl wave`: list waves, import one from answers collected elsewhere, close one; closing makes its results."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .main import add_data_option

if TYPE_CHECKING:
    from kfl.core.lists import WrongFile
    from kfl.questionnaires.formats import Informant
    from kfl.surveys.models import Wave


class UnknownWave(LookupError):
    """No wave has this name."""


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser("wave", help="list, import and close waves of surveys")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_import(commands)
    close = commands.add_parser("close", help="close an open wave for good and make its results")
    close.add_argument("wave", metavar="WAVE", help="its short name, as `kfl wave list` prints it")
    add_data_option(close)
    close.set_defaults(run=run_close)
    annul = commands.add_parser("annul", help="take back a wave from a file that is not closed: nothing of it is left")
    annul.add_argument("wave", metavar="WAVE", help="its short name, as `kfl wave list` prints it")
    annul.add_argument("--yes", action="store_true", help="do not ask")
    add_data_option(annul)
    annul.set_defaults(run=run_annul)
    listing = commands.add_parser("list", help="all waves, the newest first")
    add_data_option(listing)
    listing.set_defaults(run=run_list)


def _add_import(commands: Any) -> None:
    parser = commands.add_parser("import", help="make a wave from answers collected elsewhere, with its results")
    parser.add_argument("--name", required=True, help="what the wave is called")
    parser.add_argument("--answers", required=True, type=Path, metavar="FILE", help="CSV, one row a respondent")
    parser.add_argument("--codebook", required=True, type=Path, metavar="FILE", help="CSV, one row a question")
    parser.add_argument("--informant", required=True, type=_informant, metavar="INFORMANT", help="who answered")
    parser.add_argument("--unit", required=True, metavar="COL", help="column of the school or kindergarten")
    parser.add_argument("--group", metavar="COL", help="column of the grade or class")
    parser.add_argument("--person", metavar="COL", help="column that is different for each respondent")
    parser.add_argument("--split", metavar="COL", help="column of gender")
    parser.add_argument("--under", required=True, metavar="UNIT_CODE", help="code of the unit that all belong to")
    parser.add_argument("--reference", metavar="WAVE", help="earlier wave of the same series, to measure against")
    parser.add_argument(
        "--keep-open", action="store_true", help="look before it is closed: then kfl wave close or annul"
    )
    add_data_option(parser)
    parser.set_defaults(run=run_import)


def _informant(word: str) -> Informant:
    from kfl.questionnaires.formats import Informant

    try:
        return Informant(word)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{word} is none of {', '.join(Informant)}") from error


def run_import(args: argparse.Namespace) -> int:
    from kfl.answers.keys import KeyAway, OtherKey
    from kfl.core.lists import WrongFile
    from kfl.people.queries import NoSuchUnit, unit_by_code
    from kfl.surveys.actions import SameAnswersTwice, import_wave
    from kfl.surveys.counts import coverage
    from kfl.surveys.imports.answer_file import Roles, WaveFiles

    roles = Roles(args.unit, args.group, args.person, args.split)
    try:
        wave = import_wave(
            name=args.name,
            files=WaveFiles(args.answers, args.codebook, args.informant, roles),
            under=unit_by_code(args.under),
            reference=find_wave(args.reference) if args.reference else None,
            tell=lambda text: print(f"! {text}", file=sys.stderr),
            by=None,
        )
    except WrongFile as error:
        _print_problems(error)
        return 1
    except NoSuchUnit:
        return _refuse(f"no unit has the code {args.under}")
    except KeyAway:
        return _refuse("--person needs the link key, which is away; bring it back with kfl keys join")
    except OtherKey as error:
        return _refuse(f"--person needs the link key, and {error}; see kfl keys show")
    except (UnknownWave, SameAnswersTwice, OSError) as error:
        return _refuse(str(error))
    if args.keep_open:
        rows = coverage.sheets_altogether(wave)
        print(f"{wave.slug}: open, {rows} sheets with answers. Then kfl wave close {wave.slug}, or kfl wave annul")
        return 0
    return _close_and_release(wave)


def run_close(args: argparse.Namespace) -> int:
    from kfl.core.lifecycle import NotNow
    from kfl.surveys.actions import SameAnswersTwice

    try:
        return _close_and_release(find_wave(args.wave))
    except (UnknownWave, SameAnswersTwice, NotNow) as error:
        return _refuse(str(error))


def run_annul(args: argparse.Namespace) -> int:
    from kfl.core.lifecycle import NotNow
    from kfl.surveys.actions import NotFromAFile, annul_wave

    try:
        wave = find_wave(args.wave)
        if not args.yes:
            print(f"Remove {wave.slug} ({wave.name}) with all its answers? Write its short name to go on: ", end="")
            sys.stdout.flush()
            if sys.stdin.readline().strip() != wave.slug:
                return _refuse("nothing was done")
        annul_wave(wave=wave, by=None)
    except (UnknownWave, NotFromAFile, NotNow) as error:
        return _refuse(str(error))
    print(f"{args.wave}: annulled, nothing of it is left")
    return 0


def run_list(args: argparse.Namespace) -> int:
    from django.utils import timezone

    from kfl.surveys.models import Wave
    from kfl.surveys.waves.now import now_of

    rows = [("wave", "name", "state", "opens", "closes")]
    for wave in Wave.objects.everywhere(why="system: whoever runs commands owns the data folder"):
        days = (timezone.localdate(moment).isoformat() for moment in (wave.opens_at, wave.closes_at))
        rows.append((wave.slug, wave.name, now_of(wave).stage.value, *days))
    print_table(rows)
    return 0


def find_wave(wanted: str) -> Wave:
    """The wave with this short name, else the one with this name ("t2" or "T2 november 2018")."""
    from kfl.surveys.models import Wave

    waves = Wave.objects.everywhere(why="system: whoever runs commands owns the data folder")
    found = list(waves.filter(slug=wanted)) or list(waves.filter(name__iexact=wanted))
    if not found:
        raise UnknownWave(f"there is no wave {wanted}; see kfl wave list")
    if len(found) > 1:
        short = ", ".join(wave.slug for wave in found)
        raise UnknownWave(f"more than one wave is called {wanted}; say which: {short}")
    wave: Wave = found[0]
    return wave


def print_table(rows: Sequence[tuple[str, ...]], file: Any = None) -> None:
    """Columns as wide as they need to be; the last one as long as it likes."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]) - 1)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        print("  ".join([*cells, row[-1]]).rstrip(), file=file)


def _close_and_release(wave: Wave) -> int:
    """Close, then compute and release, then make the technical report, with a bar."""
    from kfl.answers.keys import KeyMissing, KeyTooOpen
    from kfl.disclosure import ReleaseRefused
    from kfl.research.making.report import make_report
    from kfl.results.making.release import release_wave
    from kfl.surveys.actions import close_wave

    try:
        wave = close_wave(wave=wave, by=None, tells=False)
    except (KeyMissing, KeyTooOpen) as error:
        return _refuse(f"{wave.slug} stays open: without its code key nobody can read the answers ({error})")
    try:
        with _bar() as progress:
            release = release_wave(wave=wave, by=None, progress=progress)
    except ReleaseRefused as error:
        return _refuse(f"{wave.slug} is closed, but nothing is shown: {error}")
    print(f"{wave.slug}: released, digest {release.digest}", flush=True)
    with _bar() as progress:
        report = make_report(wave=wave, by=None, progress=progress)
    print(f"{wave.slug}: technical report, digest {report.digest}")
    return 0


@contextmanager
def _bar() -> Iterator[Callable[[float, str], None]]:
    from tqdm import tqdm

    with tqdm(total=100, unit="%", bar_format="{desc}: {percentage:3.0f}%|{bar}| {elapsed}", leave=False) as bar:

        def report(share: float, message: str) -> None:
            bar.set_description_str(message)
            bar.update(round(100 * share) - bar.n)

        yield report


def _print_problems(error: WrongFile) -> None:
    print("kfl wave import: the file cannot be used; nothing was changed.", file=sys.stderr)
    rows = [("row", "column", "reason")]
    rows += [(str(one.row or ""), one.column or "", one.reason) for one in error.problems]
    print_table(rows, sys.stderr)


def _refuse(reason: str) -> int:
    print(f"kfl wave: {reason}", file=sys.stderr)
    return 1
