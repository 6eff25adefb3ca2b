"""Keys from words, with Norwegian and Sámi letters."""

from __future__ import annotations

import pytest

from kfl.core.slugs import free_key, key_of


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("Høsten 2026", "hosten-2026"),
        ("Å bli hørt på!", "a-bli-hort-pa"),
        ("Oahpaheaddji ŋ đ", "oahpaheaddji-n-d"),
        ("¡¿", "skjema"),
        ("", "skjema"),
        ("x" * 80, "x" * 50),
    ],
)
def test_a_key_keeps_what_can_be_typed(words, key):
    assert key_of(words, "skjema") == key


def test_a_taken_key_gets_a_number():
    assert free_key("t", {"a"}) == "t"
    assert free_key("t", {"t", "t-2"}) == "t-3"
