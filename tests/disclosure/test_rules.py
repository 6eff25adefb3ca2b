import numpy as np
import pytest

from kfl.disclosure import BadCounts, Hidden, ImpossibleScale, JudgedScale, Thresholds, ThresholdTooLow, reason
from kfl.disclosure.rules import at_an_end, check_counts, near_unanimous, too_few

SCALE = JudgedScale("s", (0, 1), (False, True), 1, 4)


@pytest.mark.parametrize("change", [{"k": 6}, {"k_share": 9}, {"band": 2}, {"k": 7.5}, {"k": True}, {"k": "8"}])
def test_threshold_cannot_be_lowered(change) -> None:
    with pytest.raises(ThresholdTooLow):
        Thresholds(**change)


def test_threshold_can_be_raised() -> None:
    assert (Thresholds().k, Thresholds().k_share, Thresholds().band) == (7, 10, 3)
    assert Thresholds(k=12, k_share=15, band=5).k == 12


@pytest.mark.parametrize(
    "n, expected",
    [((0, 0), False), ((6, 7), True), ((7, 7), False), ((0, 7), False), ((7, 1), True)],
)
def test_too_few_is_judged_item_by_item(n, expected) -> None:
    assert too_few(np.array(n), 7) == expected


@pytest.mark.parametrize(
    "codes, expected",
    [
        ((0, 0, 0), False),
        ((0, 1, 0), True),
        ((0, 20, 0), True),
        ((1, 20, 0), True),
        ((1, 20, 1), False),
        ((2, 20, 0), False),
    ],
)
def test_near_unanimous_is_all_or_all_but_one(codes, expected) -> None:
    spread = [5, 5, 5]
    assert near_unanimous(np.array([spread, codes])) == expected


@pytest.mark.parametrize(
    "first, second, expected",
    [
        ((0, 0, 0, 0, 9), (0, 9, 0, 0, 0), True),  # the second item is turned
        ((0, 9, 0, 0, 0), (0, 0, 0, 0, 9), True),
        ((0, 0, 0, 0, 9), (0, 0, 0, 0, 9), False),
        ((0, 0, 0, 1, 8), (0, 9, 0, 0, 0), True),
        ((0, 0, 0, 1, 8), (0, 8, 1, 0, 0), False),
        ((0, 0, 9, 0, 0), (0, 0, 9, 0, 0), False),
        ((0, 0, 0, 0, 0), (0, 0, 0, 0, 0), False),
    ],
)
def test_at_an_end_follows_the_direction_of_the_items(first, second, expected) -> None:
    assert at_an_end(np.array([first, second]), SCALE, [0, 1]) == expected


@pytest.mark.parametrize(
    "items, turned, low, high",
    [((), (), 1, 4), ((0, 0), (False, False), 1, 4), ((0,), (), 1, 4), ((0,), (False,), 4, 4), ((-1,), (False,), 1, 4)],
)
def test_scale_that_cannot_be_judged(items, turned, low, high) -> None:
    with pytest.raises(ImpossibleScale):
        JudgedScale("s", items, turned, low, high)


@pytest.mark.parametrize(
    "counts",
    [
        np.zeros((2, 3, 2, 5)),
        np.zeros((2, 2, 5), dtype=int),
        np.zeros((3, 3, 2, 5), dtype=int),
        np.zeros((2, 2, 2, 5), dtype=int),
        np.zeros((2, 3, 1, 5), dtype=int),
        np.zeros((2, 3, 2, 4), dtype=int),
        np.full((2, 3, 2, 5), -1),
    ],
    ids=["floats", "no parts", "nodes", "two parts", "items", "codes", "negative"],
)
def test_counts_that_do_not_fit_are_refused(counts) -> None:
    with pytest.raises(BadCounts):
        check_counts(counts, 2, [SCALE])


def test_two_scales_of_the_same_name_are_refused() -> None:
    with pytest.raises(ImpossibleScale):
        check_counts(np.zeros((1, 1, 2, 5), dtype=int), 1, [SCALE, SCALE])


def test_reason_is_none_only_for_shown() -> None:
    assert reason(0) is None
    assert {reason(code) for code in range(1, 6)} == set(Hidden)
    assert reason(99) is reason(-1) is Hidden.UNKNOWN


def test_no_reason_tells_which_rule_it_was() -> None:
    assert {str(hidden) for hidden in Hidden} == {
        "protected",
        "no_answers",
        "sensitive_awaits_gate",
        "split_protected",
        "unknown",
    }
