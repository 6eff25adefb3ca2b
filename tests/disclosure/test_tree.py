import numpy as np
import pytest

from kfl.disclosure import BadTree, Tree

#        0
#    1       2
#  3   5     4
#  6
PARENT = np.array([-1, 0, 0, 1, 2, 1, 3], dtype=np.int32)


@pytest.mark.parametrize(
    "parent",
    [[], [0], [-1, -1], [-1, 1], [-1, 2, 0], [-1.0, 0.0], [[-1, 0]], [-1, -2]],
)
def test_not_a_tree(parent) -> None:
    with pytest.raises(BadTree):
        Tree(np.array(parent, dtype=None if parent else int))


def test_levels_keep_siblings_together() -> None:
    tree = Tree(PARENT)
    assert [level.tolist() for level in tree.levels] == [[0], [1, 2], [3, 5, 4], [6]]
    assert len(tree) == 7


def test_totals_add_up_every_level() -> None:
    own = np.array([[1, 0], [0, 2], [4, 0], [8, 0], [16, 1], [32, 0], [64, 0]], dtype=np.int16)
    assert Tree(PARENT).totals(own).tolist() == [[125, 3], [104, 2], [20, 1], [72, 0], [16, 1], [32, 0], [64, 0]]
    assert own[0].tolist() == [1, 0]


def test_sum_over_children_leaves_grandchildren_out() -> None:
    values = np.array([1, 2, 4, 8, 16, 32, 64])
    assert Tree(PARENT).children_sum(values).tolist() == [6, 40, 16, 64, 0, 0, 0]


def test_nearest_and_all_above() -> None:
    tree = Tree(PARENT)
    mask = np.array([False, True, False, False, True, True, True])
    assert tree.nearest(mask).tolist() == [-1, 1, -1, 1, 4, 5, 6]
    mask[0] = True
    assert tree.nearest(mask).tolist() == [0, 1, 0, 1, 4, 5, 6]
    assert tree.with_all_above(mask).tolist() == [True, True, False, False, False, True, False]


def test_tree_of_one() -> None:
    tree = Tree(np.array([-1]))
    assert tree.totals(np.array([[3]])).tolist() == [[3]]
    assert tree.nearest(np.array([True])).tolist() == [0]
