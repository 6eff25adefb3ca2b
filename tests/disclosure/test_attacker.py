"""The attacker must find what is there: known leaks, and exactly those."""

from itertools import combinations

import numpy as np
import pytest

from kfl.disclosure import JudgedScale, Shown, Tree
from kfl.disclosure.attacker import Cell, Matrix, Released, find_leaks, matrices, smallest_reach
from kfl.disclosure.rowspace import RowSpace
from kfl.disclosure.spec import spread
from tests.disclosure.random_trees import naive, published, random_survey

SCALE = JudgedScale("s", (0,), (False,), 1, 4)


def release(parent, people, scale, split=None, items=None, name="T1") -> Released:
    """People: (girls, boys) on each node."""
    counts = np.zeros((len(parent), 3, 1, 5), dtype=np.int64)
    for node, (girls, boys) in enumerate(people):
        counts[node, 1, 0, 1:], counts[node, 2, 0, 1:] = spread(girls), spread(boys)
    tables = [np.zeros((len(parent), 1), dtype=bool) for _ in range(3)]
    for table, nodes in zip(tables, (scale, items or [], split or []), strict=True):
        table[nodes] = True
    return Released(name, Tree(np.array(parent)), counts, [SCALE], Shown(*tables))


def attack(*releases: Released) -> list[tuple[int, str]]:
    return [
        (leak.people, " + ".join(leak.cells)) for matrix in matrices(releases, 7, 10) for leak in find_leaks(matrix)
    ]


NOBODY = (0, 0)


def test_hidden_class_follows_from_school_and_the_other_class() -> None:
    assert attack(release([-1, 0, 0], [NOBODY, (10, 10), (2, 1)], [0, 1])) == [(3, "2:1 2:2")]


def test_hidden_union_of_seven_does_not_leak() -> None:
    assert attack(release([-1, 0, 0, 0], [NOBODY, (10, 10), (2, 1), (2, 2)], [0, 1])) == []


def test_three_boys_follow_from_the_split_of_school_and_class() -> None:
    found = attack(release([-1, 0, 0], [NOBODY, (10, 10), (10, 3)], [0, 1, 2], [0, 1]))
    assert found == [(3, "2:2")]


def test_people_on_an_inner_node_follow_from_its_classes() -> None:
    assert attack(release([-1, 0, 0], [(1, 1), (10, 0), (10, 0)], [0, 1, 2])) == [(2, "0:1 0:2")]


def test_shares_have_their_own_threshold() -> None:
    people = [NOBODY, (10, 10), (4, 4)]
    assert attack(release([-1, 0, 0], people, [0, 1])) == []
    assert attack(release([-1, 0, 0], people, [0, 1], items=[0, 1])) == [(8, "2:1 2:2")]


def test_two_releases_of_the_same_answers_are_put_together() -> None:
    """Each is safe; together they leave class 3 alone."""
    people = [NOBODY, (10, 10), (4, 3), (4, 2)]
    first = release([-1, 0, 0, 0], people, [0, 1])
    second = release([-1, 0, 0, 0], people, [0, 2])
    assert attack(first) == attack(second) == []
    assert attack(first, second) == [(6, "3:1 3:2")]


def test_same_people_in_another_wave_are_other_answers() -> None:
    people = [NOBODY, (10, 10), (4, 3), (4, 2)]
    first = release([-1, 0, 0, 0], people, [0, 1], name="T1")
    second = release([-1, 0, 0, 0], people, [0, 2], name="T2")
    assert attack(first, second) == []


def test_nothing_released_gives_nothing() -> None:
    empty = matrices([release([-1, 0], [NOBODY, (3, 0)], [])], 7, 10)
    assert [find_leaks(matrix) for matrix in empty] == [[], []]
    assert [smallest_reach(matrix) for matrix in empty] == [0, 0]


def test_smallest_reach_finds_a_difference_that_no_union_shows() -> None:
    """Cells 0 + 1 and 1 + 2: no sum over fewer than 7 follows, but cell 0 minus cell 2 does."""
    cells = [Cell(str(place), people, (people,)) for place, people in enumerate((3, 20, 3))]
    matrix = Matrix("difference", cells, [frozenset({0, 1}), frozenset({1, 2})], 7)
    assert find_leaks(matrix) == []
    assert smallest_reach(matrix) == 6


@pytest.mark.parametrize("seed", range(8))
def test_unions_that_follow_are_those_of_plain_algebra(seed) -> None:
    """Against numpy's rank, which counts singular values."""
    survey = random_survey(seed)
    for matrix in matrices([published(survey, naive(survey))], survey.k, survey.k_share):
        places = range(len(matrix.cells))
        rows = np.array([[place in row for place in places] for row in matrix.rows], dtype=float)
        space = RowSpace(matrix.rows)
        for union in [union for size in (1, 2, 3) for union in combinations(places, size)][:60]:
            wanted = np.isin(places, union).astype(float)
            follows = bool(len(rows)) and np.linalg.matrix_rank([*rows, wanted]) == np.linalg.matrix_rank(rows)
            assert (not space.rest(dict.fromkeys(union, 1))) == follows
