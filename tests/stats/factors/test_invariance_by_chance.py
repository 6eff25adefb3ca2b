"""How often a scale that nobody changed is told not to be comparable, and how often an easier question is found.

Invented sheets: one factor behind each scale (standardised loadings .75, .70, .65 …), answers cut into steps. `make
prove` draws more of them, and prints what stands in docs/methods/invariance.md.
"""

from __future__ import annotations

import os
from collections import Counter

import numpy as np
import pytest

from kfl.stats.attempt import attempt
from kfl.stats.factors.invariance import Invariance, invariance
from kfl.stats.moments import Moments

PROVE = bool(os.environ.get("KFL_PROVE"))
DRAWS = 400 if PROVE else 40
SIDES = (120, 300, 600, 900) if PROVE else (120, 600)
SHAPES = ((3, 3), (4, 4), (5, 5)) if PROVE else ((4, 4),)  # items, steps
EASIER = 0.5  # how much, in SDs of the answer before it is cut into steps


def drawn(random: np.random.Generator, people: int, items: int, steps: int, easier: float = 0.0) -> Moments:
    """One wave; the last question is easier by so much."""
    loading = np.linspace(0.75, 0.65, items)
    common, own = random.normal(size=(people, 1)), random.normal(size=(people, items))
    answer = common * loading + own * np.sqrt(1 - loading**2)
    answer[:, -1] += easier
    limits = np.linspace(-1.5, 1.5, steps + 1)[1:-1] if steps > 3 else np.array([-0.6, 0.6])
    codes = np.searchsorted(limits, answer).astype(float)
    return Moments(people, codes.mean(axis=0), np.cov(codes, rowvar=False))


def waves(seed: int, people: int, items: int, steps: int, easier: float = 0.0) -> list[Invariance]:
    """Two waves compared, so many times; without pairs that have no proper solution, of which nothing is said."""
    random = np.random.default_rng(seed)
    pattern = np.ones((items, 1), dtype=bool)
    found = []
    for _draw in range(DRAWS):
        pair = [drawn(random, people, items, steps), drawn(random, people, items, steps, easier)]
        made = attempt(lambda pair=pair: invariance(pair, pattern))
        if made is not None and made.proper:
            found.append(made)
    return found


@pytest.mark.parametrize(("items", "steps"), SHAPES)
@pytest.mark.parametrize("people", SIDES)
def test_a_scale_that_nobody_changed_is_rarely_called_another(promise, people, items, steps):
    found = waves(people + items, people, items, steps)
    levels = Counter(one.level for one in found)
    wrong = len(found) - levels["scalar"]
    chance = 0.03
    assert wrong / len(found) <= chance + 3 * np.sqrt(chance * (1 - chance) / len(found))
    promise(
        f"C.8 false alarms {items}×{steps}, {people}",
        f"{100 * wrong / len(found):.1f} % of {len(found)} ({levels['metric']} by intercepts, "
        f"{levels['configural']} by loadings)",
        seed=people + items,
    )


@pytest.mark.parametrize(("items", "steps"), SHAPES)
@pytest.mark.parametrize("people", SIDES)
def test_a_question_that_became_easier_is_found_and_named(promise, people, items, steps):
    found = waves(people - items, people, items, steps, easier=EASIER)
    failed = [one for one in found if one.level != "scalar"]
    named = sum(one.failing == items - 1 for one in failed)
    if people >= 600:
        assert len(failed) >= 0.9 * len(found)
        assert named >= 0.9 * len(failed)
    promise(
        f"C.8 .5 SD easier {items}×{steps}, {people}",
        f"found in {100 * len(failed) / len(found):.0f} % of {len(found)}, named in "
        f"{100 * named / max(len(failed), 1):.0f} % of these",
        seed=people - items,
    )
