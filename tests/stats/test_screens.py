"""Screens: longest runs, skipped items, where people stopped, straight-lining."""

from itertools import groupby

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kfl.stats import BadAnswers, ScaleSpec, SumsDiffer
from kfl.stats.screens import collect_screens, screen_people

from .worlds import committed_world, read_reference, synthetic_world

CALM = ScaleSpec("calm", (0, 1, 2), (False, True, False), 1, 5)
PARTS = ("missing", "unanswered", "reached", "runs", "complete", "straight")


def sheets(*people):
    return np.array(people, dtype=np.int8).T.copy()


def run_of(*codes):
    return int(screen_people(sheets(codes), range(len(codes)), []).longest_run[0])


@pytest.mark.parametrize(
    "codes, run",
    [
        ((1, 2, 3), 1),
        ((2, 2, 2), 3),
        ((1, 2, 2, 1, 1, 1), 3),
        ((2, -1, 2, -1, -1, 2, 3), 3),  # a skipped item neither counts nor ends a run
        ((-1, -1, -1), 0),
        ((0, 0, 1), 2),  # 0 is a code like others
    ],
)
def test_longest_run(codes, run):
    assert run_of(*codes) == run


def test_runs_follow_the_order_asked_and_only_the_items_asked():
    answers = sheets((1, 3, 3, 1, 3))
    assert screen_people(answers, [1, 0, 3], []).longest_run.tolist() == [2]
    assert screen_people(answers, [1, 2, 4, 0], []).longest_run.tolist() == [3]


def test_straight_only_when_the_whole_scale_has_one_raw_code():
    answers = sheets((4, 4, 4), (4, 2, 4), (3, 3, 3), (1, 1, -1), (-1, -1, -1))
    assert screen_people(answers, range(3), [CALM]).straight.tolist() == [[4, -1, 3, -1, -1]]


@pytest.mark.parametrize("turned", [(False, False, False), (True, True, True)])
def test_scales_that_turn_none_or_all_cannot_contradict_themselves(turned):
    screens = screen_people(sheets((4, 4, 4)), range(3), [ScaleSpec("one way", (0, 1, 2), turned, 1, 5)])
    assert screens.scales == ()
    assert screens.straight.shape == (0, 1)


def test_where_people_stopped():
    answers = sheets((1, 2, -1, -1), (1, 2, 3, 4), (-1, 2, -1, -1), (-1, -1, -1, -1), (-1, -1, -1, 1))
    sums = collect_screens(answers, np.zeros(5, dtype=int), 1, range(4), [])
    assert sums.stopped.tolist() == [[0, 0, 2, 0]]
    assert sums.reached.tolist() == [[1, 0, 2, 0, 2]]
    assert sums.missing.tolist() == [[1, 0, 1, 2, 1]]
    assert sums.unanswered.tolist() == [[3, 2, 4, 3]]
    assert sums.people.tolist() == [5]


def plain_screen(sheet):
    given = [code for code in sheet if code >= 0]
    runs = [len(list(same)) for _, same in groupby(given)]
    return len(given), max(runs, default=0), max((i for i, code in enumerate(sheet, 1) if code >= 0), default=0)


def test_screens_equal_a_plain_loop_over_more_people_than_a_block():
    random = np.random.default_rng(3)
    answers = random.integers(-1, 3, (17, 9001)).astype(np.int8)
    order = random.permutation(17)[:12].tolist()
    screens = screen_people(answers, order, [])
    found = list(zip(*(a.tolist() for a in (screens.answered, screens.longest_run, screens.reached)), strict=True))
    assert found == [plain_screen([sheet[row] for row in order]) for sheet in answers.T.tolist()]
    assert screens.share_answered == pytest.approx(screens.answered / 12)


def test_screens_equal_r():
    world = committed_world()
    screens = screen_people(world.answers, range(12), world.scales)
    assert [scale.key for scale in screens.scales] == ["calm"]
    rows = read_reference("screens.csv")
    for name in ("answered", "longest_run", "reached"):
        assert getattr(screens, name).tolist() == [int(row[name]) for row in rows]
    assert screens.straight[0].tolist() == [int(row["straight"]) for row in rows]


@settings(deadline=None)  # the first one may compile
@given(st.integers(0, 2**32), st.data())
def test_screen_sums_are_the_same_for_any_split_and_order(seed, data):
    world = synthetic_world(seed, schools=4, size=8)
    people = len(world.group)
    whole = collect_screens(world.answers, world.group, 4, range(12), world.scales)
    cuts = sorted(data.draw(st.lists(st.integers(0, people), max_size=3)))
    merged = None
    for piece in np.split(np.random.default_rng(seed).permutation(people), cuts):
        part = collect_screens(world.answers[:, piece], world.group[piece], 4, range(12), world.scales)
        merged = part if merged is None else part + merged
    assert all(np.array_equal(getattr(merged, name), getattr(whole, name)) for name in PARTS)


def test_sums_by_group_are_those_of_its_people():
    world = synthetic_world()
    sums = collect_screens(world.answers, world.group, world.groups, range(12), world.scales)
    two = sums.regroup(np.arange(world.groups) % 2, 2)
    people = screen_people(world.answers, range(12), world.scales)
    odd = world.group % 2 == 1
    assert two.runs[1].tolist() == np.bincount(people.longest_run[odd], minlength=13).tolist()
    assert two.unanswered[1].tolist() == (world.answers[:, odd] < 0).sum(axis=1).tolist()
    assert two.complete[1].tolist() == [(world.answers[:4, odd] >= 0).all(axis=0).sum()]
    assert two.straight[1, 0].sum() == (people.straight[0, odd] >= 0).sum()
    assert sums.people.sum() == len(world.group)


def test_sums_of_other_items_are_not_added():
    answers = sheets((1, 2, 3))
    group = np.zeros(1, dtype=int)
    with pytest.raises(SumsDiffer):
        collect_screens(answers, group, 1, [0, 1, 2], []) + collect_screens(answers, group, 1, [0, 2, 1], [])


@pytest.mark.parametrize(
    "answers, order, what",
    [
        (sheets((1, 2, 3)), [], "at least one"),
        (sheets((1, 2, 3)), [0, 0], "different rows"),
        (sheets((1, 2, 3)), [3], "different rows"),
        (sheets((1, 2, 3)), [-1], "different rows"),
        (sheets((1, -2, 3)), [0, 1], "below -1"),
        (sheets((1, 2, 6)), [0, 1], "outside 1..5"),
        (np.array([[300], [1], [1]]), [0], "outside -1..127"),
        (np.ones((3, 2)), [0], "whole numbers"),
        (np.ones(3, dtype=np.int8), [0], "matrix"),
    ],
)
def test_answers_that_cannot_be_screened(answers, order, what):
    with pytest.raises(BadAnswers, match=what):
        screen_people(answers, order, [CALM])
