"""Measurement invariance: whether a scale means the same in several groups, waves or languages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import chdtrc

from kfl.stats.arguments import loading_pattern, of_kind
from kfl.stats.errors import BadAnswers
from kfl.stats.factors.confirmatory import Bool, Confirmatory, confirmatory
from kfl.stats.factors.fit import Baseline, Fit, baseline, fit_of, srmr_of
from kfl.stats.factors.freed import FreedItem, free_each
from kfl.stats.factors.likelihood import FactorEstimates, maximise
from kfl.stats.factors.structure import FIXED, Structure
from kfl.stats.means import Float
from kfl.stats.moments import Moments

Level = Literal["configural", "metric", "scalar"]

ALPHA = 0.01  # how sure it must be that the stricter model is worse at all
SMALL = 300  # people in the smallest group up to which the fit is asked for more


@dataclass(frozen=True)
class _Limits:
    """How much worse the fit may get, at the least, when groups are held equal (Chen 2007)."""

    cfi_falls: float
    rmsea_rises: float
    srmr_rises: dict[Level, float]


_LARGE_GROUPS = _Limits(0.010, 0.015, {"metric": 0.030, "scalar": 0.010})
_SMALL_GROUPS = _Limits(0.005, 0.010, {"metric": 0.025, "scalar": 0.005})


@dataclass(frozen=True)
class InvarianceStep:
    """What holding more equal costs: the stricter model's figure minus the freer one's."""

    to: Level  # the stricter model: metric or scalar
    chi2: float
    df: int
    p: float  # of the stricter model being exactly as good; NaN where df is 0
    cfi: float  # negative = worse
    rmsea: float  # positive = worse
    srmr: float
    fewest: int  # people in the smallest group
    from_df: int  # degrees of freedom of the freer model

    @property
    def holds(self) -> bool:
        """Whether the stricter model may be kept.

        Not when it is worse beyond chance (p < .01) *and* by enough to matter: CFI falls by 0.010 or more, and RMSEA
        rises by 0.015, or SRMR by 0.030 (loadings) or 0.010 (intercepts), or more. Where the smallest group holds
        300 people or fewer: 0.005; 0.010, 0.025, 0.005. From a model with df 0, whose RMSEA is 0 whatever the answers
        are, any misfit is a rise of RMSEA: there SRMR alone confirms.
        """
        limits = _LARGE_GROUPS if self.fewest > SMALL else _SMALL_GROUPS
        by_rmsea = self.from_df > 0 and self.rmsea >= limits.rmsea_rises
        confirmed = by_rmsea or self.srmr >= limits.srmr_rises[self.to]
        return not (self.p < ALPHA and self.cfi <= -limits.cfi_falls and confirmed)


@dataclass(frozen=True, eq=False)
class Invariance:
    """Three models, each with more held equal over the groups, and what each step costs."""

    configural: Fit  # the same items on the same factors
    metric: Fit  # and equal loadings
    scalar: Fit  # and equal intercepts; the groups' means may be compared
    to_metric: InvarianceStep
    to_scalar: InvarianceStep
    factor_means: Float  # (groups, factors), scalar model; in SDs of the factor in the first group, which has 0
    factor_mean_se: Float  # NaN in the first group
    proper: bool  # False: some model has a negative residual variance or impossible factor covariances
    freed: tuple[FreedItem, ...] = ()  # where a step fails: each item with its own loading (or intercept) in each group

    @property
    def level(self) -> Level:
        """The strictest model whose steps all hold, given that the configural one fits at all."""
        if not self.to_metric.holds:
            return "configural"
        return "scalar" if self.to_scalar.holds else "metric"

    @property
    def failing(self) -> int | None:
        """The item that, freed, mends most of the first step that fails; None where all hold."""
        return max(self.freed, key=lambda one: one.chi2).item if self.freed else None


def invariance(groups: Sequence[Moments], pattern: Bool, *, correlated: bool = True) -> Invariance:
    """Fit configural, metric and scalar models to several groups by maximum likelihood.

    Parameters
    ----------
    groups : sequence of Moments
        Two or more, of the same items in the same order.
    pattern : bool array, shape (items, factors)
        Which items load on which factors; one column of True for a single scale.
    correlated : bool
        Whether factors may go together.

    Returns
    -------
    Invariance
        Fits, steps, the groups' factor means under the scalar model, and where a step fails, what each item
        costs: its loading (or intercept) is left free in each group, one item at a time.

    Raises
    ------
    BadAnswers
        Fewer than two groups, or groups with different numbers of items.
    TooLittleData, NotIdentified, NoConvergence
        As `confirmatory`, for any group or model.

    References
    ----------
    Jöreskog (1971) Psychometrika 36:409-426. Meredith (1993) Psychometrika 58:525-543. Limits: Chen (2007)
    Structural Equation Modeling 14:464-504. One item freed: Byrne, Shavelson & Muthén (1989) Psychological Bulletin
    105:456-466. Same values as R's lavaan (group.equal "loadings", then c("loadings", "intercepts"), then with
    group.partial): tests/stats/factors/reference/invariance.R
    """
    for one in groups:
        of_kind(one, Moments, "moments")
    if len(groups) < 2 or len({one.items for one in groups}) > 1:
        raise BadAnswers("invariance needs two or more groups with the same items")
    pattern = loading_pattern(pattern, groups[0].items)
    null = baseline(groups)
    unit, pooled = _pool(groups)
    scaled = [_in_units(one, unit) for one in groups]
    apart = [confirmatory(one, pattern, correlated=correlated) for one in scaled]
    configural = _configural(scaled, apart, null)
    start = confirmatory(pooled, pattern, correlated=correlated)
    mean = np.average([one.mean for one in scaled], axis=0, weights=[one.people for one in scaled])
    numbering = _Numbering(pattern, correlated, len(groups))
    metric_model = numbering.structures(equal_intercepts=False)
    metric_found = maximise(scaled, metric_model, numbering.start(start, mean)[: numbering.metric])
    metric = _fit(scaled, metric_model, metric_found, null)
    scalar_model = numbering.structures(equal_intercepts=True)
    from_metric = np.concatenate([metric_found.values, numbering.start(start, mean)[numbering.metric :]])
    scalar_found = maximise(scaled, scalar_model, from_metric)
    scalar = _fit(scaled, scalar_model, scalar_found, null)
    means, se = numbering.factor_means(scalar_found)
    fewest = min(one.people for one in groups)
    to_metric, to_scalar = _step("metric", configural, metric, fewest), _step("scalar", metric, scalar, fewest)
    freed: tuple[FreedItem, ...] = ()
    if not to_metric.holds:
        freed = free_each(scaled, metric_model, metric_found)
    elif not to_scalar.holds:
        freed = free_each(scaled, scalar_model, scalar_found)
    return Invariance(
        configural=configural,
        metric=metric,
        scalar=scalar,
        to_metric=to_metric,
        to_scalar=to_scalar,
        factor_means=means,
        factor_mean_se=se,
        proper=all(one.proper for one in apart)
        and _is_proper(metric_model, metric_found)
        and _is_proper(scalar_model, scalar_found),
        freed=freed,
    )


class _Numbering:
    """Numbers of the parameters: equal loadings, each group's own, then equal intercepts and factor means.

    The first group's factors have variance 1 and mean 0; the others' are free, since equal loadings and
    intercepts carry the unit and the zero over.
    """

    def __init__(self, pattern: Bool, correlated: bool, groups: int) -> None:
        self.pattern, self.groups = pattern, groups
        items, factors = pattern.shape
        self.loadings = np.full(pattern.shape, FIXED)
        self.loadings[pattern] = np.arange(pattern.sum())
        count = int(pattern.sum())
        self.factors, self.residuals = [], []
        for group in range(groups):
            free = np.full((factors, factors), correlated)
            np.fill_diagonal(free, group > 0)
            first, second = np.nonzero(np.triu(free))
            own = np.full((factors, factors), FIXED)
            own[first, second] = own[second, first] = count + np.arange(len(first))
            count += len(first)
            self.factors.append(own)
            self.residuals.append(count + np.arange(items))
            count += items
        self.metric = count  # parameters of the metric model
        self.intercepts = count + np.arange(items)
        self.means = count + items + np.arange((groups - 1) * factors).reshape(groups - 1, factors)
        self.scalar = count + items + (groups - 1) * factors

    def structures(self, *, equal_intercepts: bool) -> list[Structure]:
        """One for each group; without equal intercepts its means are left out of the model."""
        if not equal_intercepts:
            own = zip(self.factors, self.residuals, strict=True)
            return [Structure(self.loadings, factors, residuals) for factors, residuals in own]
        means = [np.full(self.pattern.shape[1], FIXED), *self.means]
        parts = zip(self.factors, self.residuals, means, strict=True)
        return [
            Structure(self.loadings, factors, residuals, self.intercepts, mean) for factors, residuals, mean in parts
        ]

    def start(self, pooled: Confirmatory, mean: Float) -> Float:
        """All groups alike, as the model for what they share within."""
        values = np.zeros(self.scalar)
        values[self.loadings[self.pattern]] = pooled.loadings[self.pattern]
        for factors, residuals in zip(self.factors, self.residuals, strict=True):
            values[factors[factors != FIXED]] = pooled.factor_correlations[factors != FIXED]
            values[residuals] = np.maximum(pooled.residual_variances, 0.1)
        values[self.intercepts] = mean
        return values

    def factor_means(self, found: FactorEstimates) -> tuple[Float, Float]:
        """Of every group, shape (groups, factors), with standard errors; the first group's are 0."""
        none = np.zeros((1, self.pattern.shape[1]))
        se = np.sqrt(np.diag(found.covariance))
        return np.vstack([none, found.values[self.means]]), np.vstack([none + np.nan, se[self.means]])


