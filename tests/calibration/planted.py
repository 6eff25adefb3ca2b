"""Units that lie a known way above or below the rest of the level above them, and whether pages say so."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from . import truths
from .tallies import Counts, add
from .told import ABOVE, CERTAIN, LIKELY, Told
from .worlds import CLASS, MUNICIPALITY, SCHOOL, Float, Int, Wave

SIZES = (20, 40, 60)  # points
PUPILS = 200  # invited at the school
ANSWERED = (23, 25)  # in the class
CLASSES = 4  # a scale and county
NEIGHBOURS = 4  # schools in the municipality of a planted school, at least
MIDDLING = (5, 8)  # schools of a planted municipality


class Planted(NamedTuple):
    """A unit's true distance on one scale."""

    kind: str
    node: int
    scale: int
    points: int  # with its sign


def plant(random: np.random.Generator, wave: Wave, kinds: tuple[str, ...]) -> tuple[Wave, list[Planted]]:
    """Move one municipality, one school of 200 and a few classes on every scale, from the top down."""
    sigma = truths.spread_of_persons(wave.instrument, wave.variances)
    effect, found = wave.effect.copy(), []
    for kind in kinds:
        units = _fit(wave, kind)
        each = CLASSES if kind == CLASS else 1
        chosen = random.permutation(units)[: each * wave.instrument.scales]
        for place, node in enumerate(chosen.tolist()):
            scale = place % wave.instrument.scales
            points = int(random.choice(SIZES) * random.choice((-1, 1)))
            moved = wave.with_effect(effect)
            _move(moved, effect, Planted(kind, node, scale, points), points * sigma[scale] / 100)
            found.append(Planted(kind, node, scale, points))
    return wave.with_effect(effect), found


def _fit(wave: Wave, kind: str) -> Int:
    """Units of the size that power is told for."""
    county = wave.county
    units, invited = county.of_kind(kind), county.total(county.invited)
    held = np.bincount(np.maximum(county.ancestor(MUNICIPALITY)[county.of_kind(SCHOOL)], 0), minlength=len(invited))
    if kind == MUNICIPALITY:
        return units[(held[units] >= MIDDLING[0]) & (held[units] <= MIDDLING[1])]
    beside = held[county.ancestor(MUNICIPALITY)[units]] >= NEIGHBOURS
    if kind == SCHOOL:
        return units[beside & (invited[units] == PUPILS)]
    return units[(invited[units] >= 26) & (invited[units] <= 29)]


def _move(wave: Wave, effect: Float, one: Planted, away: float) -> None:
    """Give the unit the effect with which its truth lies so far from that of the rest of the level above."""
    county, scale = wave.county, one.scale
    above = {CLASS: SCHOOL, SCHOOL: MUNICIPALITY, MUNICIPALITY: "region"}[one.kind]
    whole = np.full(effect.shape, -1)
    whole[one.node, scale] = county.ancestor(above)[one.node]
    rest = truths.of_rest(wave, truths.of_units(wave), whole)[one.node, scale]
    variance = wave.variances.below(one.kind, wave.instrument.scales)[scale]
    level = truths.level_for(wave.instrument, scale, variance, wave.variances.noise, rest + away)
    effect[one.node, scale] += level - wave.level[one.node, scale]


def measure(told: Told, planted: list[Planted]) -> Counts:
    """How many were seen, with the right sign, against the level above."""
    counts: Counts = {}
    claims = told.claims[ABOVE]
    for one in planted:
        node, scale = one.node, one.scale
        answered = int(told.n[node, scale])
        fits = one.kind != CLASS or ANSWERED[0] <= answered <= ANSWERED[1]
        if not claims.tested[node, scale] or not fits:
            continue
        right = np.sign(claims.apart[node, scale]) == np.sign(one.points)
        step = claims.step[node, scale]
        key = f"{abs(one.points)} points"
        add(counts, (one.kind, f"{key}, certain"), right and step == CERTAIN, 1)
        add(counts, (one.kind, f"{key}, at least likely"), right and step in (CERTAIN, LIKELY), 1)
    return counts
