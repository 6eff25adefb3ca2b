"""Items of one scale: n, mean and SD, item-rest correlation and alpha without the item.

Formulas and checks: docs/methods/item-analysis.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kfl.stats.arguments import of_kind
from kfl.stats.errors import SumsDiffer
from kfl.stats.grouping import Int, as_floats, unbounded
from kfl.stats.means import Float
from kfl.stats.reliability import CrossProducts
from kfl.stats.sums import Sums


@dataclass(frozen=True, eq=False)
class ItemAnalysis:
    """Items of one scale in many groups, turned items turned; arrays of shape (groups, items) unless said."""

    n: Int  # who answered the item
    mean: Float  # of all who answered it, in codes
    sd: Float  # n - 1, of all who answered it
    people: Int  # (groups,) complete sheets, on which the last two rest
    item_rest_r: Float  # correlation with the sum of the other items
    alpha_if_dropped: Float  # alpha of the other items


def item_analysis(products: CrossProducts, sums: Sums) -> ItemAnalysis:
    """Describe each item of one scale, and how it fits with the others.

    Parameters
    ----------
    products : CrossProducts
        Of the scale.
    sums : Sums
        Of the same groups; its scales may be others as well, only `counts` of the scale's items are read.

    Returns
    -------
    ItemAnalysis
        `mean` is NaN where nobody answered the item, `sd` where fewer than 2 did. `item_rest_r` is NaN with
        under 3 complete sheets, and where the item or the sum of the others does not vary; `alpha_if_dropped`
        likewise where the sum of the others does not vary, and in scales of 2 items, since one item has no
        alpha. Both are NaN in a scale of one item.

    Raises
    ------
    SumsDiffer
        The two hold other groups, or `sums` lacks an item of the scale or one of its codes.

    References
    ----------
    Nunnally & Bernstein (1994) Psychometric Theory, 3rd ed., ch. 8.
    Same values as R psych::alpha (r.drop, alpha.drop): tests/stats/reference/items.R

    Examples
    --------
    >>> from kfl.stats import ScaleSpec, collect, collect_products
    >>> mood = ScaleSpec("mood", items=(0, 1, 2), turned=(False, False, False), low=1, high=5)
    >>> codes, everybody = np.array([[1, 2, 3, 4, 5], [2, 2, 4, 4, 5], [1, 3, 3, 5, 4]]), np.zeros(5, dtype=int)
    >>> result = item_analysis(collect_products(codes, everybody, 1, mood), collect(codes, everybody, 1, [mood]))
    >>> result.item_rest_r.round(3)
    array([[0.97 , 0.859, 0.796]])
    """
    of_kind(products, CrossProducts, "collect_products")
    of_kind(sums, Sums, "collect")
    scale = products.scale
    rows, codes = sums.counts.shape[1:]
    if len(products.people) != sums.groups or max(scale.items) >= rows or scale.high >= codes:
        raise SumsDiffer("cross products and sums must hold the same groups and the scale's items")
    n, mean, sd = _answered(sums.counts[:, scale.items], np.array(scale.turned), scale.low + scale.high)
    rest_r, alpha = _with_the_rest(products)
    return ItemAnalysis(n, mean, sd, products.people, rest_r, alpha)


def _answered(counts: Int, turned: NDArray[np.bool_], ends: int) -> tuple[Int, Float, Float]:
    """How many answered each item, their mean and SD, each of shape (groups, items)."""
    code = np.arange(counts.shape[2])
    n, total, square = counts.sum(axis=2), counts @ code, counts @ code**2
    mean = total / np.where(n > 0, n, np.nan)
    if int(n.max(initial=0)) * len(code) >= 2**31:
        total, square = unbounded(total), unbounded(square)
    # n² times the variance is a whole number, so nothing cancels.
    squares = as_floats(n * square - total * total) / np.where(n > 1, n * (n - 1.0), np.nan)
    return n, np.where(turned, ends - mean, mean), np.sqrt(squares)


def _with_the_rest(products: CrossProducts) -> tuple[Float, Float]:
    """Item-rest correlation and alpha if dropped, each of shape (groups, items)."""
    others = len(products.scale.items) - 1
    crossed = products.crossed()  # people² times the covariances: whole numbers
    own = np.diagonal(crossed, axis1=1, axis2=2)
    with_all = crossed.sum(axis=2)
    rest = with_all.sum(axis=1, keepdims=True) - 2 * with_all + own
    with_others, outside = as_floats(with_all - own), as_floats(own.sum(axis=1, keepdims=True) - own)
    own, rest = as_floats(own), as_floats(rest)
    enough = products.people[:, np.newaxis] >= 3
    scatter = np.sqrt(own) * np.sqrt(rest)
    correlation = with_others / np.where(enough & (scatter > 0), scatter, np.nan)
    if others < 2:
        return correlation, np.full(correlation.shape, np.nan)
    share = outside / np.where(enough & (rest > 0), rest, np.nan)
    return correlation, others / (others - 1) * (1 - share)
