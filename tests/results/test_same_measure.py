"""Whether a scale is the same measure as in an earlier wave: judged from sums, told in a word."""

from __future__ import annotations

import numpy as np
import pytest

from kfl import stats
from kfl.results.making import same_measure
from kfl.results.making.computed import AskedScale
from kfl.results.making.same_measure import EarlierWave, Examined, comparable, examine, judge, kept_of, products_of
from kfl.results.payload import Certainty, ItemText, NotExamined, SameMeasure, ScaleText, SealedScale
from kfl.results.reading import measure_sentences
from kfl.stats.factors.fit import Fit
from tests.results.conftest import AGAIN
from tests.results.making import a_released_wave
from tests.results.reading import address, main_of
from tests.results.test_release import cell_of
from tests.surveys.making import CLOSES, OPENS

SPEC = stats.ScaleSpec("ro", (0, 1, 2, 3), (False,) * 4, 1, 5)
EASIER, OTHER = 2, 1  # questions


def products(people: int = 800, *, seed: int, easier: float = 0.0, own: float = 0.0, spec=SPEC) -> stats.CrossProducts:
    """One wave's complete sheets. `easier` lifts a question; with `own` another measures something else so far."""
    random = np.random.default_rng(seed)
    common = random.normal(0, 1, people)
    answers = 3 + 0.8 * common + random.normal(0, 0.8, (4, people))
    answers[EASIER] += easier
    answers[OTHER] += own * (random.normal(0, 0.8, people) - 0.8 * common)
    codes = np.clip(np.rint(answers), 1, 5).astype(np.int8)
    return stats.collect_products(codes, np.zeros(people, dtype=np.int64), 1, spec)


def sealed(found: stats.CrossProducts) -> SealedScale:
    return SealedScale(kept_of(found), full=True)


def judged(now: stats.CrossProducts, then: stats.CrossProducts) -> SameMeasure | None:
    earlier = EarlierWave(frozenset({"digest"}), {"digest": sealed(then)})
    ((found,),) = judge([AskedScale(now.scale, "digest")], {"digest": sealed(now)}, [earlier])
    return found


def test_the_same_questions_answered_alike_are_the_same_measure():
    assert judged(products(seed=1), products(seed=2)) == SameMeasure("scalar")


def test_a_question_that_became_easier_is_named():
    found = judged(products(seed=1, easier=0.5), products(seed=2))
    assert found == SameMeasure("metric", EASIER)
    assert not found.is_comparable


def test_a_question_that_measures_something_else_is_named():
    assert judged(products(seed=1, own=1.0), products(seed=2)) == SameMeasure("configural", OTHER)


def test_sums_are_those_of_the_sheets():
    found = products(seed=1)
    again = products_of(kept_of(found), SPEC)
    assert again.people.tolist() == found.people.tolist()
    assert (again.products == found.products).all()
    assert (again.totals == found.totals).all()


def test_every_earlier_wave_is_told_of_and_what_was_not_asked_is_not():
    now, then, other = products(seed=1), products(seed=2), products(seed=3, easier=0.6)
    waves = [
        EarlierWave(frozenset({"digest"}), {"digest": sealed(other)}),
        EarlierWave(frozenset({"digest"}), None),
        EarlierWave(frozenset({"another"}), {"another": sealed(then)}),
        EarlierWave(frozenset({"digest"}), {}),
        EarlierWave(frozenset({"digest"}), {"digest": sealed(then)}),
    ]
    (found,) = judge([AskedScale(SPEC, "digest")], {"digest": sealed(now)}, waves)
    assert found == [
        SameMeasure("metric", EASIER),
        SameMeasure(gap=NotExamined.NO_KEY),
        None,
        SameMeasure(gap=NotExamined.HIDDEN),
        SameMeasure("scalar"),
    ]
    assert comparable([found]).tolist() == [[False, True, True, True, True]]
    (without_own,) = judge([AskedScale(SPEC, "digest")], {}, waves[-1:])
    assert without_own == [SameMeasure(gap=NotExamined.HIDDEN)]


def test_what_is_sensitive_or_not_measured_is_not_judged():
    waves = [EarlierWave(frozenset({"digest"}), None)]
    asked = [AskedScale(SPEC, "digest", sensitive=True), AskedScale(SPEC, "digest", measured=False)]
    assert judge(asked, {}, waves) == [[None], [None]]


def test_without_earlier_waves_there_is_an_empty_table():
    assert judge([AskedScale(SPEC, "digest")], {}, []) == [[]]
    assert comparable([[]]).shape == (1, 0)


