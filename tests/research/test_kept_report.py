"""The file of a report that is kept is served only for the very same report, in the same language."""

from __future__ import annotations

import pytest

from kfl.core import kept
from kfl.research.making.report import make_report
from kfl.research.models import StoredReport
from tests.varied import varied


@pytest.fixture
def stored(county) -> StoredReport:
    return make_report(wave=county.t1, by=county.erik).stored()


drawn: list[StoredReport] = []


def draw(of: StoredReport) -> int:
    drawn.append(of)
    return len(drawn)


def test_each_part_of_a_stored_report_makes_another_file(stored):
    kept.clear()
    drawn.clear()
    first = kept.body("research.pdf", stored, draw)
    others = varied(stored)
    assert [name for name, _of in others] == [".digest", ".created_at", ".payload"]
    assert all(kept.body("research.pdf", of, draw) != first for _name, of in others)
    assert kept.body("research.pdf", stored, draw) == first
