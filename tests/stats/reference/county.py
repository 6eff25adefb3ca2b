"""Writes county.csv, invented pupils of two waves, and county_nodes.csv: python -m tests.stats.reference.county

Two regions, twelve municipalities, schools with grades of one to three classes, and mixed classes right under some
schools. Each pupil has four answers; the second question is turned. What is shown of each node in each wave is decided
here, by `disclosure`, and stands in county_nodes.csv beside those invited right there; R takes both as they are.
"""

import csv
from pathlib import Path

import numpy as np

from kfl.results.making.sheet_arrays import Answers
from tests.results.counties import County

ITEMS = 4


def a_county(seed=1010):
    """The nodes, and for each wave how many answer at each class: [(node, now, then)]."""
    county = County(seed)
    random = np.random.default_rng(seed)
    regions = [county.node(0, "region", 0.0) for _ in range(2)]
    sizes = []

    def a_class(above):
        node = county.node(above, "group", 0.25)
        invited = int(random.integers(4, 27))
        county.invited[node] = invited
        sizes.append((node, *(int(random.binomial(invited, 0.87)) for _ in range(2))))

    for number in range(12):
        municipality = county.node(regions[number % 2], "municipality", 0.2)
        for _ in range(12 if number == 0 else random.integers(1, 5)):
            school = county.node(municipality, "school", 0.3)
            for _ in range(2):
                grade = county.node(school, "grade", 0.1)
                for _ in range(random.integers(1, 4)):
                    a_class(grade)
            if random.random() < 0.25:
                a_class(school)
    return county, sizes


def two_waves(county, sizes):
    """Answers of each wave: schools move a little, and all of them up."""
    random = np.random.default_rng(7)
    moved = {node: 0.1 + random.normal(0, 0.4) for node in county.of_kind("school")}
    for wave in range(2):
        county.people = [(node, counts[wave]) for node, *counts in sizes]
        yield county.answers(seed=50 + wave, lift=moved if wave else 0.0)


def written_answers():
    """The county and each wave's answers, as county.csv holds them."""
    county, _ = a_county()
    with open(Path(__file__).with_name("county.csv"), encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for wave in "12":
        mine = [row for row in rows if row["wave"] == wave]
        group = np.array([int(row["node"]) for row in mine])
        codes = np.array([[int(row[f"item{i}"] or -1) for row in mine] for i in range(1, ITEMS + 1)], dtype=np.int8)
        yield county, Answers(group, np.zeros(len(group), dtype=np.int8), codes, np.ones(len(group), dtype=bool))


def written_nodes():
    """The rows of county_nodes.csv."""
    with open(Path(__file__).with_name("county_nodes.csv"), encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write():
    county, sizes = a_county()
    folder = Path(__file__).parent
    with open(folder / "county.csv", "w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["wave", "node", *(f"item{i}" for i in range(1, ITEMS + 1))])
        for wave, answers in enumerate(two_waves(county, sizes), 1):
            for node, codes in zip(answers.group.tolist(), answers.codes.T.tolist(), strict=True):
                out.writerow([wave, node, *("" if code < 0 else code for code in codes)])
    with open(folder / "county_nodes.csv", "w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["wave", "node", "parent", "kind", "invited", "shown"])
        for wave, (_, answers) in enumerate(written_answers(), 1):
            shown = county.computed(answers).decision.scale[:, 0] == 0
            for node, (parent, kind) in enumerate(zip(county.parent, county.kind, strict=True)):
                out.writerow([wave, node, parent, kind, county.invited.get(node, 0), int(shown[node])])


if __name__ == "__main__":
    write()
