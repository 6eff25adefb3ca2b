"""The numbers of a report are those of `kfl.stats`; what may not be told is not in it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kfl import stats
from kfl.disclosure import Published
from kfl.research.making import compare as compare_module
from kfl.research.making import scale as scale_module
from kfl.research.making.compare import Since
from kfl.research.making.form import form_report
from kfl.research.making.safety import RootShown
from kfl.research.payload import FilledNumbers, WhyLeftOut
from kfl.research.reading import wording
from kfl.results.making import same_measure
from kfl.results.payload import Kept, NotExamined, SameMeasure
from tests.research.making import IN_EACH, TURNED, a_form, codes, with_last_wave

EVERYBODY = 400


def scale_of(form):
    """The scale's report, which has passed the door with all its sets."""
    part = form_report(form)
    Published(part.sets, part.report)
    return part.report.scales[0]


def printed(value):
    """Three significant digits, as a report has them."""
    return float(f"{value:.3g}")


def as_floats(answers):
    points = np.where(answers < 0, np.nan, answers).T
    points[:, 1] = 6 - points[:, 1]
    return points


def test_reliability_and_items_are_those_of_the_complete_sheets():
    answers = codes(skipped=20)
    scale = scale_of(a_form(answers))
    whole = as_floats(answers[:, 20:])
    alpha = stats.cronbach_alpha(whole.T.astype(np.int64))
    full = scale.full
    assert full.complete == EVERYBODY - 20
    assert (full.alpha.value, full.alpha.low, full.alpha.high) == tuple(
        round(value, 2) for value in (alpha.value, alpha.low, alpha.high)
    )
    assert full.alpha.low <= full.omega.value <= full.alpha.high
    assert scale.reliability == "enough"
    assert [item.n for item in full.items] == [EVERYBODY - 4] * 5
    assert [item.mean for item in full.items] == [printed(mean) for mean in whole.mean(axis=0)]
    assert [item.sd for item in full.items] == [printed(sd) for sd in whole.std(axis=0, ddof=1)]
    assert (full.mean, full.sd) == (printed(whole.mean()), printed(whole.mean(axis=1).std(ddof=1)))
    assert all(item.loading > 0.5 and item.rest_r > 0.4 for item in full.items)


def test_one_factor_fits_answers_that_one_factor_made():
    scale = scale_of(a_form(codes()))
    assert (scale.full.fit.df, scale.full.ordinal.df, scale.fit, scale.fit_gap) == (5, 5, "good", "")
    assert scale.full.fit.cfi > 0.98
    assert scale.full.ordinal.rmsea < 0.05


def test_two_kinds_of_mean_differ_little():
    assert scale_of(a_form(codes(skipped=20))).means_apart == "little"
    answers = codes()
    answers[:2, :200] = -1
    answers[2:, :200] = 5  # half of them skipped two, and answered the others highest
    answers[2, :20] = 4
    answers[3, :20] = 4
    answers[4, :20] = 4
    assert scale_of(a_form(answers)).means_apart == "much"


# Of those who skipped one of five questions, about a fifth did not answer any given one.
@pytest.mark.parametrize(
    ("skipped", "is_full"), [(0, True), (1, False), (3, False), (6, False), (8, False), (9, True), (20, True)]
)
def test_numbers_stand_only_where_those_who_skipped_are_nobody_or_at_least_seven(skipped, is_full):
    scale = scale_of(a_form(codes(skipped=skipped)))
    assert (scale.full is not None) is is_full
    told = is_full or skipped <= 3  # in a short report only while it is the same whatever those who skipped answered
    assert (scale.reliability in {"good", "enough"}, scale.alpha_gap) == (told, "" if told else WhyLeftOut.LEFT_OUT)
    assert scale.fit == "good"


def test_a_short_report_holds_no_number_but_what_was_asked():
    scale = scale_of(a_form(codes(skipped=3)))
    numbers = {
        name for name in scale.__struct_fields__
        if isinstance(getattr(scale, name), int | float) and not isinstance(getattr(scale, name), bool)
    }  # fmt: skip
    assert numbers == {"low", "high", "item_count"}
    assert scale.full is None
    assert scale.gender.level == "scalar"
    assert scale.dif == ["A"] * 5


def test_too_few_complete_sheets_make_a_short_report():
    answers = codes()
    answers[np.arange(EVERYBODY - 6) % 5, np.arange(EVERYBODY - 6)] = -1
    scale = scale_of(a_form(answers))
    assert scale.full is None


