"""Names in the order in which people look for them."""

from __future__ import annotations

from kfl.core.alphabet import alphabetical


def test_norwegian_letters_come_last_and_numbers_by_size():
    right = ["8A", "10A", "Ask", "ask 2", "Ask 10", "Zoe", "Ærlig", "Ødegård", "Ås", "Ås 2", "Ås 11"]
    assert sorted(reversed(right), key=alphabetical) == right


def test_a_number_after_a_norwegian_letter_is_a_number_of_its_own():
    assert sorted(["Å10", "Å9", "Æ1"], key=alphabetical) == ["Æ1", "Å9", "Å10"]
