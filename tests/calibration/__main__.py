"""Print the table of docs/methods/calibration.md: what pages tell, against counties whose truth is known."""

from __future__ import annotations

import argparse

from .promised import GOALS, LINES
from .runs import run
from .scenarios import COUNTIES, SCENARIOS
from .table import CLEARLY, markdown, misses


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.calibration", description=__doc__)
    parser.add_argument("--counties", type=int, help="of each world, instead of as many as `make prove` takes")
    parser.add_argument("--world", action="append", help="only worlds with these words in their name")
    parser.add_argument("--processes", type=int, help="at once, instead of one for each processor")
    given = parser.parse_args()
    chosen = [one for one in SCENARIOS if not given.world or any(word in one.name for word in given.world)]
    counties = {one.name: given.counties or COUNTIES[one.name] for one in chosen}
    table = run(chosen, counties, given.processes)
    print(markdown(table, counties, LINES, GOALS))
    for line in misses(table, GOALS, CLEARLY):
        print("missed:", line)


if __name__ == "__main__":
    main()
