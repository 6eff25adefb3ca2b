"""The home page gathers what the rooms say; the front page is for everybody."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import translation

from kfl.core.cards import Card, Link, MenuEntry, MenuGroup, Urgency
from kfl.people.kinds import Kind
from kfl.web import home, navigation
from kfl.web import rooms as rooms_of_portal
from tests.factories import a_unit, a_user


class Room:
    """A room that has these cards and entries, for whoever asks."""

    def __init__(self, *cards: Card, links: tuple[Link, ...] = ()) -> None:
        self._cards, self._links = cards, links
        self.asked: list[object] = []

    def cards(self, user, on):
        self.asked.append((user, on))
        return list(self._cards)

    def navigation(self, user):
        return list(self._links)


@pytest.fixture
def rooms(monkeypatch):
    def give(*these: Room) -> None:
        monkeypatch.setattr(rooms_of_portal, "homes", lambda: list(these))

    return give


@pytest.mark.parametrize(
    ("hour", "said"),
    [
        (0, "Hei"),
        (3, "Hei"),
        (4, "God morgen"),
        (9, "God morgen"),
        (10, "God dag"),
        (18, "God kveld"),
        (23, "God kveld"),
    ],
)
def test_greeting_follows_the_hour(hour, said):
    with translation.override("nb"):
        assert home.greeting(datetime(2026, 12, 4, hour)) == said


@time_machine.travel(datetime(2026, 12, 4, 23, 30, tzinfo=UTC), tick=False)
def test_home_asks_every_room_for_this_person_on_the_norwegian_day(client, world, rooms):
    room = Room()
    rooms(room)
    client.force_login(world.alice)
    client.get(reverse("web:home"))
    ((user, on),) = room.asked
    assert user == world.alice
    assert on.isoformat() == "2026-12-05"


def test_home_shows_the_most_pressing_card_first_with_its_buttons(client, world, rooms):
    late = Card("Senere", urgency=Urgency.ANY_TIME)
    now = Card(
        "Kartlegging 8A",
        ("17 ark levert eller nei sagt · 24 inviterte",),
        (Link("/a/", "Skriv ut"), Link("/b/", "Mistet kode?")),
        Urgency.NOW,
    )
    rooms(Room(late), Room(now))
    client.force_login(world.bob)
    page = client.get(reverse("web:home")).content.decode()
    assert page.index("Kartlegging 8A") < page.index("Senere")
    assert "17 ark levert eller nei sagt · 24 inviterte" in page
    assert 'data-variant="primary" href="/a/"' in page
    assert 'data-variant="secondary" href="/b/"' in page
    assert "Dette er viktig nå" in page


def test_what_is_due_first_stands_first_among_what_presses_as_much(client, world, rooms):
    day = datetime(2026, 12, 4, tzinfo=UTC)
    cards = [
        Card("nytt", urgency=Urgency.NEWS, due=day),
        Card("nå, uten frist", urgency=Urgency.NOW),
        Card("nå, sent", urgency=Urgency.NOW, due=day + timedelta(days=9)),
        Card("nå, straks", urgency=Urgency.NOW, due=day),
        Card("snart", urgency=Urgency.SOON, due=day),
    ]
    rooms(Room(*cards[:2]), Room(*cards[2:]))
    found = [card.heading for card in home.cards_of(world.alice, day.date())]
    assert found == ["nå, straks", "nå, sent", "nå, uten frist", "snart", "nytt"]


def test_home_of_one_with_nothing_to_do_says_so(client, world, rooms):
    rooms(Room())
    client.force_login(world.alice)
    assert "Ingenting haster" in client.get(reverse("web:home")).content.decode()


def test_home_of_one_without_a_role_says_whom_to_ask(client, world, rooms):
    rooms(Room())
    client.force_login(world.nobody)
    assert "Du har ingen rolle" in client.get(reverse("web:home")).content.decode()


def test_front_page_leads_to_code_and_sign_in_and_names_nobody(client, world):
    page = client.get(reverse("web:home")).content.decode()
    assert 'href="/svar/"' in page
    assert reverse("account_login") in page
    assert "Alice" not in page
    assert "demo/sign-in" not in page


def test_page_head_shows_roles_and_marks_where_one_is(client, world, rooms):
    rooms(Room(links=(MenuEntry("/", "Hjem", MenuGroup.SURVEYS), MenuEntry("/roller/", "Roller", MenuGroup.SURVEYS))))
    client.force_login(world.alice)
    page = client.get(reverse("people:roles")).content.decode()
    assert "rektor, Ask skole" in page
    assert '<a href="/roller/" aria-current="page">Roller</a>' in page


def many_rooms() -> list[Room]:
    """Ten entries, two of some groups and one of others, as each group comes."""
    groups = [*MenuGroup, MenuGroup.SURVEYS, MenuGroup.IMPROVEMENT, MenuGroup.TOGETHER, MenuGroup.ADMINISTRATION]
    return [Room(links=(MenuEntry(f"/rom/{n}/", f"Rom {n}", group),)) for n, group in enumerate(groups)]


def test_entries_of_ten_rooms_are_gathered_under_their_groups_words_behind_one_button(client, world, rooms):
    rooms(*many_rooms())
    found = navigation.navigation(world.alice, "/rom/7/under/")
    assert not found.row
    assert [(group.label, len(group.entries)) for group in found.groups] == [
        *((group.label, 1 if group in {MenuGroup.RESOURCES, MenuGroup.INDICATORS} else 2) for group in MenuGroup),
        ("", 1),
    ]
    assert [(entry.label, entry.at) for group in found.groups for entry in group.entries if entry.at] == [
        ("Rom 7", "true")
    ]
    client.force_login(world.alice)
    page = client.get(reverse("people:roles")).content.decode()
    menu = page[page.index('class="site-nav"') : page.index("</nav>")]
    assert menu.count("<summary>") == 1
    words = [group.label for group in found.groups] + ["Rom 0", "Rom 9", "Kalender"]
    assert all(f">{word}<" in menu for word in words if word)


def test_few_entries_stand_side_by_side_in_the_groups_order(client, world, rooms):
    last, first = (
        MenuEntry("/b/", "Enheter", MenuGroup.ADMINISTRATION),
        MenuEntry("/a/", "Resultater", MenuGroup.SURVEYS),
    )
    rooms(Room(links=(last,)), Room(links=(first,)))
    found = navigation.navigation(world.bob, "/")
    assert [entry.label for entry in found.row] == ["Resultater", "Enheter", "Kalender"]
    assert not found.groups


def test_few_entries_are_also_behind_one_button_for_a_narrow_screen(client, world, rooms):
    rooms(Room(links=(MenuEntry("/roller/", "Roller", MenuGroup.SURVEYS),)))
    client.force_login(world.alice)
    page = client.get(reverse("people:roles")).content.decode()
    folded = page[page.index("site-menu of-row") : page.index("</details>", page.index("site-menu of-row"))]
    assert folded.count("<summary>") == 1
    assert "Kalender" in folded
    assert re.search(r'href="/roller/"\s+aria-current="page">Roller', folded)


def test_page_head_asks_the_database_only_when_it_is_shown(rf, world, django_assert_num_queries):
    request = rf.get("/")
    request.user = world.alice
    with django_assert_num_queries(0):
        navigation.page_head(request)


def test_the_first_step_in_an_empty_county_is_the_list_of_units(client, db):
    county = a_unit(Kind.COUNTY, "Hedmark", None, "34")
    kari, nils = a_user("Kari", "secretariat", county), a_user("Nils", "researcher", county)
    upload = reverse("people:roster-upload")
    client.force_login(kari)
    page = client.get(reverse("web:home")).content.decode()
    assert page.index(upload) < page.index(reverse("surveys:wave-new"))
    client.force_login(nils)
    assert upload not in client.get(reverse("web:home")).content.decode()
    a_unit(Kind.SCHOOL, "Ask skole", county, "S1")
    client.force_login(kari)
    assert upload not in client.get(reverse("web:home")).content.decode()


def test_the_closed_menu_names_the_entry_that_the_reader_is_at(client, world):
    client.force_login(world.erik)
    page = client.get(reverse("people:unit-list")).content.decode()
    (summary,) = re.findall(r"<summary>(Meny.*?)</summary>", page)
    assert re.sub(r"<[^>]+>", "", summary) == "Meny – Enheter"
    page = client.get(reverse("web:home")).content.decode()
    assert "<summary>Meny</summary>" in page
