"""Slots of a page: cut once, answered for each reader by all rooms, joined again."""

from __future__ import annotations

import pytest
from django.template import engines

from kfl.core import offers
from kfl.core.cards import Link
from kfl.core.offers import AskingPage, Slot

PAGE = AskingPage("test", {"wave": "t2"})
BODY = (
    '<h1>Trivsel</h1>{% slot "scale" "trivsel" %}<p>{{ written }}</p>{% slot "question" "trivsel-1" %}'
    '{% slot "scale" "uro" %}'
)


@pytest.fixture(autouse=True)
def asked(monkeypatch):
    """Two rooms; what each was asked."""
    found: list[tuple[str, str, list[Slot]]] = []
    offers._load()
    monkeypatch.setattr(offers, "_givers", {})

    @offers.gives("scale")
    def materials(reader, page, slots):
        found.append(("materials", reader, list(slots)))
        if reader == "Bob":
            return {}
        return {Slot("scale", "trivsel"): [Link("/hjelp/?a=1&b=2", "Opplegg for «trivsel»")]}

    @offers.gives("scale", "question")
    def goals(reader, page, slots):
        found.append(("goals", reader, list(slots)))
        return {slot: [Link(f"/mal/{page.about['wave']}/{slot.key}/", f"{slot.key} <for {reader}>")] for slot in slots}

    return found


def drawn(**context: object) -> str:
    return engines["django"].from_string(BODY).render({"written": "", **context})


def test_a_body_is_cut_at_its_slots_and_joined_for_each_reader(asked):
    pieces = offers.cut(drawn())
    assert [piece for piece in pieces if isinstance(piece, Slot)] == [
        Slot("scale", "trivsel"), Slot("question", "trivsel-1"), Slot("scale", "uro"),
    ]  # fmt: skip
    alice, bob = (offers.joined(pieces, reader, PAGE) for reader in ("Alice", "Bob"))
    assert 'href="/hjelp/?a=1&amp;b=2">Opplegg for «trivsel»' in alice
    assert "Opplegg" not in bob
    assert "uro &lt;for Bob&gt;" in bob
    assert "<!--" not in alice


def test_each_room_is_asked_once_a_page_and_only_of_what_it_knows(asked):
    offers.joined(offers.cut(drawn()), "Alice", PAGE)
    slots = [Slot("scale", "trivsel"), Slot("question", "trivsel-1"), Slot("scale", "uro")]
    assert asked == [("materials", "Alice", [slots[0], slots[2]]), ("goals", "Alice", slots)]


def test_a_room_that_knows_nothing_of_a_page_is_not_asked(asked):
    assert offers.beside("Alice", PAGE, [Slot("question", "q")])
    assert [name for name, _reader, _slots in asked] == ["goals"]
    assert offers.beside("Alice", PAGE, []) == {}


def test_where_nobody_offers_anything_the_page_is_as_without_slots(monkeypatch):
    monkeypatch.setattr(offers, "_givers", {})
    assert offers.joined(offers.cut(drawn(written="a")), "Alice", PAGE) == "<h1>Trivsel</h1><p>a</p>"


def test_what_people_write_is_never_a_slot():
    pieces = offers.cut(drawn(written="<!--slot scale hemmelig-->"))
    assert Slot("scale", "hemmelig") not in pieces
    assert "&lt;!--slot scale hemmelig--&gt;" in offers.joined(pieces, "Alice", PAGE)


@pytest.mark.parametrize("key", ["", "a b", "a-->", "<b>", "å", "100 %", "Spm. 1: trives du?", "--"])
def test_a_slot_may_have_any_key(key):
    before, slot, after = offers.cut(f"a{offers.mark('question', key)}b")
    assert (before, slot, after) == ("a", Slot("question", key), "b")
