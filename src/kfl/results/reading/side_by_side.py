"""Andres syn: what each informant group says about the same place, side by side and never merged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kfl.questionnaires.formats import Informant

from ..models import ReleasedPage
from .presenter import Reading


@dataclass(frozen=True)
class View:
    """One informant group at the nearest level that shows something."""

    informant: Informant
    number: int
    reading: Reading
    here: bool  # whether it is the very node that the page is about


def side_by_side(rows: Sequence[ReleasedPage]) -> list[View]:
    """For each group the nearest of these pages (nearest first) that shows a scale."""
    nearest = max(row.node.number for row in rows) if rows else 0
    found: dict[Informant, View] = {}
    for row in rows:
        informant = Informant(row.informant)
        if informant in found:
            continue
        page = row.read()
        reading = Reading(page, row.form.read())
        if not reading.is_hidden:
            found[informant] = View(informant, page.node, reading, page.node == nearest)
    order = list(Informant)
    return sorted(found.values(), key=lambda view: order.index(view.informant))