@pytest.mark.parametrize(
    ("people", "items", "gap"),
    [(99, 4, NotExamined.FEW), (100, 4, ""), (800, 2, NotExamined.SHORT), (800, 3, "")],
)
def test_what_is_too_small_is_not_examined(people, items, gap):
    spec = stats.ScaleSpec("ro", tuple(range(items)), (False,) * items, 1, 5)
    assert judged(products(people, seed=1, spec=spec), products(seed=2, spec=spec)).gap == gap


def test_questions_that_measure_two_things_are_not_compared():
    random = np.random.default_rng(3)
    two = random.normal(0, 1, (2, 800))
    answers = 3 + 0.8 * two[[0, 0, 1, 1]] + random.normal(0, 0.5, (4, 800))
    codes = np.clip(np.rint(answers), 1, 5).astype(np.int8)
    found = stats.collect_products(codes, np.zeros(800, dtype=np.int64), 1, SPEC)
    assert judged(found, found).gap in {NotExamined.NO_FIT, NotExamined.NO_SOLUTION}


def test_whatever_the_library_raises_the_release_goes_on(monkeypatch):
    def breaks(*_any):
        raise np.linalg.LinAlgError("Singular matrix")

    monkeypatch.setattr(same_measure, "invariance", breaks)
    assert examine([products(seed=1), products(seed=2)]).same == SameMeasure(gap=NotExamined.NO_SOLUTION)


def test_another_measure_has_no_certain_change_and_its_page_names_the_question(county, client, monkeypatch):
    """8A has become much happier, which `test_release` finds certain."""
    other = Examined(SameMeasure("metric", 1), None)
    monkeypatch.setattr(same_measure, "examine", lambda _sides: other)
    later = a_released_wave(
        county, [county.version], slug="t2", opens=OPENS + AGAIN, closes=CLOSES + AGAIN, seed=2, lift={"8A": 1.2}
    )
    cell = cell_of(later, county.ask_8a, "trivsel")
    assert cell.change.points > 50
    assert cell.change.certainty is Certainty.NONE
    client.force_login(county.bob)
    page = main_of(client.get(address(later, county.ask_8a, "endring/")))
    assert "Spørsmålet «" in page
    assert "besvart annerledes enn i Kartlegging T1" in page


def test_what_is_not_examined_is_said_and_its_change_stands(two_waves, client):
    """64 sheets are too few to be examined."""
    assert cell_of(two_waves.t2, two_waves.ask_8a, "trivsel").change.certainty is Certainty.CERTAIN
    client.force_login(two_waves.bob)
    page = main_of(client.get(address(two_waves.t2, two_waves.ask_8a, "endring/")))
    assert page.count("Ikke undersøkt om området måler det samme som i Kartlegging T1") == 1
    assert "(for få har svart på alle spørsmålene). Endringen står." in page


def a_scale() -> ScaleText:
    items = [ItemText(f"q{n}", {"nb": f"Jeg {n}"}, False, []) for n in range(4)]
    return ScaleText("ro", {"nb": "Ro"}, {}, "ro", "high", "digest", True, False, 1, 5, items)


def test_the_page_names_the_question():
    told = measure_sentences.another_measure(a_scale(), SameMeasure("metric", EASIER), "T1")
    assert told.startswith("Spørsmålet «Jeg 2» er besvart annerledes enn i T1")
    assert told.endswith("Derfor kaller vi ingen endring her sikker.")
    assert "henger ikke sammen" in measure_sentences.another_measure(a_scale(), SameMeasure("configural", 1), "T1")
    assert "«" not in measure_sentences.another_measure(a_scale(), SameMeasure("metric"), "T1")
    for same in (None, SameMeasure("scalar"), SameMeasure(gap=NotExamined.FEW)):
        assert measure_sentences.another_measure(a_scale(), same, "T1") == ""


def test_what_is_not_examined_is_said_once_for_each_reason():
    rows = [(a_scale(), SameMeasure(gap=gap), "T1") for gap in (NotExamined.FEW, NotExamined.FEW, NotExamined.NO_KEY)]
    rows += [(a_scale(), None, "T1"), (a_scale(), SameMeasure("metric", 1), "T1")]
    told = measure_sentences.not_examined(rows)
    assert len(told) == 2
    assert "Ro og Ro (for få har svart på alle spørsmålene)" in told[0]


def test_every_reason_has_words():
    assert set(measure_sentences.WHY) == set(NotExamined)


@pytest.mark.parametrize(("cfi", "fits"), [(0.97, True), (0.88, False)])
def test_a_scale_is_compared_though_two_of_its_questions_are_alike(cfi, fits):
    """RMSEA alone leaves no scale unexamined."""
    fit = Fit(
        people=5000, chi2=900.0, df=10, p=0.0, cfi=cfi, tli=0.94, rmsea=0.13, rmsea_low=0.12, rmsea_high=0.14, srmr=0.03
    )
    assert same_measure._fits(fit) is fits
