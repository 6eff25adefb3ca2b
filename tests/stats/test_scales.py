"""Scales refuse descriptions that contradict themselves."""

import pytest

from kfl.stats import BadScale, ScaleSpec


@pytest.mark.parametrize(
    "items, turned, low, high",
    [
        ((), (), 1, 5),
        ((0, 0), (False, False), 1, 5),
        ((-1, 2), (False, False), 1, 5),
        ((0, 1), (False,), 1, 5),
        ((0, 1), (False, False), 5, 5),
        ((0, 1), (False, False), -1, 5),
    ],
)
def test_scale_that_contradicts_itself(items, turned, low, high):
    with pytest.raises(BadScale, match="mood"):
        ScaleSpec("mood", items, turned, low, high)


@pytest.mark.parametrize("items, unit, enough", [(1, 1, 1), (2, 2, 1), (3, 6, 2), (5, 60, 3), (8, 840, 4)])
def test_unit_and_half_of_the_items(items, unit, enough):
    scale = ScaleSpec("mood", tuple(range(items)), (False,) * items, 1, 5)
    assert (scale.unit, scale.enough) == (unit, enough)
