"""Which item keeps groups from being equal: each in turn has a loading, or an intercept, of its own in every group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import chdtrc

from kfl.stats.differences import holm
from kfl.stats.errors import NoConvergence, NotIdentified
from kfl.stats.factors.likelihood import FactorEstimates, maximise
from kfl.stats.factors.structure import FIXED, Structure
from kfl.stats.means import Float
from kfl.stats.moments import Moments


@dataclass(frozen=True)
class FreedItem:
    """How much better the model gets when one item need not be equal in all groups."""

    item: int
    chi2: float  # the model's chi² minus that with the item free
    df: int
    p: float  # of the item being equal, Holm-adjusted over the items


def free_each(
    groups: Sequence[Moments], structures: Sequence[Structure], found: FactorEstimates
) -> tuple[FreedItem, ...]:
    """Free one item at a time in a model that holds groups equal.

    Parameters
    ----------
    groups : sequence of Moments
        Two or more.
    structures : sequence of Structure
        The model, one for each group: of equal loadings, whose loadings are freed, or of equal intercepts too, whose
        intercepts are.
    found : FactorEstimates
        Its solution, where the search begins.

    Returns
    -------
    tuple of FreedItem
        In the items' order, without items whose freer model has no solution.

    References
    ----------
    Byrne, Shavelson & Muthén (1989) Psychological Bulletin 105:456-466. Holm (1979) Scandinavian Journal of
    Statistics 6:65-70. Same values as R's lavaan (group.partial): tests/stats/factors/reference/invariance.R
    """
    rows = []
    for item in range(groups[0].items):
        freer, start = _freed(structures, item, found.values)
        try:
            chi2 = max(found.chi2 - maximise(groups, freer, start).chi2, 0.0)
        except (NoConvergence, NotIdentified):
            continue
        df = len(start) - len(found.values)
        rows.append((item, chi2, df, float(chdtrc(df, chi2))))
    adjusted = holm(np.array([p for *_rest, p in rows])).tolist()
    return tuple(FreedItem(item, chi2, df, p) for (item, chi2, df, _p), p in zip(rows, adjusted, strict=True))


def _freed(structures: Sequence[Structure], item: int, values: Float) -> tuple[list[Structure], Float]:
    """The same model with the item's own parameters in every group but the first, which keeps its own as they were."""
    freer, start = [structures[0]], values
    for structure in structures[1:]:
        name = "loadings" if structure.intercepts is None else "intercepts"
        table = np.array(getattr(structure, name))
        row = np.atleast_1d(table[item])
        free = row != FIXED
        start = np.concatenate([start, values[row[free]]])
        row[free] = len(start) - free.sum() + np.arange(free.sum())
        table[item] = row if structure.intercepts is None else row[0]
        freer.append(replace(structure, **{name: table}))
    return freer, start
