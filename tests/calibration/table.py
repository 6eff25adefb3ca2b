"""The one table that comes out, and whether each goal was reached."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from .runs import Table
from .tallies import Found
from .worlds import CLASS, COUNTY, GRADE, MUNICIPALITY, SCHOOL

KINDS = (CLASS, GRADE, SCHOOL, MUNICIPALITY, COUNTY)
HEAD = ("class", "grade", "school", "municipality", "county")
PAGE = Path(__file__).resolve().parents[2] / "docs/methods/calibration.md"
START, END = "<!-- table -->\n", "<!-- end of table -->"
CLEARLY = 2  # standard errors beyond a goal, from which it stands in bold
CERTAINLY = 3  # … from which a test fails: of a hundred goals a few lie two errors off by chance


@dataclass(frozen=True)
class Line:
    """One measure in some scenarios."""

    text: str
    measure: str
    scenarios: Sequence[str]
    percent: bool = True
    root: bool = False  # a ratio of variances is told as one of standard errors


@dataclass(frozen=True)
class Goal:
    """What must come out of a measure, at some kinds of unit and in some scenarios."""

    measure: str
    kinds: tuple[str, ...]
    scenarios: tuple[str, ...]
    low: float = 0.0
    high: float = 1.0

    @property
    def text(self) -> str:
        if self.low > 0 and self.high < 1:
            return f"{100 * self.low:.0f}–{100 * self.high:.0f}"
        return f"≤ {100 * self.high:.0f}" if self.high < 1 else f"≥ {100 * self.low:.0f}"

    def reached(self, found: Found, errors: float = 0.0) -> bool:
        """Whether it lies within the goal, or beyond it by at most so many standard errors."""
        return self.low - errors * found.se <= found.value <= self.high + errors * found.se


class Miss(NamedTuple):
    """A goal that was not reached."""

    measure: str
    scenario: str
    kind: str
    found: Found | None  # None where nothing was counted
    wanted: str

    def __str__(self) -> str:
        seen = f"{100 * self.found.value:.2f} ± {100 * self.found.se:.2f} %" if self.found else "nothing"
        return f"{self.measure}, {self.kind}, {self.scenario}: {seen}, wanted {self.wanted} %"


def markdown(table: Table, counties: Mapping[str, int], lines: Sequence[Line], goals: Sequence[Goal]) -> str:
    """The table as it stands in docs/methods/calibration.md, with how many counties were drawn of each world."""
    drawn: dict[int, list[str]] = {}
    for name in table:
        drawn.setdefault(counties[name], []).append(name)
    most = max(drawn.values(), key=len)
    told = [f"{count} counties of {'each world' if names is most else '“' + '”, “'.join(names) + '”'}"
            for count, names in sorted(drawn.items(), key=lambda pair: -len(pair[1]))]  # fmt: skip
    rows = ["; ".join(told) + ".", ""]
    rows += [f"| what, in % unless said | world | {' | '.join(HEAD)} | goal |", "|---|---|---|---|---|---|---|---|"]
    for line in lines:
        text = line.text  # on the first row only
        for name in line.scenarios:
            if name in table:
                found = [table[name].get((kind, line.measure)) for kind in KINDS]
                aims = [goal for goal in goals if goal.measure == line.measure and name in goal.scenarios]
                cells = [_cell(line, one, [aim for aim in aims if kind in aim.kinds])
                         for kind, one in zip(KINDS, found, strict=True)]  # fmt: skip
                wanted = "; ".join(dict.fromkeys(aim.text for aim in aims))
                rows.append(f"| {text} | {name} | {' | '.join(cells)} | {wanted} |")
                text = ""
    return "\n".join(rows)


def _cell(line: Line, found: Found | None, goals: Sequence[Goal]) -> str:
    if found is None:
        return "–"
    missed = any(not goal.reached(found, CLEARLY) for goal in goals)
    value, se = found.value, found.se
    if line.root:
        value, se = value**0.5, se / (2 * value**0.5) if value > 0 else se
    scale, digits = (100, 1) if line.percent else (1, 2)
    text = f"{scale * value:.{digits}f} ± {scale * se:.{digits}f}"
    return f"**{text}**" if missed else text


def misses(table: Table, goals: Sequence[Goal], errors: float) -> Iterator[Miss]:
    """Goals that were missed by more than so many standard errors, in the worlds that were run."""
    for goal in goals:
        for name in (one for one in goal.scenarios if one in table):
            for kind in goal.kinds:
                found = table[name].get((kind, goal.measure))
                if found is None or not goal.reached(found, errors):
                    yield Miss(goal.measure, name, kind, found, goal.text)


def write(text: str) -> None:
    """Put a table in place of the one in the page on calibration."""
    before, _, rest = PAGE.read_text("utf-8").partition(START)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{START}{text}\n{END}{after}", "utf-8")
