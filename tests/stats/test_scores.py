"""Person scores: half of the items, turned items, and what is refused."""

import numpy as np
import pytest

from kfl.stats import BadAnswers, ScaleSpec, person_scores

from . import plain
from .worlds import as_people, synthetic_world

MOOD = ScaleSpec("mood", (0, 1, 2), (False, False, True), 1, 5)


def test_score_is_mean_of_answered_items():
    assert person_scores(np.array([[5], [4], [2]]), MOOD) == pytest.approx([13 / 3])


def test_score_with_two_of_three_answered():
    assert person_scores(np.array([[5], [-1], [2]]), MOOD) == pytest.approx([4.5])


def test_no_score_with_one_of_three_answered():
    assert np.isnan(person_scores(np.array([[5], [-1], [-1]]), MOOD)).all()


def test_score_with_exactly_half_of_four_answered():
    four = ScaleSpec("mood", (0, 1, 2, 3), (False,) * 4, 1, 5)
    assert person_scores(np.array([[5], [2], [-1], [-1]]), four) == pytest.approx([3.5])


def test_scores_equal_the_plain_ones():
    world = synthetic_world()
    people, _ = as_people(world)
    for scale in world.scales:
        expected = [plain.person_score(p, scale) for p in people]
        expected = [np.nan if score is None else float(score) for score in expected]
        assert np.isnan(expected).any()
        np.testing.assert_allclose(person_scores(world.answers, scale), expected, rtol=1e-15)


@pytest.mark.parametrize("code", [0, 6, -2, 99])
def test_code_outside_the_scale(code):
    with pytest.raises(BadAnswers, match=r"mood.*row 1.*1\.\.5"):
        person_scores(np.array([[3], [code], [3]]), MOOD)


def test_row_that_does_not_exist():
    with pytest.raises(BadAnswers, match="row 2"):
        person_scores(np.array([[3], [3]]), MOOD)


def test_codes_that_are_not_whole():
    with pytest.raises(BadAnswers, match="whole"):
        person_scores(np.array([[3.0], [3.0], [3.0]]), MOOD)
