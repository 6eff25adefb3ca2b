"""Response by grade, size and gender is added up from shown numbers alone, and read with what it could mean."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from kfl.documents.blocks import Paragraph, TextTable
from kfl.research.making.form import form_report
from kfl.research.making.from_pages import page_numbers
from kfl.research.making.told_pages import ToldCell, ToldPage, gone_through
from kfl.research.page_numbers import Answering, PageNumbers, ResponseSpread, Sides
from kfl.research.payload import Report
from kfl.research.reading import response
from kfl.results.payload import FormText, ScaleText, Value
from tests.research.making import a_form, codes


def a_text(*keys, sensitive=()):
    scales = [ScaleText(key, {}, {}, key, "high", key, True, key in sensitive, 1, 5, []) for key in keys]
    found = dict.fromkeys(FormText.__struct_fields__)
    return FormText(**(found | {"scales": scales, "spread": [None] * len(keys), "icc2": {}}))


def a_page(node, kind, invited, answered, *, grade=None, cells=()):
    return ToldPage(node, kind, grade, answered, invited, list(cells))


def told(*pages, text=None):
    return page_numbers(gone_through(pages), text or a_text())


def test_grades_are_added_up_over_the_schools_that_show_them():
    found = told(
        a_page(0, "county", 200, 150),
        a_page(1, "school", 110, 80),
        a_page(2, "grade", 60, 45, grade=5),
        a_page(3, "grade", 30, 20, grade=6),
        a_page(4, "school", 90, 70),
        a_page(5, "grade", 50, 41, grade=5),
        a_page(6, "grade", 9, None, grade=6),  # neither its invited nor its answered are in a sum
    )
    assert found.by_grade == [Answering("grade", 5, 2, 0, 110, 86), Answering("grade", 6, 1, 1, 30, 20)]
    assert found.ungraded == 200 - 149


def test_sizes_go_by_how_many_are_invited():
    sizes = [(24, 20), (25, 25), (99, 60), (100, 90), (399, 300), (400, None)]
    pages = [a_page(n, "school", invited, answered) for n, (invited, answered) in enumerate(sizes, 1)]
    found = told(a_page(0, "county", 1047, 500), *pages)
    assert [(row.least, row.units, row.hidden, row.invited, row.answered) for row in found.by_size] == [
        (1, 1, 0, 24, 20), (25, 1, 0, 25, 25), (50, 1, 0, 99, 60), (100, 1, 0, 100, 90), (200, 1, 0, 399, 300),
        (400, 0, 1, 0, 0),
    ]  # fmt: skip


@pytest.mark.parametrize(("units", "spread"), [(9, []), (11, [ResponseSpread("school", 11, 72, 80, 88)])])
def test_how_response_differs_is_told_of_ten_units_or_more(units, spread):
    pages = [a_page(n, "school", 50, 32 + n) for n in range(1, units)] + [a_page(units, "school", 50, 44)]
    found = told(a_page(0, "county", 1000, 800), *pages)
    assert [one.units for one in found.between] == [one.units for one in spread]
    if spread:
        shares = sorted([2 * (32 + n) for n in range(1, units)] + [88])
        assert found.between[0].middle == shares[5]
        assert shares[2] <= found.between[0].low <= shares[3]


def test_gender_is_that_of_the_scale_most_answered_and_never_of_a_sensitive_one():
    value = Value(90, 500, 10)
    cells = [
        ToldCell(value=value, girls=Value(40, 1, 1), boys=Value(43, 1, 1)),
        ToldCell(value=Value(95, 1, 1), girls=Value(44, 1, 1), boys=Value(51, 1, 1)),
        ToldCell(value=Value(97, 1, 1)),
        ToldCell(value=Value(99, 1, 1), girls=Value(44, 1, 1), boys=Value(55, 1, 1)),
    ]
    text = a_text("ro", "trivsel", "uten", "mobbing", sensitive={"mobbing"})
    found = told(a_page(0, "county", 120, 99, cells=cells), text=text)
    assert found.sides == Sides("trivsel", 95, 44, 51)
    assert told(a_page(0, "county", 120, 99, cells=cells[2:3]), text=a_text("uten")).sides is None


def a_report_of(**of_pages):
    return replace(a_form(codes()), of_pages=PageNumbers(**of_pages))


def paragraphs(blocks):
    return [block.text for block in blocks if isinstance(block, Paragraph)]


def test_what_non_response_could_mean_is_the_share_of_the_distance():
    form = form_report(a_report_of(between=[ResponseSpread("school", 12, 74, 80, 89)])).report
    form = msgspec.structs.replace(form, invited=500, answered=400)
    text = paragraphs(response.what_it_could_mean(form))[0]
    assert "100 (20 %) svarte ikke".replace(" %", "\xa0%") in text
    assert "20 poeng unna flytter det 4 og 50 poeng unna flytter det 10" in text
    assert "for å flytte snittet 10 poeng måtte de ligge 50 poeng unna" in text.lower()
    assert "der 74 og 89 prosent svarte, står 15 prosent av avstanden igjen" in text
    assert list(response.what_it_could_mean(msgspec.structs.replace(form, answered=500))) == []
    assert list(response.what_it_could_mean(msgspec.structs.replace(form, answered=None))) == []


def test_tables_name_grades_and_sizes_and_say_what_is_hidden():
    rows = {"by_grade": [Answering("grade", 5, 2, 1, 110, 86)], "by_size": [Answering("school", 400, 0, 1, 0, 0)]}
    form = form_report(a_report_of(**rows)).report
    tables = [block for block in response.by_unit(form) if isinstance(block, TextTable)]
    assert [list(row) for table in tables for row in table.rows] == [
        ["5. trinn", "2", "110", "86", "78\xa0%", "1"],
        ["Skoler, 400 eller flere", "0", "0", "–", "–", "1"],
    ]


@pytest.mark.parametrize(
    ("about", "said"),
    [
        ({}, "Alle i målgruppene i Finnfylke ble invitert. Det er en totaltelling"),
        ({"taking_part": {"municipality": 1, "school": 3}}, "1 kommune og 3 skoler var med"),
        ({"collection": "import"}, "Svarene kom fra en fil."),
    ],
)
def test_it_says_whether_everybody_was_invited(about, said):
    empty = dict.fromkeys(Report.__struct_fields__)
    fields = {"county": "Finnfylke", "taking_part": {}, "collection": "codes", "consent": "passive"}
    found = Report(**(empty | fields | about))
    lines = next(iter(response.population(found))).lines
    assert lines[0].startswith(said)
    assert ("reservert" in lines[1]) is (found.collection == "codes")
