"""A stored report gone through again: is it what was made, does it pass the door, does the attacker find anybody."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator

import numpy as np

from kfl import disclosure
from kfl.disclosure.attacker import Cell, Matrix, find_leaks
from kfl.disclosure.one_set import ALL, BOYS, COUNTED, GIRLS

from ..models import TechnicalReport
from ..payload import FormReport, Report, ScaleReport
from .form import ReportedForm, measured
from .scale import Measured


def read_or_refuse(row: TechnicalReport) -> tuple[Report | None, list[str]]:
    """The stored report, and what is wrong with it as it lies there."""
    wrong = []
    if hashlib.sha256(zlib.decompress(row.payload)).hexdigest() != row.digest:
        wrong.append("technical report: its digest does not fit what is stored")
    try:
        return row.read().numbers, wrong
    except (disclosure.NotPublished, ValueError) as problem:
        return None, [*wrong, f"technical report: {problem}"]


def attack(form: ReportedForm, told: FormReport) -> Iterator[Matrix]:
    """What a report tells of each question beside the pages, for the attacker."""
    by_key = {scale.key: scale for scale in told.scales}
    for scale in measured(form):
        report = by_key[scale.text.key]
        if report.full is not None and scale.one_set is not None:
            for place, item in enumerate(scale.text.items):
                about = f"{form.informant} {report.key} {item.key} in the report"
                yield _matrix(about, scale.one_set, place, scale, report)


def found_in(matrix: Matrix) -> list[str]:
    """Groups of too few, in words."""
    return [f"{leak.about}: {leak.people} in {', '.join(leak.cells)}" for leak in find_leaks(matrix)]


def _matrix(about: str, whole: disclosure.OneSet, place: int, scale: Measured, report: ScaleReport) -> Matrix:
    """Cells are block, side, and whether all was answered; rows are blocks, sides, and the complete over all blocks."""
    answered, complete = whole.answered[..., place], whole.complete
    sides = range(complete.shape[2])
    cells: list[Cell] = []
    where: list[tuple[int, int, bool]] = []
    for block, side in np.argwhere(answered[ALL] > 0).tolist():
        for held, counts in ((True, complete), (False, answered - complete)):
            if counts[ALL, block, side]:
                where.append((block, side, held))
                people = int(counts[COUNTED, block, side])
                cells.append(Cell(f"{block}:{side}:{'all' if held else 'some'}", people, (people,)))
    blocks = {block for block, _side, _held in where}
    rows = {frozenset(n for n, (at, _side, _held) in enumerate(where) if at == block) for block in blocks}
    rows.add(frozenset(n for n, (_at, _side, held) in enumerate(where) if held))
    if report.full is not None and report.full.clustering is not None:
        for school in np.unique(scale.clusters[scale.clusters >= 0]).tolist():
            rows.add(frozenset(n for n, (at, _side, held) in enumerate(where) if held and scale.clusters[at] == school))
    told = [side for side in (GIRLS, BOYS) if side in sides]
    if scale.shown.split:
        rows |= {frozenset(n for n, (_at, at, _held) in enumerate(where) if at == side) for side in told}
    if report.full is not None and (report.full.gender or report.full.dif):
        rows |= {frozenset(n for n, (_at, at, held) in enumerate(where) if at == side and held) for side in told}
    return Matrix(about, cells, sorted(rows - {frozenset()}, key=sorted), scale.thresholds.k)
