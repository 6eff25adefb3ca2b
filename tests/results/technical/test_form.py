"""The numbers of a report are those of `kfl.stats`; what may not be told is not in it."""

from __future__ import annotations

import numpy as np
import pytest

from kfl import stats
from kfl.results.technical.form import form_report
from kfl.results.technical.payload import Gap, Kept
from kfl.results.technical.safety import RootShown
from tests.results.technical.making import SCHOOLS, TURNED, a_form, codes

EVERYBODY = 400


def scale_of(form):
    return form_report(form).scales[0]


def as_floats(answers):
    points = np.where(answers < 0, np.nan, answers).T
    points[:, 1] = 6 - points[:, 1]
    return points


def test_reliability_and_items_are_those_of_the_complete_sheets():
    answers = codes(skipped=20)
    scale = scale_of(a_form(answers))
    alpha = stats.cronbach_alpha(as_floats(answers))
    assert (scale.touched, scale.scored, scale.complete) == (EVERYBODY, EVERYBODY, EVERYBODY - 20)
    assert scale.alpha.value == pytest.approx(alpha.value, abs=1e-12)
    assert (scale.alpha.low, scale.alpha.high) == pytest.approx((alpha.low, alpha.high), abs=1e-12)
    assert scale.alpha.low < scale.omega.value < scale.alpha.high
    assert [item.n for item in scale.items] == [EVERYBODY - 4] * 5
    assert scale.items[1].mean == pytest.approx(np.nanmean(as_floats(answers)[:, 1]))
    assert all(item.loading > 0.5 and item.rest_r > 0.4 for item in scale.items)


def test_one_factor_fits_answers_that_one_factor_made():
    scale = scale_of(a_form(codes()))
    assert (scale.fit.df, scale.ordinal.df, scale.fit_gap) == (5, 5, "")
    assert scale.fit.cfi > 0.98
    assert scale.ordinal.rmsea < 0.05


def test_likeness_is_told_by_level_with_its_interval():
    levels = scale_of(a_form(codes())).levels
    assert [(level.kind, level.groups) for level in levels] == [("school", SCHOOLS)]
    assert 0 < levels[0].icc.low < levels[0].icc.value < levels[0].icc.high < 0.5


def test_two_kinds_of_mean_differ_little():
    scale = scale_of(a_form(codes(skipped=20)))
    assert scale.mean == pytest.approx(scale.person_mean, abs=0.05)
    assert scale.mean != scale.person_mean


@pytest.mark.parametrize(("skipped", "is_kept"), [(0, True), (1, False), (6, False), (7, True)])
def test_sums_of_the_complete_sheets_are_kept_only_where_no_small_group_is_left_out(skipped, is_kept):
    scale = scale_of(a_form(codes(skipped=skipped)))
    assert (scale.kept is not None) is is_kept
    assert scale.alpha is not None


def test_mean_of_persons_is_told_only_where_no_small_group_is_left_out():
    answers = codes()
    answers[:3, :6] = -1  # six people answered two of five
    assert scale_of(a_form(answers)).person_mean is None
    answers[:3, :7] = -1
    assert scale_of(a_form(answers)).person_mean is not None


def test_a_few_who_gave_one_answer_throughout_are_not_counted_out_loud():
    answers = codes(seed=3)
    answers[:, (answers == answers[0]).all(axis=0)] = np.array([[1], [5], [1], [1], [2]])
    answers[:, :6] = 4
    assert scale_of(a_form(answers)).straight.people is None
    answers[:, :7] = 4
    assert scale_of(a_form(answers)).straight.people == 7
    answers[:, :7] = 3  # the middle contradicts nothing
    assert scale_of(a_form(answers)).straight.people == 0


@pytest.mark.parametrize(
    ("form", "gap"),
    [
        (a_form(codes(), sensitive=True), Gap.SENSITIVE),
        (a_form(codes(), measured=False), Gap.SINGLE),
        (a_form(codes(), shown=RootShown(scale=False, items=False, split=False)), Gap.HIDDEN),
        (a_form(codes(), shown=RootShown(scale=True, items=False, split=False)), Gap.HIDDEN),
    ],
    ids=["sensitive", "single", "hidden", "items hidden"],
)
def test_what_the_release_does_not_show_is_left_out_whole(form, gap):
    scale = scale_of(form)
    assert scale.gap == gap
    assert (scale.touched, scale.alpha, scale.items, scale.kept, scale.levels) == (0, None, [], None, [])


def test_too_few_sheets_have_no_model_and_very_few_no_alpha():
    answers = codes()
    answers[:, 99:] = -1
    scale = scale_of(a_form(answers))
    assert (scale.fit, scale.fit_gap, scale.alpha_gap) == (None, Gap.FEW, "")
    answers[:, 29:] = -1
    scale = scale_of(a_form(answers))
    assert (scale.alpha, scale.alpha_gap) == (None, Gap.FEW)
    assert all(item.rest_r is None for item in scale.items)


def test_girls_and_boys_are_compared_only_where_the_release_tells_them_apart():
    told = scale_of(a_form(codes()))
    assert told.gender.level == "scalar"
    assert [dif.size for dif in told.dif] == ["A"] * 5
    hidden = scale_of(a_form(codes(), shown=RootShown(scale=True, items=True, split=False)))
    assert (hidden.gender, hidden.dif, hidden.gender_gap, hidden.dif_gap) == (None, [], Gap.UNKNOWN, Gap.UNKNOWN)


def test_a_question_that_boys_answer_higher_is_marked():
    scale = scale_of(a_form(codes(tilt=0.9)))
    assert scale.dif[4].size == "C"
    assert scale.dif[4].difference > 0
    assert scale.gender.level == "metric"


def test_an_earlier_wave_is_compared_by_the_sums_that_its_report_kept():
    then = scale_of(a_form(codes(seed=2))).kept
    scale = scale_of(a_form(codes(), earlier={"digest": ("T1", then)}))
    assert (scale.since.wave, scale.since.people, scale.since.level) == ("T1", [EVERYBODY, EVERYBODY], "scalar")
    other = scale_of(a_form(codes(), earlier={"another": ("T1", then)}))
    assert (other.since, other.since_gap) == (None, Gap.NEW)


def test_kept_sums_are_whole_numbers_of_turned_answers():
    answers = codes()
    kept = scale_of(a_form(answers)).kept
    turned = answers.astype(int)
    turned[1] = 6 - turned[1]
    assert kept == Kept(EVERYBODY, turned.sum(axis=1).tolist(), (turned @ turned.T).tolist())
    assert TURNED[1]


def test_how_sheets_were_filled_in():
    answers = codes()
    answers[1:, :3] = -1  # one answer, then nothing
    answers[2, 3:8] = -1
    filled = form_report(a_form(answers)).filled
    assert (filled.questions, filled.sheets) == (5, EVERYBODY)
    assert (filled.all, filled.half, filled.less, filled.stopped) == (EVERYBODY - 8, 5, 3, 3)
