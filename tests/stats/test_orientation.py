"""Every public function says it by name when answers lie the wrong way or are no answers: never a silent wrong number.

The house's convention: items by people, whole numbers, -1 = not answered.
"""

import inspect

import numpy as np
import polars as pl
import pytest

from kfl import stats
from kfl.stats import BadAnswers, ScaleSpec, StatsError, WrongKind, factors, ordinal

ITEMS, PEOPLE = 6, 240
SCALE = ScaleSpec("mood", tuple(range(ITEMS)), (False, True, False, False, False, False), 1, 5)
PART = ScaleSpec("part", (0, 1, 2), (False, True, False), 1, 5)
RANDOM = np.random.default_rng(6)
ANSWERS = np.clip(np.rint(3 + RANDOM.normal(size=PEOPLE) + RANDOM.normal(size=(ITEMS, PEOPLE))), 1, 5).astype(np.int8)
ANSWERS[1] = 6 - ANSWERS[1]
ANSWERS[RANDOM.random(ANSWERS.shape) < 0.05] = -1
GROUP = RANDOM.integers(0, 3, PEOPLE)
EVERYBODY = np.zeros(PEOPLE, dtype=np.int64)
MODEL = ordinal.graded_response(ordinal.collect_patterns(ANSWERS, PART))
BY = stats.ReferenceMoments(np.array([3.0]), np.array([1.0]))

# Each public function whose parameter is called answers (or before, codes): how it is called with a matrix.
TAKERS = {
    "collect": lambda answers: stats.collect(answers, GROUP, 3, [PART]),
    "collect_scores": lambda answers: stats.collect_scores(answers, GROUP, 3, [PART]),
    "collect_alpha": lambda answers: stats.collect_alpha(answers, GROUP, 3, [PART]),
    "collect_products": lambda answers: stats.collect_products(answers, GROUP, 3, PART),
    "collect_pairwise": lambda answers: stats.collect_pairwise(answers, PART),
    "collect_tables": lambda answers: stats.collect_tables(answers, PART),
    "collect_dif": lambda answers: stats.collect_dif(answers, GROUP % 2, PART),
    "collect_panel": lambda answers: stats.collect_panel(answers, answers, GROUP, 3, [PART]),
    "collect_screens": lambda answers: stats.collect_screens(answers, GROUP, 3, [0, 1, 2], [PART]),
    "screen_people": lambda answers: stats.screen_people(answers, [0, 1, 2], [PART]),
    "person_scores": lambda answers: stats.person_scores(answers, PART),
    "person_points": lambda answers: stats.person_points(answers, [PART], BY),
    "cronbach_alpha": stats.cronbach_alpha,
    "collect_patterns": lambda answers: ordinal.collect_patterns(answers, PART),
    "collect_margins": lambda answers: ordinal.collect_margins(answers, PART),
    "graded_scores": lambda answers: ordinal.graded_scores(MODEL, answers),
}


def test_every_public_function_that_takes_answers_is_tried():
    found = set()
    for module in (stats, ordinal, factors):
        for name in module.__all__:
            thing = getattr(module, name)
            if inspect.isfunction(thing) and {"answers", "before"} & set(inspect.signature(thing).parameters):
                found.add(name)
    assert found - {"change"} == set(TAKERS)  # change takes two waves' groups


@pytest.mark.parametrize("name", TAKERS)
def test_answers_the_right_way_are_taken(name):
    TAKERS[name](ANSWERS)
    TAKERS[name](ANSWERS.astype(np.int64))


@pytest.mark.parametrize("name", TAKERS)
def test_answers_people_by_items_are_refused_by_name(name):
    with pytest.raises(BadAnswers, match=r"people by items.*answers\.T"):
        TAKERS[name](np.ascontiguousarray(ANSWERS.T))


