"""Writes nested.csv, invented pupils in uneven nested groups for lmer: python -m tests.stats.reference.nested

Municipality, school and class of each, and a score. Some pupils hang right under their school, and two classes right
under their municipality: their school or class is empty.
"""

import csv
from pathlib import Path

import numpy as np


def pupils(seed=3401):
    random = np.random.default_rng(seed)
    rows = []
    for municipality in range(10):
        high = random.normal(0, 0.35)
        for school in range(random.integers(1, 7)):
            higher = high + random.normal(0, 0.3)
            for group in range(random.integers(1, 5)):
                middle = higher + random.normal(0, 0.4)
                rows += [(municipality, school, group, middle + random.normal()) for _ in range(random.integers(1, 13))]
            if school == 2:
                rows += [(municipality, school, "", higher + random.normal()) for _ in range(random.integers(2, 9))]
        if municipality in (1, 4):
            middle = high + random.normal(0, 0.4)
            rows += [(municipality, "", 9, middle + random.normal()) for _ in range(random.integers(4, 9))]
    return rows


def write():
    with open(Path(__file__).with_name("nested.csv"), "w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["municipality", "school", "class", "score"])
        for municipality, school, group, score in pupils():
            out.writerow([municipality, school, group, round(4 * (3 + score)) / 4])


if __name__ == "__main__":
    write()
