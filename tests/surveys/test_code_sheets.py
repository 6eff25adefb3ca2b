"""Slips with codes: who cannot read yet gets the code in pictures too, an adult the long code of a link."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from pypdf import PdfReader

from kfl.answers.codes import display, new_code, new_link_code
from kfl.surveys.code_sheets import CANNOT_READ_YET, SCALE, Slip, pdf, qr
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
    ("informant", "slips_a_page"),
    [(Informant.PUPIL_1_4, 8), (Informant.CHILD, 8), (Informant.PUPIL_5_10, 10), (Informant.PARENT, 10)],
)
def test_a_page_holds_whole_slips_and_those_of_the_youngest_show_the_code_in_pictures(informant, slips_a_page):
    school = SimpleNamespace(name="Ask skole")
    node = SimpleNamespace(unit=SimpleNamespace(name="2A", parent=school, is_leaf_kind=True))
    wave = SimpleNamespace(name="T3", closes_at=datetime(2026, 12, 4, tzinfo=UTC))
    make = new_link_code if informant.comes_by_link else new_code
    slips = [Slip(node, informant, f"Elev {n}", make()) for n in range(slips_a_page + 1)]
    reader = PdfReader(io.BytesIO(pdf(wave, slips, "https://kfl.example.no/svar/")))
    texts = [page.extract_text() for page in reader.pages]
    assert [sum(display(slip.code) in text for slip in slips) for text in texts] == [slips_a_page, 1]
    assert ("Koden som bilder" in alternatives(reader)) == (informant in CANNOT_READ_YET)


def test_the_square_code_of_the_longest_link_is_still_coarse_enough_for_a_poor_camera():
    """A module of a printed code should be half a millimetre at least; ours is printed 33 mm wide."""
    slip = Slip(None, Informant.PARENT, "Foresatte til Ada", new_link_code())
    address = "https://kultur-for-laering.innlandetfylkeskommune.no/svar/"
    side = int(re.search(r'viewBox="0 0 (\d+)|width="(\d+)"', qr(slip.link(address))).group(2)) / SCALE
    print(f"square code of a link: {side:.0f} modules on 33 mm, {33 / side:.2f} mm each")
    assert 33 / side > 0.5
