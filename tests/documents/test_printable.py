"""What the fonts have is printed as it is; what they lack is one mark, and spoils nothing beside it."""

from __future__ import annotations

import unicodedata

import pytest

from kfl.documents.blocks import Paragraph, Points
from kfl.documents.printable import MARK, Unprintable, printable, unprintable

from .names import NAMES


@pytest.mark.parametrize("script", NAMES)
def test_names_in_the_scripts_that_the_fonts_have_are_printed_as_they_are(script):
    assert printable(NAMES[script]) == unicodedata.normalize("NFC", NAMES[script])


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("Ola \U00013000 Li", f"Ola {MARK} Li"),  # hieroglyphs
        ("Ola\U000e0fff", f"Ola{MARK}"),  # unassigned
        ("Ola\ufeff Li", f"Ola{MARK} Li"),
        ("\u202eOla", f"{MARK}Ola"),  # turns the direction of writing
        ("Ola\u2066", f"Ola{MARK}"),
        ("Ola \ud800", f"Ola {MARK}"),  # half a character
        ("Ola \ue000", f"Ola {MARK}"),  # for private use
        ("Ola\x00\x1b", f"Ola{MARK}{MARK}"),
        ("\u0301Ola", f"{MARK}Ola"),  # a mark that stands on nothing
        ("Ola \u0301", f"Ola {MARK}"),
        ("\u200dOla", f"{MARK}Ola"),  # a joiner that joins nothing
        ("ጽ\u0301 ጽ", f"{MARK} ጽ"),  # a letter and a mark that no font has together: both, as one
    ],
)
def test_what_no_font_can_draw_is_shown_by_a_mark(text, printed):
    assert printable(text) == printed
    assert unprintable([text, "Kari"]) == [Unprintable(text, printed)]


def test_what_only_looks_different_is_no_loss():
    assert printable("A\u030ase\tLi\r\nHer\u2028Der") == "Åse Li\nHer\nDer"
    assert unprintable(["A\u030ase\tLi\r\n", f"skrevet slik: {MARK}"]) == []


def test_texts_are_found_at_whatever_depth_each_once():
    data = {"title": "Ola\ufeff", "rows": [("Kari", 3, None), Paragraph("Ola\ufeff"), Points(["Nefer \U00013000"])]}
    assert [one.text for one in unprintable(data)] == ["Ola\ufeff", "Nefer \U00013000"]
