import numpy as np
import pytest

from kfl.demo.classes import LARGEST, make_classes
from kfl.demo.places import hedmark
from kfl.demo.plan import make_plan, shares
from kfl.demo.population import make_population
from kfl.demo.sizes import SIZES
from kfl.demo.staff import make_staff

YEARS = [2016, 2018, 2026]


@pytest.fixture(scope="module")
def county():
    plan = make_plan(SIZES["county"])
    people = make_population(plan, YEARS)
    return plan, people, [make_classes(plan, people, year) for year in YEARS]


def test_hedmark_has_its_22_municipalities_with_both_numbers():
    places = hedmark()
    assert len(places) == 22
    assert sum(place.population for place in places) == 193_719  # Statistics Norway, 1 January 2013
    assert {place.region for place in places} == {"Hedmarken", "Glåmdalen", "Sør-Østerdal", "Nord-Østerdal"}
    assert all(place.number_until_2019.startswith("04") and place.number_from_2020.startswith("34") for place in places)


def test_shares_add_up_and_nobody_is_left_out():
    assert shares(np.array([100.0, 1.0, 1.0]), 12) == [10, 1, 1]
    assert sum(shares(np.array([5.0, 3.0, 2.0, 0.1]), 97)) == 97


def test_county_has_the_real_number_of_schools_kindergartens_pupils_and_staff(county):
    plan, people, years = county
    assert (len(plan.schools), len(plan.kindergartens)) == (120, 187)
    assert {school.municipality for school in plan.schools} == set(range(22))
    for classes in years:
        assert (classes.of_pupil >= 0).sum() == 19_000
    staff = make_staff(plan, years)
    at_schools = {post.person for post in staff.posts if post.role in {"teacher", "principal"}}
    now = [post for post in staff.posts if post.person in at_schools and post.to_on is None]
    assert 2_000 <= len({post.person for post in now}) <= 2_200


def test_names_and_codes_occur_once(county):
    plan, people, years = county
    units = [*plan.schools, *plan.kindergartens]
    assert len({unit.name for unit in units}) == len({unit.code for unit in units}) == len(units)
    usernames = [person.username for person in make_staff(plan, years).people]
    assert len(set(usernames)) == len(usernames)
    assert len(np.unique(people.uuid, axis=0)) == len(people)


def test_small_schools_have_mixed_classes_and_no_class_spans_two_forms(county):
    plan, people, years = county
    for classes in years:
        mixed = 0
        for number in range(len(classes)):
            grades = np.unique(people.grade(classes.school_year)[classes.of_pupil == number])
            assert grades.max() <= 4 or grades.min() >= 5
            mixed += len(grades) > 1
        assert 20 < mixed < len(classes) / 3
        assert np.bincount(classes.of_pupil[classes.of_pupil >= 0]).max() <= LARGEST


def test_pupils_go_up_two_grades_between_the_waves_and_on_to_their_lower_secondary_school(county):
    plan, people, years = county
    in_sixth = people.grade(2016) == 6
    assert (people.grade(2018)[in_sixth] == 8).all()
    ends_after_seventh = np.array([school.grades[1] == 7 for school in plan.schools])[people.start]
    moved = in_sixth & ends_after_seventh
    assert moved.any()
    assert (people.school(2016) != people.school(2018))[moved].all()
    lowest = np.array([school.grades[0] for school in plan.schools])[people.school(2018)]
    highest = np.array([school.grades[1] for school in plan.schools])[people.school(2018)]
    grade = people.grade(2018)
    assert ((grade >= lowest) & (grade <= highest))[grade > 0].all()


def test_siblings_share_household_and_family_name(county):
    _, people, _ = county
    order = np.argsort(people.household, kind="stable")
    same = np.flatnonzero(np.diff(people.household[order]) == 0)
    assert len(same) > 10_000
    for a, b in zip(order[same[:200]], order[same[:200] + 1], strict=True):
        assert people.names[a].split()[-1] == people.names[b].split()[-1]
        assert people.born[a] < people.born[b]


def test_the_past_is_the_same_whenever_the_demo_is_built():
    plan = make_plan(SIZES["small"])
    now, later = make_population(plan, [2016, 2018, 2026]), make_population(plan, [2016, 2018, 2031])
    both = int((now.born <= 2012).sum())
    for name in ("born", "start", "gender", "household", "place", "uuid"):
        assert np.array_equal(getattr(now, name)[:both], getattr(later, name)[:both])
    assert now.names[:both] == later.names[:both]


def test_the_first_contact_teacher_of_a_school_stays_through_all_waves(county):
    plan, _, years = county
    staff = make_staff(plan, years)
    for school in range(len(plan.schools)):
        held = [
            {post.person for post in staff.posts if post.place[:2] == ("class", classes.school_year)
             and classes.school[int(post.place[2])] == school}
            for classes in years
        ]  # fmt: skip
        assert set.intersection(*held), plan.schools[school].name


def test_a_nation_keeps_hedmarks_municipalities_among_invented_ones():
    plan = make_plan(SIZES["nation"])
    assert len(plan.schools) == 2_800
    assert sum(bool(place.number_from_2020) for place in plan.municipalities) == 22
    assert len({place.name for place in plan.municipalities}) == len(plan.municipalities)
