"""Kort fortalt: at most three sentences of each step, the largest best estimate first."""

from __future__ import annotations

from kfl.results.payload import Certainty, FormText, NodeBeside, Page, ScaleResult, ScaleText, Value, Versus
from kfl.results.reading.presenter import Reading

COUNTY, SCHOOL = NodeBeside(0, "county", "Hedmark", None), NodeBeside(3, "school", "Ask skole", None)
CERTAIN, LIKELY, NONE = Certainty.CERTAIN, Certainty.LIKELY, Certainty.NONE


def read(*told: tuple[Certainty, int, int | None], hidden: int = 0) -> Reading:
    """8A with a scale for each (step, difference, best estimate), and so many hidden ones."""
    count = len(told) + hidden
    scales = [ScaleText(f"s{n}", {"nb": f"S{n}"}, {}, "", "high", "d", True, False, 1, 4, []) for n in range(count)]
    cells = [
        ScaleResult(value=Value(20, 500, 40), above=Versus(3, 500 - apart, 10, apart, 45, step, best, 500))
        for step, apart, best in told
    ] + [ScaleResult(hidden="protected")] * hidden
    page = Page(5, "group", "8A", 8, 20, 20, [COUNTY, SCHOOL], [], cells)
    form = FormText(
        "pupil_5_10", "T1", "s", "2016-11-01", "2016-11-30", scales, [], {"k": 7, "k_share": 10, "band": 3},
        [[3.0, 0.6]] * count, ["T1"] * count, False, [None] * count, [None] * count, {}, {}, [[]] * count,
    )  # fmt: skip
    return Reading(page, form)


def test_certain_ones_come_first_then_likely_ones_each_by_the_best_estimate():
    told = read((LIKELY, 90, 30), (CERTAIN, 70, 20), (LIKELY, -60, -35), (CERTAIN, -55, -40), (NONE, 20, 5)).summary
    assert [sentence.key for sentence in told] == ["above:s3", "above:s1", "above:s2", "above:s0", ""]
    assert [sentence.mark for sentence in told] == ["▼", "▲", "▽", "△", "≈"]
    assert told[-1].text == "1 område er ikke til å skille fra resten av Ask skole."


def test_of_each_step_three_are_told_and_the_rest_counted():
    steps = [(CERTAIN, 60 + n, 30 + n) for n in range(4)] + [(LIKELY, 50 + n, 20 + n) for n in range(5)]
    told = read(*steps).summary
    assert [sentence.key for sentence in told[:6]] == [f"above:s{n}" for n in (3, 2, 1, 8, 7, 6)]
    assert [sentence.text for sentence in told[6:]] == ["3 forskjeller til står i tabellene."]


def test_without_a_best_estimate_what_is_certain_tells_the_order():
    """Of 100 ± 45 at least 55 are certain."""
    told = read((CERTAIN, 100, None), (CERTAIN, 90, 40)).summary
    assert [sentence.key for sentence in told] == ["above:s0", "above:s1"]


def test_where_nothing_can_be_told_apart_that_is_said_and_nothing_is_called_certain():
    told = read((NONE, 60, 20), (NONE, 10, 2), hidden=2).summary
    assert [sentence.text for sentence in told] == [
        "Ingen av områdene er til å skille fra resten av Ask skole.",
        "2 områder er skjult her.",
    ]
