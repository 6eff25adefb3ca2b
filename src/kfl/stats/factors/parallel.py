"""Parallel analysis: how many factors stand out from what unrelated items would show by chance.

docs/methods/parallel-analysis.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from kfl.stats.arguments import of_kind
from kfl.stats.crossed import collect_tables
from kfl.stats.errors import TooLittleData
from kfl.stats.factors.exploratory import squared_multiple_correlations
from kfl.stats.grouping import Int
from kfl.stats.means import Float
from kfl.stats.moments import Moments
from kfl.stats.ordinal.patterns import Patterns
from kfl.stats.ordinal.polychoric import polychoric, positive_definite
from kfl.stats.ordinal.tables import pattern_margins, pattern_tables
from kfl.stats.scales import ScaleSpec


@dataclass(frozen=True, eq=False)
class Eigenvalues:
    """Observed eigenvalues beside those of unrelated items."""

    observed: Float  # (items,), largest first
    chance: Float  # (items,), quantile over the replications at each place

    @property
    def stand_out(self) -> int:
        """How many in a row, from the first, are larger than chance, and above 0: what explains nothing is none."""
        beyond = (self.observed > self.chance) & (self.observed > 0)
        return len(beyond) if beyond.all() else int(np.argmin(beyond))


@dataclass(frozen=True, eq=False)
class Parallel:
    """Both kinds of parallel analysis of the same matrix."""

    components: Eigenvalues  # of the correlations; the usual advice
    factors: Eigenvalues  # with squared multiple correlations on the diagonal; finds more, small ones too
    people: int


def parallel_analysis(
    observed: Moments | Patterns, *, seed: int, replications: int = 100, quantile: float = 0.95
) -> Parallel:
    """Horn's parallel analysis.

    Parameters
    ----------
    observed : Moments or Patterns
        Moments: Pearson correlations, compared with those of as many normal, unrelated people. Patterns: polychoric
        correlations, compared with those of people who answer each item on its own with the shares observed.
    seed : int
        The same seed gives the same chance values.
    replications : int
        How many times chance is drawn.
    quantile : float
        Of the replications' eigenvalues at each place; 0.95 is the usual advice, 0.5 is close to Horn's mean.

    Returns
    -------
    Parallel
        With eigenvalues of components and of common factors.

    Raises
    ------
    TooLittleData
        Under 2 items, not more people than items, an item without spread, or (Pearson) items that determine each
        other.

    References
    ----------
    Horn (1965) Psychometrika 30:179-185. Glorfeld (1995) Educational and Psychological Measurement 55:377-393 (the
    quantile). Garrido, Abad & Ponsoda (2013) Psychological Methods 18:454-474 (polychoric).
    Observed eigenvalues as R's psych::fa.parallel(SMC = TRUE): tests/stats/reference/exploratory.R
    """
    of_kind(observed, (Moments, Patterns), "moments, or collect_patterns")
    draw: Callable[[np.random.Generator], Float]
    if isinstance(observed, Patterns):
        margins, people = pattern_margins(observed), observed.people
        correlation = positive_definite(polychoric(pattern_tables(observed), margins).correlations)
        draw = _polychoric_of_chance(margins, people)
    else:
        correlation, people = observed.correlation, observed.people
        draw = _pearson_of_chance(observed.items, people)
    items = len(correlation)
    if items < 2 or people <= items:
        raise TooLittleData(f"parallel analysis needs 2 items and more people than items, got {items} and {people}")
    if np.isnan(correlation).any() or np.linalg.eigvalsh(correlation)[0] <= 0:
        raise TooLittleData("an item has no spread, or the others determine it")
    random = np.random.default_rng(seed)
    chance = [_eigenvalues(draw(random)) for _ in range(replications)]
    limits = np.quantile(np.array(chance), quantile, axis=0)
    found = _eigenvalues(correlation)
    return Parallel(Eigenvalues(found[0], limits[0]), Eigenvalues(found[1], limits[1]), people)


def _eigenvalues(correlation: Float) -> Float:
    """Of components and of common factors, shape (2, items), largest first."""
    reduced = correlation.copy()
    np.fill_diagonal(reduced, squared_multiple_correlations(correlation))
    return np.linalg.eigvalsh(np.stack([correlation, reduced]))[:, ::-1]


def _pearson_of_chance(items: int, people: int) -> Callable[[np.random.Generator], Float]:
    """Correlations of normal, unrelated people, without drawing the people: Bartlett's decomposition."""

    def draw(random: np.random.Generator) -> Float:
        root = np.tril(random.standard_normal((items, items)), -1)
        root[np.diag_indices(items)] = np.sqrt(random.chisquare(people - 1 - np.arange(items)))
        root /= np.sqrt((root**2).sum(axis=1, keepdims=True))
        return np.asarray(root @ root.T, dtype=np.float64)

    return draw


def _polychoric_of_chance(margins: Int, people: int) -> Callable[[np.random.Generator], Float]:
    """Polychoric correlations of people who answer each item on its own."""
    items, steps = margins.shape
    scale = ScaleSpec("chance", tuple(range(items)), (False,) * items, 0, steps - 1)
    shares = (margins / np.maximum(margins.sum(axis=1, keepdims=True), 1)).cumsum(axis=1)[:, :-1]

    def draw(random: np.random.Generator) -> Float:
        answers = np.empty((items, people), dtype=np.int8)
        for answer, share in zip(answers, shares, strict=True):
            answer[:] = np.searchsorted(share, random.random(people), side="right")
        return positive_definite(polychoric(collect_tables(answers, scale)).correlations)

    return draw