def test_blocks_that_leave_one_alone_make_a_short_report():
    """Ten of a class, nine of whom skipped: all complete sheets less the other classes' would be the tenth."""
    answers = codes()
    answers[0, : IN_EACH - 1] = -1
    scale = scale_of(a_form(answers))
    assert scale.full is None


def test_those_who_skipped_and_all_answered_alike_make_a_short_report():
    answers = codes(skipped=20)
    answers[2, [n for n in range(20) if n % 5 != 2]] = 4
    assert scale_of(a_form(answers)).full is None


def test_sheets_of_somebodys_own_making_do_not_make_those_who_skipped_many():
    answers = codes(skipped=20)
    form = a_form(answers)
    alone = np.ones(EVERYBODY, dtype=bool)
    alone[:15] = False
    filled = replace(form, answers=replace(form.answers, alone=alone))
    assert scale_of(form).full is not None
    assert scale_of(filled).full is None


def test_girls_and_boys_have_numbers_only_where_it_holds_for_each():
    answers = codes()
    answers[np.arange(12) % 5, np.arange(12) * IN_EACH] = -1  # a girl in each of twelve classes skipped, and no boy
    scale = scale_of(a_form(answers))
    assert scale.full.gender is not None
    answers[0, 1] = -1  # and one boy
    scale = scale_of(a_form(answers))
    assert (scale.full.gender, scale.full.dif) == (None, [])
    assert (scale.gender.level, scale.dif) == ("scalar", ["A"] * 5)


def test_a_few_who_gave_one_answer_throughout_are_not_counted_out_loud():
    answers = codes(seed=3)
    answers[:, (answers == answers[0]).all(axis=0)] = np.array([[1], [5], [1], [1], [2]])
    answers[:, :6] = 4
    assert scale_of(a_form(answers)).full.straight.people is None
    answers[:, :7] = 4
    assert scale_of(a_form(answers)).full.straight.people == 7
    answers[:, :7] = 3  # the middle contradicts nothing
    assert scale_of(a_form(answers)).full.straight.people == 0


@pytest.mark.parametrize(
    ("form", "gap"),
    [
        (a_form(codes(), sensitive=True), WhyLeftOut.SENSITIVE),
        (a_form(codes(), measured=False), WhyLeftOut.SINGLE),
        (a_form(codes(), shown=RootShown(scale=False, items=False, split=False)), WhyLeftOut.HIDDEN),
        (a_form(codes(), shown=RootShown(scale=True, items=False, split=False)), WhyLeftOut.HIDDEN),
    ],
    ids=["sensitive", "single", "hidden", "items hidden"],
)
def test_what_the_release_does_not_show_is_left_out_whole(form, gap):
    scale = scale_of(form)
    assert scale.gap == gap
    assert (scale.reliability, scale.full, scale.dif) == ("unknown", None, [])


def test_too_few_sheets_have_no_model_and_very_few_no_alpha():
    answers = codes()
    answers[:, 99:] = -1
    scale = scale_of(a_form(answers))
    assert (scale.fit, scale.fit_gap, scale.alpha_gap) == ("unknown", WhyLeftOut.FEW, "")
    answers[:, 29:] = -1
    scale = scale_of(a_form(answers))
    assert (scale.reliability, scale.alpha_gap) == ("unknown", WhyLeftOut.FEW)
    assert all(item.rest_r is None for item in scale.full.items)


def test_girls_and_boys_are_compared_only_where_the_release_tells_them_apart_and_it_says_why_not():
    told = scale_of(a_form(codes()))
    assert told.gender.level == "scalar"
    assert told.dif == [dif.size for dif in told.full.dif] == ["A"] * 5
    hidden = scale_of(a_form(codes(), shown=RootShown(scale=True, items=True, split=False)))
    assert (hidden.gender, hidden.dif, hidden.gender_gap, hidden.dif_gap) == (
        None,
        [],
        WhyLeftOut.NOT_APART,
        WhyLeftOut.NOT_APART,
    )
    form = a_form(codes(), shown=RootShown(scale=True, items=True, split=False))
    nobody = replace(form.answers, split=np.zeros(EVERYBODY, dtype=np.int8))
    unknown = scale_of(replace(form, answers=nobody))
    assert (unknown.gender_gap, unknown.dif_gap) == (WhyLeftOut.UNKNOWN, WhyLeftOut.UNKNOWN)


