"""Codes: what is printed is what is taken, however a child types it."""

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kfl.answers.codes import ALPHABET, BadCode, display, new_code, new_link_code, normalise
from kfl.answers.drawings import DRAWINGS, for_character, strip


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


def test_code_of_a_link_holds_128_bits_and_is_read_as_it_is_printed():
    codes = [new_link_code() for _ in range(400)]
    assert len(set(codes)) == 400
    for code in codes:
        assert len(code) == 26
        assert int("".join(f"{ALPHABET.index(c):05b}" for c in code), 2) < 2**128
        assert normalise(display(code).lower()) == code
    assert {code[0] for code in codes} == set(ALPHABET[:8])
    with pytest.raises(BadCode):
        normalise("8" + codes[0][1:])


def test_every_character_has_a_drawing_of_its_own():
    assert len({one.name for one in DRAWINGS}) == len({one.shapes for one in DRAWINGS}) == len(ALPHABET)
    assert for_character("Z") is DRAWINGS[31]
    for one in DRAWINGS:
        root = ElementTree.fromstring(one.svg)
        assert {element.tag.rpartition("}")[2] for element in root.iter()} <= {"svg", "path", "circle"}
        assert "style" not in one.shapes


def test_strip_of_a_code_shows_its_drawings_in_order():
    row = strip("0Z0Z0Z0Z0Z0")
    ElementTree.fromstring(row)
    places = [row.index(f'<svg x="{x}"') for x in (0, 52, 104, 156, 208, 284, 336, 388, 440, 492, 544)]
    assert places == sorted(places)
    assert row.count(DRAWINGS[0].shapes) == 6
    assert row.count(DRAWINGS[31].shapes) == 5
