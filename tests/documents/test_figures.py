"""Figures: scales, ticks, what they say in words, and that nothing in them is unescaped or styled inline."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from kfl.documents import figures
from kfl.documents.figures import Axis, NothingToDraw, TrendPoint

SVG = "{http://www.w3.org/2000/svg}"


def drawn(svg: str) -> ET.Element:
    return ET.fromstring(str(svg))


def by_class(root: ET.Element, css: str) -> list[ET.Element]:
    return [element for element in root.iter() if element.get("class") == css]


def per_cent(text: str | None) -> float:
    assert text is not None
    assert text.endswith("%")
    return float(text[:-1])


def test_axis_lays_its_ends_inside_the_edges_and_its_middle_in_the_middle():
    axis = Axis(400, 600)
    assert axis.at(400) == figures.EDGE
    assert axis.at(600) == 100 - figures.EDGE
    assert axis.at(500) == 50


def test_axis_keeps_what_lies_outside_at_the_edge():
    assert Axis(400, 600).at(900) == Axis(400, 600).at(600)
    assert Axis(400, 600).at(0) == Axis(400, 600).at(400)


@pytest.mark.parametrize(
    ("axis", "ticks"),
    [
        (Axis(400, 600, 50), [400, 450, 500, 550, 600]),
        (Axis(0, 1, 0.1), [pytest.approx(i / 10) for i in range(11)]),
        (Axis(0, 100, 30), [0, 30, 60, 90]),
    ],
)
def test_axis_ticks_hold_both_ends_where_they_fall_on_one(axis, ticks):
    assert axis.ticks() == ticks


def test_axis_widens_by_whole_steps_until_it_covers():
    assert Axis(400, 600, 50).covering([352, 610]) == Axis(350, 650, 50)
    assert Axis(400, 600, 50).covering([]) == Axis(400, 600, 50)


@pytest.mark.parametrize("axis", [{"low": 5, "high": 5}, {"low": 6, "high": 5}, {"step": 0}])
def test_axis_that_is_none_is_refused(axis):
    with pytest.raises(NothingToDraw):
        Axis(**axis)


def test_profile_row_lays_dot_interval_and_level_above_on_the_same_axis():
    row = drawn(figures.dot_interval_row(value=550, low=500, high=600, above=450, title="Støtte"))
    (interval,), (ring,), (above,) = (by_class(row, f"fig-{name}") for name in ("interval", "ring", "above"))
    assert per_cent(interval.get("x1")) == Axis().at(500)
    assert per_cent(interval.get("x2")) == Axis().at(600)
    assert per_cent(ring.get("cx")) == Axis().at(550)
    assert above.tag == f"{SVG}path", "the level above has a shape of its own"


def test_profile_row_tells_certain_from_uncertain_by_shape():
    certain = drawn(figures.dot_interval_row(value=550, low=500, high=600, certain=True, title="a"))
    uncertain = drawn(figures.dot_interval_row(value=550, low=500, high=600, certain=False, title="a"))
    assert by_class(certain, "fig-dot")
    assert not by_class(certain, "fig-ring")
    assert by_class(uncertain, "fig-ring")
    assert not by_class(uncertain, "fig-dot")
    assert by_class(certain, "fig-dot")[0].get("fill") != by_class(uncertain, "fig-ring")[0].get("fill")


@pytest.mark.parametrize(("value", "low", "high", "interval"), [(650, 590, 710, 1), (320, 290, 350, 0)])
def test_profile_row_shows_a_value_outside_the_axis_as_an_arrow(value, low, high, interval):
    row = drawn(figures.dot_interval_row(value=value, low=low, high=high, title="a"))
    assert [element.tag for element in by_class(row, "fig-dot")] == [f"{SVG}path"]
    assert len(by_class(row, "fig-interval")) == interval, "an interval wholly outside is not drawn at the edge"


def test_profile_row_with_a_value_outside_its_interval_is_refused():
    with pytest.raises(NothingToDraw):
        figures.dot_interval_row(value=550, low=560, high=600, title="a")


def test_profile_row_marks_500_apart_from_the_other_ticks():
    row = drawn(figures.dot_interval_row(value=550, low=500, high=600, title="a"))
    assert [per_cent(line.get("x1")) for line in by_class(row, "fig-mark")] == [50]
    assert len(by_class(row, "fig-tick")) == 4


def test_stacked_bar_fills_the_whole_width_in_answer_order():
    bar = drawn(figures.stacked_bar([5, 20, 75], ["uenig", "litt", "enig"], title="Ro"))
    parts = [element for element in bar.iter(f"{SVG}rect")]
    assert [per_cent(part.get("width")) for part in parts] == [5, 20, 75]
    assert [per_cent(part.get("x")) for part in parts] == [0, 5, 25]
    assert [part.get("class") for part in parts] == ["fig-tone-1", "fig-tone-3", "fig-tone-5"]


def test_stacked_bar_writes_numbers_only_where_they_fit_but_says_them_all():
    bar = drawn(figures.stacked_bar([5, 20, 75], ["uenig", "litt", "enig"], title="Ro"))
    assert [text.text for text in bar.iter(f"{SVG}text")] == ["20", "75"]
    assert bar.findtext(f"{SVG}title") == "Ro: uenig 5 %, litt 20 %, enig 75 %"


@pytest.mark.parametrize("count", range(1, 11))
def test_tones_grow_darker_and_use_the_whole_range(count):
    tones = figures.tones(count)
    assert tones == sorted(tones)
    assert len(tones) == count
    assert count < 2 or (tones[0], tones[-1]) == (1, 5)


@pytest.mark.parametrize(("shares", "labels"), [([1, 2], ["a"]), ([0, 0], ["a", "b"]), ([], [])])
def test_stacked_bar_without_sense_is_refused(shares, labels):
    with pytest.raises(NothingToDraw):
        figures.stacked_bar(shares, labels)


def test_trend_draws_no_line_across_a_break_or_a_missing_measurement():
    points = [
        TrendPoint("T1", 480, 450, 510),
        TrendPoint("T2", 500, 470, 530),
        TrendPoint("T3", 520, 490, 550, break_before=True),
        TrendPoint("T4", None),
        TrendPoint("T5", 530, 500, 560),
    ]
    picture = drawn(figures.trend(points, title="Ro"))
    assert len(by_class(picture, "fig-line")) == 1
    assert len(by_class(picture, "fig-break")) == 1
    assert len(by_class(picture, "fig-dot")) == 4
    assert len(by_class(picture, "fig-interval")) == 4


def test_trend_draws_higher_values_higher_up():
    picture = drawn(figures.trend([TrendPoint("T1", 450), TrendPoint("T2", 550)], title="Ro"))
    low, high = by_class(picture, "fig-dot")
    assert float(high.get("cy", "")) < float(low.get("cy", ""))


def test_trend_widens_its_axis_to_hold_every_interval():
    picture = drawn(figures.trend([TrendPoint("T1", 350, 310, 390)], title="Ro"))
    assert "300" in [text.text for text in picture.iter(f"{SVG}text")]


def test_trend_of_nothing_is_refused():
    with pytest.raises(NothingToDraw):
        figures.trend([], title="Ro")


def test_the_key_has_each_shape_of_the_profile_with_its_word():
    legend = figures.dot_legend(certain="sikker", uncertain="usikker", above="skolen", interval="spenn")
    items = list(drawn(legend))
    row = drawn(figures.dot_interval_row(value=550, low=500, high=600, above=450, title="a"))
    assert ["".join(item.itertext()) for item in items] == ["sikker", "usikker", "skolen", "spenn"]
    shapes = {element.get("class") for item in items for element in item.iter() if element.get("class")}
    assert {"fig-ring", "fig-dot", "fig-above", "fig-interval"} <= shapes
    assert {element.get("class") for element in row.iter()} & {"fig-ring", "fig-above", "fig-interval"} <= shapes


def test_the_key_leaves_out_a_shape_without_a_word():
    items = list(drawn(figures.dot_legend(uncertain="snittet", interval="spenn")))
    assert ["".join(item.itertext()) for item in items] == ["snittet", "spenn"]
    shapes = {element.get("class") for item in items for element in item.iter() if element.get("class")}
    assert not {"fig-dot", "fig-above"} & shapes


def test_a_low_row_lays_value_interval_and_marks_on_one_axis():
    row = drawn(figures.interval_row(Axis(0, 1, 0.1, mark=None), 0.8, 0.7, 0.9, marks=[0.7, 0.8]))
    assert len(by_class(row, "fig-tick")) == 9, "0 to 1 by tenths, less the two that are marks"
    assert [per_cent(line.get("x1")) for line in by_class(row, "fig-mark")] == [Axis(0, 1).at(0.7), Axis(0, 1).at(0.8)]
    (interval,), (dot,) = by_class(row, "fig-interval"), by_class(row, "fig-dot")
    assert (per_cent(interval.get("x1")), per_cent(interval.get("x2"))) == (Axis(0, 1).at(0.7), Axis(0, 1).at(0.9))
    assert per_cent(dot.get("cx")) == Axis(0, 1).at(0.8)


def test_a_low_row_without_an_interval_has_its_dot_and_the_axis_s_own_mark():
    row = drawn(figures.interval_row(Axis(400, 600), 550, None, None))
    assert not by_class(row, "fig-interval")
    assert [per_cent(line.get("x1")) for line in by_class(row, "fig-mark")] == [50]


@pytest.mark.parametrize("svg", [figures.bar_row([1, 2]), figures.interval_row(Axis(), 500, 490, 510)])
def test_a_figure_whose_words_stand_beside_it_is_hidden_from_those_who_only_hear(svg):
    row = drawn(svg)
    assert row.get("aria-hidden") == "true"
    assert row.get("role") is None
    assert row.find(f"{SVG}title") is None


def test_a_low_bar_has_the_parts_of_the_tall_one():
    low, tall = (drawn(one) for one in (figures.bar_row([5, 20, 75]), figures.stacked_bar([5, 20, 75], "abc")))
    parts = [[(part.get("x"), part.get("width")) for part in one.iter(f"{SVG}rect")] for one in (low, tall)]
    assert parts[0] == parts[1]


def test_a_histogram_has_a_bar_a_step_the_mean_s_line_and_the_codes():
    picture = drawn(figures.histogram([1, 4, 2], 1, 3, 2.5, title="Ro"))
    heights = [float(bar.get("height", "")) for bar in by_class(picture, "fig-bar")]
    assert heights == [pytest.approx(height, abs=0.06) for height in (22.5, 90, 45)]
    assert [text.text for text in picture.iter(f"{SVG}text")] == ["1", "2", "3"]
    (mean,) = by_class(picture, "fig-mark")
    two, three = (per_cent(text.get("x")) for text in list(picture.iter(f"{SVG}text"))[1:])
    assert per_cent(mean.get("x1")) == pytest.approx((two + three) / 2, abs=0.002)


def test_steps_are_taken_together_until_there_are_few_enough_bars():
    assert figures.together([1] * figures.MOST_BARS) == [1] * figures.MOST_BARS
    assert figures.together([1] * (figures.MOST_BARS + 1)) == [2] * 14 + [1]


@pytest.mark.parametrize("counts", [[], [0, 0]])
def test_a_histogram_of_nobody_is_refused(counts):
    with pytest.raises(NothingToDraw):
        figures.histogram(counts, 1, 4, 2, title="Ro")


def test_a_figure_on_paper_has_a_width_and_the_document_s_letters_and_is_else_the_same():
    svg = figures.stacked_bar([1, 2], ["a", "b<"], title="Ro")
    paper = figures.on_paper(svg, width=300, face="Serif")
    assert drawn(paper).get("width") == "300"
    assert paper.replace('width="300" font-family="Serif"', 'width="100%"') == svg


NASTY = '<script>alert("x")</script>'


@pytest.mark.parametrize(
    "svg",
    [
        figures.points_axis(title=NASTY),
        figures.dot_interval_row(value=550, low=500, high=600, title=NASTY),
        figures.stacked_bar([1, 2], [NASTY, "b"], title=NASTY),
        figures.trend([TrendPoint(NASTY, 500)], title=NASTY),
        figures.bar_legend([NASTY, "b"]),
        figures.dot_legend(certain=NASTY, uncertain="b", above="c", interval="d"),
        figures.histogram([1, 2], 1, 2, 1.5, title=NASTY),
    ],
    ids=["axis", "dots", "stack", "trend", "legend", "key", "histogram"],
)
def test_figure_escapes_its_texts_and_has_no_inline_style(svg):
    assert "<script" not in svg
    assert "style=" not in svg
    drawn(svg)


def test_figure_has_its_words_as_title_and_label():
    row = drawn(figures.dot_interval_row(value=550, low=500, high=600, title="Støtte: 550"))
    assert row.get("role") == "img"
    assert row.get("aria-label") == row.findtext(f"{SVG}title") == "Støtte: 550"
