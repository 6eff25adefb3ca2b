"""Slips with codes for children, in pictures too for those who cannot read yet; letters with a link for adults."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from pypdf import PdfReader

from kfl.answers.codes import display, new_code, new_link_code
from kfl.people.kinds import Kind
from kfl.people.models import Unit
from kfl.questionnaires.formats import Informant
from kfl.surveys.codes import link_letters
from kfl.surveys.codes.code_sheets import CANNOT_READ_YET, SCALE, CodeSlip, pdf, qr
from kfl.surveys.codes.link_letters import LANGUAGES


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
    [(Informant.PUPIL_1_4, 8), (Informant.CHILD, 8), (Informant.PUPIL_5_10, 10)],
)
def test_a_page_holds_whole_slips_and_those_of_the_youngest_show_the_code_in_pictures(informant, slips_a_page):
    school = Unit(name="Ask skole", kind=Kind.SCHOOL)
    node = SimpleNamespace(unit=Unit(name="2A", kind=Kind.GROUP, parent=school))
    wave = SimpleNamespace(name="T3", closes_at=datetime(2026, 12, 4, tzinfo=UTC))
    slips = [CodeSlip(node, informant, f"Elev {n}", new_code()) for n in range(slips_a_page + 1)]
    reader = PdfReader(io.BytesIO(pdf(wave, slips, "https://kfl.example.no/svar/")))
    texts = [page.extract_text() for page in reader.pages]
    assert [sum(display(slip.code) in text for slip in slips) for text in texts] == [slips_a_page, 1]
    assert ("Koden som bilder" in alternatives(reader)) == (informant in CANNOT_READ_YET)


def placed(page) -> list[tuple[str, float]]:
    """Each piece of text with how high it stands on the page, in points."""
    found: list[tuple[str, float]] = []

    def seen(words, cm, tm, _font, _size) -> None:
        if words.strip():
            found.append((words.strip(), cm[1] * tm[4] + cm[3] * tm[5] + cm[5]))

    page.extract_text(visitor_text=seen)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_adult_has_a_page_with_the_name_above_the_fold_and_the_link_below(language):
    school = Unit(name="Ask skole", kind=Kind.SCHOOL)
    node = SimpleNamespace(unit=Unit(name="2A", kind=Kind.GROUP, parent=school))
    wave = SimpleNamespace(name="T3", closes_at=datetime(2026, 12, 4, tzinfo=UTC))
    longest = "Foresatte til Maximiliane Alexandra Kristoffersen-Wergeland Bjørnstjerne"
    slips = [
        CodeSlip(node, Informant.PARENT, longest, new_link_code()),
        CodeSlip(node, Informant.PARENT, "B", new_code()),
    ]
    reader = PdfReader(io.BytesIO(link_letters.pdf(wave, slips, "https://kfl.example.no/svar/", language)))
    assert reader.trailer["/Root"]["/Lang"] == language
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert len(reader.pages) == len(slips), "a letter that runs over would be folded with the link outside"
    for page, slip in zip(reader.pages, slips, strict=True):
        third = float(page.mediabox.height) / 3
        at = dict(placed(page))
        hidden = [
            y for words, y in at.items() if display(slip.code)[:5] in words or words in {"T3", "kfl.example.no/svar"}
        ]
        link = next(y for words, y in at.items() if display(slip.code)[:5] in words)
        assert next(y for words, y in at.items() if words.startswith(slip.label[:12])) > 2 * third
        assert next(y for words, y in at.items() if words.startswith(node.unit.name)) > 2 * third
        assert len(hidden) == 3
        assert max(hidden) < 2 * third, "the lower third covers what lies under it"
        assert link < third
        assert "kfl.example.no/svar" in page.extract_text()


def test_the_square_code_of_the_longest_link_is_still_coarse_enough_for_a_poor_camera():
    """A module of a printed code should be half a millimetre at least; ours is printed 36 mm wide."""
    slip = CodeSlip(None, Informant.PARENT, "Foresatte til Ada", new_link_code())
    address = "https://kultur-for-laering.innlandetfylkeskommune.no/svar/"
    side = int(re.search(r'viewBox="0 0 (\d+)|width="(\d+)"', qr(slip.link(address))).group(2)) / SCALE
    print(f"square code of a link: {side:.0f} modules on 36 mm, {36 / side:.2f} mm each")
    assert 36 / side > 0.5
