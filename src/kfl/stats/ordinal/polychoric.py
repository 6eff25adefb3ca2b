"""Polychoric correlations: how the normal variables correlate that answers in steps are cut from.

Two steps, as psych and lavaan do: thresholds from each item's shares, then the likeliest correlation of each pair.
docs/methods/polychoric.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from kfl.stats.arguments import of_kind
from kfl.stats.crossed import PairTables
from kfl.stats.errors import BadAnswers, TooLittleData
from kfl.stats.grouping import Int
from kfl.stats.means import Float


@dataclass(frozen=True, eq=False)
class Polychoric:
    """Thresholds and polychoric correlations of one scale's items."""

    thresholds: Float  # (items, codes - 1), ascending; ±inf below and above the codes that were used
    correlations: Float  # (items, items), diagonal 1; NaN where an item does not vary in the pair
    se: Float  # (items, items), diagonal 0; NaN where the correlation is at its limit or NaN
    n: Int  # (items, items) people behind each pair, diagonal: behind each item's thresholds


def thresholds(margins: NDArray[np.integer[Any]]) -> Float:
    """Where a standard normal variable must be cut to give these shares.

    Parameters
    ----------
    margins : integer array, shape (items, codes)
        How many gave each answer.

    Returns
    -------
    float array, shape (items, codes - 1)
        Ascending; infinite below the lowest and above the highest code in use; NaN for items without answers.
    """
    margins = np.asarray(margins)
    people = margins.sum(axis=1, keepdims=True).astype(np.float64)
    people[people == 0] = np.nan
    return np.asarray(ndtri(margins.cumsum(axis=1)[:, :-1] / people), dtype=np.float64)


def polychoric(tables: PairTables, margins: NDArray[np.integer[Any]] | None = None) -> Polychoric:
    """Polychoric correlations of every two items, with standard errors.

    Parameters
    ----------
    tables : PairTables
        Of one scale with at least two items.
    margins : integer array, shape (items, codes), optional
        How many gave each answer to each item, over all who answered it (`collect_margins`); thresholds are made
        from them, as psych and lavaan do. Without, they are made from the item's margins in all of its tables
        together, which is the same when nobody skipped an item.

    Returns
    -------
    Polychoric
        Empty cells stay empty: nothing is added to any cell. A correlation that wants to leave ±0.99999 is that
        limit, without a standard error.

    Raises
    ------
    TooLittleData
        Under two items, or nobody answered two of them.
    BadAnswers
        Margins of another shape.

    References
    ----------
    Olsson (1979) Psychometrika 44:443-460; standard errors: Muthén (1984) Psychometrika 49:115-132.
    Same values as R's psych::polychoric(correct=0) and lavaan::lavCor: tests/stats/reference/polychoric.R

    Examples
    --------
    >>> from kfl.stats import ScaleSpec
    >>> pair = ScaleSpec("pair", items=(0, 1), turned=(False, False), low=1, high=2)
    >>> found = polychoric(PairTables(pair, np.array([[[40, 10], [10, 40]]])))
    >>> found.correlations[0, 1].round(6)  # sin(π/2 · 0.6), as both cuts lie in the middle
    np.float64(0.809017)
    """
    of_kind(tables, PairTables, "collect_tables or pattern_tables")
    items, steps = len(tables.scale.items), tables.counts.shape[-1]
    if items < 2 or not tables.counts.any():
        raise TooLittleData("polychoric correlations need two items that somebody answered")
    if margins is None:
        margins = _margins_in_pairs(tables.counts, items)
    if np.shape(margins) != (items, steps):
        raise BadAnswers(f"expected margins of shape {(items, steps)}, got {np.shape(margins)}")
    cuts = thresholds(margins)
    rho, influence = estimate(tables.counts, cuts)
    first, second = np.triu_indices(items, 1)
    people = tables.counts.sum(axis=(1, 2))
    squares = np.where(tables.counts > 0, tables.counts * influence**2, 0.0).sum(axis=(1, 2))
    se = np.sqrt(squares) / np.where(people > 0, people, np.nan)
    correlations, errors = np.eye(items), np.zeros((items, items))
    correlations[first, second] = correlations[second, first] = rho
    errors[first, second] = errors[second, first] = np.where(np.isnan(influence).any(axis=(1, 2)), np.nan, se)
    n = np.zeros((items, items), dtype=np.int64)
    n[first, second] = n[second, first] = people
    n[np.diag_indices(items)] = margins.sum(axis=1)
    return Polychoric(cuts, correlations, errors, n)


def estimate(counts: Int, cuts: Float) -> tuple[Float, Float]:
    """Correlation of every pair and each cell's influence on it.

    Parameters
    ----------
    counts : int64 array, shape (pairs, codes, codes)
        Pairs as np.triu_indices(items, 1) has them.
    cuts : float array, shape (items, codes - 1)
        Thresholds.

    Returns
    -------
    rho : float array, shape (pairs,)
        NaN where an item does not vary.
    influence : float array, shape (pairs, codes, codes)
        How much one person more in the cell moves rho, times the number of people, with the move of the thresholds
        taken in; its mean square over the people, divided by their number, is rho's sampling variance.
    """
    # Here and not above: numba takes a second to import, and the portal's pages import this package.
    from kfl.stats.ordinal.polychoric_kernel import correlate

    first, second = np.triu_indices(len(cuts), 1)
    rho = np.empty(len(counts))
    influence = np.empty(counts.shape)
    correlate(np.ascontiguousarray(counts, dtype=np.int64), first, second, np.nan_to_num(cuts), rho, influence)
    return rho, influence


def positive_definite(correlations: Float, least: float = 1e-8) -> Float:
    """The matrix with too small eigenvalues lifted, for methods that need a positive definite one.

    Parameters
    ----------
    correlations : float array, shape (items, items)
        Polychoric or pairwise correlations, estimated pair by pair, need not belong together.
    least : float
        Eigenvalues below this are set to it.

    Returns
    -------
    float array, shape (items, items)
        Unit diagonal; the very same numbers where all eigenvalues are large enough.

    Raises
    ------
    TooLittleData
        A correlation is unknown.

    References
    ----------
    Wothke (1993) in Bollen & Long, Testing structural equation models, 256-293. psych::cor.smooth does likewise.
    """
    if np.isnan(correlations).any():
        raise TooLittleData("a correlation is unknown: an item does not vary, or nobody answered the pair")
    values, vectors = np.linalg.eigh(correlations)
    if values[0] >= least:
        return correlations.copy()
    lifted = (vectors * np.maximum(values, least)) @ vectors.T
    spread = np.sqrt(np.diag(lifted))
    smooth: Float = lifted / np.outer(spread, spread)
    np.fill_diagonal(smooth, 1.0)
    return smooth


def _margins_in_pairs(counts: Int, items: int) -> Int:
    """Each item's margin, added up over all tables that it is in."""
    margins = np.zeros((items, counts.shape[-1]), dtype=np.int64)
    first, second = np.triu_indices(items, 1)
    np.add.at(margins, first, counts.sum(axis=2))
    np.add.at(margins, second, counts.sum(axis=1))
    return margins
