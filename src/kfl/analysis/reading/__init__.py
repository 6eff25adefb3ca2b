"""Reading a file of answers in pieces, whatever its format: CSV, Parquet or SPSS's .sav.

A source knows its columns and how it can be cut; pieces may be read in any order, by any thread or machine
that sees the file, so memory stays bounded however long the file is.
"""

from __future__ import annotations

from pathlib import Path

from kfl.analysis.reading.sources import Piece, Source
from kfl.tables import Fault, Problem, WrongFile, fault
from kfl.tables.reading import header_problems

from .cell_codes import BadCells, codes_of

__all__ = ["BadCells", "Piece", "Source", "codes_of", "open_source"]


def open_source(path: Path, scratch: Path) -> Source:
    """Look at a file, check that it is a table, and cut it into pieces.

    Parameters
    ----------
    path : Path
        Ends in ``.csv``, ``.parquet`` or ``.sav``.
    scratch : Path
        A folder for a copy in UTF-8, should the file be a CSV in another encoding.

    Returns
    -------
    Source

    Raises
    ------
    WrongFile
        The file cannot be read, is empty, is no table, or has a column twice.
    """
    openers = {".csv": _csv, ".parquet": _parquet, ".sav": _sav}
    opener = openers.get(path.suffix.lower())
    if opener is None:
        known = ", ".join(openers)
        raise WrongFile(path.name, [Problem(None, None, f"file type {path.suffix!r} is not one of {known}")])
    if not path.is_file():
        raise WrongFile(path.name, [fault(Fault.NO_FILE)])
    if path.stat().st_size == 0:
        raise WrongFile(path.name, [fault(Fault.EMPTY)])
    try:
        source = opener(path, scratch)
    except OSError as error:
        raise WrongFile(path.name, [fault(Fault.UNREADABLE, why=error.strerror or str(error))]) from error
    _check_header(source)
    return source


def _csv(path: Path, scratch: Path) -> Source:
    from .text_files import open_csv

    return open_csv(path, scratch)


def _parquet(path: Path, _scratch: Path) -> Source:
    from kfl.analysis.reading.columnar import open_parquet

    return open_parquet(path)


def _sav(path: Path, _scratch: Path) -> Source:
    from kfl.analysis.reading.spss import open_sav

    return open_sav(path)


def _check_header(source: Source) -> None:
    problems = list(header_problems(source.columns, source.header_rows or None))
    if not source.rows:
        problems.append(Problem(None, None, "there are no rows"))
    if problems:
        raise WrongFile(source.name, problems)
