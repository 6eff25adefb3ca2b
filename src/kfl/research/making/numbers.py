"""Numbers of statistics as a report stores them: no more digits than are printed."""

from __future__ import annotations

from math import floor, log10

import numpy as np

from kfl.analysis.judgements import RELIABILITY_DECIMALS
from kfl.stats.factors.fit import Fit

from ..payload import Estimate, FitText

DIGITS = 3  # significant
ICC_DECIMALS = 2


def known(value: float | np.floating | None) -> float | None:
    """A number with three significant digits; None for NaN and infinity."""
    if value is None or not np.isfinite(value):
        return None
    return short(float(value))


def short(value: float) -> float:
    """A finite number with three significant digits."""
    return round(value, DIGITS - 1 - floor(log10(abs(value)))) if value else 0.0


def rounded(value: float | None, low: float | None, high: float | None) -> Estimate | None:
    """Alpha or omega with its interval, rounded once to what is printed of it everywhere; None where there is none."""
    if value is None or low is None or high is None:
        return None
    first, second, third = (round(one, RELIABILITY_DECIMALS) for one in (value, low, high))
    return Estimate(first, second, third)


def fit_text(fit: Fit) -> FitText | None:
    """A fit as it is stored; None where it is no fit."""
    chi2 = known(fit.chi2)
    if chi2 is None:
        return None
    return FitText(
        people=fit.people,
        chi2=chi2,
        df=fit.df,
        p=known(fit.p),
        cfi=known(fit.cfi),
        tli=known(fit.tli),
        rmsea=known(fit.rmsea),
        rmsea_low=known(fit.rmsea_low),
        rmsea_high=known(fit.rmsea_high),
        srmr=known(fit.srmr),
    )
