"""Codes: what is printed is what is taken, however a child types it."""

from itertools import combinations, product
from xml.etree import ElementTree

import pytest

from kfl.answers.codes import ALPHABET, BadCode, display, joined, new_code, new_link_code, normalise, where_mistyped
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
    assert normalise(" oil00 – 00000 Q ") == "0110000000Q"
    assert normalise("\u00a001 100\u201100000q") == "0110000000Q"


def test_the_quasigroup_of_the_check_character_is_totally_anti_symmetric():
    """Damm's two conditions, over all of it: they catch each wrong character and each swap of neighbours."""
    for x, y in product(range(32), repeat=2):
        assert x == y or joined(x, y) != joined(y, x)
        for before in range(32):
            assert x == y or joined(joined(before, x), y) != joined(joined(before, y), x)
    for value in range(32):
        assert {joined(value, other) for other in range(32)} == {joined(other, value) for other in range(32)}
        assert len({joined(value, other) for other in range(32)}) == 32


def test_each_wrong_character_and_each_swap_is_refused():
    """Of every place of many codes, the check character too; swaps of any two places, not of neighbours alone."""
    tried = 0
    for _ in range(200):
        code = new_code()
        wrong = [code[:n] + other + code[n + 1 :] for n in range(11) for other in ALPHABET if other != code[n]]
        for one, two in combinations(range(11), 2):
            if code[one] != code[two]:
                swapped = list(code)
                swapped[one], swapped[two] = code[two], code[one]
                wrong.append("".join(swapped))
        for text in wrong:
            tried += 1
            with pytest.raises(BadCode):
                normalise(text)
    assert tried > 200 * 341


@pytest.mark.parametrize(
    ("change", "places"),
    [
        (lambda code: code, ()),
        (lambda code: code[:3], ()),
        (lambda code: code[:4] + "U" + code[5:], (4,)),
        (lambda code: f"{code[:2]}?{code[3:5]}-{code[5:10]}å", (2, 10)),
        (lambda code: "x" * 900, ()),
    ],
)
def test_where_a_code_is_mistyped_is_told_as_far_as_the_text_tells(change, places):
    assert where_mistyped(change(new_code())) == places


def test_two_neighbours_swapped_and_a_lookalike_are_pointed_at():
    for _ in range(200):
        code = new_code()
        place = next((n for n in range(10) if code[n] != code[n + 1]), None)
        swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
        assert {place, place + 1} <= set(where_mistyped(swapped.lower()))
        for place, character in enumerate(code):
            if character in "8B":
                taken = code[:place] + ("B" if character == "8" else "8") + code[place + 1 :]
                assert place in where_mistyped(taken)


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
