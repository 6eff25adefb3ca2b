"""Om tallene: what ± means for each kind of unit, and that it can be worked out again from what is printed."""

from __future__ import annotations

import re
from decimal import Decimal
from math import sqrt

import pytest
from django.core.cache import caches

from kfl.results.models import ReleasedPage
from kfl.results.payload import (
    FormText,
    Page,
    ScaleResult,
    ScaleSpread,
    ScaleText,
    SpreadComponents,
    Value,
)
from kfl.results.reading.trust import Z
from kfl.results.reading.uncertainty import Uncertainty, standard_error
from tests.results.reading import Tables, address, main_of

COMPONENTS = SpreadComponents(0.25, [400.0, 100.0, 225.0, 25.0])
SPREAD = ScaleSpread(200.0, 700.0, COMPONENTS, COMPONENTS, [None] * 4, [0] * 4)


def a_scale(key: str, title: str) -> ScaleText:
    return ScaleText(key, {"nb": title}, {}, key, "high", "d", True, False, 1, 4, [])


def about(kind: str, *d: list[float], informant: str = "pupil_5_10", icc2: list[float | None] | None = None):
    scales = [a_scale("calm", "Ro"), a_scale("joy", "Trivsel")]
    cells = [ScaleResult(value=Value(50, 450, 20), d=own) for own in d]
    page = Page(3, kind, "Et sted", None, 50, 60, [], [], cells)
    count = len(d)
    form = FormText(
        informant, "T2", "s", "2016-11-01", "2016-11-30", scales[:count], [], {}, [[3.0, 0.6]] * count, ["T1"] * count,
        False, [None] * count, [SPREAD] * count, {kind: icc2 or [None] * count}, {}, [[]] * count,
    )  # fmt: skip
    return Uncertainty(page, form)


def test_standard_error_by_hand():
    """0.25 · 250 · 250 = 15,625 within; ÷ 50 = 312.5; and 400 · 0.5 + 100 · 0.25 + 225 · 0 = 225 of the blocks."""
    assert standard_error(450, 50, SPREAD, [0.5, 0.25, 0.0]) == pytest.approx(sqrt(312.5 + 225))
    (basis,) = about("school", [0.5, 0.25, 0.0]).bases
    assert (basis.within, basis.squared) == (15_625, 537.5)
    assert [(term.level, term.sd, term.variance) for term in basis.terms or []] == [
        ("klasse", 20, 200),
        ("trinn", 10, 25),
    ]


def test_at_the_end_of_a_scale_persons_do_not_differ():
    assert standard_error(200, 50, SPREAD, [0.0, 0.0, 0.0]) == 0


@pytest.mark.parametrize(
    ("kind", "d", "informant", "whom", "inside"),
    [
        ("group", [0.0, 0.0, 0.0], "pupil_5_10", "denne klassen", "andre elever av samme slag i den"),
        ("department", [0.0, 0.0, 0.0], "child", "denne avdelingen", "andre barn av samme slag i den"),
        ("grade", [0.5, 0.0, 0.0], "pupil_1_4", "dette trinnet ved denne skolen", "andre klasser og elever av"),
        ("school", [0.2, 0.4, 0.0], "pupil_5_10", "denne skolen", "andre trinn, klasser og elever av samme slag ved"),
        ("school", [0.0, 0.0, 0.0], "teacher", "denne skolen", "andre personer av samme slag ved den"),
        ("kindergarten", [0.5, 0.0, 0.0], "child", "denne barnehagen", "andre avdelinger og barn av samme slag"),
        ("municipality", [0.1, 0.1, 0.2], "pupil_5_10", "denne kommunen", "andre skoler, trinn, klasser og elever av"),
        ("municipality", [0.1, 0.0, 0.2], "child", "denne kommunen", "andre barnehager, avdelinger og barn av"),
        ("region", [0.1, 0.1, 0.2], "pupil_5_10", "denne regionen, med de kommunene den har", "andre skoler, trinn,"),
        ("county", [0.1, 0.1, 0.2], "pupil_5_10", "dette fylket, med de kommunene det har", "andre skoler, trinn,"),
    ],
)
def test_each_kind_of_unit_is_told_what_its_interval_is_about(kind, d, informant, whom, inside):
    """Who answers elsewhere is not asked about: only what could have been another inside this very unit."""
    told = about(kind, d, informant=informant).meaning
    assert told.startswith(f"Usikkerheten (±) gjelder {whom}: hvor mye tallet kunne ha vært annerledes med {inside}")