@pytest.mark.parametrize("name", TAKERS)
def test_floats_with_nan_are_refused_by_name(name):
    floats = np.where(ANSWERS < 0, np.nan, ANSWERS)
    for answers in (floats, floats.T):
        with pytest.raises(BadAnswers, match="-1, not NaN"):
            TAKERS[name](answers)


@pytest.mark.parametrize("name", TAKERS)
@pytest.mark.parametrize("thing", [pl.DataFrame(ANSWERS.T), ANSWERS.tolist(), None, "answers.csv"])
def test_what_is_no_matrix_is_refused_by_name(name, thing):
    with pytest.raises(WrongKind, match="numpy matrix, items by people"):
        TAKERS[name](thing)


def test_pandas_frames_are_refused_too():
    pandas = pytest.importorskip("pandas")
    for take in TAKERS.values():
        with pytest.raises(WrongKind, match=r"answers_of.*pandas\.DataFrame"):
            take(pandas.DataFrame(ANSWERS.T))


def test_few_people_are_taken_where_only_the_scale_s_own_rows_are_given():
    few = ANSWERS[:, :4]
    with pytest.raises(BadAnswers, match="own rows"):
        stats.person_scores(few, PART)
    assert stats.person_scores(few[:3], PART).shape == (4,)
    assert stats.collect(few, GROUP[:4], 3, [PART]).groups == 3  # as many groups as columns: no doubt


def test_the_house_s_own_matrix_and_its_sums_have_one_alpha():
    turned = np.where((np.arange(ITEMS) == 1)[:, np.newaxis] & (ANSWERS > 0), 6 - ANSWERS, ANSWERS)
    found = stats.cronbach_alpha(turned)
    sums = stats.alphas(stats.collect_products(ANSWERS, EVERYBODY, 1, SCALE))
    assert found.value == pytest.approx(sums.value[0], rel=1e-12)
    assert found.people == sums.people[0]


PRODUCTS = stats.collect_products(ANSWERS, EVERYBODY, 1, SCALE)
MOMENTS = stats.moments(PRODUCTS)
PATTERNS = ordinal.collect_patterns(ANSWERS, SCALE)
FITTED = {
    "confirmatory": lambda pattern: factors.confirmatory(MOMENTS, pattern).loadings,
    "ordinal_confirmatory": lambda pattern: ordinal.ordinal_confirmatory(PATTERNS, pattern).loadings,
    "invariance": lambda pattern: np.array([factors.invariance([MOMENTS, MOMENTS], pattern).scalar.chi2]),
}


@pytest.mark.parametrize("name", FITTED)
def test_patterns_of_ones_and_noughts_are_patterns(name):
    pattern = np.array([[1, 0], [1, 0], [1, 0], [0, 1], [0, 1], [0, 1]])
    wanted = FITTED[name](pattern.astype(bool))
    for other in (pattern, pattern.astype(float), pattern.tolist()):
        assert FITTED[name](other).tobytes() == wanted.tobytes()
    with pytest.raises(WrongKind, match="true and false"):
        FITTED[name](pattern * 2)
    with pytest.raises(BadAnswers, match="6 rows"):
        FITTED[name](pattern.T)


def test_groups_of_items_of_ones_and_noughts():
    groups = np.repeat(np.eye(3, dtype=int), 3, axis=0)
    covariance = 0.4 + 0.2 * groups @ groups.T
    np.fill_diagonal(covariance, 1)
    nine = stats.Moments(500, np.zeros(9), covariance)
    wanted = factors.omega_hierarchical(nine, groups.astype(bool)).hierarchical.value
    assert factors.omega_hierarchical(nine, groups).hierarchical.value == wanted


