"""Scales of 2 to 60 items, for any number of people: the numbers of Python's fractions, person by person."""

from fractions import Fraction
from functools import cache
from math import sqrt

import numpy as np
import pytest

from kfl.stats import (
    ScaleSpec,
    alphas,
    collect,
    collect_alpha,
    collect_panel,
    collect_products,
    collect_scores,
    group_scores,
    item_analysis,
    moments,
    panel_change,
    person_means,
    person_sd,
)

from . import plain

ITEMS = (2, 17, 19, 25, 60)
PEOPLE = (5, 700)
GROUPS = 3
DOUBLED = 33  # times: 700 people become six trillion
TABLES = ("persons", "score_sum", "score_square_sum")
near = pytest.approx


@cache
def answered(items, people, codes=5):
    """A scale with turned items, answers of which some people skipped a quarter, and everybody's group."""
    random = np.random.default_rng(1000 * items + people)
    trait = random.normal(0, 1, people)
    scale = ScaleSpec("long", tuple(range(items)), tuple(at % 4 == 1 for at in range(items)), 1, codes)
    value = np.where(scale.turned, -1, 1)[:, np.newaxis] * trait + random.normal(0, 1, (items, people))
    answers = np.clip(np.rint((codes + 1) / 2 + value), 1, codes).astype(np.int8)
    answers[(random.random(answers.shape) < 0.25) & (random.random(people) < 0.7)] = -1
    return scale, answers, random.integers(0, GROUPS, people)


def as_people(answers):
    return [[None if code < 0 else int(code) for code in sheet] for sheet in answers.T]


def scores_of(scale, answers, group):
    """Everybody's score by group, as fractions."""
    people = as_people(answers)
    return [plain.scores([one for one, at in zip(people, group, strict=True) if at == g], scale) for g in range(GROUPS)]


def doubled(sums, times=DOUBLED):
    for _ in range(times):
        sums = sums + sums
    return sums


def same(one, other, names=TABLES):
    return all(getattr(one, name).tolist() == getattr(other, name).tolist() for name in names)


@pytest.mark.parametrize("people", PEOPLE)
@pytest.mark.parametrize("items", ITEMS)
def test_score_sums_are_those_of_fractions(items, people):
    scale, answers, group = answered(items, people)
    both = collect(answers, group, GROUPS, [scale]), collect_scores(answers, group, GROUPS, [scale])
    for sums in both:
        for g, scores in enumerate(scores_of(scale, answers, group)):
            assert sums.persons[g, 0] == len(scores)
            assert sums.score_sum[g, 0] == sum(scores) * scale.unit
            assert sums.score_square_sum[g, 0] == sum(one * one for one in scores) * scale.unit**2


@pytest.mark.parametrize("times", [0, DOUBLED])
@pytest.mark.parametrize("people", PEOPLE)
@pytest.mark.parametrize("items", ITEMS)
def test_means_and_sds_are_those_of_fractions_for_any_number_of_people(items, people, times):
    scale, answers, group = answered(items, people)
    sums = doubled(collect_scores(answers, group, GROUPS, [scale]), times)
    for g, scores in enumerate(scores_of(scale, answers, group)):
        count = len(scores) * 2**times
        assert sums.persons[g, 0] == count
        if count > 1:
            assert person_means(sums)[g, 0] == near(float(plain.mean(scores)), rel=1e-15)
            squares = Fraction(plain.squares(scores)) * 2**times
            assert person_sd(sums)[g, 0] == near(sqrt(squares / (count - 1)), rel=1e-14)


@pytest.mark.parametrize("items", [16, 17, 60])
def test_any_split_gives_the_same_whole_numbers(items):
    """At 16 and 17 items some of the parts are few enough for 64 bits, and together they are not."""
    scale, answers, group = answered(items, 700)
    copies = 400 if items == 16 else 1
    answers, group = np.tile(answers, copies), np.tile(group, copies)
    whole = collect(answers, group, GROUPS, [scale])
    order = np.random.default_rng(1).permutation(len(group))
    parts = [collect(answers[:, part], group[part], GROUPS, [scale]) for part in np.array_split(order, 7)]
    merged = parts[3] + parts[0] + (parts[6] + parts[5]) + parts[1] + (parts[2] + parts[4])
    assert same(merged, whole, (*TABLES, "counts"))
    assert person_sd(merged).tobytes() == person_sd(whole).tobytes()
    assert group_scores(merged).mean.tobytes() == group_scores(whole).mean.tobytes()
    parent = np.array([-1, 0, 0])
    rolled = whole.roll_up(parent)
    assert rolled.score_sum[0, 0] == whole.total().score_sum[0, 0] == sum(whole.score_sum[:, 0].tolist())
    assert same(whole.regroup(np.array([1, -1, 1]), 2).take(np.array([1])), whole.take(np.array([0, 2])).total())


