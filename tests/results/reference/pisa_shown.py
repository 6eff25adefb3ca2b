"""Writes pisa_shown.csv, the schools and grades of the PISA file that are shown on three scales, for pisa_schools.R.

KFL_PISA_DIR=... python -m tests.results.reference.pisa_shown
"""

import csv
from pathlib import Path

import numpy as np

from kfl.disclosure import Thresholds
from kfl.results.making.compute import compute_form
from kfl.results.making.computed import AskedScale, WaveTree
from kfl.results.making.sheet_arrays import Answers
from tests.stats.worlds import pisa_world

THREE = ("belonging", "support", "anxiety")


def shown():
    """Rows of scale, school and grade; an empty grade is the school itself."""
    world, schools, school_of = pisa_world()
    count = len(schools)
    parent = np.concatenate([[-1], np.zeros(count, dtype=int), school_of + 1])
    kind = np.repeat(["county", "school", "grade"], [1, count, world.groups])
    group = world.group + count + 1
    people = len(group)
    answers = Answers(group, np.zeros(people, dtype=np.int8), world.answers, np.ones(people, dtype=bool))
    scales = [AskedScale(scale, scale.key) for scale in world.scales]
    invited = np.bincount(group, minlength=len(parent))
    results = compute_form(WaveTree(parent, kind), invited, answers, scales, {}, Thresholds(), silence_tells=False)
    names = [("", ""), *((school, "") for school in schools), *world.names]
    for number, scale in enumerate(world.scales):
        if scale.key in THREE:
            for node in np.flatnonzero(results.decision.scale[:, number] == 0)[1:]:
                yield scale.key, *names[results.nodes[node]]


def write():
    with open(Path(__file__).with_name("pisa_shown.csv"), "w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["scale", "school", "grade"])
        out.writerows(shown())


if __name__ == "__main__":
    write()
