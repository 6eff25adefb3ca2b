"""`kfl analyse`: the analysis of a file of answers, without a portal."""

from __future__ import annotations

import argparse
import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kfl.analysis.engines import Done
    from kfl.analysis.reading import Piece

LANGUAGES = ("nb", "nn", "en")
REFUSED = 2


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser("analyse", help="analyse a file of answers, without a portal")
    parser.add_argument("answers", type=Path, metavar="ANSWERS", help=".csv, .parquet or .sav, one row a person")
    parser.add_argument("--codebook", required=True, type=Path, metavar="CODEBOOK", help="CSV, one row an item")
    parser.add_argument("--by", required=True, metavar="COL[,COL…]", help="columns of groups, the largest first")
    parser.add_argument("--split", metavar="COL", help="column that divides every group, for instance gender")
    parser.add_argument("--reference", type=Path, metavar="FILE", help="reference.json of an earlier analysis")
    parser.add_argument("--engine", choices=("local", "cluster"), default="local", help="who sums (default: local)")
    parser.add_argument("--master", metavar="URL", help="address of the Spark cluster, for --engine cluster")
    parser.add_argument("--protect", action="store_true", help="hide small groups; without it nothing may be published")
    parser.add_argument("--language", choices=LANGUAGES, default="nb", help="of report.html (default: nb)")
    parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="a new or empty folder for the results")
    parser.set_defaults(run=run, django=False)


def run(args: argparse.Namespace) -> int:
    lacking = [name for name in ("polars", "pyreadstat") if importlib.util.find_spec(name) is None]
    if lacking:
        return _refuse(f"{' and '.join(lacking)} not installed: pip install 'kfl[analysis]'")
    from kfl.analysis.problems import AnalysisError
    from kfl.analysis.run import AnalysisRequest, analyse
    from kfl.tables import WrongFile

    job = AnalysisRequest(
        answers=args.answers,
        codebook=args.codebook,
        by=tuple(column.strip() for column in args.by.split(",") if column.strip()),
        out=args.out,
        split=args.split,
        reference=args.reference,
        engine=args.engine,
        master=args.master,
        protect=args.protect,
        language=args.language,
    )
    try:
        said = analyse(job, _bar)
    except (AnalysisError, WrongFile) as error:
        return _refuse(str(error))
    print(f"{args.out / 'report.html'}")
    for line in said:
        print(line, file=sys.stderr)
    if args.protect:
        print("Small groups are hidden. scores.parquet is not written: it has a row for each person.", file=sys.stderr)
    else:
        print("Not for publication: groups of any size are shown. See --protect.", file=sys.stderr)
    return 0


def _bar(rows: int) -> Done:
    from tqdm import tqdm

    bar = tqdm(total=rows, unit=" rows", unit_scale=True, leave=False, file=sys.stderr, disable=None)

    def done(piece: Piece) -> None:
        bar.update(piece.rows)
        if bar.n >= rows:
            bar.close()

    return done


def _refuse(reason: str) -> int:
    for line in reason.splitlines():
        print(f"kfl analyse: {line}", file=sys.stderr)
    return REFUSED
