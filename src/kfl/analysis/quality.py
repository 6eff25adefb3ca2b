"""How good a scale is: reliability, fit of one factor, its items; all from mergeable sums of a file or a wave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from kfl.disclosure.published import BLOCKS, DESIGN
from kfl.stats import (
    CrossProducts,
    ScaleSpec,
    Sums,
    alphas,
    attempt,
    item_analysis,
    person_means,
    person_sd,
)
from kfl.stats.factors.confirmatory import Confirmatory, one_factor
from kfl.stats.factors.omega import omega_total
from kfl.stats.group_scores import GroupScores, group_scores
from kfl.stats.moments import moments
from kfl.stats.multilevel import random_intercept


@dataclass(frozen=True)
class ItemQuality:
    """One item, turned the scale's way but for `shares`; None = cannot be computed, or hidden."""

    ABOUT: ClassVar[str] = "item"
    RESTS: ClassVar[dict[str, str]] = {"n": BLOCKS, "shares": BLOCKS}

    item: str
    n: int | None  # who answered it; None = hidden
    mean: float | None  # in codes
    sd: float | None  # n - 1
    item_rest_r: float | None  # with the sum of the other items, complete sheets
    alpha_if_dropped: float | None
    loading: float | None  # standardised, of the one-factor model
    shares: tuple[float, ...]  # of each code from the lowest, as answered (not turned); empty where nobody answered


@dataclass(frozen=True)
class ScaleQuality:
    """One scale; None = cannot be computed, or hidden.

    Alpha, omega and fit rest on complete sheets, the rest on who is scored. Under ``--protect`` the rest, too, is of
    complete sheets, and `n` is the smallest of the items'.
    """

    ABOUT: ClassVar[str] = "key"
    RESTS: ClassVar[dict[str, str]] = {"items": DESIGN, "n": BLOCKS}

    key: str
    items: int
    n: int | None  # persons scored: they answered at least half
    n_complete: int | None
    alpha: float | None
    alpha_low: float | None  # 95 % interval
    alpha_high: float | None
    omega: float | None
    omega_low: float | None
    omega_high: float | None
    icc: float | None  # share of the differences between persons that lies between clusters, by REML
    icc_low: float | None  # 95 % interval
    icc_high: float | None
    mean_raw: float | None  # of person scores, in codes
    sd_raw: float | None  # n - 1
    chi2: float | None  # one factor, maximum likelihood
    df: int | None
    p: float | None
    cfi: float | None
    tli: float | None
    rmsea: float | None
    rmsea_low: float | None  # 90 % interval
    rmsea_high: float | None
    srmr: float | None
    proper: bool | None  # False: the model gave an impossible residual variance, so omega and fit are doubtful
    item_rows: tuple[ItemQuality, ...]


def scale_quality(
    products: CrossProducts, sums: Sums, names: Sequence[str], clusters: Sums | None = None
) -> ScaleQuality:
    """Everything about one scale that does not depend on who is compared with whom.

    Parameters
    ----------
    products : CrossProducts
        Of the scale; its groups are taken together.
    sums : Sums
        Of the same people, in any groups; holds the scale.
    names : sequence of str
        What its items are called, in the scale's order.
    clusters : Sums, optional
        One group a cluster, for the intraclass correlation; of those whose cluster is known.

    Returns
    -------
    ScaleQuality

    Raises
    ------
    ValueError
        `sums` does not hold the scale.
    """
    scale = products.scale
    number = sums.scales.index(scale)
    whole = products.regroup(np.zeros(len(products.people), dtype=np.int64), 1)
    everybody = sums.total()
    model = _one_factor(whole)
    return ScaleQuality(
        key=scale.key,
        items=len(scale.items),
        n=int(everybody.persons[0, number]),
        n_complete=int(whole.people[0]),
        **_alpha(whole),
        **_omega(model),
        **_icc(clusters, scale),
        mean_raw=known(person_means(everybody)[0, number]),
        sd_raw=known(person_sd(everybody)[0, number]),
        **_fit(model),
        item_rows=_items(whole, everybody, names, model),
    )


def known(value: float | np.floating) -> float | None:
    """A number as Python has it; None for NaN and infinity.

    Parameters
    ----------
    value : float
        Any number.

    Returns
    -------
    float or None
    """
    return float(value) if np.isfinite(value) else None


def _alpha(products: CrossProducts) -> dict[str, Any]:
    found = attempt(lambda: alphas(products))
    if found is None:
        return {"alpha": None, "alpha_low": None, "alpha_high": None}
    return {"alpha": known(found.value[0]), "alpha_low": known(found.low[0]), "alpha_high": known(found.high[0])}


def _one_factor(products: CrossProducts) -> Confirmatory | None:
    """The model of one factor, where these items and answers carry one."""
    return attempt(lambda: one_factor(moments(products)))


def _omega(model: Confirmatory | None) -> dict[str, Any]:
    found = attempt(lambda: omega_total(model)) if model is not None else None
    if found is None:
        return {"omega": None, "omega_low": None, "omega_high": None}
    return {"omega": known(found.value), "omega_low": known(found.low), "omega_high": known(found.high)}


def _fit(model: Confirmatory | None) -> dict[str, Any]:
    names = ("chi2", "p", "cfi", "tli", "rmsea", "rmsea_low", "rmsea_high", "srmr")
    if model is None:
        return dict.fromkeys((*names, "df", "proper"))
    return {**{name: known(getattr(model.fit, name)) for name in names}, "df": model.fit.df, "proper": model.proper}


def _icc(clusters: Sums | None, scale: ScaleSpec) -> dict[str, Any]:
    if clusters is None:
        return {"icc": None, "icc_low": None, "icc_high": None}
    scores = group_scores(clusters)
    column = [clusters.scales.index(scale)]
    own = GroupScores(scores.persons[:, column], scores.mean[:, column], scores.squares[:, column])
    found = attempt(lambda: random_intercept(own))
    if found is None:
        return {"icc": None, "icc_low": None, "icc_high": None}
    return {"icc": known(found.icc[0]), "icc_low": known(found.low[0]), "icc_high": known(found.high[0])}


def _items(
    products: CrossProducts, sums: Sums, names: Sequence[str], model: Confirmatory | None
) -> tuple[ItemQuality, ...]:
    found = item_analysis(products, sums)
    scale = products.scale
    rows = []
    for place, (row, name) in enumerate(zip(scale.items, names, strict=True)):
        given = sums.counts[0, row, scale.low : scale.high + 1]
        rows.append(
            ItemQuality(
                item=name,
                n=int(found.n[0, place]),
                mean=known(found.mean[0, place]),
                sd=known(found.sd[0, place]),
                item_rest_r=known(found.item_rest_r[0, place]),
                alpha_if_dropped=known(found.alpha_if_dropped[0, place]),
                loading=None if model is None else known(model.standardised[place, 0]),
                shares=tuple(float(share) for share in given / given.sum()) if given.any() else (),
            )
        )
    return tuple(rows)
