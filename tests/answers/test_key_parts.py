"""The link key in three parts: any two give it back, one tells nothing, a slip of the pen is noticed."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kfl.answers.key_parts import BadPart, KeyPart, PartsDiffer, join, read_part, split
from kfl.answers.keys import LinkKey

KEY = LinkKey(bytes(range(32)))


@given(st.binary(min_size=32, max_size=32))
def test_any_two_parts_give_the_key_back(secret):
    key = LinkKey(secret)
    printed = [str(part) for part in split(key)]
    for one, two in combinations(printed, 2):
        assert join(read_part(one), read_part(two)) == key
        assert join(read_part(two), read_part(one)) == key


def test_one_part_fits_every_key():
    # For any other key there is a part that goes with this one: so this one alone excludes nothing.
    one, _, _ = split(KEY)
    for other in (LinkKey(bytes(32)), LinkKey(b"\xff" * 32)):
        start = int.from_bytes(other.secret, "big")
        slope = (one.point - start) * pow(one.number, -1, 2**521 - 1)
        partner = KeyPart(2, other.fingerprint, (start + 2 * slope) % (2**521 - 1))
        assert join(KeyPart(one.number, other.fingerprint, one.point), partner) == other


def test_parts_show_nothing_of_the_key_when_represented():
    assert all(str(part.point) not in repr(part) for part in split(KEY))
    assert KEY.secret.hex() not in "".join(str(part) for part in split(KEY))


def test_same_part_twice_is_refused():
    one, _, _ = split(KEY)
    with pytest.raises(PartsDiffer, match="same part"):
        join(one, one)


def test_parts_of_two_splits_do_not_go_together():
    (one, _, _), (_, two, _) = split(KEY), split(KEY)
    with pytest.raises(PartsDiffer, match="not made together"):
        join(one, two)


def test_parts_of_different_keys_do_not_go_together():
    (one, _, _), (_, two, _) = split(KEY), split(LinkKey(bytes(32)))
    with pytest.raises(PartsDiffer, match="different keys"):
        join(one, two)


def test_part_may_be_typed_in_small_letters_without_blanks():
    one = split(KEY)[0]
    head, _, words = str(one).partition("text: ")
    assert read_part(head + "text: " + words.replace(" ", "").lower().replace("0", "o").replace("1", "l")) == one


@pytest.mark.parametrize("place", range(0, 109, 9))
def test_one_wrong_letter_is_noticed(place):
    head, _, words = str(split(KEY)[0]).partition("text: ")
    letters = list(words.replace(" ", "").strip())
    letters[place] = "A" if letters[place] != "A" else "B"
    with pytest.raises(BadPart, match="copied wrongly"):
        read_part(head + "text: " + "".join(letters))


@pytest.mark.parametrize(
    "text", ["", "part: 1\nkey: a\n", "part: 4\nkey: a\ntext: b\n", "part: 1\nkey: a\ntext: b\n", "\0" * 100]
)
def test_what_is_no_part_is_refused(text):
    with pytest.raises(BadPart):
        read_part(text)
