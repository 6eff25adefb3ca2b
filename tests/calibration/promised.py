"""What is told in the table, and what had to come out."""

from __future__ import annotations

from dataclasses import dataclass

from .scenarios import CHANGES, DIFFERENT, GOALS_SET, POWER, SCENARIOS, TWO_WAVES
from .table import Goal, Line, Miss
from .worlds import CLASS, COUNTY, GRADE, MUNICIPALITY, SCHOOL

ALL = tuple(one.name for one in SCENARIOS if one.name not in POWER)
FROM_EIGHT, FROM_TWELVE = "τ frozen from 8 schools", "τ frozen from 12 schools"
PLAIN = tuple(name for name in DIFFERENT if name != FROM_EIGHT)
ICC_MOVED = tuple(name for name in ALL if name.startswith("ICC"))
ENDS = ("all differ", "all differ, skewed scales")
SIZES = ("all differ", FROM_EIGHT, FROM_TWELVE)
LEANING = tuple(name for name in ALL if name.startswith("units differ twice"))  # on a table that does not fit

LINES = (
    Line("the 95 % interval covers the truth", "covered", ALL),
    Line("… of the tenth of units that lie lowest", "covered, lowest tenth", ENDS),
    Line("… of the tenth that lie highest", "covered, highest tenth", ENDS),
    Line("stated SE ÷ true SE, not in %", "variance, stated to true", ALL, percent=False, root=True),
    Line("pages with a false *sikkert*", "wrong pages", ALL),
    Line("*sikkert* with the right sign", "right sign, certain", (*DIFFERENT, *ICC_MOVED, *LEANING)),
    Line("*tyder på* with the right sign", "right sign, likely", (*DIFFERENT, *ICC_MOVED, *LEANING)),
    Line("*sikkert*: shown difference ÷ true, not in %", "certain, shown to true", SIZES, percent=False),
    Line("*sikkert*: best estimate ÷ true, not in %", "certain, best to true", SIZES, percent=False),
    Line("*tyder på* a page, not in %", "likely a page", ALL, percent=False),
    Line("pages that say neither", "silent pages", ALL),
    *(
        Line(f"{size} points from the rest: {words}", f"{size} points, {step}", POWER)
        for size in (20, 40, 60)
        for step, words in (("certain", "*sikkert*"), ("at least likely", "*tyder på* or *sikkert*"))
    ),
    Line(
        "change: stated SE ÷ true SE, not in %", "variance, stated to true, change", TWO_WAVES, percent=False, root=True
    ),
    Line("change: the interval covers the true one", "covered, change", TWO_WAVES),
    Line("change: pages with a false *sikkert*", "wrong pages, change", TWO_WAVES),
    Line("change: *tyder på* a page, not in %", "likely a page, change", TWO_WAVES, percent=False),
    Line("change: *tyder på* with the right sign", "right sign, likely, change", CHANGES),
    Line("change: *sikkert* with the right sign", "right sign, certain, change", CHANGES),
    Line("goals: could be judged", "goals judged", GOALS_SET),
    Line("goals: the number moved by itself, points", "goals, points by themselves", GOALS_SET, percent=False),
    Line("goals: certainly above without a change", "goals, above by chance", GOALS_SET),
    Line("goals: certainly below without a change", "goals, below by chance", GOALS_SET),
    Line("goals: a true +40 is certainly above", "goals, +40 seen", GOALS_SET),
)

GOALS = (
    Goal("covered", (CLASS, GRADE, SCHOOL, MUNICIPALITY, COUNTY), (*PLAIN, *ICC_MOVED), 0.94, 0.96),
    Goal("covered", (CLASS, GRADE, SCHOOL, MUNICIPALITY, COUNTY), (FROM_EIGHT,), 0.94, 0.97),
    Goal("wrong pages", (CLASS, GRADE, SCHOOL, MUNICIPALITY), ALL, high=0.05),
    Goal("right sign, likely", (CLASS, SCHOOL), (*DIFFERENT, *ICC_MOVED), low=0.90),
    Goal("silent pages", (CLASS, SCHOOL), DIFFERENT, high=0.10),
    Goal("40 points, certain", (SCHOOL,), POWER[:1], low=0.32),
    Goal("40 points, certain", (SCHOOL,), POWER[1:], low=0.30),
    Goal("40 points, at least likely", (SCHOOL,), POWER, low=0.80),
    Goal("goals, above by chance", (GRADE, SCHOOL, MUNICIPALITY), GOALS_SET, high=0.05),
    Goal("goals, +40 seen", (SCHOOL,), GOALS_SET, low=0.75),
)


@dataclass(frozen=True)
class Known:
    """A goal that is missed, and why nothing is done about it."""

    measure: str
    scenario: str  # the beginning of its name
    kinds: tuple[str, ...]
    why: str

    def holds(self, miss: Miss) -> bool:
        return miss.measure == self.measure and miss.scenario.startswith(self.scenario) and miss.kind in self.kinds


ABOVE_CLASS = (GRADE, SCHOOL, MUNICIPALITY, COUNTY)
KNOWN = (
    Known("covered", "ICC doubled", ABOVE_CLASS, "τ is frozen, so intervals stay as narrow as units were alike then"),
    Known("wrong pages", "ICC doubled", (MUNICIPALITY,), "the same"),
    Known("covered", "ICC halved", ABOVE_CLASS, "τ is frozen, so intervals stay as wide as units differed then"),
)


def is_known(miss: Miss) -> bool:
    """Whether it was told beforehand that this goal is missed."""
    return any(known.holds(miss) for known in KNOWN)
