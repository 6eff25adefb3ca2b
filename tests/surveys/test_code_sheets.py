"""Slips with codes: who cannot read yet gets the code in pictures too."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from pypdf import PdfReader

from kfl.answers.codes import display, new_code
from kfl.surveys.code_sheets import Slip, pdf
from kfl.surveys.formats import Informant


def alternatives(reader: PdfReader) -> set[str]:
    """The words that stand for pictures, for who hears the sheet."""
    found: set[str] = set()
    waiting = [reader.trailer["/Root"]["/StructTreeRoot"]]
    while waiting:
        part = waiting.pop().get_object()
        if isinstance(part, list):
            waiting.extend(one for one in part if hasattr(one, "get_object"))
        elif isinstance(part, dict):
            found.add(str(part.get("/Alt", "")))
            if "/K" in part:
                waiting.append(part["/K"])
    return found


@pytest.mark.parametrize(
    ("informant", "slips_a_page"), [(Informant.PUPIL_1_4, 8), (Informant.CHILD, 8), (Informant.PUPIL_5_10, 10)]
)
def test_slips_of_the_youngest_show_the_code_in_pictures(informant, slips_a_page):
    school = SimpleNamespace(name="Ask skole")
    node = SimpleNamespace(unit=SimpleNamespace(name="2A", parent=school, is_leaf_kind=True))
    wave = SimpleNamespace(name="T3", closes_at=datetime(2026, 12, 4, tzinfo=UTC))
    slips = [Slip(node, informant, f"Elev {n}", new_code()) for n in range(slips_a_page + 1)]
    reader = PdfReader(io.BytesIO(pdf(wave, slips, "https://kfl.example.no/svar/")))
    texts = [page.extract_text() for page in reader.pages]
    assert [sum(display(slip.code) in text for slip in slips) for text in texts] == [slips_a_page, 1]
    assert ("Koden som bilder" in alternatives(reader)) == (informant is not Informant.PUPIL_5_10)
