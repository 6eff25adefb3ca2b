"""Factor models from mergeable sums: exploratory, confirmatory, invariance, and the reliability that rests on them."""

from kfl.stats.factors.confirmatory import Confirmatory, confirmatory, one_factor
from kfl.stats.factors.fit import Fit
from kfl.stats.factors.invariance import Invariance, Step, invariance
from kfl.stats.factors.omega import Omega, omega_total

__all__ = [
    "Confirmatory",
    "Fit",
    "Invariance",
    "Omega",
    "Step",
    "confirmatory",
    "invariance",
    "omega_total",
    "one_factor",
]