SUMS = stats.collect(ANSWERS, GROUP, 3, [PART])
SCORES = stats.group_scores(SUMS)
# Functions that take what other functions of the library make: each with something else in one place.
WRONG = {
    "hedges_g": lambda wrong: stats.hedges_g(wrong, SCORES),
    "hedges_g, second": lambda wrong: stats.hedges_g(SCORES, wrong),
    "clustered_g": lambda wrong: stats.clustered_g(SCORES, wrong, [0.1]),
    "cluster_mean": stats.cluster_mean,
    "person_mean": stats.person_mean,
    "change": lambda wrong: stats.change(SCORES, wrong),
    "panel_change": stats.panel_change,
    "alphas": stats.alphas,
    "item_analysis": lambda wrong: stats.item_analysis(wrong, SUMS),
    "item_analysis, second": lambda wrong: stats.item_analysis(PRODUCTS, wrong),
    "moments": stats.moments,
    "dif": stats.dif,
    "scale_means": stats.scale_means,
    "item_means": stats.item_means,
    "scale_n": stats.scale_n,
    "person_means": stats.person_means,
    "person_sd": stats.person_sd,
    "squares_within": stats.squares_within,
    "reference": stats.reference,
    "group_scores": stats.group_scores,
    "graded_response": ordinal.graded_response,
    "graded_scores": lambda wrong: ordinal.graded_scores(wrong, ANSWERS),
    "ordinal_confirmatory": lambda wrong: ordinal.ordinal_confirmatory(wrong, np.ones((6, 1))),
    "polychoric": ordinal.polychoric,
    "confirmatory": lambda wrong: factors.confirmatory(wrong, np.ones((6, 1))),
    "one_factor": factors.one_factor,
    "omega_total": factors.omega_total,
    "omega_hierarchical": lambda wrong: factors.omega_hierarchical(wrong, np.ones((6, 2))),
    "invariance": lambda wrong: factors.invariance([MOMENTS, wrong], np.ones((6, 1))),
    "parallel_analysis": lambda wrong: factors.parallel_analysis(wrong, seed=1),
    "collect, scales": lambda wrong: stats.collect(ANSWERS, GROUP, 3, [wrong]),
    "collect_scores, scales": lambda wrong: stats.collect_scores(ANSWERS, GROUP, 3, [wrong]),
    "collect_alpha, scales": lambda wrong: stats.collect_alpha(ANSWERS, GROUP, 3, [wrong]),
    "collect_products, scale": lambda wrong: stats.collect_products(ANSWERS, GROUP, 3, wrong),
    "collect_pairwise, scale": lambda wrong: stats.collect_pairwise(ANSWERS, wrong),
    "collect_tables, scale": lambda wrong: stats.collect_tables(ANSWERS, wrong),
    "collect_panel, scales": lambda wrong: stats.collect_panel(ANSWERS, ANSWERS, GROUP, 3, [wrong]),
    "collect_dif, scale": lambda wrong: stats.collect_dif(ANSWERS, GROUP % 2, wrong),
    "collect_patterns, scale": lambda wrong: ordinal.collect_patterns(ANSWERS, wrong),
    "collect_margins, scale": lambda wrong: ordinal.collect_margins(ANSWERS, wrong),
    "person_scores, scale": lambda wrong: stats.person_scores(ANSWERS, wrong),
    "person_points, scales": lambda wrong: stats.person_points(ANSWERS, [wrong], BY),
}


@pytest.mark.parametrize("wrong", [pl.DataFrame({"mark": [1.0, 2.0]}), [[1.0], [2.0]], None])
def test_measured_values_are_a_matrix(wrong):
    with pytest.raises(WrongKind, match="expected ndarray"):
        stats.group_values(wrong, np.zeros(2, dtype=int), 1)


@pytest.mark.parametrize("name", WRONG)
@pytest.mark.parametrize("wrong", [ANSWERS, pl.DataFrame(ANSWERS.T), [1.0, 2.0], None])
def test_what_another_function_must_make_first_is_named(name, wrong):
    with pytest.raises(WrongKind, match="expected .*; got "):
        WRONG[name](wrong)
    assert issubclass(WrongKind, StatsError)
    assert issubclass(WrongKind, TypeError)
