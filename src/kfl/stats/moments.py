"""Means and covariances of a scale's items, made from exact sums: what every factor model starts from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kfl.stats.arguments import of_kind
from kfl.stats.errors import BadAnswers, TooLittleData
from kfl.stats.grouping import as_floats
from kfl.stats.means import Float
from kfl.stats.reliability import CrossProducts


@dataclass(frozen=True, eq=False)
class Moments:
    """What one group's complete sheets say about the items together; turned items are turned."""

    people: int  # complete sheets
    mean: Float  # (items,), in codes
    covariance: Float  # (items, items), in codes squared, divisor people - 1

    @property
    def items(self) -> int:
        """How many items there are."""
        return len(self.mean)

    @property
    def correlation(self) -> Float:
        """Correlations of the items, shape (items, items); NaN where an item has no spread."""
        spread = np.sqrt(np.diag(self.covariance))
        spread = np.where(spread > 0, spread, np.nan)
        return np.asarray(self.covariance / np.outer(spread, spread), dtype=np.float64)

    def take(self, items: list[int]) -> Moments:
        """The same people's moments of some items only, in this order.

        Parameters
        ----------
        items : list of int
            Places among the items.

        Returns
        -------
        Moments
            Still of the sheets that were complete on all items.
        """
        return Moments(self.people, self.mean[items], self.covariance[np.ix_(items, items)])


def moments(products: CrossProducts, group: int | None = None) -> Moments:
    """Means and covariances from sums of cross products.

    Parameters
    ----------
    products : CrossProducts
        Of one scale, or of many scales' items taken as one.
    group : int, optional
        Which group; without it all groups are one.

    Returns
    -------
    Moments
        The same for any split and order of the people: all is whole numbers until the last division.

    Raises
    ------
    TooLittleData
        Under 2 complete sheets.
    BadAnswers
        A group that does not exist.

    Examples
    --------
    >>> from kfl.stats import ScaleSpec, collect_products
    >>> answers = np.array([[1, 2, 3, 4], [2, 1, 4, 3]], dtype=np.int8)
    >>> scale = ScaleSpec("mood", (0, 1), (False, False), 1, 5)
    >>> moments(collect_products(answers, np.zeros(4, dtype=int), 1, scale)).correlation[0, 1].round(3).item()
    0.6
    """
    of_kind(products, CrossProducts, "collect_products")
    groups = len(products.people)
    if group is not None and not 0 <= group < groups:
        raise BadAnswers(f"there is no group {group} among {groups}")
    to = np.zeros(groups, dtype=np.int64) if group is None else np.where(np.arange(groups) == group, 0, -1)
    whole = products.regroup(to, 1)
    people, totals = int(whole.people[0]), whole.totals[0]
    if people < 2:
        raise TooLittleData(f"covariances need 2 complete sheets, got {people}")
    # n times the sums of crossed deviations: still whole numbers, nothing is lost.
    return Moments(people, totals / people, as_floats(whole.crossed()[0]) / (people * (people - 1)))
