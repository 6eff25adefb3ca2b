"""What could be told from chance, by level and size: of texts and pages alone, made as the pages' own numbers are."""

from __future__ import annotations

from math import ceil, sqrt

import pytest

from kfl.research.making import smallest_differences as making
from kfl.research.making.told_pages import ToldCell, ToldPage, gone_through
from kfl.results.payload import (
    Certainty,
    FormText,
    Panel,
    ScaleSpread,
    ScaleText,
    ShownChange,
    SpreadComponents,
    Value,
    Versus,
)

BETWEEN = [400.0, 100.0, 225.0, 25.0]
SPREAD = ScaleSpread(
    200.0, 700.0, SpreadComponents(0.16, BETWEEN), SpreadComponents(0.2, [361.0, 0.0, 196.0, 9.0]),
    [330.0, None, 150.0, 0.0], [60, 4, 20, 12],
)  # fmt: skip
WITHIN = 0.16 * 300 * 200  # at 500 points


def a_text(*keys, icc2=None, sensitive=()):
    scales = [ScaleText(key, {}, {}, key, "high", key, True, key in sensitive, 1, 5, []) for key in keys]
    found = dict.fromkeys(FormText.__struct_fields__)
    return FormText(**(found | {"scales": scales, "spread": [SPREAD] * len(keys), "icc2": icc2 or {}}))


def a_cell(n, d, *, points=500, above=True, change=None, half=30):
    versus = Versus(0, 500, 10, 0, half, Certainty.NONE, 0, 500) if above else None
    told = ShownChange(0, 3, change, Certainty.NONE, None) if change is not None else None
    return ToldCell(value=Value(n, points, 10), d=d, above=versus, change=told)


def a_county(**more):
    """Two hundred at each school, in classes of 20 and grades of 100; ten schools."""
    pages = [ToldPage(0, "county", None, 2000, 2000, [a_cell(2000, [0.01, 0.05, 0.1], above=False, **more)])]
    for school in range(10):
        place = 1 + 13 * school
        pages.append(ToldPage(place, "school", None, 200, 200, [a_cell(200, [0.1, 0.5, 0.0], **more)]))
        pages += [ToldPage(place + 1 + g, "grade", 5 + g, 100, 100, [a_cell(100, [0.2, 0.0, 0.0])]) for g in range(2)]
        pages += [ToldPage(place + 3 + c, "group", None, 20, 20, [a_cell(20, [0.0, 0.0, 0.0])]) for c in range(10)]
    return pages


def test_the_middle_unit_has_the_shares_of_its_blocks():
    found = {one.kind: one for one in making.typical(gone_through(a_county()))}
    assert (found["group"].units, found["group"].n, found["group"].d) == (100, 20, [0.0, 0.0, 0.0])
    assert (found["school"].units, found["school"].n, found["school"].d) == (10, 200, [0.1, 0.5, 0.0])


def test_the_smallest_difference_is_the_one_that_pages_of_such_units_call_certain():
    pages = a_county()
    for number, school in enumerate(page for page in pages if page.kind == "school"):
        school.scales = [a_cell(180 + 5 * number, [0.1, 0.5, 0.0], half=20 + number)]
    found = {(one.kind, one.n): one for one in making.smallest(gone_through(pages), a_text("ro"))}
    assert set(found) == {("group", 20), ("group", 25), ("school", 200)}
    school = found["school", 200]
    assert school.half == [10, 10, 10]
    assert school.single == [20, 24, 29]
    assert school.page == school.single  # one scale, one test
    prior = 225 + 25  # from schools up to just below the county
    least, most = (
        ceil(1.2815516 * se * sqrt((prior + se**2) / prior))
        for se in (school.single[0] / 1.96, school.single[2] / 1.96)
    )
    assert (school.likely[0], school.likely[2]) == (least, most)


def test_a_page_with_more_tests_needs_larger_differences():
    pages = a_county()
    for page in pages:
        page.scales *= 10
    found = {(one.kind, one.n): one for one in making.smallest(gone_through(pages), a_text(*"abcdefghij"))}
    ratio = found["school", 200].page[1] / found["school", 200].single[1]
    assert ratio == pytest.approx(2.807 / 1.96, abs=0.04)  # 5 % shared by ten


def test_what_intervals_rest_on_is_told_as_it_is_stored():
    told = next(making.spreads(gone_through(a_county()), a_text("ro")))
    assert (told.points, told.low, told.high, told.c, told.c_own, told.persons) == (500, 200, 700, 0.16, 0.2, 98)
    assert [level.frozen for level in told.levels] == [20.0, 10.0, 15.0, 5.0]
    assert [level.own for level in told.levels] == [19.0, 0.0, 14.0, 3.0]
    assert [level.estimated for level in told.levels] == [True, False, True, True]
    whole = 0.2 * 300 * 200 + 330 + 150
    assert [level.icc for level in told.levels] == [round(330 / whole, 2), None, round(150 / whole, 2), 0.0]


def test_the_design_effect_is_that_of_pupils_in_the_same_class_and_school():
    told = next(making.spreads(gone_through(a_county()), a_text("ro")))
    whole = 0.2 * 300 * 200 + 330 + 150
    school, group = 150 / whole, 480 / whole
    assert told.effect == round(1 + 19 * group + 180 * school, 1)
    assert told.effect_of_squares == round(1 + 19 * group**2 + 180 * school**2, 2)


def test_nothing_is_told_of_sensitive_scales():
    text = a_text("mobbing", sensitive={"mobbing"}, icc2={"group": [0.5]})
    pages = gone_through(a_county(change=9))
    assert list(making.spreads(pages, text)) == list(making.smallest(pages, text)) == list(making.likeness(text)) == []


def test_likeness_is_that_of_the_release():
    text = a_text("ro", "uro", icc2={"group": [0.314, None], "school": [0.9, 0.75]})
    told = [(one.scale, one.kind, one.value) for one in making.likeness(text)]
    assert told == [("ro", "school", 0.9), ("ro", "group", 0.31), ("uro", "school", 0.75)]


def test_how_sure_change_is_by_kind():
    found = {one.kind: one for one in making.changes(gone_through(a_county(change=14)))}
    assert set(found) == {"county", "school"}
    assert (found["school"].units, found["school"].half) == (10, [14, 14, 14])
    assert found["school"].page == ceil(14 * 2.2414 / 1.96)  # two tests: the level above, and the change


def test_a_panel_is_told_of_the_whole_wave_or_why_there_is_none():
    pages = a_county()
    text = a_text("ro")
    pages[0].scales[0].panel_hidden = "deleted"
    assert list(making.panels(gone_through(pages), text)) == []
    assert making.panel_gap(gone_through(pages)) == "deleted"
    pages[0].scales[0].panel = Panel(0, 300, 498, 503, 4, 120, 150, 40)
    told = next(making.panels(gone_through(pages), text))
    assert (told.scale, told.n, told.then, told.now, told.half, told.matched) == ("ro", 300, 498, 503, 4, 40)
    assert making.panel_gap(gone_through(pages)) == ""
    assert list(making.panels(gone_through(pages), a_text("ro", sensitive={"ro"}))) == []
