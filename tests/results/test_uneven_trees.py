"""Trees that are not all alike: mixed classes, kindergartens without departments, files of two levels, opt-in waves."""

from __future__ import annotations

import numpy as np
import pytest

from kfl.results.making.change_over_time import changes
from tests.results.counties import County, as_earlier, frozen_by

CLASS, GRADE, SCHOOL, MUNICIPALITY = range(4)


def mixed_classes(county):
    """Small schools of mixed classes beside large ones with one class a grade."""
    for _ in range(3):
        municipality = county.node(0, "municipality")
        for number in range(6):
            school = county.node(municipality, "school")
            for _ in range(3):
                county.class_of(school if number % 2 else county.node(school, "grade"), 14)


def kindergartens(county):
    """Half of them without departments; one is all of its municipality."""
    for number in range(4):
        municipality = county.node(0, "municipality")
        for place in range(1 if number == 3 else 6):
            kindergarten = county.node(municipality, "kindergarten")
            if place % 2:
                county.answered(kindergarten, 16)
            else:
                for _ in range(2):
                    county.class_of(kindergarten, 12, kind="department")


def a_file_of_two_levels(county):
    """Schools and classes right under the county, as a file names them: no grade, no municipality."""
    for _ in range(12):
        school = county.node(0, "school")
        for _ in range(3):
            county.class_of(school, 12)


def a_file_of_schools(county):
    for _ in range(12):
        county.answered(county.node(0, "school"), 20)


def a_few_who_take_part(county):
    """Two schools said yes, each in a municipality of its own."""
    for _ in range(2):
        county.school(county.node(0, "municipality"), people=17)


def one_class(county):
    county.class_of(county.node(county.node(county.node(0, "municipality"), "school"), "grade"), 20)


def small_schools(county):
    """No class is shown, and few grades: what is hidden shares out its school's rest."""
    for _ in range(2):
        municipality = county.node(0, "municipality")
        for _ in range(6):
            county.school(municipality, grades=3, classes=1, people=5)


TREES = [
    mixed_classes,
    kindergartens,
    a_file_of_two_levels,
    a_file_of_schools,
    a_few_who_take_part,
    one_class,
    small_schools,
]


def made(shape):
    county = County(12)
    shape(county)
    first = county.computed(county.answers(seed=1, skipped=0.0))
    second = county.computed(county.answers(seed=2, lift=0.2), frozen_by(first))
    return county, first, second


@pytest.fixture(scope="module", params=TREES, ids=[shape.__name__ for shape in TREES])
def case(request):
    return made(request.param)


def test_every_number_has_an_interval_of_the_right_size(case):
    """Wider than a simple random sample's of half the variance, and narrower than if all were one class of that n."""
    _, first, second = case
    for results in (first, second):
        shown = np.isfinite(results.shown.points)
        assert shown[0, 0]
        assert np.isfinite(results.se[shown]).all()
        spread = results.shown.spread
        assert np.isfinite(spread.between).all()
        assert (spread.between >= 0).all()
        points, n = results.shown.points[shown], results.n[shown]
        persons = spread.c[0] * (points - spread.low[0]) * (spread.high[0] - points)
        least, most = persons / n, persons / n + spread.between[: SCHOOL + 1, 0].sum()
        assert (results.se[shown] ** 2 >= least - 1e-9).all()
        assert (results.se[shown] ** 2 <= most + 1e-9).all()
        assert (np.sqrt(persons) > 60).all()
        assert (np.sqrt(persons) < 180).all()  # with few blocks c is 0.25, which is much


def test_shares_are_those_of_whole_people(case):
    county, first, _ = case
    shown = np.isfinite(first.shown.points[:, 0])
    d = first.shown.d[:, shown, 0]
    assert np.isfinite(d).all()
    assert ((d >= 0) & (d <= 1)).all()
    # All hang under schools or kindergartens, of which no level can have fewer than one.
    blocks = sum(kind in ("school", "kindergarten") for kind in county.kind)
    assert first.shown.d[SCHOOL, 0, 0] >= 1 / blocks - 1e-5


def test_every_difference_and_change_has_an_error(case):
    _, first, second = case
    for results in (first, second):
        for found in (results.above, results.top):
            compared = found.node[:, 0] >= 0
            assert (found.se[compared, 0] > 0).all()
            assert np.isfinite(found.p[compared, 0]).all()
            assert np.isfinite(found.prior[compared, 0]).all()
    found = changes(second, [as_earlier(first)])
    both = np.isfinite(first.shown.points) & np.isfinite(second.shown.points)
    assert (np.isfinite(found.se) == both).all()
    assert (found.se[both] > 0).all()


def test_mixed_classes_count_as_classes_and_hang_under_no_grade():
    _, first, _ = made(mixed_classes)
    fitted, blocks = first.measure.own.fitted[:, 0], first.measure.own.blocks[:, 0]
    assert blocks.tolist() == [54, 27, 18, 3]
    assert fitted[:SCHOOL].sum() > 0
    assert np.isnan(fitted[MUNICIPALITY])


def test_mixed_classes_of_a_school_have_no_share_in_grades():
    county, first, _ = made(mixed_classes)
    grades = {county.parent[node] for node in county.of_kind("grade")}
    for school in county.of_kind("school"):
        d = first.shown.d[:, school, 0]
        assert d[CLASS] == pytest.approx(1 / 3, abs=1e-5)
        assert d[GRADE] == (d[CLASS] if school in grades else 0)
        assert d[SCHOOL] == 0


def test_a_kindergarten_without_departments_is_a_block_of_kindergartens_alone():
    county, first, _ = made(kindergartens)
    for kindergarten in county.of_kind("kindergarten"):
        departments = [node for node, above in enumerate(county.parent) if above == kindergarten]
        assert first.shown.d[CLASS, kindergarten, 0] == pytest.approx(0.5 if departments else 0, abs=1e-5)
    lonely = county.of_kind("municipality")[3]
    assert first.shown.d[SCHOOL, lonely, 0] == 1


def test_a_file_of_schools_has_schools_and_no_classes():
    _, first, _ = made(a_file_of_schools)
    assert first.measure.own.blocks[:, 0].tolist() == [0, 0, 12, 0]
    assert first.measure.spread.c[0] == 0.25  # twelve lowest blocks
    assert first.shown.d[:, 0, 0] == pytest.approx([0, 0, 1 / 12], abs=1e-5)


def test_a_few_who_take_part_rest_on_what_is_usual():
    _, first, _ = made(a_few_who_take_part)
    own = first.measure.own
    assert own.blocks[:, 0].tolist() == [12, 6, 2, 2]
    usual = np.array([0.01, 0.03, 0.005]) * own.within[0]
    assert first.measure.spread.between[1:, 0] == pytest.approx(usual)
    assert first.measure.spread.c[0] == 0.25


def test_grades_that_are_hidden_share_the_rest_of_their_school():
    county, first, _ = made(small_schools)
    hidden = [node for node in county.of_kind("grade") if not np.isfinite(first.shown.points[node, 0])]
    assert len(hidden) > 10
    for school in county.of_kind("school"):
        assert first.shown.d[GRADE, school, 0] == pytest.approx(1 / 3, abs=1e-5)
        assert first.shown.d[CLASS, school, 0] == first.shown.d[GRADE, school, 0]
