"""Earlier waves: what can be compared, and why the rest cannot."""

from __future__ import annotations

import numpy as np

from kfl.results.making.history import changes, changes_of, earlier, traces
from kfl.results.payload import Page, ScaleResult, Value

SCALES = [("calm", "d1"), ("help", "d2"), ("new", "d3"), ("mended", "d4b")]
THEN = [("help", "d2"), ("calm", "d1"), ("mended", "d4a")]


def a_page(*cells):
    return Page(0, "school", "Ask", None, 20, 20, [], [], list(cells))


def shown(points, half):
    return ScaleResult(value=Value(20, points, half))


PAGES = {
    (1, None): a_page(shown(510, 20), shown(490, 12), shown(500, 9)),
    (1, 8): a_page(ScaleResult(hidden="protected"), shown(520, 40), shown(500, 9)),
}


def found():
    return earlier([(1, None), (1, 8), (2, None)], SCALES, THEN, PAGES)


def test_each_gap_says_why():
    school, grade, other = (
        [traces([found()], scale, slice(0, 3))[row][0].gap for scale in range(4)] for row in range(3)
    )
    assert school == ["", "", "not_asked", "changed"]
    assert grade == ["", "hidden", "not_asked", "changed"]
    assert other == ["not_there", "not_there", "not_asked", "changed"]


def test_scales_are_found_by_key_whatever_their_order():
    cell = traces([found()], 0, slice(0, 1))[0][0]
    assert (cell.points, cell.half) == (490, 12)


def test_change_is_against_the_latest_wave_that_showed_it():
    now, half = np.full((3, 4), 530), np.full((3, 4), 10)
    hidden = ScaleResult(hidden="protected")
    second = earlier([(1, None), (1, 8), (2, None)], SCALES, THEN, {(1, None): a_page(shown(500, 10), hidden, hidden)})
    result = changes(now, half, np.ones((3, 4), dtype=bool), [found(), second])
    calm, support = changes_of(result, 0, slice(0, 1))[0], changes_of(result, 1, slice(0, 1))[0]
    assert (calm.wave, calm.points) == (0, 40)  # hidden in the second wave
    assert (support.wave, support.points, support.half) == (1, 30, 14)
    assert changes_of(result, 2, slice(0, 1)) == [None]


def test_what_is_hidden_now_has_no_change():
    now = np.full((3, 4), 530)
    result = changes(now, now * 0 + 10, np.zeros((3, 4), dtype=bool), [found()])
    assert changes_of(result, 0, slice(0, 3)) == [None, None, None]


def test_certain_is_holm_adjusted_over_the_page():
    """3.0 half-widths' worth alone is certain; as the only one near the line among many it may not be."""
    one = earlier([(1, None)], [("calm", "d1")], [("calm", "d1")], {(1, None): a_page(shown(500, 10))})
    alone = changes(np.array([[515]]), np.array([[10]]), np.array([[True]]), [one])
    assert alone.certain.tolist() == [[True]]
    keys = [(f"s{i}", "d") for i in range(10)]
    many = earlier([(1, None)], keys, keys, {(1, None): a_page(*[shown(500, 10)] * 10)})
    points = np.array([[515] + [500] * 9])
    among = changes(points, np.full((1, 10), 10), np.ones((1, 10), dtype=bool), [many])
    assert not among.certain.any()