def test_a_long_scale_beside_a_short_one_changes_no_number_of_it():
    long, answers, group = answered(60, 700)
    short = ScaleSpec("short", (3, 4, 5), (False, True, False), 1, 5)
    alone, beside = (collect(answers, group, GROUPS, scales) for scales in ([short], [long, short]))
    assert alone.score_sum[:, 0].tolist() == beside.score_sum[:, 1].tolist()
    assert person_means(alone)[:, 0].tobytes() == person_means(beside)[:, 1].tobytes()
    assert person_sd(alone)[:, 0].tobytes() == person_sd(beside)[:, 1].tobytes()


@pytest.mark.parametrize("items", ITEMS)
def test_complete_sheets_of_any_number_of_people(items):
    scale, answers, group = answered(items, 700)
    sheets = [[plain.turned(code, at, scale) for at, code in enumerate(one)] for one in as_people(answers)]
    complete = [one for one in sheets if None not in one]
    assert len(complete) > 30
    everybody = np.zeros(700, dtype=int)
    products = doubled(collect_products(answers, everybody, 1, scale), 28)
    (sums,) = collect_alpha(answers, everybody, 1, [scale])
    for found in (alphas(products), alphas(doubled(sums, 28))):
        assert found.people[0] == len(complete) * 2**28
        assert found.value[0] == near(plain.alpha(complete), rel=1e-14)
    count = len(complete) * 2**28
    own = Fraction(plain.squares([Fraction(one[1]) for one in complete])) * 2**28
    assert moments(products).covariance[1, 1] == near(float(own / (count - 1)), rel=1e-14)
    described = item_analysis(products, doubled(collect(answers, everybody, 1, [scale]), 28))
    rest = np.array([sum(one) - one[1] for one in complete])
    item = np.array([one[1] for one in complete])
    assert described.item_rest_r[0, 1] == near(np.corrcoef(item, rest)[0, 1], rel=1e-12)
    given = plain.item_answers(as_people(answers), 1, scale)
    squares = Fraction(plain.squares([Fraction(one) for one in given])) * 2**28
    assert described.sd[0, 1] == near(sqrt(squares / (len(given) * 2**28 - 1)), rel=1e-14)


@pytest.mark.parametrize("times", [0, DOUBLED])
@pytest.mark.parametrize("items", ITEMS)
def test_the_panel_is_that_of_fractions(items, times):
    scale, before, group = answered(items, 700)
    after = np.roll(before, 1, axis=0)
    sums = collect_panel(before, after, group, GROUPS, [scale])
    parts = slice(0, 9), slice(9, None)
    halves = [collect_panel(before[:, part], after[:, part], group[part], GROUPS, [scale]) for part in parts]
    names = ("pairs", "before_only", "after_only", "before", "after", "before_square", "after_square", "product")
    assert same(halves[0] + halves[1], sums, names)
    people = [as_people(wave) for wave in (before, after)]
    pairs = [[plain.person_score(one, scale) for one in both] for both in zip(*people, strict=True)]
    for g in range(GROUPS):
        own = [pair for pair, at in zip(pairs, group, strict=True) if at == g and None not in pair]
        assert sums.pairs[g, 0] == len(own)
        assert sums.product[g, 0] == sum(one * two for one, two in own) * scale.unit**2
        assert sums.after_square[g, 0] == sum(two * two for _one, two in own) * scale.unit**2
    own = [pair for pair in pairs if None not in pair]
    found = panel_change(doubled(sums, times))
    differences = [two - one for one, two in own]
    assert found.change.difference[0, 0] == near(float(plain.mean(differences)), rel=1e-12, abs=1e-14)
    count = len(own) * 2**times
    squares = Fraction(plain.squares(differences)) * 2**times
    assert found.sd_difference[0, 0] == near(sqrt(squares / (count - 1)), rel=1e-9)
