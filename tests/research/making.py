"""Answers of an invented form for the report's numbers: one factor behind five questions, in schools of twenty."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from kfl import stats
from kfl.disclosure import Thresholds
from kfl.research.making.compare import Since
from kfl.research.making.form import ReportedForm
from kfl.research.making.safety import RootShown
from kfl.research.payload import Visible
from kfl.results.making.compute import Answers, compute_form
from kfl.results.making.computed import AskedScale, WaveTree
from kfl.results.making.same_measure import EarlierWave, judge, kept_of
from kfl.results.payload import ItemText, ScaleText, SealedScale
from kfl.stats import ScaleSpec

SCHOOLS, IN_EACH = 20, 20
TURNED = (False, True, False, False, False)
SHOWN = RootShown(scale=True, items=True, split=True)


def codes(*, skipped: int = 0, seed: int = 1, tilt: float = 0.0) -> np.ndarray:
    """Codes 1–5; the first `skipped` people left out one question each. `tilt` lifts boys' last question."""
    random = np.random.default_rng(seed)
    people = SCHOOLS * IN_EACH
    level = np.repeat(random.normal(0, 0.7, SCHOOLS), IN_EACH) + random.normal(0, 1, people)
    steps = 3 + 0.8 * level + random.normal(0, 0.9, (5, people))
    steps[4] += tilt * (np.arange(people) % 2)
    answers = np.clip(np.rint(steps), 1, 5).astype(np.int8)
    answers[1] = 6 - answers[1]
    answers[np.arange(skipped) % 5, np.arange(skipped)] = -1
    return answers


def a_form(answers: np.ndarray, *, shown: RootShown = SHOWN, since: Since | None = None, **asked) -> ReportedForm:
    """A county with twenty schools right under it, and one scale."""
    people = answers.shape[1]
    split = (1 + np.arange(people) % 2).astype(np.int8)
    parent = np.array([-1] + [0] * SCHOOLS)
    kind = np.array(["county"] + ["school"] * SCHOOLS)
    items = [ItemText(f"q{n}", {"nb": f"Spørsmål {n}"}, TURNED[n], []) for n in range(5)]
    text = ScaleText("ro", {"nb": "Ro"}, {}, "ro", "high", "digest", True, False, 1, 5, items)
    places = [Visible("county", 1, 0), Visible("school", SCHOOLS, 0)]
    asked_scale = AskedScale(ScaleSpec("ro", tuple(range(5)), TURNED, 1, 5), "digest", **asked)
    sheets = Answers(1 + np.arange(people) // IN_EACH, split, answers, np.ones(people, dtype=bool))
    invited = np.array([0] + [IN_EACH] * SCHOOLS)
    released = compute_form(WaveTree(parent, kind), invited, sheets, [asked_scale], {}, Thresholds())
    return ReportedForm(
        informant="pupil_5_10", questionnaire={"nb": "Elever"}, version=2, invited=people + 5, answered=people,
        answers=sheets,
        tree=WaveTree(parent, kind),
        asked=[(asked_scale, text)], reliability=released.reliability,
        shown=[shown], nodes_shown=np.ones((SCHOOLS + 1, 1), dtype=bool), places=places,
        visible=[places], thresholds=Thresholds(), since=[since],
    )  # fmt: skip


def last_wave(answers: np.ndarray, form: ReportedForm, *, full: bool = True) -> Since:
    """The wave before, with these answers: what a release would say of the form's scale, and the sums beside it."""
    spec = form.asked[0][0].spec
    kept = [kept_of(stats.collect_products(one, np.zeros(one.shape[1], dtype=np.int64), 1, spec))
            for one in (answers, form.answers.codes)]  # fmt: skip
    then, now = (SealedScale(one, full) for one in kept)
    ((same,),) = judge([form.asked[0][0]], {"digest": now}, [EarlierWave(frozenset({"digest"}), {"digest": then})])
    assert same is not None
    return Since("T1", same, then)


def with_last_wave(answers: np.ndarray, then: np.ndarray, *, full: bool = True) -> ReportedForm:
    """A form that was asked before, too."""
    form = a_form(answers)
    return replace(form, since=[last_wave(then, form, full=full)])
