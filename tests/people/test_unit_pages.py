"""The pages of units: each reader's own, alphabetically; roles are given and ended by the secretariat only."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from kfl.core.alphabet import alphabetical
from kfl.core.files import waiting
from kfl.people import actions
from kfl.people.home import navigation
from kfl.people.kinds import Kind
from kfl.people.models import RoleAssignment, Scheme, Unit, User
from tests.factories import a_unit

LIST = reverse("people:unit-list")


def page_of(unit) -> str:
    return reverse("people:unit-detail", kwargs={"key": unit.pk})


def give(unit) -> str:
    return reverse("people:role-give", kwargs={"key": unit.pk})


def end(assignment) -> str:
    return reverse("people:role-end", kwargs={"key": assignment.unit_id, "assignment": assignment.pk})


def of(user) -> RoleAssignment:
    return RoleAssignment.plumbing.get(user=user)


def test_names_are_sorted_as_people_sort_them():
    names = ["Åsnes", "10A", "Østre", "Zoo", "9A", "Ærøy", "alvdal"]
    assert sorted(names, key=alphabetical) == ["9A", "10A", "alvdal", "Zoo", "Ærøy", "Østre", "Åsnes"]


def test_the_secretariat_sees_the_county_down_to_schools(client, world):
    client.force_login(world.erik)
    text = client.get(LIST).text
    assert all(name in text for name in ("Hedmark", "Hedmarken", "Hamar", "Stange", "Ask skole", "Bjørk skole"))
    assert "8A" not in text
    assert "Legg inn en liste" in text


def test_an_owner_sees_the_own_municipality(client, world):
    client.force_login(world.dina)
    text = client.get(LIST).text
    assert "Ask skole" in text
    assert "Bjørk" not in text
    assert "Stange" not in text
    assert "Legg inn en liste" not in text


def test_a_teacher_sees_the_own_class(client, world):
    client.force_login(world.bob)
    assert "8A" in client.get(LIST).text
    assert client.get(page_of(world.ask_8a)).status_code == 200
    for other in (world.ask_8b, world.ask, world.bjork_8a):
        assert client.get(page_of(other)).status_code == 404


@pytest.mark.parametrize("who", ["frida", "nobody"])
def test_those_who_follow_nothing_find_no_units(client, world, who):
    client.force_login(getattr(world, who))
    assert client.get(LIST).status_code == 404
    assert client.get(page_of(world.ask)).status_code == 404


def test_the_page_in_the_head_is_for_those_with_more_than_a_class(world):
    assert [link.label for link in navigation(world.erik)] == ["Enheter", "Logg"]
    assert [link.label for link in navigation(world.alice)] == ["Enheter"]
    assert navigation(world.bob) == []
    assert navigation(world.nobody) == []


def test_codes_of_today_and_of_earlier_are_shown_with_their_days(client, world):
    codes = (
        (Scheme.MUNICIPALITY, "0415", date(1964, 1, 1), date(2019, 12, 31)),
        (Scheme.MUNICIPALITY, "3412", date(2020, 1, 1), None),
    )
    new = actions.NewUnit(Kind.MUNICIPALITY, "Løten", world.region, codes)
    loten = actions.add_unit(new=new, by=world.erik)
    client.force_login(world.erik)
    assert "3412 · før 0415" in " ".join(client.get(LIST).text.split())
    text = client.get(page_of(loten)).text
    assert "31. desember 2019" in text


def test_roles_are_named_and_addresses_only_for_those_who_give_them(client, world):
    client.force_login(world.alice)
    text = client.get(page_of(world.ask_8a)).text
    assert "Bob" in text
    assert "bob@example.org" not in text
    assert "Gi en rolle" not in text
    client.force_login(world.erik)
    text = client.get(page_of(world.ask_8a)).text
    assert "bob@example.org" in text
    assert "Gi en rolle" in text


def test_classes_of_earlier_years_are_not_listed(client, world):
    """They bear the names of this year's, and would stand there twice."""
    old = a_unit(Kind.GROUP, "8A i fjor", world.ask)
    Unit.objects.everywhere(why="test").filter(pk=old.pk).update(valid_to=date(2020, 7, 31))
    client.force_login(world.alice)
    page = client.get(page_of(world.ask)).content.decode()
    assert "8B" in page
    assert "8A i fjor" not in page


def given(client, unit, user, role) -> str:
    sent = {"email": user.email, "name": user.name, "role": role, "from_on": "2026-08-01"}
    return client.post(give(unit), sent, follow=True).text


@pytest.mark.parametrize("first", ["office", "reader"])
@pytest.mark.parametrize("where", ["ask", "hamar"])
def test_whoever_gets_an_office_where_results_are_read_is_told_what_follows_at_once(client, world, first, where):
    client.force_login(world.erik)
    roles = [(getattr(world, where), "office"), (world.ask_8a, "teacher")]
    one, other = roles if first == "office" else reversed(roles)
    told = "får bare elevenes og barnas lapper"
    assert told not in given(client, one[0], world.nobody, one[1])
    assert told in given(client, other[0], world.nobody, other[1])


