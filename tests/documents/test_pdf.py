"""Every text in every PDF: what is printed can be read back, and nothing that anybody can type takes a PDF down."""

from __future__ import annotations

import io
import os
import random
import unicodedata
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from pypdf import PdfReader

from kfl.documents.blocks import Document, Facts, Points, Section
from kfl.documents.pdf import as_pdf
from kfl.documents.printable import MARK, fonts, printable

from .names import NAMES

PROVE = bool(os.environ.get("KFL_PROVE"))
A_SAMPLE = None if PROVE else 200  # of the 40,000 characters that the fonts have: each new font on a sheet costs time


def printed(names: Iterable[str], title: str = "Navn", *, bold: bool = False) -> bytes:
    """A document with these names, each in a line; in bold letters too."""
    blocks = [Points(list(names)), *([Facts([(name, "") for name in names])] if bold else [])]
    return as_pdf(Document("nb", title, "", [Section("navn", "Navn", blocks)]))


def read_back(made: bytes) -> str:
    reader = PdfReader(io.BytesIO(made))
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert "<pdfuaid:part>1</pdfuaid:part>" in reader.trailer["/Root"]["/Metadata"].get_data().decode()
    return unicodedata.normalize("NFC", "".join(page.extract_text() for page in reader.pages))


@pytest.mark.parametrize("script", NAMES)
def test_a_name_can_be_read_back(script):
    name = unicodedata.normalize("NFC", NAMES[script])
    found = read_back(printed([name, "Kari Hansen"], bold=True))
    assert "Kari Hansen" in found
    assert set(name) <= set(found), "a reader of PDFs may give letters in print's order, but each is there"


def test_one_name_that_cannot_be_printed_spoils_nothing_but_itself():
    names = ["Kari Hansen", "Ola \U00013000\ufeff", "Åse Li"]
    found = read_back(printed(names, title="\ud800", bold=True))
    assert "Kari Hansen" in found
    assert "Åse Li" in found
    assert MARK in found


def test_what_the_fonts_are_said_to_have_they_have():
    """One character of each block (256 in a row) outside the Chinese, and a sample; with KFL_PROVE every one of all."""
    drawn = sorted(char for char in fonts().together if printable(char) not in (MARK, " ", "\n"))
    assert len(drawn) > 39_000
    by_block = {ord(char) >> 8: char for char in drawn if not "\u3400" <= char <= "\ud7ff"}
    assert len(by_block) > 80
    chosen = drawn if PROVE else [*by_block.values(), *random.Random(1).sample(drawn, A_SAMPLE)]
    for start in range(0, len(chosen), 1000):
        printed(chosen[start : start + 1000], bold=PROVE)


@pytest.mark.parametrize("plane", range(17))
def test_every_character_there_is_can_be_typed(plane):
    """What is printed for it is drawn by a font, is the mark, or is white; of planes without letters, some."""
    allowed = fonts().together | {MARK, " ", "\n"}
    for number in range(plane << 16, (plane + 1) << 16, 1 if plane < 2 or PROVE else 64):
        assert allowed.issuperset(printable(chr(number))), hex(number)


LETTERS = [sorted(has) for has in fonts().each[:26]]
MARKS = [chr(number) for number in range(0x20000) if unicodedata.category(chr(number)).startswith("M")]
A_CHARACTER = some.one_of(
    some.sampled_from(LETTERS).flatmap(some.sampled_from),
    some.sampled_from(MARKS),
    some.sampled_from(["\u200d", "\u200c", "\ufe0f", "\U0001f3fd", "\ufeff", "\u202e", "\xad", " ", "\n", "\ud83c"]),
    some.characters(),
    some.characters(categories=["Cs", "Cn", "Co", "Cf", "Cc"]),
)


@settings(max_examples=60, deadline=None)
@given(names=some.lists(some.lists(A_CHARACTER, min_size=1, max_size=8).map("".join), min_size=20, max_size=40))
def test_whatever_is_typed_a_pdf_is_made(names):
    assert read_back(printed(names, title=names[0])) is not None  # sound, and told apart for those who hear it
