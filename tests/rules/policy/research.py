"""Technical reports."""

from __future__ import annotations

from tests.rules.county import County
from tests.rules.lines import RESULTS, Line, Thing


def _reports(county: County) -> list[Thing]:
    """Of T1; T2 is open, T3 a draft."""
    return [Thing({"wave": slug}, "county" if slug == "t1" else "") for slug in (*county.waves, "t9")]


def _chapters(county: County) -> list[Thing]:
    there = [Thing({"wave": "t1", "informant": who}, "county") for who in ("pupil_5_10", "leader", "child")]
    return [*there, Thing({"wave": "t1", "informant": "parent"}, ""), Thing({"wave": "t2", "informant": "leader"}, "")]


LINES: dict[str, Line] = {
    "report": Line(RESULTS, _reports),
    "chapter": Line(RESULTS, _chapters),
    "report-pdf": Line(RESULTS, _reports),
    "report-data": Line(RESULTS, _reports),
}
