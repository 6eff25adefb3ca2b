"""Answers of an invented form for the report's numbers: one factor behind five questions, in schools of twenty."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np

from kfl.disclosure import Thresholds
from kfl.research.making.form import ReportedForm
from kfl.research.making.safety import RootShown
from kfl.research.payload import Visible
from kfl.results.making.compute import Answers, compute_form
from kfl.results.making.computed import AskedScale, WaveTree
from kfl.results.payload import ItemText, ScaleText
from kfl.stats import ScaleSpec

SCHOOLS, IN_EACH = 20, 20
TURNED = (False, True, False, False, False)
SHOWN = RootShown(scale=True, items=True, split=True)
NOTHING = MappingProxyType({})


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


def a_form(answers: np.ndarray, *, shown: RootShown = SHOWN, earlier=NOTHING, **asked) -> ReportedForm:
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
        visible=[places], thresholds=Thresholds(), earlier=earlier,
    )  # fmt: skip