@pytest.mark.parametrize(
    ("icc2", "told"),
    [
        ([0.49, 0.5], "Målt mot usikkerheten er klassene ganske like på Ro. Små forskjeller sier lite."),
        ([0.49, 0.1], "Målt mot usikkerheten er klassene ganske like på alle områdene. Små forskjeller sier lite."),
        ([0.5, 0.9], ""),
        ([None, None], ""),
    ],
)
def test_where_more_than_half_of_the_difference_is_chance_the_page_says_so(icc2, told):
    nothing = [0.0, 0.0, 0.0]
    assert about("group", nothing, nothing, icc2=icc2).likeness == told


@pytest.fixture(autouse=True)
def nothing_kept():
    caches["kept"].clear()


def test_every_interval_of_a_release_is_that_of_what_is_stored_with_it(two_waves):
    told = 0
    for row in ReleasedPage.objects.everywhere(why="a test").select_related("form"):
        page, form = row.read(), row.form.read()
        for cell, spread in zip(page.scales, form.spread, strict=True):
            if cell.value and spread:
                told += 1
                se = standard_error(cell.value.points, cell.value.n, spread, cell.d)
                assert round(Z * se) == cell.value.half
    assert told > 10


def _number(text: str) -> Decimal:
    return Decimal("".join(text.split()).replace(",", "."))


@pytest.mark.parametrize("unit", ["ask_8a", "ask", "hamar", "county"])
def test_interval_can_be_worked_out_again_from_what_the_page_prints(two_waves, client, unit):
    """From the printed, rounded numbers alone, to within the last digit that the table has of it."""
    client.force_login(two_waves.alice)
    page = main_of(client.get(address(two_waves.t2, getattr(two_waves, unit), "om-tallene/")))
    parser = Tables()
    parser.feed(page)
    here = next(table for table in parser.tables if "SE" in table[0])
    frozen = next(table for table in parser.tables if "c" in table[0])
    head_here, head_frozen = here[0], frozen[0]
    locked = {row[0]: dict(zip(head_frozen, row, strict=True)) for row in frozen[1:]}
    points = _points(main_of(client.get(address(two_waves.t2, getattr(two_waves, unit)))))
    checked = 0
    for row in here[1:]:
        cells = dict(zip(head_here, row, strict=True))
        if cells["Svar her"] == "–":
            continue
        known = locked[row[0]]
        m, low, high = points[row[0]], _number(known["Laveste poeng"]), _number(known["Høyeste poeng"])
        squared = _number(known["c"]) * (m - low) * (high - m) / _number(cells["Svar her"])
        for name, d in cells.items():
            if name.startswith("d ("):
                squared += _number(known["τ" + name[1:]]) ** 2 * _number(d)
        assert abs(squared.sqrt() - _number(cells["SE"])) < Decimal("0.03")
        assert abs(Decimal("1.96") * squared.sqrt() - _number(cells["±"].removeprefix("± "))) < Decimal("0.56")
        checked += 1
    assert checked


def _points(page: str) -> dict[str, Decimal]:
    parser = Tables()
    parser.feed(page)
    table = parser.tables[0]
    return {row[0]: _number(row[1].split(" ± ")[0]) for row in table[1:] if "±" in row[1]}


def test_the_worked_example_is_right(two_waves, client):
    client.force_login(two_waves.alice)
    page = main_of(client.get(address(two_waves.t2, two_waves.ask, "om-tallene/")))
    text = re.sub("<[^>]+>", "", page)
    found = re.search(r"= ([\d, ]+) ± = 1,96 · √([\d, ]+) = 1,96 · ([\d,]+) = (\d+) ", text)
    assert found
    squared, root, se, half = found.groups()
    assert squared == root
    assert abs(_number(root).sqrt() - _number(se)) < Decimal("0.006")
    assert abs(Decimal("1.96") * _number(se) - int(half)) <= Decimal("0.51")
