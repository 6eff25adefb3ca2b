"""Graded response model: equal to plain R, planted values found again, scores equal brute force."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import expit
from scipy.stats import norm

from kfl.stats import BadAnswers, NoConvergence, NotIdentified, ScaleSpec, TooLittleData
from kfl.stats.ordinal import (
    collect_patterns,
    empirical_reliability,
    graded_response,
    graded_scores,
    item_information,
    marginal_reliability,
    scale_information,
)
from kfl.stats.ordinal.graded_fit import Likelihood, SheetLevels, normal_points

from ..worlds import REFERENCE, read_reference
from .bfi import bfi_answers

HERE = REFERENCE.parent / "ordinal" / "reference"
SLOPES = np.array([0.7, 1.2, 1.6, 2.2, 1.0])
PLACES = np.array([[-2.0, -0.7, 0.6], [-1.5, 0.0, 1.4], [-1.0, 0.2, 1.0], [-1.2, -0.4, 1.1], [-0.5, 0.8, 2.0]])
FIVE = ScaleSpec("five", tuple(range(5)), (False, True, False, False, True), 1, 4)


def planted(seed, people, skipped=0.05):
    """Answers to FIVE as they were given, by the model itself, and where each person stands."""
    random = np.random.default_rng(seed)
    theta = random.normal(size=people)
    reach = expit(SLOPES[:, None, None] * (theta - PLACES[:, :, None]))
    codes = 1 + (random.random((5, 1, people)) < reach).sum(axis=1)
    codes[[1, 4]] = 5 - codes[[1, 4]]
    codes[random.random(codes.shape) < skipped] = -1
    return codes.astype(np.int8), theta


def bfi_scale(trait):
    answers, scale = bfi_answers(tuple(f"{trait}{n}" for n in range(1, 6)))
    turned = (trait == "A", False, False, False, False)
    return answers, ScaleSpec(trait, scale.items, turned, scale.low, scale.high)


@pytest.mark.parametrize("trait", ["A", "N"])
def test_model_equals_plain_r(trait):
    answers, scale = bfi_scale(trait)
    model = graded_response(collect_patterns(answers, scale))
    (fit,) = (row for row in read_reference("graded_fit.csv", HERE) if row["trait"] == trait)
    assert model.people == int(fit["people"])
    assert model.parameters == 30
    assert model.loglik == pytest.approx(float(fit["loglik"]), abs=1e-5)
    rows = [row for row in read_reference("graded_parameters.csv", HERE) if row["trait"] == trait]
    values = np.column_stack([model.discrimination, model.thresholds]).ravel()
    errors = np.column_stack([model.discrimination_se, model.thresholds_se]).ravel()
    assert values == pytest.approx([float(row["value"]) for row in rows], abs=1e-5)
    assert errors == pytest.approx([float(row["se"]) for row in rows], rel=1e-4)
    rows = [row for row in read_reference("graded_scores.csv", HERE) if row["trait"] == trait]
    sheets = np.array([[-1 if code == "-" else int(code) for code in row["sheet"]] for row in rows]).T
    score, sd = model.eap(sheets)
    assert score == pytest.approx([float(row["score"]) for row in rows], abs=2e-6)
    assert sd == pytest.approx([float(row["sd"]) for row in rows], abs=2e-6)


def test_planted_values_are_found_again():
    answers, theta = planted(2, 6000)
    model = graded_response(collect_patterns(answers, FIVE))
    away = [(model.discrimination - SLOPES) / model.discrimination_se]
    away.extend(((model.thresholds - PLACES) / model.thresholds_se).T)
    assert np.abs(away).max() < 3
    assert 0.6 < np.std(away) < 1.4
    score, sd = graded_scores(model, answers)
    assert np.mean((score - theta) ** 2) == pytest.approx(np.mean(sd**2), rel=0.05)
    assert score.var() / (score.var() + np.mean(sd**2)) == pytest.approx(
        empirical_reliability(model, collect_patterns(answers, FIVE)), rel=1e-9
    )


def test_standard_errors_are_the_spread_of_estimates():
    fits = [graded_response(collect_patterns(planted(seed, 500)[0], FIVE)) for seed in range(30)]
    assert np.median([f.discrimination_se for f in fits], axis=0) == pytest.approx(
        np.std([f.discrimination for f in fits], axis=0), rel=0.35
    )


def brute_force(model, sheet):
    def density(theta):
        chosen = model.probabilities(np.array([theta]))[np.arange(5), sheet - model.scale.low, 0]
        return norm.pdf(theta) * chosen[sheet > 0].prod()

    whole, first, second = (quad(lambda t, k=k: t**k * density(t), -9, 9, epsabs=1e-14)[0] for k in (0, 1, 2))
    return first / whole, np.sqrt(second / whole - (first / whole) ** 2)


@pytest.mark.parametrize("sheet", [(1, 1, 1, 1, 1), (4, 4, 4, 4, 4), (2, 3, -1, 1, -1), (4, -1, 1, 4, 1)])
def test_scores_equal_brute_force(sheet):
    model = graded_response(collect_patterns(planted(3, 3000)[0], FIVE))
    score, sd = model.eap(np.array(sheet)[:, None])
    # Beyond ±6, where no points lie, an extreme sheet has a millionth of its posterior distribution.
    assert (score[0], sd[0]) == pytest.approx(brute_force(model, np.array(sheet)), abs=1e-6)


def test_blank_sheets_have_no_score_and_do_not_count():
    answers, _ = planted(4, 1000)
    with_blanks = np.concatenate([answers, np.full((5, 50), -1, dtype=np.int8)], axis=1)
    model = graded_response(collect_patterns(with_blanks, FIVE))
    assert model.people == (answers >= 0).any(axis=0).sum()
    assert np.isnan(graded_scores(model, with_blanks)[0][-50:]).all()
    assert model.loglik == graded_response(collect_patterns(answers, FIVE)).loglik
    assert empirical_reliability(model, collect_patterns(with_blanks, FIVE)) > 0.5
    with pytest.raises(TooLittleData, match="nobody"):
        empirical_reliability(model, collect_patterns(with_blanks[:, -5:], FIVE))


def test_turned_items_count_turned():
    answers, _ = planted(5, 1500)
    turned = answers.copy()
    turned[0] = np.where(answers[0] > 0, 5 - answers[0], -1)
    other = ScaleSpec("five", FIVE.items, (True, True, False, False, True), 1, 4)
    one, two = (graded_response(collect_patterns(a, s)) for a, s in ((answers, FIVE), (turned, other)))
    assert one.thresholds == pytest.approx(two.thresholds)
    assert graded_scores(one, answers)[0] == pytest.approx(graded_scores(two, turned)[0], nan_ok=True)


def test_an_item_that_points_the_other_way_has_a_negative_discrimination():
    answers, _ = planted(6, 3000)
    wrong = ScaleSpec("five", FIVE.items, (True, *FIVE.turned[1:]), 1, 4)
    model = graded_response(collect_patterns(answers, wrong))
    assert model.discrimination[0] < 0
    assert (model.discrimination[1:] > 0).all()


@pytest.mark.parametrize("unused", [1, 2, 4])
def test_codes_that_nobody_gave_have_no_room(unused):
    answers, _ = planted(7, 2000)
    scale = ScaleSpec("five", FIVE.items, (False,) * 5, 1, 4)
    answers[0][answers[0] == unused] = 3
    model = graded_response(collect_patterns(answers, scale))
    assert model.parameters == 19
    assert model.used[0].tolist() == [code != unused for code in (1, 2, 3, 4)]
    assert (model.probabilities(np.array([-1.0, 1.0]))[0, unused - 1] == 0).all()
    place = model.thresholds[0]
    if unused == 2:
        assert place[0] == place[1] < place[2]
        assert model.thresholds_se[0, 0] == model.thresholds_se[0, 1]
    else:
        assert np.isinf(place[0 if unused == 1 else 2])
        assert np.isnan(model.thresholds_se[0, 0 if unused == 1 else 2])
    # As if the scale of that item had had one code less.
    numbers = {code: number for number, code in enumerate(sorted({1, 2, 3, 4} - {unused}), 1)}
    closed = answers.copy()
    closed[0] = [numbers.get(code, -1) for code in answers[0]]
    same = graded_response(collect_patterns(closed, scale))
    assert same.loglik == pytest.approx(model.loglik, abs=1e-6)
    with pytest.raises(BadAnswers, match="nobody gave"):
        model.eap(np.array([[unused], [1], [1], [1], [1]]))


def test_probabilities_add_up_and_cross_at_thresholds():
    model = graded_response(collect_patterns(planted(8, 2000)[0], FIVE))
    chances = model.probabilities(np.linspace(-40, 40, 81))
    assert chances.sum(axis=1) == pytest.approx(np.ones((5, 81)))
    assert (chances > 0).all()
    above = model.probabilities(model.thresholds[3])[3]
    assert [above[k + 1 :, k].sum() for k in range(3)] == pytest.approx([0.5] * 3)


def test_information_is_the_curvature_it_stands_for():
    model = graded_response(collect_patterns(planted(9, 2000)[0], FIVE))
    theta, step = np.linspace(-3, 3, 13), 1e-4
    before, here, after = (model.probabilities(theta + move) for move in (-step, 0, step))
    by_difference = (((after - before) / (2 * step)) ** 2 / here).sum(axis=1)
    assert item_information(model, theta) == pytest.approx(by_difference, rel=1e-6)
    assert scale_information(model, theta) == pytest.approx(by_difference.sum(axis=0), rel=1e-6)
    answers = planted(10, 8000, skipped=0)[0]
    assert marginal_reliability(model) == pytest.approx(
        empirical_reliability(model, collect_patterns(answers, FIVE)), abs=0.03
    )


def test_score_is_the_derivative_of_the_log_likelihood():
    random = np.random.default_rng(1)
    levels = random.integers(0, 4, (40, 20)).astype(np.uint8)  # more items than are multiplied unscaled
    levels[:, :3] = np.minimum(levels[:, :3] % 4, 2)
    likelihood = Likelihood(SheetLevels(levels, random.integers(1, 9, 40), np.array([3] * 20)), 61)
    values = np.concatenate([[random.uniform(0.5, 2), 0.7, -0.9] for _ in range(20)])
    place = likelihood.at(values)
    for number in (0, 1, 32, 59):
        move = np.zeros(60)
        move[number] = 1e-5
        slope = (likelihood.at(values + move).loglik - likelihood.at(values - move).loglik) / 2e-5
        assert place.score[number] == pytest.approx(slope, rel=1e-5)
    theta, weight = normal_points(61)
    assert (weight @ theta, weight @ theta**2) == pytest.approx((0, 1), abs=1e-7)


def test_sharp_scales_get_more_points():
    random = np.random.default_rng(12)
    theta = random.normal(size=3000)
    value = 5 * theta + random.logistic(size=(12, 3000))
    answers = (1 + (value > -5) + (value > 0) + (value > 5)).astype(np.int8)
    scale = ScaleSpec("sharp", tuple(range(12)), (False,) * 12, 1, 4)
    model = graded_response(collect_patterns(answers, scale))
    assert model.points > 61
    assert np.abs((model.discrimination - 5) / model.discrimination_se).max() < 3.5


def test_what_is_refused():
    answers, _ = planted(13, 300)
    with pytest.raises(NotIdentified, match="3 items"):
        graded_response(collect_patterns(answers, ScaleSpec("two", (0, 1), (False, False), 1, 4)))
    same = answers.copy()
    same[0] = 2
    with pytest.raises(TooLittleData, match="different answers"):
        graded_response(collect_patterns(same, FIVE))
    with pytest.raises(TooLittleData, match="different answers"):
        graded_response(collect_patterns(np.full((5, 9), -1), FIVE))
    model = graded_response(collect_patterns(answers, FIVE))
    with pytest.raises(BadAnswers, match="5 items"):
        model.eap(answers[:4])
    with pytest.raises(BadAnswers, match="nobody gave"):
        model.eap(np.full((5, 1), 5))


def test_items_that_decide_each_other_are_refused():
    answers, _ = planted(14, 300, skipped=0)
    answers[1] = 5 - answers[0]
    answers[2] = answers[3] = answers[0]
    answers[4] = 5 - answers[0]
    with pytest.raises(NoConvergence):
        graded_response(collect_patterns(answers, FIVE))


def test_criteria_count_parameters():
    model = graded_response(collect_patterns(planted(15, 800)[0], FIVE))
    assert model.aic == pytest.approx(40 - 2 * model.loglik)
    assert model.bic == pytest.approx(20 * np.log(model.people) - 2 * model.loglik)


@pytest.mark.parametrize("alike", [2, 3, 4])
def test_identical_items_are_refused_by_name(alike):
    """They have no finite discrimination, and a grid of θ would seem to give them one."""
    random = np.random.default_rng(alike)
    value = random.normal(size=2000) + random.logistic(size=(4, 2000)) / 2
    answers = np.digitize(value, [-1, 0, 1]).astype(np.int8)
    answers[:alike] = answers[0]
    with pytest.raises(NoConvergence, match="items answer for each other"):
        graded_response(collect_patterns(answers, ScaleSpec("alike", (0, 1, 2, 3), (False,) * 4, 0, 3)))
