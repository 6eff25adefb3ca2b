"""Names in the order in which people look for them."""

from __future__ import annotations

from types import SimpleNamespace

from kfl.core.alphabet import alphabetical, in_name_order


def test_norwegian_letters_come_last_and_numbers_by_size():
    right = ["8A", "10A", "Ask", "ask 2", "Ask 10", "Zoe", "Ærlig", "Ødegård", "Ås", "Ås 2", "Ås 11"]
    assert sorted(reversed(right), key=alphabetical) == right


def test_a_number_after_a_norwegian_letter_is_a_number_of_its_own():
    assert sorted(["Å10", "Å9", "Æ1"], key=alphabetical) == ["Æ1", "Å9", "Å10"]


def test_rows_of_one_name_stand_by_their_keys():
    rows = [SimpleNamespace(pk=pk, name=name) for pk, name in [(3, "10A"), (2, "8A"), (1, "8A"), (4, "1A")]]
    assert [row.pk for row in in_name_order(rows)] == [4, 1, 2, 3]
    assert in_name_order([{"of": "8A"}], of=lambda row: row["of"]) == [{"of": "8A"}]
