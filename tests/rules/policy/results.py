"""Released pages."""

from __future__ import annotations

from tests.rules.county import County
from tests.rules.lines import RESULTS, SIGNED_IN, Line, Thing, one


def _released(county: County) -> list[Thing]:
    pages = [page for page in county.pages if page[1] == "pupil_5_10" or page[2] in {"ask", "granli", "tun", "eng_a"}]
    there = [Thing({"wave": "t1", "number": n, "informant": who}, at) for n, who, at in pages]
    wrong = [("t1", 999, "leader"), ("t1", 0, "parent"), ("t2", 0, "leader"), ("t3", 0, "leader"), ("t9", 0, "leader")]
    return there + [Thing({"wave": w, "number": n, "informant": i}, "") for w, n, i in wrong]


def _some_released(county: County) -> list[Thing]:
    """The other tabs find their page in the same way: one of each sort is enough."""
    sorts = {"ask_a", "ask_b", "granli_a", "bjork", "hamar", "county"}
    found = {thing.at: thing for thing in _released(county) if thing.at in {*sorts, ""}}
    return list(found.values())


_RESULT = Line(RESULTS, _some_released, (RESULTS,))

LINES: dict[str, Line] = {
    "overview": Line(SIGNED_IN, one, (RESULTS,)),
    "page": Line(RESULTS, _released, (RESULTS,)),
    "questions": _RESULT,
    "change": _RESULT,
    "others": _RESULT,
    "about": _RESULT,
}
