"""Earlier waves: what can be compared, and why the rest cannot."""

from __future__ import annotations

from kfl.results.making.history import HIDDEN, SHOWN, earlier, traces
from kfl.results.payload import Page, ScaleResult, Value

SCALES = [("calm", "d1"), ("help", "d2"), ("new", "d3"), ("mended", "d4b")]
THEN = [("help", "d2"), ("calm", "d1"), ("mended", "d4a")]


def a_page(*cells):
    return Page(0, "school", "Ask", None, 20, 20, [], [], list(cells))


def shown(points, half):
    return ScaleResult(value=Value(20, points, half), d=[0.5, 0.25, 0.0])


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


def test_numbers_and_shares_stand_as_on_the_page():
    wave = found()
    assert (wave.n[0, 0], wave.points[0, 0], wave.half[0, 0]) == (20, 490, 12)
    assert wave.d[:, 0, 0].tolist() == [0.5, 0.25, 0.0]
    assert wave.state[0, 0] == SHOWN
    assert wave.state[1, 1] == HIDDEN
    assert wave.n[1, 1] == 0
