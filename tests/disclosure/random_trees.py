"""Random surveys that are hard on the rules: tiny classes, skewed and blank gender, people on inner nodes,
skipped items, and answers that are often all alike."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kfl.disclosure import JudgedScale, Shown, Tree
from kfl.disclosure.attacker import Released

CODES = 5  # 0 is never given; 1-4 are the answers


@dataclass(frozen=True, eq=False)
class Survey:
    tree: Tree
    counts: NDArray[np.int64]
    scales: list[JudgedScale]
    k: int
    k_share: int
    alone: NDArray[np.int64]  # of the counts, those whose person handed in no other sheet


def random_survey(seed: int, *, single_items: bool = False, largest_k: int = 8) -> Survey:
    random = np.random.default_rng(seed)
    k = int(random.integers(3, largest_k + 1))
    parent = _parents(random)
    inner = np.isin(np.arange(len(parent)), parent)
    items = int(random.integers(1, 4))
    counts = np.zeros((len(parent), 3, items, CODES), dtype=np.int64)
    for node in range(len(parent)):
        usual = random.choice([0, 2, k, 2 * k, 4 * k])
        if inner[node] and random.random() < 0.7:
            continue
        for part, people in enumerate(_parts(random, int(random.poisson(usual)))):
            _answer(random, counts[node, part], people)
    if single_items:
        scales = [JudgedScale(f"item {item}", (item,), (False,), 1, CODES - 1) for item in range(items)]
    else:
        turned = tuple(bool(random.random() < 0.3) for _ in range(items))
        scales = [JudgedScale("scale", tuple(range(items)), turned, 1, CODES - 1)]
    k_share = k + int(random.integers(0, 4))
    alone = counts if random.random() < 0.5 else random.binomial(counts, random.choice([0.3, 0.8, 0.95]))
    return Survey(Tree(np.array(parent)), counts, scales, k, k_share, alone)


def naive(survey: Survey) -> Shown:
    """The rule that many portals use: show whatever has enough answers itself."""
    totals = survey.tree.totals(survey.counts)
    n = totals.sum(axis=-1)
    marks = {name: np.zeros((len(survey.tree), len(survey.scales)), dtype=bool) for name in ("scale", "items", "split")}
    for number, scale in enumerate(survey.scales):
        answers = n[:, :, list(scale.items)]
        marks["scale"][:, number] = (answers.sum(axis=1) >= survey.k).all(axis=-1)
        marks["items"][:, number] = (answers.sum(axis=1) >= survey.k_share).all(axis=-1)
        marks["split"][:, number] = (answers[:, 1:] >= survey.k).all(axis=(1, 2))
    return Shown(**marks)


def published(survey: Survey, shown: Shown, name: str = "T1/pupil_5_10") -> Released:
    return Released(name, survey.tree, survey.counts, survey.scales, shown, survey.alone)


def _parents(random: np.random.Generator) -> list[int]:
    parent, level = [-1], [0]
    for _ in range(int(random.integers(1, 5))):
        below = []
        for node in level:
            for _ in range(int(random.integers(0, 5))):
                below.append(len(parent))
                parent.append(node)
        if below:
            level = below
    return parent


def _parts(random: np.random.Generator, people: int) -> tuple[int, int, int]:
    blank = people if random.random() < 0.03 else int(random.binomial(people, random.choice([0, 0, 0, 0.1])))
    girls = int(random.binomial(people - blank, random.choice([0, 0.1, 0.5, 0.5, 0.9, 1])))
    return blank, girls, people - blank - girls


def _answer(random: np.random.Generator, counts: NDArray[np.int64], people: int) -> None:
    """Fill counts of shape (items, codes) for people of one part on one node."""
    skipped = random.choice([0, 0, 0.05, 0.5])
    usual = random.integers(1, CODES)
    alike = random.choice([0, 0.5, 0.95, 1])
    for item in counts:
        answers = np.where(random.random(people) < alike, usual, random.integers(1, CODES, size=people))
        item += np.bincount(answers[random.random(people) >= skipped], minlength=CODES)
