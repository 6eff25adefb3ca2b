"""`kfl release`: a release as data, its technical report, and a search for what somebody could work out."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .main import add_data_option
from .wave import UnknownWave, find_wave

if TYPE_CHECKING:
    from kfl.results.models import Release


class NothingReleased(LookupError):
    """The wave has no release yet."""


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser("release", help="print or audit what a wave's release shows")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    show = commands.add_parser("show", help="the released table, of all units or of one")
    show.add_argument("wave", metavar="WAVE", help="short name of the wave, as `kfl wave list` prints it")
    show.add_argument("--unit", metavar="CODE", help="only this unit; its code then or today")
    show.add_argument("--format", choices=("json", "csv"), default="json")
    add_data_option(show)
    show.set_defaults(run=run_show)
    report = commands.add_parser("report", help="write the technical report to a file; it is made where it is missing")
    report.add_argument("wave", metavar="WAVE", help="short name of the wave")
    report.add_argument(
        "--out", required=True, type=Path, metavar="FILE", help="a .pdf to read or a .json to compute with"
    )
    report.add_argument("--language", choices=("nb", "nn", "en"), default="nb", help="of the PDF")
    add_data_option(report)
    report.set_defaults(run=run_report)
    audit = commands.add_parser("audit", help="check digest and closed form, and let the linear attacker try")
    audit.add_argument("wave", metavar="WAVE", help="short name of the wave")
    add_data_option(audit)
    audit.set_defaults(run=run_audit)


def run_show(args: argparse.Namespace) -> int:
    from kfl.results.exports.rows import UnitNotInWave, as_csv, show

    try:
        release = release_of(args.wave)
        table = show(release, _code_then(release, args.unit) if args.unit else None)
    except (UnknownWave, NothingReleased) as error:
        return _refuse(str(error))
    except UnitNotInWave:
        return _refuse(f"{args.wave} has no unit with the code {args.unit}")
    if args.format == "csv":
        sys.stdout.write(as_csv(table))
    else:
        json.dump(table, sys.stdout, ensure_ascii=False, indent=1)
        print()
    return 0


def run_report(args: argparse.Namespace) -> int:
    from django.utils import translation

    from kfl.research.making.report import NotOfTheRelease, make_report
    from kfl.research.reading import files

    ways = {".pdf": files.as_pdf, ".json": files.as_json}
    if args.out.suffix not in ways:
        return _refuse(f"{args.out.name} is neither a .pdf nor a .json")
    try:
        report = make_report(wave=release_of(args.wave).wave, by=None)
    except (UnknownWave, NothingReleased, NotOfTheRelease) as error:
        return _refuse(str(error))
    with translation.override(args.language):
        args.out.write_bytes(ways[args.out.suffix](report.stored()))
    print(f"{args.out}: technical report of {args.wave}, digest {report.digest}")
    return 0


def run_audit(args: argparse.Namespace) -> int:
    from kfl.research.release_audit import audit_release

    try:
        release = release_of(args.wave)
    except (UnknownWave, NothingReleased) as error:
        return _refuse(str(error))
    found = audit_release(release)
    print(f"digest    {'fits what is stored' if found.digest_fits else 'DOES NOT FIT what is stored'}")
    print(f"gate      {len(found.refused)} refused")
    print(f"attacker  {len(found.leaks)} groups of too few found in {found.attacked} matrices")
    for line in [*found.refused, *found.leaks, *found.left_out]:
        print(f"  {line}")
    return 0 if found.is_clean else 1


def release_of(wanted: str) -> Release:
    """The newest main part of a wave's releases."""
    from kfl.results.exports.rows import NoSuchRelease
    from kfl.results.exports.rows import release_of as newest

    wave = find_wave(wanted)
    try:
        return newest(wave.slug)
    except NoSuchRelease as error:
        raise NothingReleased(f"{wave.slug} is not released: it is {wave.state}") from error


def _code_then(release: Release, code: str) -> str:
    """The code that the unit had when the wave opened: 3427 asks for what was 0437 in 2018."""
    from kfl.people.queries import NoSuchUnit, unit_by_code
    from kfl.surveys.models import NodeKind, WaveNode

    nodes = WaveNode.objects.within(release.wave)
    if nodes.filter(code=code).exists():
        return code
    try:
        unit = unit_by_code(code)
    except NoSuchUnit:
        return code
    node = nodes.filter(unit=unit).exclude(kind=NodeKind.GRADE).first()
    return node.code if node else code


def _refuse(reason: str) -> int:
    print(f"kfl release: {reason}", file=sys.stderr)
    return 1
