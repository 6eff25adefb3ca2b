"""What a page tells of what its payload holds: one number a row, and a verdict in three steps."""

from __future__ import annotations

import json

import msgspec
import pytest

from kfl.results.payload import (
    Certainty,
    FormText,
    ItemText,
    NodeBeside,
    Page,
    SameMeasure,
    ScaleResult,
    ScaleText,
    ShownChange,
    Then,
    Value,
    Versus,
    WaveText,
    encode,
    pack,
    read_form,
    read_page,
)
from kfl.results.reading.presenter import Reading

CALM = ScaleText("calm", {"nb": "Ro"}, {}, "calm", "high", "d", True, False, 1, 2, [
    ItemText("c1", {"nb": "Det er ro"}, False, [{"nb": "Nei"}, {"nb": "Ja"}])
])  # fmt: skip
COUNTY, SCHOOL = NodeBeside(0, "county", "Hedmark", None), NodeBeside(3, "school", "Ask skole", None)
EARLIER = WaveText("t1", "T1", "2014-11-01", {"calm": "d"})
FORM = FormText(
    informant="pupil_5_10", wave="T2", series="s", opened="2016-11-01", closed="2016-11-30", scales=[CALM],
    earlier=[EARLIER], thresholds={"k": 7, "k_share": 10, "band": 3}, references=[[1.5, 0.5]], reference_waves=["T1"],
    split=True, reliability=[None], spread=[None], icc2={}, expected={}, same_measure=[[SameMeasure("scalar")]],
)  # fmt: skip


def against(node: int, rest: int, apart: int, step: Certainty, best: int | None) -> Versus:
    return Versus(node, rest, 14, apart, 30, step, best, rest + 1)


def read(above: Versus | None, top: Versus | None = None, **more: object) -> Reading:
    """8B of Ask skole: 10 answers."""
    cell = ScaleResult(value=Value(10, 570, 40), above=above, top=top, items=[[10, 40, 60]], **more)  # type: ignore[arg-type]
    page = Page(5, "group", "8B", 8, 10, 12, [COUNTY, SCHOOL], [], [cell])
    return Reading(read_page(pack(encode(page))), read_form(pack(encode(FORM))))


def test_size_is_chosen_by_the_best_estimate_and_the_difference_is_that_of_two_shown_numbers():
    (row,) = read(against(3, 500, 70, Certainty.CERTAIN, 28)).rows
    assert row.above is not None
    assert (row.value.points - row.above.found.rest, row.above.rest) == (70, "500 ± 14")
    assert row.above.apart == "70 ± 30 poeng, merkbar forskjell"
    assert (row.lines, row.strength) == (["▲ sikkert over resten av Ask skole"], True)


def test_size_is_chosen_by_what_is_certain_where_there_is_no_best_estimate():
    (row,) = read(against(3, 500, 70, Certainty.CERTAIN, None)).rows
    assert row.above.apart == "70 ± 30 poeng, merkbar forskjell"  # at least 40


@pytest.mark.parametrize(
    ("step", "apart", "mark", "told"),
    [
        (Certainty.CERTAIN, 70, "▲", "sikkert over resten av Ask skole"),
        (Certainty.CERTAIN, -70, "▼", "sikkert under resten av Ask skole"),
        (Certainty.LIKELY, 70, "△", "tyder på høyere enn resten av Ask skole"),
        (Certainty.LIKELY, -70, "▽", "tyder på lavere enn resten av Ask skole"),
        (Certainty.NONE, 70, "≈", "ikke til å skille"),
    ],
)
def test_each_step_has_its_own_mark_and_its_own_words(step, apart, mark, told):
    (row,) = read(against(3, 500, apart, step, apart // 2)).rows
    assert row.lines == [f"{mark} {told}"]
    assert bool(row.above.apart) == (step is not Certainty.NONE)
    assert (row.strength is None) == (step is not Certainty.CERTAIN)


def test_what_is_likely_is_told_in_short_and_never_called_certain():
    above, change = against(3, 500, 70, Certainty.LIKELY, 28), ShownChange(0, -31, 44, Certainty.LIKELY, -12)
    told = read(above, before=[Then(0, "", 601, 20)], change=change).summary
    assert [sentence.mark for sentence in told] == ["△", "▽"]
    assert [sentence.key for sentence in told] == ["above:calm", "change:calm"]
    assert told[0].text == (
        "Svarene tyder på at Ro ligger over resten av Ask skole (70 ± 30 poeng, merkbar forskjell)."
    )
    assert told[1].text == "Svarene tyder på at Ro har gått ned siden T1 (31 ± 44 poeng, liten endring)."


def test_a_change_of_another_measure_is_not_told_and_the_question_named():
    change = ShownChange(0, -31, 44, Certainty.NONE, None)
    reading = read(against(3, 565, 5, Certainty.NONE, 1), before=[Then(0, "", 601, 20)], change=change)
    other = msgspec.structs.replace(FORM, same_measure=[[SameMeasure("metric", 0)]])
    (past,) = Reading(reading.page, other).pasts
    assert (past.mark, past.told) == ("≈", "ingen sikker endring")
    assert "Det er ro" in past.measure
    (same,) = reading.pasts
    assert (same.told, same.measure) == ("ikke til å skille", "")


def test_a_class_may_differ_from_the_county_and_not_from_its_school():
    reading = read(against(3, 540, 30, Certainty.NONE, 9), against(0, 500, 70, Certainty.CERTAIN, 40))
    assert [sentence.key for sentence in reading.summary][0] == "top:calm"
    assert "sikkert over resten av Hedmark" in reading.summary[0].text
    (row,) = reading.rows
    assert row.lines == ["▲ sikkert over resten av Hedmark"]
    assert row.lines_with_points == [
        "≈ ikke til å skille fra resten av Ask skole",
        "▲ sikkert over resten av Hedmark: 70 ± 30 poeng, merkbar forskjell",
    ]
    assert (row.top.rest, row.strength) == ("500 ± 14", None)


@pytest.mark.parametrize(
    ("informant", "whom"),
    [("pupil_5_10", "elevene"), ("teacher", "elevene"), ("child", "barna"), ("kindergarten_staff", "barna"),
     ("rater_kindergarten", "barna")],
)  # fmt: skip
def test_where_nothing_stands_out_a_kindergarten_talks_of_its_children(informant, whom):
    unsure = read(against(3, 565, 5, Certainty.NONE, 1))
    (talk,) = Reading(unsure.page, msgspec.structs.replace(FORM, informant=informant)).talks
    assert f"Hva vil vi spørre {whom} eller" in " ".join(talk.questions)


def test_a_page_holds_nothing_for_what_is_not_there():
    cell = json.loads(encode(read(None).page))["scales"][0]
    assert set(cell) == {"value", "items"}


def test_shares_have_intervals():
    (asked,) = read(None).asked
    assert [(share.share, share.low, share.high) for share in asked.items[0].shares] == [(40, 17, 69), (60, 31, 83)]
