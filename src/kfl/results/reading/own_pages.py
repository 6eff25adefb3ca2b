"""The reader's own result pages, wave by wave and unit by unit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from kfl.questionnaires.formats import Informant
from kfl.surveys.models import Wave

from ..models import ReleasedPage


@dataclass
class UnitRow:
    """One unit in one wave, with a page for each informant group."""

    name: str
    kind: str
    pages: list[tuple[ReleasedPage, str]] = field(default_factory=list)


@dataclass
class WaveList:
    """One wave."""

    wave: Wave
    units: list[UnitRow]


def by_wave(rows: Iterable[ReleasedPage]) -> list[WaveList]:
    """Pages gathered by wave and unit, in the order given."""
    waves: dict[int, WaveList] = {}
    units: dict[tuple[int, int], UnitRow] = {}
    for row in rows:
        wave = row.release.wave
        listed = waves.setdefault(wave.pk, WaveList(wave, []))
        key = (wave.pk, row.node_id)
        if key not in units:
            units[key] = UnitRow(row.node.name, row.node.get_kind_display())
            listed.units.append(units[key])
        units[key].pages.append((row, str(Informant(row.informant).label)))
    return list(waves.values())
