"""Seeded synthetic answers, and the PISA pupils when their folder is named by KFL_PISA_DIR."""

import csv
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from kfl.stats import ScaleSpec

REFERENCE = Path(__file__).parent / "reference"


@dataclass
class World:
    answers: np.ndarray  # int8 (items, people), -1 = not answered
    group: np.ndarray  # (people,)
    groups: int
    scales: tuple
    names: list | None = None  # of the groups


def synthetic_world(seed=20150, schools=12, size=30):
    """Three scales (4, 5 and 3 items; turned items in two) over schools of unlike size, with skipped items."""
    random = np.random.default_rng(seed)
    sizes = random.integers(3, size, schools)
    group = np.repeat(np.arange(schools), sizes)
    scales = (
        ScaleSpec("calm", (0, 1, 2, 3), (False, False, True, False), 1, 5),
        ScaleSpec("help", (4, 5, 6, 7, 8), (True, True, True, True, True), 1, 4),
        ScaleSpec("faces", (9, 10, 11), (False, False, False), 1, 3),
    )
    answers = np.empty((12, len(group)), dtype=np.int8)
    for scale in scales:
        school = random.normal(0, 0.4, schools)
        person = random.normal(0, 0.8, len(group)) + school[group]
        for row, turned in zip(scale.items, scale.turned, strict=True):
            middle = (scale.low + scale.high) / 2
            value = middle + (-1 if turned else 1) * person + random.normal(0, 0.7, len(group))
            answers[row] = np.clip(np.rint(value), scale.low, scale.high)
    answers[random.random(answers.shape) < 0.06] = -1
    answers[:, random.random(len(group)) < 0.02] = -1  # empty sheets
    order = random.permutation(len(group))
    return World(answers[:, order], group[order], schools, scales)


def committed_world():
    """The synthetic world as it was written down for R, whatever numpy's generator does by now."""
    rows = read_reference("synthetic.csv")
    answers = np.array([[int(row[f"item{i}"] or -1) for row in rows] for i in range(12)], dtype=np.int8)
    group = np.array([int(row["school"]) for row in rows])
    return World(answers, group, 12, synthetic_world().scales)


def as_people(world):
    """The people as `plain` wants them, and their groups."""
    people = [[None if code < 0 else int(code) for code in sheet] for sheet in world.answers.T]
    return people, [int(g) for g in world.group]


def in_group(people, group, wanted):
    return [p for p, g in zip(people, group, strict=True) if g == wanted]


def pisa_world():
    """PISA 2015 pupils, grouped by school and grade; returns the world, schools and each group's school."""
    folder = os.environ.get("KFL_PISA_DIR")
    if not folder or not (Path(folder) / "pupils.csv").is_file():
        pytest.skip("KFL_PISA_DIR names no folder with PISA's pupils.csv and codebook.csv")
    with open(Path(folder) / "codebook.csv", encoding="utf-8", newline="") as file:
        book = list(csv.DictReader(file))
    with open(Path(folder) / "pupils.csv", encoding="utf-8", newline="") as file:
        pupils = list(csv.DictReader(file))
    columns = [row["item"] for row in book]
    answers = np.array([[int(p[c]) if p[c] else -1 for p in pupils] for c in columns], dtype=np.int8)
    scales = []
    for key in dict.fromkeys(row["scale"] for row in book):
        rows = tuple(i for i, row in enumerate(book) if row["scale"] == key)
        scales.append(ScaleSpec(key, rows, tuple(book[i]["reverse"] == "1" for i in rows), 1, 4))
    schools = sorted({p["school_id"] for p in pupils})
    blocks = sorted({(p["school_id"], p["grade"]) for p in pupils})
    number = {block: i for i, block in enumerate(blocks)}
    group = np.array([number[p["school_id"], p["grade"]] for p in pupils])
    school_of = np.array([schools.index(school) for school, _ in blocks])
    return World(answers, group, len(blocks), tuple(scales), blocks), schools, school_of


def read_reference(name, folder=REFERENCE):
    with open(folder / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