def test_an_office_elsewhere_or_one_that_has_ended_is_not_spoken_of(client, world):
    client.force_login(world.erik)
    assert "lapper" not in given(client, world.bjork, world.alice, "office")
    office = RoleAssignment.plumbing.get(user=world.alice, role="office")
    actions.end_role(assignment=office, to_on=timezone.localdate() - timedelta(days=1), by=world.erik)
    assert "lapper" not in given(client, world.bjork, world.alice, "principal")


def test_no_pupil_is_named(client, world):
    client.force_login(world.erik)
    assert "Elev 8A" not in client.get(page_of(world.ask_8a)).text


def test_a_role_is_given_to_one_who_has_an_account_and_to_one_who_gets_it(client, world):
    client.force_login(world.erik)
    sent = {"email": "Nils@example.org", "name": "Nils", "role": "principal", "from_on": "2026-08-01", "to_on": ""}
    said = client.post(give(world.bjork), sent, follow=True).text
    assert "Nils (nils@example.org) har fått rollen rektor ved Bjørk skole" in said
    assert of(world.nobody).unit == world.bjork
    sent = {**sent, "email": "ny@example.org", "name": ""}
    assert client.post(give(world.bjork), sent).status_code == 200, "whoever gives a role says to whom"
    client.post(give(world.bjork), {**sent, "name": "Ny Rektor", "to_on": "2026-12-31"})
    new = User.objects.get(email="ny@example.org")
    assert (new.username, new.has_usable_password(), of(new).to_on) == ("ny@example.org", False, date(2026, 12, 31))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"role": "owner"}, "gyldig valg"),
        ({"email": "x"}, "Oppgi en gyldig e-postadresse"),
        ({"to_on": "2026-07-31"}, "før første dag"),
        ({"email": "shut@example.org"}, "stengt"),
        ({"email": "odd@example.org"}, "brukernavnet"),
    ],
)
def test_a_role_that_does_not_fit_is_refused_with_words(client, world, fields, words):
    User.objects.create(username="shut", email="shut@example.org", name="X", is_active=False)
    User.objects.create(username="odd@example.org", email="", name="X")
    client.force_login(world.erik)
    before = RoleAssignment.plumbing.count()
    sent = {"email": "nils@example.org", "name": "Nils", "role": "principal", "from_on": "2026-08-01", "to_on": ""}
    assert words in client.post(give(world.bjork), {**sent, **fields}).text
    assert RoleAssignment.plumbing.count() == before


def test_a_role_is_ended_and_not_before_it_began(client, world):
    client.force_login(world.erik)
    role = of(world.bob)
    assert "før første dag" in client.post(end(role), {"to_on": "2009-12-31"}).text
    yesterday = timezone.localdate() - timedelta(days=1)
    assert "avsluttet for Bob" in client.post(end(role), {"to_on": yesterday.isoformat()}, follow=True).text
    assert of(world.bob).to_on == yesterday
    assert "Bob" not in client.get(page_of(world.ask_8a)).text


def test_nobody_ends_the_own_role(client, world):
    client.force_login(world.erik)
    assert client.get(end(of(world.erik))).status_code == 404
    assert client.post(end(of(world.erik)), {"to_on": "2026-11-22"}).status_code == 404
    assert "din egen" in client.get(page_of(world.county)).text


@pytest.mark.parametrize("who", ["alice", "bob", "dina", "frida", "nobody"])
def test_others_neither_give_nor_end_roles(client, world, who):
    client.force_login(getattr(world, who))
    assert client.get(give(world.ask)).status_code == 404
    assert client.get(end(of(world.charlie))).status_code == 404


def test_another_countys_units_are_not_there(client, world):
    oppland = a_unit(Kind.COUNTY, "Oppland", None, "05")
    client.force_login(world.erik)
    assert client.get(page_of(oppland)).status_code == 404
    assert client.get(give(oppland)).status_code == 404
    assert "Oppland" not in client.get(LIST).text


def test_lists_that_wait_too_long_are_swept(data_dir):
    token = waiting.keep(b"x")
    now = timezone.now()
    assert waiting.sweep(now) == 0
    assert waiting.read(token, now) == b"x"
    assert waiting.sweep(now + timedelta(hours=25)) == 1
    with pytest.raises(waiting.NothingWaits):
        waiting.read(token, now)


def test_roles_keep_the_capitals_of_their_names_in_the_choice(world, client):
    client.force_login(world.erik)
    page = client.get(give(world.county)).content.decode()
    assert "Forsker ved SePU" in page
    assert "Sekretariat hos Statsforvalteren" in page


def test_nobody_gives_themselves_a_role_on_the_page(client, world):
    client.force_login(world.erik)
    own = {"email": "Erik@Example.org", "name": "Erik", "role": "secretariat", "from_on": "2019-01-01"}
    answer = client.post(give(world.county), own)
    assert "Ingen kan gi seg selv en rolle" in answer.text
    assert of(world.erik).from_on != date(2019, 1, 1)
