"""What can be wrong with the numbers handed to `kfl.stats`; each name says it."""


class StatsError(ValueError):
    """Any input that `kfl.stats` refuses."""


class BadScale(StatsError):
    """A scale's description contradicts itself (no items, an item twice, low not below high)."""


class BadAnswers(StatsError):
    """The answers do not fit their scales: wrong shape, a code outside its scale, an unknown group."""


class WrongKind(StatsError, TypeError):
    """A function was handed another kind of thing than it takes: an array for sums, a frame for a matrix."""


class SumsDiffer(StatsError):
    """Sums that describe other scales or other groups cannot be added."""


class SumsTooLarge(StatsError):
    """So many people, or so long a scale, that exact 64-bit sums could overflow."""


class TooLittleData(StatsError):
    """Too few people, items or differences for the statistic to exist."""


class NotIdentified(TooLittleData):
    """The model has more to estimate than the items tell: one answer is as good as many others."""


class NoConvergence(StatsError):
    """The estimates would not settle; the model fits these answers too badly to be trusted."""


class RotationNotInstalled(StatsError):
    """Turning factors needs statsmodels, which the extra ``analysis`` brings."""
