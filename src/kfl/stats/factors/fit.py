"""How well a factor model fits: chi², CFI, TLI, RMSEA with its interval, SRMR."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc, chndtr, chndtrinc

from kfl.stats.factors.likelihood import log_determinant
from kfl.stats.means import Float
from kfl.stats.moments import Moments

_EXACT = 1e-6  # share of the baseline's chi² that a model without degrees of freedom may leave by rounding


@dataclass(frozen=True)
class Fit:
    """Fit of one model; all fields rest on the same complete sheets."""

    chi2: float  # N·F
    df: int
    p: float  # of the model being exactly true; NaN at df 0
    cfi: float  # 0 to 1; at df 0 it says nothing: 1, or NaN where misfit is left even so, or the baseline is no worse
    tli: float  # usually 0 to 1; NaN at df 0
    rmsea: float  # 0 at df 0, which says nothing
    rmsea_low: float  # lower end of the 90 % interval
    rmsea_high: float
    srmr: float
    people: int  # complete sheets, all groups


@dataclass(frozen=True)
class Baseline:
    """The model that nothing goes together, which CFI and TLI compare with."""

    chi2: float
    df: int


def baseline(groups: Sequence[Moments]) -> Baseline:
    """Fit of uncorrelated items, each with its own variance and mean.

    Parameters
    ----------
    groups : sequence of Moments
        One or more.

    Returns
    -------
    Baseline
        chi² = -N·log|R|, summed over groups.

    Raises
    ------
    TooLittleData
        Covariances that are not positive definite.
    """
    chi2 = sum(
        one.people * float(-log_determinant(one.covariance) + np.log(np.diag(one.covariance)).sum()) for one in groups
    )
    items = groups[0].items
    return Baseline(chi2, len(groups) * items * (items - 1) // 2)


def fit_of(chi2: float, df: int, null: Baseline, srmr: float, people: int, groups: int = 1) -> Fit:
    """All measures of fit from chi² and its baseline.

    Parameters
    ----------
    chi2 : float
        N·F of the model.
    df : int
        Its degrees of freedom.
    null : Baseline
        Of the same data.
    srmr : float
        Passed through.
    people : int
        Complete sheets, all groups.
    groups : int
        How many groups; RMSEA grows by its root (Steiger 1998).

    Returns
    -------
    Fit
        With the 90 % interval of RMSEA from the noncentral chi² distribution.

    References
    ----------
    Bentler (1990) Psychological Bulletin 107:238-246 (CFI). Tucker & Lewis (1973) Psychometrika 38:1-10.
    Browne & Cudeck (1992) Sociological Methods & Research 21:230-258 (RMSEA and its interval).
    Same values as R's lavaan: tests/stats/factors/reference/confirmatory.R

    Examples
    --------
    >>> round(fit_of(85.306, 24, Baseline(918.852, 36), 0.065, 301).cfi, 3)
    0.931
    """
    excess, null_excess = max(chi2 - df, 0.0), max(chi2 - df, null.chi2 - null.df, 0.0)
    cfi = 1 - excess / null_excess if null_excess > 0 else 1.0
    if df == 0:  # nothing is tested: what is left over of chi² is rounding, or a model that reproduces nothing
        cfi = 1.0 if chi2 <= _EXACT * null.chi2 and null.chi2 > null.df else np.nan
    tli = np.nan
    if df > 0:
        own, other = (chi2 - df) * null.df, (null.chi2 - null.df) * df
        tli = 1 - own / other if other != 0 else 1.0

    def rmsea(noncentrality: float) -> float:
        return float(np.sqrt(noncentrality * groups / (people * df))) if df > 0 else 0.0

    return Fit(
        chi2=chi2,
        df=df,
        p=float(chdtrc(df, chi2)) if df > 0 else np.nan,
        cfi=cfi,
        tli=tli,
        rmsea=rmsea(excess),
        rmsea_low=rmsea(_noncentrality(chi2, df, 0.95)),
        rmsea_high=rmsea(_noncentrality(chi2, df, 0.05)),
        srmr=srmr,
        people=people,
    )


def _noncentrality(chi2: float, df: int, share: float) -> float:
    """The noncentrality at which this share of chi² values lies below ours; 0 where none is."""
    if df == 0 or chndtr(chi2, df, 0.0) <= share:
        return 0.0
    return float(chndtrinc(chi2, df, share))


def srmr_of(one: Moments, implied: Float, implied_mean: Float | None = None) -> float:
    """SRMR of one group: root mean square of what the model leaves of the correlations.

    Parameters
    ----------
    one : Moments
        What was observed.
    implied : float array, shape (items, items)
        The model's covariances.
    implied_mean : float array, shape (items,), optional
        The model's means, where means are part of the model.

    Returns
    -------
    float
        Over the lower triangle with its diagonal, and the means if given; residuals are divided by the
        observed SDs (divisor n).
    """
    observed = one.covariance * ((one.people - 1) / one.people)
    spread = np.sqrt(np.diag(observed))
    left = (observed - implied) / np.outer(spread, spread)
    squares = float((left[np.tril_indices(one.items)] ** 2).sum())
    cells = one.items * (one.items + 1) // 2
    if implied_mean is not None:
        squares += float((((one.mean - implied_mean) / spread) ** 2).sum())
        cells += one.items
    return float(np.sqrt(squares / cells))
