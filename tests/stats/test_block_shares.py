"""How a unit's people fall on the classes, grades and schools below it, also where some of these are hidden."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kfl.stats import BadAnswers, block_shares

from . import plain

CLASS, GRADE, SCHOOL, MUNICIPALITY, NONE = 0, 1, 2, 3, -1
INNER = 3


def made(rows):
    """A tree of (parent, level, n, invited right there), with "hidden" last where it is; all with one scale."""
    parent, level, n, invited = (np.array([row[at] for row in rows]) for at in range(4))
    shown = np.array([row[-1] != "hidden" for row in rows])
    return block_shares(n[:, np.newaxis], shown[:, np.newaxis], invited, parent, level, INNER), parent


def d(rows):
    """Rows of (class, grade, school) of each node."""
    return made(rows)[0].of_nodes()[:, :, 0].T


def rest_d(rows, node, whole):
    shares, parent = made(rows)
    of = np.full((len(parent), 1), -1)
    of[node] = whole
    return shares.of_rest(of)[:, node, 0].tolist()


# county > municipality > school > 8 (8A 20, 8B 10), 9 (9A 30)
SCHOOL_ROWS = [
    (-1, NONE, 60, 0),
    (0, MUNICIPALITY, 60, 0),
    (1, SCHOOL, 60, 0),
    (2, GRADE, 30, 0),
    (3, CLASS, 20, 25),
    (3, CLASS, 10, 12),
    (2, GRADE, 30, 0),
    (6, CLASS, 30, 30),
]


def test_shares_of_a_school_that_shows_all():
    got = d(SCHOOL_ROWS)
    squares = 20**2 + 10**2 + 30**2
    assert got[4].tolist() == [0, 0, 0]  # a class holds no blocks
    assert got[3] == pytest.approx([(20**2 + 10**2) / 30**2, 0, 0])
    assert got[2] == pytest.approx([squares / 60**2, 2 * 30**2 / 60**2, 0])
    # One school is the whole municipality and the whole county.
    assert got[1] == pytest.approx([squares / 60**2, 0.5, 1])
    assert got[0] == pytest.approx(got[1])


def test_rest_of_grade_and_school_without_a_class():
    # Without 8A the grade holds 8B alone, and the school 8B and 9A.
    assert rest_d(SCHOOL_ROWS, 4, 3) == pytest.approx([1, 0, 0])
    assert rest_d(SCHOOL_ROWS, 4, 2) == pytest.approx([(10**2 + 30**2) / 40**2, (10**2 + 30**2) / 40**2, 0])


def test_rest_of_the_county_without_a_class_keeps_its_school_without_it():
    rows = [*SCHOOL_ROWS, (1, SCHOOL, 40, 0), (8, CLASS, 40, 45)]
    rows[0], rows[1] = (-1, NONE, 100, 0), (0, MUNICIPALITY, 100, 0)
    expected = [(10**2 + 30**2 + 40**2) / 80**2, (10**2 + 30**2) / 80**2, 2 * 40**2 / 80**2]
    assert rest_d(rows, 4, 0) == pytest.approx(expected)
    assert rest_d(rows, 2, 0) == pytest.approx([1, 0, 1])


def test_no_rest_of_a_level_that_holds_the_same_people():
    assert np.isnan(rest_d(SCHOOL_ROWS, 2, 1)).all()


def test_hidden_classes_share_the_rest_by_those_invited():
    rows = [(-1, SCHOOL, 50, 0), (0, CLASS, 20, 21), (0, CLASS, 99, 10, "hidden"), (0, CLASS, 99, 5, "hidden")]
    assert d(rows)[0] == pytest.approx([(20**2 + 20**2 + 10**2) / 50**2, 0, 0])
    assert np.isnan(d(rows)[2]).all()


def test_hidden_grade_shares_the_rest_out_to_its_classes():
    rows = [
        (-1, SCHOOL, 50, 0),
        (0, GRADE, 30, 0),
        (1, CLASS, 30, 33),
        (0, GRADE, 20, 0, "hidden"),
        (3, CLASS, 12, 12, "hidden"),
        (3, CLASS, 8, 8, "hidden"),
    ]
    assert d(rows)[0] == pytest.approx([(30**2 + 12**2 + 8**2) / 50**2, (30**2 + 20**2) / 50**2, 0])


def test_late_invitations_of_nobody_count_as_one():
    rows = [(-1, SCHOOL, 30, 0), (0, CLASS, 9, 19, "hidden"), (0, CLASS, 9, 0, "hidden")]
    assert d(rows)[0, 0] == pytest.approx((28.5**2 + 1.5**2) / 30**2)


def test_mixed_classes_under_a_school_add_nothing_to_its_grades():
    rows = [(-1, SCHOOL, 50, 0), (0, GRADE, 30, 0), (1, CLASS, 30, 33), (0, CLASS, 20, 20)]
    assert d(rows)[0] == pytest.approx([(30**2 + 20**2) / 50**2, 30**2 / 50**2, 0])


def test_people_right_at_a_school_take_their_share_of_the_rest_and_are_no_block():
    rows = [(-1, SCHOOL, 50, 20), (0, CLASS, 30, 33), (0, CLASS, 9, 5, "hidden")]
    assert d(rows)[0, 0] == pytest.approx((30**2 + 4**2) / 50**2)


def test_kindergartens_without_departments():
    rows = [(-1, NONE, 50, 0), (0, MUNICIPALITY, 50, 0), (1, SCHOOL, 30, 31), (1, SCHOOL, 20, 0), (3, CLASS, 20, 22)]
    got = d(rows)
    assert got[2].tolist() == [0, 0, 0]
    assert got[3].tolist() == [1, 0, 0]
    assert got[1] == pytest.approx([20**2 / 50**2, 0, (30**2 + 20**2) / 50**2])


def test_skipped_questions_leave_a_rest_that_nobody_takes():
    """The scale's n is the smallest of its items', so that a school's may be more than its classes' together."""
    rows = [(-1, SCHOOL, 52, 0), (0, CLASS, 30, 33), (0, CLASS, 20, 25)]
    assert d(rows)[0, 0] == pytest.approx((30**2 + 20**2) / 52**2)


def test_scales_that_hide_different_classes_do_not_mix():
    parent, level = np.array([-1, 0, 0, 0]), np.array([SCHOOL, CLASS, CLASS, CLASS])
    n = np.array([[50, 48], [20, 20], [20, 18], [10, 10]])
    shown = np.array([[True, True], [True, False], [True, True], [True, False]])
    got = block_shares(n, shown, np.array([0, 30, 20, 15]), parent, level, INNER).of_nodes()
    assert got[0, 0] == pytest.approx([(20**2 + 20**2 + 10**2) / 50**2, (20**2 + 18**2 + 10**2) / 48**2])


def test_a_level_that_does_not_exist():
    with pytest.raises(BadAnswers, match="parent|group number"):
        block_shares(
            np.ones((2, 1), int), np.ones((2, 1), bool), np.ones(2, int), np.array([-1, 4]), np.zeros(2, int), 3
        )


@st.composite
def trees(draw):
    """A county with uneven branches: n, shown, invited, parent and level as lists; what is shown hangs together."""
    parent, level, n, shown, invited = [-1], [NONE], [0], [True], [draw(st.integers(0, 2))]
    kinds = {NONE: (MUNICIPALITY, SCHOOL), MUNICIPALITY: (SCHOOL,), SCHOOL: (GRADE, CLASS), GRADE: (CLASS,), CLASS: ()}
    at = 0
    while at < len(parent) and len(parent) < 40:
        if kinds[level[at]]:
            for _ in range(draw(st.integers(1 if at == 0 else 0, 3))):
                parent.append(at)
                level.append(draw(st.sampled_from(kinds[level[at]])))
                shown.append(shown[at] and draw(st.booleans()))
                invited.append(draw(st.integers(0, 9)))
                n.append(0)
        at += 1
    for node in reversed(range(len(parent))):
        children = [v for v, above in enumerate(parent) if above == node]
        n[node] = sum(n[v] for v in children) + draw(st.integers(0 if children else 1, 4))
    return n, shown, invited, parent, level


def unit_and_whole(tree):
    n, shown, _, parent, _ = tree
    for unit in range(1, len(parent)):
        whole = parent[unit]
        while shown[unit] and whole >= 0:
            if n[whole] > n[unit]:
                yield unit, whole
            whole = parent[whole]


@given(trees())
def test_shares_equal_the_plain_ones(tree):
    n, shown, invited, parent, level = tree
    sizes = plain.block_sizes(n, shown, invited, parent)
    columns = np.array(n)[:, np.newaxis], np.array(shown)[:, np.newaxis]
    shares = block_shares(*columns, np.array(invited), np.array(parent), np.array(level), INNER)
    got = shares.of_nodes()
    for node in range(len(parent)):
        expected = [plain.shares(node, one, sizes, parent, level) if shown[node] else np.nan for one in range(INNER)]
        assert got[:, node, 0] == pytest.approx(expected, nan_ok=True)
    pairs = list(unit_and_whole(tree))
    assume(pairs)
    for unit, whole in pairs:
        of = np.full((len(parent), 1), -1)
        of[unit] = whole
        expected = [plain.shares(whole, one, sizes, parent, level, without=unit) for one in range(INNER)]
        assert shares.of_rest(of)[:, unit, 0] == pytest.approx(expected)
