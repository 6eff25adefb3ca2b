"""Numbers of statistics as a report stores them."""

from __future__ import annotations

import numpy as np

from kfl.stats.factors.fit import Fit

from .payload import FitText


def known(value: float | np.floating) -> float | None:
    """A number as JSON has it; None for NaN and infinity."""
    return float(value) if np.isfinite(value) else None


def fit_text(fit: Fit) -> FitText:
    """A fit as it is stored."""
    return FitText(
        people=fit.people,
        chi2=fit.chi2,
        df=fit.df,
        p=known(fit.p),
        cfi=known(fit.cfi),
        tli=None if fit.tli is None else known(fit.tli),
        rmsea=known(fit.rmsea),
        rmsea_low=known(fit.rmsea_low),
        rmsea_high=known(fit.rmsea_high),
        srmr=known(fit.srmr),
    )
