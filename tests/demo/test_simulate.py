import numpy as np
import pytest

from kfl.demo.simulate import (
    AnswerKind,
    Instrument,
    Respondents,
    SimulatedQuestion,
    answers,
    changed_schools,
    who_answered,
)
from kfl.stats import cronbach_alpha

SCHOOLS, CLASS = 40, 22
GOOD, BAD = 0, 1


@pytest.fixture(scope="module")
def form():
    good = [SimulatedQuestion(AnswerKind.STEPS, 4, GOOD, turned=number == 2) for number in range(5)]
    bad = [SimulatedQuestion(AnswerKind.STEPS, 5, BAD, rare=True) for _ in range(4)]
    others = [
        SimulatedQuestion(AnswerKind.BOX, 1),
        SimulatedQuestion(AnswerKind.NUMBER, 300, low=5),
        SimulatedQuestion(AnswerKind.STEPS, 3),
    ]
    return Instrument("pupil_5_10", (True, False), (*good, *bad, *others))


@pytest.fixture(scope="module")
def people():
    count = SCHOOLS * 6 * CLASS
    number = np.arange(count)
    return Respondents(
        person=number.astype(np.int64),
        school=(number // (6 * CLASS)).astype(np.int32),
        group=(number // CLASS).astype(np.int32),
        split=(1 + number % 2).astype(np.int8),
        grade=(5 + number // CLASS % 6).astype(np.int16),
    )


@pytest.fixture(scope="module")
def sheets(form, people):
    return answers(form, people, wave=0, schools=SCHOOLS)


def _scores(form, sheets, scale):
    rows = [row for row, question in enumerate(form.questions) if question.scale == scale]
    codes = sheets[rows].astype(float)
    codes[codes < 0] = np.nan
    for place, row in enumerate(rows):
        if form.questions[row].turned:
            codes[place] = form.questions[row].codes + 1 - codes[place]
    return np.nanmean(codes, axis=0)


def test_every_code_is_one_that_can_be_chosen(form, sheets):
    for question, row in zip(form.questions, sheets, strict=True):
        there = row[row >= 0]
        lowest = {AnswerKind.BOX: 0, AnswerKind.NUMBER: question.low}.get(question.asked, 1)
        assert there.min() >= lowest
        assert there.max() <= question.codes
        assert 0.01 < (row < 0).mean() < 0.05


def test_turned_items_go_the_other_way_and_the_scale_holds_together(form, sheets):
    assert np.corrcoef(sheets[0][(sheets[:3] > 0).all(0)], sheets[2][(sheets[:3] > 0).all(0)])[0, 1] < -0.2
    codes = np.where(sheets[:5] > 0, sheets[:5], -1)
    codes[2] = np.where(codes[2] > 0, 5 - codes[2], -1)
    assert 0.7 < cronbach_alpha(codes).value < 0.9


def test_what_is_bad_is_rare_and_goes_against_what_is_good(form, sheets):
    good, bad = _scores(form, sheets, GOOD), _scores(form, sheets, BAD)
    assert np.nanmean(bad) < 1.8
    both = ~np.isnan(good) & ~np.isnan(bad)
    assert np.corrcoef(good[both], bad[both])[0, 1] < -0.1


def test_schools_differ_as_much_as_real_ones(form, people, sheets):
    good = _scores(form, sheets, GOOD)
    there = ~np.isnan(good)
    size = np.bincount(people.school[there])
    means = np.bincount(people.school[there], good[there]) / size
    share = means.var() / good[there].var()
    assert 0.03 < share < 0.15


def test_the_same_person_answers_alike_two_years_later(form, people, sheets):
    later = answers(form, people, wave=1, schools=SCHOOLS)
    then, now = _scores(form, sheets, GOOD), _scores(form, later, GOOD)
    both = ~np.isnan(then) & ~np.isnan(now)
    assert 0.25 < np.corrcoef(then[both], now[both])[0, 1] < 0.7


def test_some_schools_really_change(form, people, sheets):
    later = answers(form, people, wave=1, schools=SCHOOLS)
    chosen = changed_schools(SCHOOLS)
    assert len(chosen) == 5
    moved = []
    for scale, direction in ((GOOD, 1), (BAD, -1)):
        change = direction * (_scores(form, later, scale) - _scores(form, sheets, scale))
        change /= np.nanstd(_scores(form, sheets, scale))
        moved.append([np.nanmean(change[people.school == school]) for school in range(SCHOOLS)])
    best = np.max(moved, axis=0)
    others = [school for school in range(SCHOOLS) if school not in chosen]
    assert min(best[chosen]) > np.median(best[others])
    assert np.mean(best[chosen]) > 0.2


def test_response_is_that_of_real_surveys(people):
    for informant, (lowest, highest) in {"pupil_5_10": (0.80, 0.92), "parent": (0.45, 0.65)}.items():
        answered = who_answered(people, informant, 0, SCHOOLS)
        assert lowest - 0.02 < answered.mean() < highest + 0.02


def test_sheets_are_the_same_each_time_and_differ_between_waves(form, people, sheets):
    assert np.array_equal(answers(form, people, wave=0, schools=SCHOOLS), sheets)
    assert not np.array_equal(answers(form, people, wave=1, schools=SCHOOLS), sheets)
