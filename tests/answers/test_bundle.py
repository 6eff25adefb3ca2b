"""The frozen bundle: the same text for the same content, and no contradictions."""

from datetime import datetime

import pytest
from msgspec.structs import replace

from kfl.answers.bundle import ItemKind, WrongBundle, check, decode, digest, encode, with_columns

from .wave import bundle


def test_bundle_comes_back_from_its_text_with_the_same_digest():
    first = bundle()
    again = decode(encode(first))
    assert again == first
    assert digest(again) == digest(first)
    assert digest(replace(first, groups=11)) != digest(first)


def test_columns_follow_each_other_and_texts_have_none():
    pupils, parents, _ = bundle().forms
    assert [(item.key, item.column, item.width) for item in pupils.items] == [
        ("a1", 0, 1),
        ("a2", 1, 1),
        ("valg", 2, 3),
        ("tall", 5, 1),
    ]
    assert pupils.width == 6
    assert [item.column for item in parents.items] == [0, -1]


def _with_item(number, **change):
    """The bundle with the first item of one form changed."""
    whole = bundle()
    form = whole.forms[number]
    page = form.pages[0]
    items = [replace(page.items[0], **change), *page.items[1:]]
    changed = with_columns(replace(form, pages=[replace(page, items=items), *form.pages[1:]]))
    return replace(whole, forms=[*whole.forms[:number], changed, *whole.forms[number + 1 :]])


@pytest.mark.parametrize(
    "wrong",
    [
        replace(bundle(), languages=["nn"]),
        replace(bundle(), groups=0),
        replace(bundle(), k=6),
        replace(bundle(), closes_at=datetime(2100, 1, 1)),
        replace(bundle(), forms=[bundle().forms[0], bundle().forms[0]]),
        replace(bundle(), forms=[replace(bundle().forms[0], pages=[])]),
        _with_item(0, key="a2"),
        _with_item(0, text={"en": "Only English"}),
        _with_item(0, options=[]),
        _with_item(0, options=[bundle().forms[0].pages[0].items[0].options[0]] * 2),
        _with_item(0, kind=ItemKind.NUMBER),
        _with_item(0, kind=ItemKind.NUMBER, low=5, high=4),
        _with_item(0, kind=ItemKind.TEXT, options=[]),
    ],
)
def test_bundle_that_contradicts_itself_is_refused(wrong):
    with pytest.raises(WrongBundle):
        check(wrong)


def test_rows_that_overlap_are_refused():
    form = bundle().forms[0]
    page = form.pages[0]
    twice = replace(page, items=[page.items[0], replace(page.items[1], column=0)])
    with pytest.raises(WrongBundle, match="overlap"):
        check(replace(bundle(), forms=[replace(form, pages=[twice, form.pages[1]])]))


@pytest.mark.parametrize("text", [b"", b"{}", b"[]", b'{"wave": 3}', b"\xff"])
def test_text_that_is_no_bundle_is_refused(text):
    with pytest.raises(WrongBundle):
        decode(text)
