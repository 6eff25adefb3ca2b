"""Differential item functioning: whether two sides that score alike answer an item alike.

Tables of code by side and total score are whole numbers and merge like all sums; every statistic is made from them.
docs/methods/dif.md.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from kfl.stats.arguments import for_each_person, of_kind, rows_of
from kfl.stats.dif_measures import cumulative_log_odds, general_association, mantel, mean_difference
from kfl.stats.differences import holm
from kfl.stats.errors import BadAnswers, SumsDiffer, TooLittleData
from kfl.stats.grouping import Int, checked_index
from kfl.stats.means import Float
from kfl.stats.scales import ScaleSpec
from kfl.stats.scores import item_codes

Matching = Literal["total", "rest"]

# The rules of the Educational Testing Service for items in steps.
MODERATE = 0.17
LARGE = 0.25
LEVEL = 0.05


class DifSize(StrEnum):
    """How much an item differs between the sides, in the letters of the Educational Testing Service.

    Theirs call negligible what is small and what is not significant; here the latter has a mark of its own, since it
    may be large, and not seen for want of people.
    """

    NEGLIGIBLE = "A"
    MODERATE = "B"
    LARGE = "C"
    OPEN = "?"  # not small, and not told apart from chance
    UNKNOWN = "-"


@dataclass(frozen=True, eq=False)
class DifTables:
    """Complete sheets of one scale by item, total score, side and code; made by `collect_dif`."""

    scale: ScaleSpec
    counts: Int  # (items, totals, 2, codes): totals from the lowest possible, codes low..high, turned items turned

    @property
    def people(self) -> Int:
        """Complete sheets of each side, shape (2,)."""
        total: Int = self.counts[0].sum(axis=(0, 2))
        return total

    def __add__(self, other: DifTables) -> DifTables:
        """Tables over both sets of people."""
        if self.scale != other.scale:
            raise SumsDiffer("tables of other scales cannot be added")
        return replace(self, counts=self.counts + other.counts)


@dataclass(frozen=True, eq=False)
class Dif:
    """Differences between two sides on each item of a scale; made by `dif`.

    Positive = the second side gives higher answers (in the scale's direction) than people of the first side with the
    same score. Arrays have shape (items,); NaN where nobody can be compared.
    """

    scale: ScaleSpec
    people: Int  # (items, 2) of each side, in strata that hold both sides
    strata: Int  # strata that hold both sides
    chi2: Float  # Mantel's, 1 degree of freedom
    p: Float
    p_holm: Float  # adjusted over the scale's items
    smd: Float  # standardised mean difference, in codes
    smd_se: Float
    smd_sd: Float  # smd / SD of the item over both sides: what the size goes by
    log_odds: Float  # common cumulative log odds ratio (Liu-Agresti)
    log_odds_se: Float
    general_chi2: Float  # any difference between the sides' codes, not only upwards or downwards
    general_df: Int  # codes in use - 1
    general_p: Float
    size: tuple[DifSize, ...]  # from smd_sd and p_holm


def collect_dif(answers: NDArray[np.integer[Any]], side: NDArray[np.integer[Any]], scale: ScaleSpec) -> DifTables:
    """Count codes by item, total score and side, over complete sheets.

    Parameters
    ----------
    answers : integer array, shape (items, people)
        Codes; -1 = not answered.
    side : integer array, shape (people,)
        0 or 1 (two genders, languages or waves); -1 leaves the person out.
    scale : ScaleSpec
        Its rows, turned marks and codes.

    Returns
    -------
    DifTables
        Exact; any split and order of the people gives the same.

    Raises
    ------
    BadAnswers
        Wrong shapes, a code outside the scale, or a side that is not -1, 0 or 1.
    """
    for_each_person(side, answers)
    rows_of([scale])
    rows = [item_codes(answers, row, scale) for row in scale.items]
    to = checked_index(side, 2, answers.shape[1], lowest=-1)
    whole = np.logical_and.reduce([row >= 0 for row in rows]) & (to >= 0)
    steps = scale.high - scale.low + 1
    code = np.empty((len(rows), np.count_nonzero(whole)), dtype=np.int64)
    for number, (row, turned) in enumerate(zip(rows, scale.turned, strict=True)):
        chosen = row[whole].astype(np.int64)
        code[number] = scale.high - chosen if turned else chosen - scale.low
    totals = len(rows) * (steps - 1) + 1
    cell = (code.sum(axis=0) * 2 + to[whole]) * steps
    counts = [np.bincount(cell + own, minlength=totals * 2 * steps).reshape(totals, 2, steps) for own in code]
    return DifTables(scale, np.stack(counts).astype(np.int64))


def dif(tables: DifTables, *, matching: Matching = "total", smallest: int = 10) -> Dif:
    """Compare the sides item by item among people with the same score.

    Parameters
    ----------
    tables : DifTables
        From `collect_dif`.
    matching : {"total", "rest"}
        Score that people are matched on: the whole scale's, or that of the other items.
    smallest : int
        Neighbouring scores are joined until a stratum has so many people, counting both sides together;
        the rule sees neither sides nor answers.

    Returns
    -------
    Dif

    Raises
    ------
    BadAnswers
        `smallest` under 2, or another matching.
    TooLittleData
        Under 3 items, or a side without complete sheets.

    References
    ----------
    Mantel (1963) JASA 58:690-700; Dorans & Schmitt (1991) ETS RR-91-47; Zwick & Thayer (1996) Journal of
    Educational and Behavioral Statistics 21:187-201 (standard error of the SMD); Liu & Agresti (1996) Biometrics
    52:1223-1234. Same values as R's coin::lbl_test and mantelhaen.test: tests/stats/reference/dif.R

    Examples
    --------
    >>> mood = ScaleSpec("mood", items=(0, 1, 2), turned=(False, False, False), low=0, high=1)
    >>> random = np.random.default_rng(1)
    >>> side = random.integers(0, 2, 900)
    >>> answers = (random.random((3, 900)) < 0.5).astype(np.int8)
    >>> answers[2] |= (side == 1) & (random.random(900) < 0.6)
    >>> found = dif(collect_dif(answers, side, mood))
    >>> found.size[2].value, bool(found.smd[2] > 0)
    ('C', True)
    """
    of_kind(tables, DifTables, "collect_dif")
    items = len(tables.scale.items)
    if items < 3:
        raise TooLittleData(f"differences of items need 3 items to match people on, got {items}")
    if tables.people.min() == 0:
        raise TooLittleData("one side has no complete sheets")
    if smallest < 2 or matching not in ("total", "rest"):
        raise BadAnswers(f"cannot match on {matching!r} with strata of at least {smallest}")
    results = [_one_item(counts, matching, smallest) for counts in tables.counts]
    columns = {name: np.array([result[name] for result in results]) for name in results[0]}
    p_holm = holm(columns["p"])
    size = tuple(_size(float(smd), float(p)) for smd, p in zip(columns["smd_sd"], p_holm, strict=True))
    return Dif(tables.scale, p_holm=p_holm, size=size, **columns)


def _one_item(counts: Int, matching: Matching, smallest: int) -> dict[str, Any]:
    """All numbers of one item from its counts by total, side and code."""
    strata = _joined(_by_rest(counts) if matching == "rest" else counts, smallest)
    both = strata[(strata.sum(axis=2) > 0).all(axis=1)].astype(np.float64)
    chi2, p = mantel(both)
    smd, smd_se = mean_difference(both)
    log_odds, log_odds_se = cumulative_log_odds(both)
    general_chi2, general_df, general_p = general_association(both)
    sd = _sd(counts.sum(axis=(0, 1)))
    return {
        "people": both.sum(axis=(0, 2)).astype(np.int64),
        "strata": len(both),
        "chi2": chi2,
        "p": p,
        "smd": smd,
        "smd_se": smd_se,
        "smd_sd": smd / sd if sd > 0 else np.nan,
        "log_odds": log_odds,
        "log_odds_se": log_odds_se,
        "general_chi2": general_chi2,
        "general_df": general_df,
        "general_p": general_p,
    }


def _by_rest(counts: Int) -> Int:
    """Counts by the score of the other items instead of the total: each code's column moves up by the code."""
    totals, _, codes = counts.shape
    result = np.zeros((totals - codes + 1, 2, codes), dtype=np.int64)
    for code in range(codes):
        result[:, :, code] = counts[code : code + len(result), :, code]
    return result


def _joined(counts: Int, smallest: int) -> Int:
    """Join neighbouring scores from the lowest up until each stratum has enough; the last takes what is left."""
    stratum = np.empty(len(counts), dtype=np.int64)
    number = held = 0
    for score, people in enumerate(counts.sum(axis=(1, 2))):
        if held >= smallest and people > 0:
            number, held = number + 1, 0
        stratum[score] = number
        held += people
    if held < smallest and number > 0:
        stratum[stratum == number] = number - 1
    result = np.zeros((int(stratum[-1]) + 1, *counts.shape[1:]), dtype=np.int64)
    np.add.at(result, stratum, counts)
    return result


def _sd(counts: Int) -> float:
    """SD (n - 1) of the codes counted."""
    code = np.arange(len(counts))
    people = counts.sum()
    mean = counts @ code / people
    return float(np.sqrt(counts @ (code - mean) ** 2 / (people - 1)))


def _size(smd_sd: float, p: float) -> DifSize:
    if np.isnan(smd_sd) or np.isnan(p):
        return DifSize.UNKNOWN
    if abs(smd_sd) <= MODERATE:
        return DifSize.NEGLIGIBLE
    if p >= LEVEL:
        return DifSize.OPEN
    return DifSize.LARGE if abs(smd_sd) > LARGE else DifSize.MODERATE
