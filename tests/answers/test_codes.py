"""Codes: what is printed is what is taken, however a child types it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kfl.answers.codes import ALPHABET, BadCode, display, new_code, normalise


def test_new_code_is_eleven_crockford_characters_with_their_check():
    codes = {new_code() for _ in range(200)}
    assert len(codes) == 200
    for code in codes:
        assert len(code) == 11
        assert set(code) <= set(ALPHABET)
        assert normalise(code) == code


def test_printed_code_stands_in_five_and_six():
    code = new_code()
    assert display(code) == f"{code[:5]}-{code[5:]}"
    assert normalise(display(code)) == code


def test_lookalikes_and_separators_are_understood():
    assert normalise(" oil00 – 00000 1 ".replace("1 ", "0 ")) == "01100000000"
    assert normalise("\u00a001 100\u2011000000") == "01100000000"


@given(st.integers(0, 10), st.integers(1, 31))
def test_wrong_character_where_the_check_can_see_it_is_refused(place, shift):
    code = new_code()
    wrong = ALPHABET[(ALPHABET.index(code[place]) + shift) % 32]
    changed = code[:place] + wrong + code[place + 1 :]
    if place >= 9:  # the value modulo 32 is the tenth character
        with pytest.raises(BadCode):
            normalise(changed)
    else:
        assert normalise(changed) == changed


@pytest.mark.parametrize("text", ["", "0000000000", "000000000000", "U0000000000", "å" * 11, "0" * 5000, "\0" * 11])
def test_what_is_no_code_is_refused_without_repeating_it(text):
    with pytest.raises(BadCode) as refused:
        normalise(text)
    assert not text or text not in str(refused.value)
