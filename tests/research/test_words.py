"""Whoever knows the shares of each question and the SD learns from no word what the few who skipped answered.

The attacker tries every answer that they may have given, and keeps those that fit all that pages and report tell.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import msgspec
import numpy as np
import pytest

from kfl import stats
from kfl.analysis.judgements import judge_reliability
from kfl.research.making.form import form_report
from kfl.results.making import reliability
from tests.research.making import TURNED, a_form, codes, with_last_wave

WAVES = 60
SPEC = stats.ScaleSpec("ro", (0, 1), (False, False), 1, 5)


def one_skipped(seed: int, items: int = 2) -> np.ndarray:
    """A wave of 31 to 60, one of whom skipped the last question."""
    random = np.random.default_rng(seed)
    people = int(random.integers(31, 61))
    base = random.normal(3, 1, people)
    answers = np.clip(np.rint(base + random.normal(0, 0.8, (items, people))), 1, 5).astype(np.int8)
    answers[-1, 0] = -1
    return answers


def everybody(answers: np.ndarray, spec: stats.ScaleSpec) -> stats.Sums:
    return stats.collect(answers, np.zeros(answers.shape[1], dtype=np.int64), 1, [spec])


def guesses(answers: np.ndarray) -> Iterator[tuple[int, float]]:
    """Each answer the one who skipped may have given to the first of two questions, and alpha of the others then."""
    people = answers.shape[1] - 1
    sums = everybody(answers, SPEC)
    apart_of_all = 4 * people * stats.person_sd(sums)[0, 0] ** 2
    given = np.maximum(answers, 0).astype(int)
    for guess in range(1, 6):
        own = np.array([guess, 0])
        total, square = given.sum(axis=1) - own, (given**2).sum(axis=1) - own**2
        apart = people * square.sum() - (total**2).sum()
        own_part = people / (people + 1) * (2 * guess - total.sum() / people) ** 2
        whole = people * (apart_of_all - own_part)
        yield guess, 2 * (1 - apart / whole)


def products_of(answers: np.ndarray) -> stats.CrossProducts:
    """Of the complete sheets."""
    return stats.collect_products(answers, np.zeros(answers.shape[1], dtype=np.int64), 1, SPEC)


def complete(answers: np.ndarray) -> np.ndarray:
    return answers[:, (answers >= 0).all(axis=0)]


def test_the_word_on_alpha_rules_out_no_answer(promise):
    ours = old = told = 0
    for seed in range(WAVES):
        answers = one_skipped(seed)
        people = answers.shape[1] - 1
        found = reliability.of_wave(products_of(answers), full=False, everybody=everybody(answers, SPEC))
        words = {guess: judge_reliability(alpha, None).value for guess, alpha in guesses(answers)}
        truth = reliability.of_wave(products_of(answers), full=True, everybody=everybody(answers, SPEC))
        assert words[int(answers[0, 0])] == truth.word
        assert truth.people == people
        old += len(set(words.values())) > 1
        if found is not None:
            told += 1
            ours += len(set(words.values())) > 1
    assert ours == 0
    assert old > 5
    assert told > 5
    promise(
        "P2 word on alpha",
        f"0 of {WAVES} small waves where one skipped rule out an answer, {told} still have the word; "
        f"told always, {old} do",
        seed=f"0-{WAVES - 1}",
    )


@pytest.mark.parametrize("skipped", [1, 2])
def test_limits_of_alpha_hold_every_answer(skipped):
    """Alpha of the complete sheets is put together with all answers that those left out may have given."""
    spec = stats.ScaleSpec("ro", (0, 1, 2), (False, True, False), 1, 4)
    random = np.random.default_rng(7)
    answers = np.clip(np.rint(2.5 + random.normal(0, 1, 40) + random.normal(0, 1, (3, 40))), 1, 4).astype(np.int8)
    answers[1] = 5 - answers[1]
    answers[2, :skipped] = -1
    low, high = stats.alpha_range(everybody(answers, spec), 0, 40 - skipped)
    alpha = float(stats.alphas(stats.collect_products(answers, np.zeros(40, dtype=np.int64), 1, spec)).value[0])
    assert low < alpha < high < 1
    nobody_left = complete(answers)
    low, high = stats.alpha_range(everybody(nobody_left, spec), 0, 40 - skipped)
    assert low == pytest.approx(high) == pytest.approx(alpha)


def means_apart_by_guess(answers: np.ndarray) -> dict[int, str]:
    """The word that each answer of the one who skipped would have brought about, from shares and SD."""
    found = {}
    people = answers.shape[1]
    sd = stats.person_sd(everybody(answers, SPEC))[0, 0]
    other = answers[1, 1:].mean()
    for guess in range(1, 6):
        points = abs((guess - other) / (2 * people)) / sd * 100
        found[guess] = "little" if points < 1 else "some" if points < 5 else "much"
    return found


def test_two_kinds_of_mean_are_compared_in_full_reports_alone():
    """In a short one the word tells the answer of whoever skipped: the mean of persons' means moves by it."""
    old = sum(len(set(means_apart_by_guess(one_skipped(seed)).values())) > 1 for seed in range(WAVES))
    assert old > WAVES / 2
    for skipped in (1, 6):
        scale = form_report(a_form(codes(skipped=skipped))).report.scales[0]
        assert (scale.full, scale.means_apart) == (None, "")
    assert form_report(a_form(codes(skipped=20))).report.scales[0].means_apart == "little"


def looks(answers: np.ndarray) -> tuple[bytes, bytes, float]:
    """What a page tells: shares of each question, of all and of girls, and the SD."""
    sums = everybody(answers, stats.ScaleSpec("ro", tuple(range(5)), TURNED, 1, 5))
    girls = everybody(answers[:, ::2], sums.scales[0])
    return sums.counts.tobytes(), girls.counts.tobytes(), float(stats.person_sd(sums)[0, 0])


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_answer_of_the_one_who_skipped_fits_all_words_of_a_short_report(seed):
    """Fit, invariance since the last wave, of girls and boys, DIF: for each answer a wave that looks the same."""
    then = codes(seed=9)
    answers = codes(seed=seed, skipped=1)  # the first, a girl, skipped the first question

    def report(one: np.ndarray) -> bytes:
        part = form_report(with_last_wave(one, then))
        assert part.report.scales[0].full is None
        return msgspec.json.encode(part.report)

    told, page = report(answers), looks(answers)
    for item, guess in product(range(1, 5), range(1, 6)):
        if guess == answers[item, 0]:
            continue
        partners = [n for n in np.flatnonzero(answers[item] == guess).tolist() if n % 2 == 0]
        assert any(_fits(answers, item, partner, page, report, told) for partner in partners), (item, guess)


def _fits(answers, item, partner, page, report, told) -> bool:
    """Whether pages and report are the same if the first had given this girl's answer, and she the first's."""
    other = answers.copy()
    other[item, [0, partner]] = answers[item, [partner, 0]]
    shares, of_girls, sd = looks(other)
    return (shares, of_girls) == page[:2] and abs(sd - page[2]) < 0.01 and report(other) == told  # as it is printed
