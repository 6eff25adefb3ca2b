"""Each rule of the gate is broken by hand; that it is tight is judged by the attacker in test_random_trees."""

import numpy as np
import pytest

from kfl.disclosure import BadCounts, JudgedScale, ReleaseRefused, Shown, Thresholds, Tree, decide
from kfl.disclosure.gate import gate
from kfl.disclosure.spec import Answers, alike, spread

SCHOOL = Tree(np.array([-1, 0, 0, 0]))
K = Thresholds()
SCALE = JudgedScale("trivsel", (0,), (False,), 1, 4)
EVERYWHERE = (1, 1, 1, 1)
NOWHERE = (0, 0, 0, 0)


def counts(*girls: Answers, boys: tuple[Answers, ...] = (), blank: tuple[Answers, ...] = ()) -> np.ndarray:
    """Counts for classes 1, 2, 3 under a school where nobody hangs directly."""
    table = np.zeros((4, 3, 1, 5), dtype=np.int64)
    for part, classes in ((1, girls), (2, boys), (0, blank)):
        for node, answers in enumerate(classes, 1):
            table[node, part, 0, 1:] = answers
    return table


def marks(scale=EVERYWHERE, items=NOWHERE, split=NOWHERE) -> Shown:
    return Shown(*(np.array(column, dtype=bool)[:, None] for column in (scale, items, split)))


# All but the girls, less class 2, are the boys of class 1, who are alike; boys by themselves are not.
ALL_BUT_GIRLS = counts(spread(10), boys=(alike(10), spread(10)), blank=(spread(0), spread(8)))
FINE = counts(*[spread(12)] * 3, boys=(spread(12),) * 3)


def test_what_was_decided_passes() -> None:
    shown = decide(SCHOOL, FINE, [SCALE], K).shown()
    assert shown.split.all()
    gate(SCHOOL, FINE, [SCALE], shown, K)


def test_group_that_only_follows_from_all_but_the_girls_is_not_split() -> None:
    assert not decide(SCHOOL, ALL_BUT_GIRLS, [SCALE], K).shown().split[0]


@pytest.mark.parametrize(
    "rule, table, shown",
    [
        ("a node with too few answers is shown", counts(spread(20), spread(20), spread(6)), marks()),
        ("a block has too few answers", counts(spread(20), spread(20), spread(6)), marks((1, 1, 1, 0))),
        ("shown under a hidden node", FINE, marks((0, 1, 1, 1))),
        ("a block stands at an end", counts(spread(20), spread(20), alike(20)), marks()),
        ("a block stands at an end", counts(spread(20), spread(20), alike(20, 1)), marks((1, 1, 1, 0))),
        ("a block stands at an end", counts(spread(20), spread(20), alike(20)[::-1]), marks()),
        ("item results are shown without the scale", FINE, marks((1, 1, 0, 0), (1, 1, 1, 0))),
        ("item results are shown under a node without", FINE, marks(items=(0, 1, 0, 0))),
        ("item results of a node with too few", counts(*[spread(9)] * 3), marks(items=EVERYWHERE)),
        ("item results of a block with too few", counts(spread(20), spread(20), spread(9)), marks(items=(1, 1, 1, 0))),
        ("nearly all in a block", counts(spread(20), spread(20), (0, 1, 19, 0)), marks(items=EVERYWHERE)),
        ("nearly all in a block", counts(spread(20), spread(20), (0, 20, 0, 0)), marks(items=(1, 1, 1, 0))),
        ("a split is shown without the scale", FINE, marks((1, 1, 0, 0), split=(0, 0, 1, 0))),
        ("girls or boys are too few", counts(spread(20), boys=(spread(6),)), marks((1, 1, 0, 0), split=(0, 1, 0, 0))),
        (
            "too few on the smaller side",
            counts(spread(10), spread(10), boys=(spread(10), spread(3))),
            marks((1, 1, 1, 0), split=(1, 1, 0, 0)),
        ),
        (
            "a few with blank gender",
            counts(spread(10), boys=(spread(10),), blank=(spread(6),)),
            marks((1, 1, 0, 0), split=(1, 1, 0, 0)),
        ),
        (
            "a split singles out too few",
            counts(spread(3), spread(10), boys=((0, 0, 0, 0), (0, 0, 0, 0), spread(10)), blank=(spread(8),)),
            marks(split=(1, 0, 0, 0)),
        ),
        (
            "a split singles out a group at an end",
            counts(alike(10), spread(9), boys=(spread(10),)),
            marks((1, 1, 1, 0), split=(1, 0, 0, 0)),
        ),
        (
            "a split singles out a group at an end",
            counts(alike(10, 1), spread(9), boys=(spread(10),)),
            marks((1, 1, 1, 0), split=(1, 0, 0, 0)),
        ),
        ("a split singles out a group at an end", ALL_BUT_GIRLS, marks((1, 1, 1, 0), split=(1, 0, 0, 0))),
    ],
)
def test_gate_refuses(rule, table, shown) -> None:
    with pytest.raises(ReleaseRefused, match=rule) as refused:
        gate(SCHOOL, table, [SCALE], shown, K)
    assert refused.value.scale == "trivsel"


def test_sensitive_scale_is_refused_wherever_it_is_shown() -> None:
    sensitive = JudgedScale("mobbing", (0,), (False,), 1, 4, sensitive=True)
    gate(SCHOOL, FINE, [sensitive], marks(NOWHERE), K)
    with pytest.raises(ReleaseRefused, match="mobbing"):
        gate(SCHOOL, FINE, [sensitive], marks((1, 0, 0, 0)), K)


def test_scales_that_share_an_item_must_be_shown_alike() -> None:
    twice = [SCALE, JudgedScale("igjen", (0,), (True,), 1, 4)]
    both = Shown(*(np.repeat(table, 2, axis=1) for table in (marks().scale, marks().items, marks().split)))
    gate(SCHOOL, FINE, twice, both, K)
    both.scale[3, 1] = False
    with pytest.raises(ReleaseRefused, match="shares an item with 'trivsel'"):
        gate(SCHOOL, FINE, twice, both, K)


def test_split_without_parts_is_refused() -> None:
    together = FINE.sum(axis=1, keepdims=True)
    gate(SCHOOL, together, [SCALE], marks(), K)
    with pytest.raises(ReleaseRefused, match="no parts"):
        gate(SCHOOL, together, [SCALE], marks(split=(1, 0, 0, 0)), K)


@pytest.mark.parametrize(
    "shown",
    [
        Shown(*(np.ones((4, 1), dtype=int),) * 3),
        Shown(*(np.ones((3, 1), dtype=bool),) * 3),
        Shown(*(np.ones((4, 2), dtype=bool),) * 3),
    ],
    ids=["numbers", "nodes", "scales"],
)
def test_marks_that_do_not_fit_are_refused(shown) -> None:
    with pytest.raises(ReleaseRefused, match="do not fit"):
        gate(SCHOOL, FINE, [SCALE], shown, K)


def test_counts_that_do_not_fit_are_refused() -> None:
    with pytest.raises(BadCounts):
        gate(SCHOOL, FINE[1:], [SCALE], marks(), K)


def test_higher_threshold_is_used() -> None:
    with pytest.raises(ReleaseRefused):
        gate(SCHOOL, FINE, [SCALE], marks(), Thresholds(k=25))