def test_a_question_that_boys_answer_higher_is_marked():
    scale = scale_of(a_form(codes(tilt=0.9)))
    assert scale.dif[4] == "C"
    assert scale.full.dif[4].difference > 0
    assert scale.gender.level == "metric"


def test_an_earlier_wave_is_compared_by_the_sums_that_its_release_sealed():
    scale = scale_of(with_last_wave(codes(), codes(seed=2, skipped=30)))
    assert (scale.since.wave, scale.since.level, scale.since.question) == ("T1", "scalar", None)
    assert scale.full.since.people == [EVERYBODY - 30, EVERYBODY]
    assert scale.full.since.freed is None
    new = scale_of(a_form(codes()))
    assert (new.since, new.since_gap) == (None, WhyLeftOut.NEW)


def test_the_question_that_makes_another_measure_is_named_with_its_numbers():
    then = codes(seed=2)
    then[3] = np.clip(then[3] + 1, 1, 5)
    scale = scale_of(with_last_wave(codes(), then))
    assert (scale.since.level, scale.since.question) == ("metric", {"nb": "Spørsmål 3"})
    freed = scale.full.since.freed
    assert (freed.key, freed.df) == ("q3", 1)
    assert freed.p < 0.001
    assert freed.chi2 <= scale.full.since.to_scalar.chi2 + 0.01


def test_a_wave_that_was_told_in_words_has_no_number_in_a_later_report():
    scale = scale_of(with_last_wave(codes(), codes(seed=2, skipped=3), full=False))
    assert (scale.since.wave, scale.since.level) == ("T1", "scalar")
    assert scale.full is not None
    assert scale.full.since is None


def test_a_report_says_that_the_comparison_is_not_examined():
    unopened = Since("T1", SameMeasure(gap=NotExamined.NO_KEY), None)
    scale = scale_of(a_form(codes(), since=unopened))
    assert (scale.since, scale.since_gap) == (None, "no_key")
    assert wording.why(scale.since_gap).startswith("ikke undersøkt")


def test_kept_sums_are_whole_numbers_of_turned_answers():
    answers = codes()
    kept = scale_of(a_form(answers)).full.kept
    turned = answers.astype(int)
    turned[1] = 6 - turned[1]
    assert kept == Kept(EVERYBODY, turned.sum(axis=1).tolist(), (turned @ turned.T).tolist())
    assert TURNED[1]


def test_how_sheets_were_filled_in():
    answers = codes()
    answers[1:, :30] = -1  # one answer, then nothing
    answers[2, 30:50] = -1
    filled = form_report(a_form(answers)).report.filled
    assert (filled.questions, filled.word, filled.stopped) == (5, "most", "some")
    assert filled.numbers == FilledNumbers(EVERYBODY, EVERYBODY - 50, 20, 30)
    answers[1:, 6:30] = 2
    few = form_report(a_form(answers)).report.filled
    assert (few.numbers, few.word, few.stopped) == (None, "most", "few")


@pytest.mark.parametrize("odd", ["alike", "two alike", "one question answered by all alike", "opposite", "half"])
def test_odd_answers_never_stop_a_report(odd):
    answers = codes()
    if odd == "alike":
        answers[:] = 3
    elif odd == "two alike":
        answers[1] = 6 - answers[0]
    elif odd == "one question answered by all alike":
        answers[2] = 4
    elif odd == "opposite":
        answers[3] = 6 - answers[0]
    else:
        answers[:, :] = np.where(np.arange(EVERYBODY) % 2, 5, 1)
        answers[1] = 6 - answers[1]
    part = form_report(a_form(answers))
    assert Published(part.sets, part.report).numbers.scales


def test_whatever_a_numerical_library_raises_that_part_is_left_out(monkeypatch):
    def breaks(*_whatever, **_more):
        raise np.linalg.LinAlgError("Singular matrix")

    for name in ("one_factor", "ordinal_confirmatory"):
        monkeypatch.setattr(scale_module, name, breaks)
    monkeypatch.setattr(same_measure, "invariance", breaks)
    for name in ("dif", "collect_dif"):
        monkeypatch.setattr(compare_module, name, breaks)
    scale = scale_of(a_form(codes()))
    assert (scale.fit_gap, scale.gender_gap, scale.dif_gap) == (WhyLeftOut.NO_SOLUTION,) * 3
    assert scale.full.alpha is not None
