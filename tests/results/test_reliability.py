"""Alpha and omega of the whole wave, as a release keeps them."""

from __future__ import annotations

import numpy as np
import pytest

from kfl import stats
from kfl.analysis.findings import verdicts
from kfl.analysis.judgements import judge_reliability
from kfl.analysis.quality import scale_quality
from kfl.results.making import reliability
from kfl.results.payload import Reliability
from kfl.stats.factors import omega_total
from kfl.stats.moments import moments


def of_wave(codes, spec, *, full):
    everybody = stats.collect(codes, np.zeros(codes.shape[1], dtype=np.int64), 1, [spec])
    products = stats.collect_products(codes, np.zeros(codes.shape[1], dtype=np.int64), 1, spec)
    return reliability.of_wave(products, full=full, everybody=everybody)


def answers(people: int, *, shared: float = 1.0, items: int = 4) -> np.ndarray:
    random = np.random.default_rng(3)
    common = random.normal(0, shared, people)
    codes = np.clip(np.rint(3 + common + random.normal(0, 1, (items, people))), 1, 5).astype(np.int8)
    codes[random.random(codes.shape) < 0.03] = -1
    return codes


def scale(items: int = 4) -> stats.ScaleSpec:
    return stats.ScaleSpec("calm", tuple(range(items)), (False,) * items, 1, 5)


def test_it_is_alpha_and_omega_of_the_complete_sheets_to_six_decimals():
    codes = answers(300)
    found = of_wave(codes, scale(), full=True)
    complete = codes[:, (codes >= 0).all(axis=0)]
    alpha = stats.cronbach_alpha(complete)
    products = stats.collect_products(codes, np.zeros(300, dtype=np.int64), 1, scale())
    omega = omega_total(moments(products))
    assert found.people == complete.shape[1] == alpha.people
    assert (found.alpha, found.alpha_low, found.alpha_high) == tuple(
        round(value, 6) for value in (alpha.value, alpha.low, alpha.high)
    )
    assert found.omega == round(omega.value, 6)
    assert 0 < found.omega_low < found.omega < found.omega_high <= 1


@pytest.mark.parametrize(("people", "items"), [(20, 4), (300, 1)])
def test_too_few_sheets_or_questions_give_none(people, items):
    assert of_wave(answers(people, items=items), scale(items), full=True) is None


def test_equal_totals_give_none():
    assert of_wave(np.full((4, 50), 3, dtype=np.int8), scale(), full=True) is None


def test_two_questions_have_alpha_but_no_omega():
    found = of_wave(answers(300, items=2), scale(2), full=True)
    assert found.alpha > 0.3
    assert found.omega is None


def test_where_the_complete_sheets_may_not_stand_beside_all_there_is_a_word_and_no_number():
    codes = answers(300, shared=1.5)
    full, short = (of_wave(codes[:, (codes >= 0).all(axis=0)], scale(), full=full) for full in (True, False))
    assert short == Reliability(full.word)
    assert full.word == "good"


def test_where_those_left_out_could_decide_the_word_there_is_none():
    few_left_out = answers(60)
    assert of_wave(few_left_out, scale(), full=True) is not None
    assert of_wave(few_left_out, scale(), full=False) is None


@pytest.mark.parametrize(
    ("alpha", "omega", "word"),
    [
        (0.91, 0.90, "good"),
        (0.795, 0.9, "good"),
        (0.79499, 0.9, "enough"),
        (0.9, 0.79499, "enough"),
        (0.6951, 0.72, "enough"),
        (0.69499, 0.72, "weak"),
        (0.66, 0.72, "weak"),
        (0.72, 0.66, "weak"),
        (-0.2, None, "weak"),
        (0.83, None, "good"),
        (None, None, "unknown"),
    ],
)
def test_the_smaller_of_alpha_and_omega_decides_rounded_once(alpha, omega, word):
    assert judge_reliability(alpha, omega).value == word


def test_page_and_analysis_judge_by_the_same_function():
    """Questions of two kinds: alpha is high enough, omega of one factor is another matter."""
    codes = answers(300)
    found = of_wave(codes, scale(), full=True)
    assert found.word == judge_reliability(found.alpha, found.omega).value
    products = stats.collect_products(codes, np.zeros(300, dtype=np.int64), 1, scale())
    sums = stats.collect(codes, np.zeros(300, dtype=np.int64), 1, [scale()])
    quality = scale_quality(products, sums, ["a", "b", "c", "d"])
    assert verdicts([quality])[0].reliability.value == found.word


def test_whatever_the_library_raises_there_is_no_omega(monkeypatch):
    def breaks(_moments):
        raise np.linalg.LinAlgError("Singular matrix")

    monkeypatch.setattr(reliability, "one_factor", breaks)
    assert of_wave(answers(300), scale(), full=True).omega is None
