"""What a unit's number would be on the mean of other, but like, pupils and classes (RULES C.3): exactly.

A question is answered at or above step k where loading · latent + noise exceeds a threshold. Over all who differ below
the unit that is normal, so each step's share is a normal probability.
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr

from .worlds import COUNTY, ITEMS, LEVELS, MUNICIPALITY, REGION, Float, Instrument, Int, Variances, Wave


def expected(instrument: Instrument, level: Float, variance: Float, noise: float) -> Float:
    """Mean of item means, shape (units, scales), of pupils who vary by `variance` (scales,) around `level`."""
    loading, threshold = instrument.loading, instrument.threshold
    sd = np.sqrt(loading**2 * variance[:, np.newaxis] + noise)
    middle = loading * level[..., np.newaxis]
    over = ndtr((middle[..., np.newaxis] - threshold) / sd[..., np.newaxis])
    found: Float = 1 + over.sum(axis=-1).sum(axis=-1) / ITEMS
    return found


def of_units(wave: Wave) -> Float:
    """(nodes, scales) truth of every node, in the scale's own units."""
    county, scales = wave.county, wave.instrument.scales
    level, truth = wave.level, np.full(wave.effect.shape, np.nan)
    for kind in LEVELS:
        units = county.of_kind(kind)
        variance = wave.variances.below(kind, scales)
        truth[units] = expected(wave.instrument, level[units], variance, wave.variances.noise)
    invited = county.total(county.invited).astype(np.float64)
    municipality = county.of_kind(MUNICIPALITY)
    for kind in (REGION, COUNTY):
        above = county.ancestor(kind)[municipality]
        for unit in county.of_kind(kind):
            under = municipality[above == unit]
            truth[unit] = invited[under] @ truth[under] / invited[under].sum()
    return truth


def of_rest(wave: Wave, truth: Float, above: Int) -> Float:
    """(nodes, scales) truth of what is left of each node's level above (nodes, scales; -1 = none) without the node.

    Of a school or municipality it is that unit's own, with other units in it. A region or the county is all of its
    municipalities, so there the rest lacks what is left out.
    """
    county = wave.county
    invited = county.total(county.invited).astype(np.float64)[:, np.newaxis]
    held = county.ancestor(MUNICIPALITY)
    whole = np.take_along_axis(truth, np.maximum(above, 0), axis=0)
    own = np.where(held[:, np.newaxis] >= 0, truth[np.maximum(held, 0)], truth)
    size = invited[np.maximum(above, 0), 0]
    left = np.where(size > invited, size - invited, np.nan)
    is_large = np.isin(county.tree.kind, (REGION, COUNTY))[np.maximum(above, 0)]
    rest = np.where(is_large, (size * whole - invited * own) / left, whole)
    return np.where(above >= 0, rest, np.nan)


def spread_of_persons(instrument: Instrument, variances: Variances) -> Float:
    """(scales,) SD of the scores of pupils of all units together, complete sheets; by a large sample."""
    random = np.random.default_rng(11)
    people = 200_000
    found = np.empty(instrument.scales)
    for scale in range(instrument.scales):
        whole = (
            variances.below(MUNICIPALITY, instrument.scales)[scale]
            + variances.of(MUNICIPALITY, instrument.scales)[scale]
        )
        latent = np.sqrt(whole) * random.standard_normal(people)
        score = np.zeros(people)
        for item in range(ITEMS):
            noise = np.sqrt(variances.noise) * random.standard_normal(people)
            heard = instrument.loading[scale, item] * latent + noise
            score += np.searchsorted(instrument.threshold[scale, item], heard)
        found[scale] = (score / ITEMS).std(ddof=1)
    return found


def level_for(instrument: Instrument, scale: int, variance: float, noise: float, wanted: float) -> float:
    """The latent level at which pupils who vary by `variance` have the mean `wanted`."""
    one = Instrument(instrument.loading[scale : scale + 1], instrument.threshold[scale : scale + 1])
    low, high = -6.0, 6.0
    for _ in range(60):
        middle = (low + high) / 2
        mean = expected(one, np.array([[middle]]), np.array([variance]), noise)[0, 0]
        low, high = (middle, high) if mean < wanted else (low, middle)
    return (low + high) / 2
