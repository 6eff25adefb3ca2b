"""Factor models from mergeable sums: exploratory, confirmatory, invariance, and the reliability that rests on them."""

from kfl.stats.factors.confirmatory import Confirmatory, confirmatory, one_factor
from kfl.stats.factors.design_effects import DesignEffects, design_effects
from kfl.stats.factors.exploratory import Exploratory, exploratory
from kfl.stats.factors.fit import Fit
from kfl.stats.factors.freed import FreedItem
from kfl.stats.factors.invariance import Invariance, InvarianceStep, invariance
from kfl.stats.factors.omega import BifactorOmegas, Omega, omega_hierarchical, omega_total
from kfl.stats.factors.parallel import Eigenvalues, Parallel, parallel_analysis

__all__ = [
    "BifactorOmegas",
    "Confirmatory",
    "DesignEffects",
    "Eigenvalues",
    "Exploratory",
    "Fit",
    "FreedItem",
    "Invariance",
    "Omega",
    "Parallel",
    "InvarianceStep",
    "confirmatory",
    "design_effects",
    "exploratory",
    "invariance",
    "omega_hierarchical",
    "omega_total",
    "one_factor",
    "parallel_analysis",
]
