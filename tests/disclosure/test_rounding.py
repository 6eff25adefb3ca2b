import numpy as np
import pytest

from kfl.disclosure import Thresholds, band, whole_percent


@pytest.mark.parametrize(
    "counts, expected",
    [((1, 1), (50, 50)), ((1, 7), (13, 88)), ((1, 2), (33, 67)), ((0, 10), (0, 100)), ((0, 0), (-1, -1))],
)
def test_share_in_whole_percent(counts, expected) -> None:
    assert whole_percent(np.array(counts, dtype=np.int16)).tolist() == list(expected)


def test_share_of_many_does_not_overflow() -> None:
    assert whole_percent(np.array([[30_000, 30_000, 30_000]], dtype=np.int16)).tolist() == [[33, 33, 33]]


@pytest.mark.parametrize("count, expected", [(0, (0, 2)), (1, (0, 2)), (2, (0, 2)), (3, (3, 5)), (8, (6, 8))])
def test_band_of_three(count, expected) -> None:
    assert band(count, Thresholds()) == expected


def test_band_can_be_wider_and_never_of_less_than_nobody() -> None:
    assert band(4, Thresholds(band=5)) == (0, 4)
    with pytest.raises(ValueError, match="-1"):
        band(-1, Thresholds())
