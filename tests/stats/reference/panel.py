"""Writes panel.csv, invented sheets of two waves by the same people: python -m tests.stats.reference.panel

Some were in one wave only, some skipped items. before0..before6 and after0..after6: a scale of four items (the third
turned, 1..5) and one of three (1..4). One school took no part in the second wave.
"""

import csv
from pathlib import Path

import numpy as np


def sheets(seed=2018):
    random = np.random.default_rng(seed)
    school = np.repeat(np.arange(9), random.integers(4, 28, 9))
    people = len(school)
    answers = np.empty((2, 7, people), dtype=int)
    for rows, turned, low, high in ((range(4), 2, 1, 5), (range(4, 7), None, 1, 4)):
        person = random.normal(0, 0.7, people) + random.normal(0, 0.4, 9)[school]
        for wave in range(2):
            there = person + wave * (0.2 + random.normal(0, 0.3, 9)[school]) + random.normal(0, 0.4, people)
            for row in rows:
                value = (low + high) / 2 + (-there if row == turned else there) + random.normal(0, 0.6, people)
                answers[wave, row] = np.clip(np.rint(value), low, high)
    answers[random.random(answers.shape) < 0.05] = -1
    for wave in range(2):
        answers[wave][:, random.random(people) < 0.15] = -1
    answers[1][:, school == 8] = -1
    return school, answers


def write():
    school, answers = sheets()
    with open(Path(__file__).with_name("panel.csv"), "w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["school", *(f"{wave}{row}" for wave in ("before", "after") for row in range(7))])
        for at, sheet in zip(school, answers.reshape(14, -1).T, strict=True):
            out.writerow([at, *("" if code < 0 else code for code in sheet)])


if __name__ == "__main__":
    write()
