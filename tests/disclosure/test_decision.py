"""What single rules do not tell: several scales at once, reasons, sensitive scales. Examples: test_spec."""

from dataclasses import replace

import numpy as np
import pytest

from kfl.disclosure import BadCounts, Hidden, JudgedScale, ReleaseRefused, Shown, Thresholds, Tree, decide, reason
from kfl.disclosure.decision import sharing_items
from kfl.disclosure.gate import gate

TREE = Tree(np.array([-1, 0, 0, 0]))  # a school with classes 1, 2, 3
K = Thresholds()


def spread(*people: int, items: int = 1, parts: int = 1) -> np.ndarray:
    """Counts of so many on each node, all items alike, girls and boys in turn when there are parts."""
    counts = np.zeros((len(people), parts, items, 5), dtype=np.int64)
    for node, many in enumerate(people):
        for person in range(many):
            counts[node, (1 + person // 4 % 2) if parts == 3 else 0, :, 1 + person % 4] += 1
    return counts


def scale(key: str, *items: int, sensitive: bool = False) -> JudgedScale:
    return JudgedScale(key, items, (False,) * len(items), 1, 4, sensitive)


def reasons(codes: np.ndarray) -> list[Hidden | None]:
    return [reason(int(code)) for code in codes]


def test_reason_is_the_same_for_the_small_and_for_the_one_beside_it() -> None:
    decision = decide(TREE, spread(0, 30, 12, 4), [scale("a", 0)], K)
    assert reasons(decision.scale[:, 0]) == [None, None, Hidden.PROTECTED, Hidden.PROTECTED]
    assert reasons(decision.items[:, 0]) == [None, None, Hidden.PROTECTED, Hidden.PROTECTED]
    assert reasons(decision.split[:, 0]) == [Hidden.SPLIT, Hidden.SPLIT, Hidden.PROTECTED, Hidden.PROTECTED]


def test_nobody_is_told_only_when_nobody_answered_anything() -> None:
    counts = spread(0, 30, 12, 0, items=2)
    counts[2, :, 0] = 0
    decision = decide(TREE, counts, [scale("a", 0), scale("b", 1)], K)
    assert reasons(decision.scale[:, 0]) == [None, None, Hidden.PROTECTED, Hidden.NO_ANSWERS]
    assert reasons(decision.scale[:, 1]) == [None, None, None, Hidden.NO_ANSWERS]


def test_sensitive_scale_stays_closed_and_takes_those_that_share_its_items_with_it() -> None:
    scales = [scale("a", 0), scale("b", 1, 2), scale("c", 2, sensitive=True)]
    decision = decide(TREE, spread(0, 30, 12, 12, items=3, parts=3), scales, K)
    assert set(reasons(decision.scale[:, 0])) == {None}
    for table in (decision.scale, decision.items, decision.split):
        assert {reason(int(code)) for code in table[:, 1:].ravel()} == {Hidden.SENSITIVE}


def test_scales_that_share_an_item_are_shown_at_the_same_nodes() -> None:
    counts = spread(0, 30, 12, 12, items=2)
    counts[3, :, 1] = spread(0, 0, 0, 3)[3, :, 0]
    alone = decide(TREE, counts, [scale("a", 0), scale("b", 1)], K)
    assert (alone.scale == 0).sum(axis=0).tolist() == [4, 2]
    shared = decide(TREE, counts, [scale("a", 0), scale("both", 0, 1)], K)
    assert (shared.scale == 0).sum(axis=0).tolist() == [2, 2]


def test_sharing_items_goes_through_third_scales() -> None:
    scales = [scale("a", 0, 1), scale("b", 5), scale("c", 2, 3), scale("d", 1, 2), scale("e", 5, 6)]
    assert [sorted(together) for together in sharing_items(scales)] == [[0, 2, 3], [1, 4]]
    assert list(sharing_items([])) == []


def test_higher_thresholds_hide_more() -> None:
    counts = spread(0, 30, 12, 12)
    assert (decide(TREE, counts, [scale("a", 0)], Thresholds(k=13)).scale == 0).sum() == 2
    assert (decide(TREE, counts, [scale("a", 0)], Thresholds(k_share=13)).items == 0).sum() == 2


def test_items_are_hidden_below_a_node_that_hides_them() -> None:
    tree = Tree(np.array([-1, 0, 0, 1, 1]))
    counts = spread(0, 0, 40, 20, 20)
    counts[2:3, :, :] = 0
    counts[2, 0, 0, 4] = 40  # node 2 is unanimous, so node 1 goes with it, and the classes under node 1
    decision = decide(tree, counts, [scale("a", 0)], K)
    assert (decision.items[:, 0] == 0).tolist() == [True, False, False, False, False]


def test_small_counts_types_give_the_same_decision() -> None:
    counts = spread(0, 200, 150, 6, items=2, parts=3)
    wide = decide(TREE, counts, [scale("a", 0, 1)], K)
    narrow = decide(TREE, counts.astype(np.uint8), [scale("a", 0, 1)], K)
    for name in ("scale", "items", "split"):
        assert np.array_equal(getattr(wide, name), getattr(narrow, name))


def test_turned_items_are_turned() -> None:
    counts = spread(0, 30, 20, 20, items=2)
    counts[2] = 0
    counts[2, 0, 0, 4] = counts[2, 0, 1, 1] = 20
    plain = scale("a", 0, 1)
    assert (decide(TREE, counts, [plain], K).scale == 0).all()
    assert (decide(TREE, counts, [replace(plain, turned=(False, True))], K).scale[:, 0] == 0).tolist() == [
        True,
        True,
        False,
        False,
    ]


def test_nothing_is_decided_on_counts_that_do_not_fit() -> None:
    with pytest.raises(BadCounts):
        decide(TREE, spread(0, 30, 12), [scale("a", 0)], K)


INVENTED = np.zeros((2, 1, 1, 5), dtype=np.int64)
INVENTED[1, 0, 0, 1:] = [4, 4, 3, 4]


@pytest.mark.parametrize("alone, is_shown", [(15, True), (10, True), (9, False), (1, False), (0, False)])
def test_sheets_of_somebodys_own_making_make_no_group_large_enough(alone: int, is_shown: bool) -> None:
    """Nine invented sheets and one real one in a class of ten codes would show the real one."""
    counted = np.zeros_like(INVENTED)
    given = np.repeat(np.arange(5), INVENTED[1, 0, 0])
    counted[1, 0, 0] = np.bincount(given[:alone], minlength=5)
    tree, scale = Tree(np.array([-1, 0])), JudgedScale("calm", (0,), (False,), 1, 4)
    shown = decide(tree, INVENTED, [scale], Thresholds(), counted).shown()
    assert shown.items.all() == is_shown
    if not is_shown:
        both = np.ones((2, 1), dtype=bool)
        everything = Shown(both, both, np.zeros((2, 1), dtype=bool))
        with pytest.raises(ReleaseRefused):
            gate(tree, INVENTED, [scale], everything, Thresholds(), counted)


def test_those_who_count_must_be_among_all() -> None:
    tree, scale = Tree(np.array([-1, 0])), JudgedScale("calm", (0,), (False,), 1, 4)
    with pytest.raises(BadCounts):
        decide(tree, INVENTED, [scale], Thresholds(), INVENTED + 1)
    with pytest.raises(BadCounts):
        decide(tree, INVENTED, [scale], Thresholds(), INVENTED[:, :, :, :4])