def _pool(groups: Sequence[Moments]) -> tuple[Float, Moments]:
    """SDs within groups, and what the groups have within them together, in these units."""
    freedom = [one.people - 1 for one in groups]
    within = np.average([one.covariance for one in groups], axis=0, weights=freedom)
    unit = np.sqrt(np.diag(within))
    people = sum(one.people for one in groups)
    return unit, _in_units(Moments(people, groups[0].mean, within), unit)


def _in_units(one: Moments, unit: Float) -> Moments:
    return Moments(one.people, one.mean / unit, one.covariance / np.outer(unit, unit))


def _configural(groups: Sequence[Moments], apart: Sequence[Confirmatory], null: Baseline) -> Fit:
    """Nothing is shared, so that the groups' own models together are the model."""
    people = sum(one.people for one in groups)
    srmr = sum(
        one.people / people * srmr_of(one, own.implied, one.mean) for one, own in zip(groups, apart, strict=True)
    )
    chi2, df = sum(own.fit.chi2 for own in apart), sum(own.fit.df for own in apart)
    return fit_of(chi2, df, null, srmr, people, len(groups))


def _fit(groups: Sequence[Moments], structures: Sequence[Structure], found: FactorEstimates, null: Baseline) -> Fit:
    people, items = sum(one.people for one in groups), groups[0].items
    srmr = 0.0
    for one, structure in zip(groups, structures, strict=True):
        loadings, factors, residuals = structure.matrices(found.values)
        mean = one.mean
        if structure.intercepts is not None:
            mean = found.values[structure.intercepts] + loadings @ structure.factor_means(found.values)
        implied = loadings @ factors @ loadings.T + np.diag(residuals)
        srmr += one.people / people * srmr_of(one, implied, mean)
    known = len(groups) * items * (items + 1) // 2
    if structures[0].intercepts is not None:
        known += len(groups) * items
    return fit_of(found.chi2, known - len(found.values), null, srmr, people, len(groups))


def _is_proper(structures: Sequence[Structure], found: FactorEstimates) -> bool:
    matrices = [structure.matrices(found.values) for structure in structures]
    return all((rest > 0).all() and np.linalg.eigvalsh(factors)[0] > 0 for _, factors, rest in matrices)


def _step(to: Level, freer: Fit, stricter: Fit, fewest: int) -> InvarianceStep:
    chi2, df = stricter.chi2 - freer.chi2, stricter.df - freer.df
    return InvarianceStep(
        to=to,
        chi2=chi2,
        df=df,
        p=float(chdtrc(df, max(chi2, 0.0))) if df > 0 else np.nan,
        cfi=stricter.cfi - freer.cfi,
        rmsea=stricter.rmsea - freer.rmsea,
        srmr=stricter.srmr - freer.srmr,
        fewest=fewest,
        from_df=freer.df,
    )
