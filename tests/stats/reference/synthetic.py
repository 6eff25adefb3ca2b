"""Writes synthetic.csv, the seeded answers that both R and the tests read: python -m tests.stats.reference.synthetic"""

import csv
from pathlib import Path

from tests.stats.worlds import synthetic_world


def write():
    world = synthetic_world()
    with open(Path(__file__).with_name("synthetic.csv"), "w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["school", *(f"item{row}" for row in range(len(world.answers)))])
        for school, sheet in zip(world.group, world.answers.T, strict=True):
            out.writerow([school, *("" if code < 0 else code for code in sheet)])


if __name__ == "__main__":
    write()
