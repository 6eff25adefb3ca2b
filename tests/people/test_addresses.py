"""Roles go to accounts: nobody gets another's role by taking an address, and nobody learns whose an address is."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kfl.core.mail import deliver_due
from kfl.people import actions, addresses
from kfl.people.models import AuditLine, RoleAssignment, User
from kfl.people.rosters import DoubtsNotAnswered, ListKind, import_roster

NEW, PROOF = reverse("people:address"), reverse("people:address-proof")
ON = date(2026, 11, 2)
HEADER = "navn;e-post;rolle;enhet\n"


@pytest.fixture(autouse=True)
def no_counts():
    cache.clear()


def code_in(message) -> str:
    return re.search(r"^[A-Z0-9]{8}$", message.body, re.MULTILINE)[0]


def run(text: str, **more):
    return import_roster((HEADER + text).encode(), ListKind.STAFF, on=ON, **more)


def form(email: str, name: str, **more) -> dict[str, str]:
    return {"email": email, "name": name, "role": "principal", "from_on": "2026-11-01", **more}


def test_an_address_is_changed_by_a_code_that_comes_there_and_the_old_one_is_told(client, world):
    client.force_login(world.bob)
    assert client.post(NEW, {"email": "Bob.Hjemme@Example.org"})["Location"] == PROOF
    (sent,) = mail.outbox
    assert sent.to == ["bob.hjemme@example.org"]
    world.bob.refresh_from_db()
    assert world.bob.email == "bob@example.org", "not before it is proved"
    assert client.post(PROOF, {"code": code_in(sent).lower()}).status_code == 302
    world.bob.refresh_from_db()
    assert (world.bob.email, world.bob.listed_as) == ("bob.hjemme@example.org", "bob@example.org")
    assert mail.outbox[1].to == ["bob@example.org"]
    line = AuditLine.plumbing.latest("pk")
    assert (line.what, line.by) == ("user.address_changed", world.bob)
    assert line.detail["rows"][0]["email"] == ["bob@example.org", "bob.hjemme@example.org"]


def test_a_wrong_code_changes_nothing_and_after_five_the_right_one_neither(client, world):
    client.force_login(world.bob)
    client.post(NEW, {"email": "ny@example.org"})
    for _time in range(5):
        assert "Koden er feil" in client.post(PROOF, {"code": "AAAAAAAA"}).text
    assert client.post(PROOF, {"code": code_in(mail.outbox[0])})["Location"] == NEW
    world.bob.refresh_from_db()
    assert world.bob.email == "bob@example.org"


def test_a_code_is_for_one_address_of_one_account(client, world):
    client.force_login(world.bob)
    client.post(NEW, {"email": "ny@example.org"})
    client.post(NEW, {"email": "annen@example.org"})
    assert "Koden er feil" in client.post(PROOF, {"code": code_in(mail.outbox[0])}).text


def test_a_code_is_of_no_use_after_a_quarter(client, world, time_machine):
    time_machine.move_to("2026-11-02 10:00", tick=False)
    client.force_login(world.bob)
    client.post(NEW, {"email": "ny@example.org"})
    time_machine.move_to("2026-11-02 10:04", tick=False)
    assert client.get(PROOF).status_code == 200
    time_machine.move_to("2026-11-02 10:16", tick=False)
    session = client.session
    session["begun"] = session["until"] = 1_793_611_000 * 2
    session.save()
    assert client.get(PROOF)["Location"] == NEW


def met(client, address: str) -> tuple[int, str, str, list[str]]:
    with CaptureQueriesContext(connection) as done:
        answer = client.post(NEW, {"email": address})
    statements = [" ".join(one["sql"].split()[:3]) for one in done.captured_queries]
    written = [one for one in statements if one.startswith(("INSERT", "UPDATE", "DELETE"))]
    said = re.sub(r'value="[^"]*"', "", client.get(answer["Location"]).text.replace(address.casefold(), "ADDRESS"))
    return answer.status_code, answer["Location"], said, written


@pytest.mark.parametrize("taken", ["alice@example.org", "ALICE@example.org", "gammel@example.org", "charlie"])
def test_taking_an_address_does_not_tell_that_it_is_somebodys(client, world, settings, taken):
    """Whether it is another's own, the list's, or a username; and no code goes there."""
    settings.KFL_JOBS_AT_ONCE = False
    User.objects.filter(pk=world.charlie.pk).update(
        username="charlie@brukernavn.example", listed_as="gammel@example.org"
    )
    address = "charlie@brukernavn.example" if taken == "charlie" else taken
    client.force_login(world.bob)
    client.get(NEW)
    assert met(client, address) == met(client, "ledig@example.org")
    assert "Koden er feil" in client.post(PROOF, {"code": "AAAAAAAA"}).text
    deliver_due(timezone.now())
    assert [one.to for one in mail.outbox] == [["ledig@example.org"]]


def test_an_address_that_became_anothers_meanwhile_is_a_wrong_code(client, world):
    client.force_login(world.bob)
    client.post(NEW, {"email": "ny@example.org"})
    actions.add_users(users=[User(username="ny", name="Ny", email="ny@example.org")], by=None)
    assert "Koden er feil" in client.post(PROOF, {"code": code_in(mail.outbox[0])}).text


def test_few_codes_an_hour_go_to_strangers(client, world):
    client.force_login(world.bob)
    for number in range(7):
        client.post(NEW, {"email": f"fremmed{number}@example.org"})
    assert len(mail.outbox) == 5


def test_the_attack_somebody_writes_anothers_address_and_the_role_goes_to_them(client, world):
    """A teacher writes the address that the new principal of another school will have; the secretariat gives the role.

    Without proof the account has its old address, so the role makes an account of its own.
    """
    wanted = "ny.rektor@kommune.example"
    client.force_login(world.bob)
    for path in ("/konto/email/", NEW):
        for sent in ({"email": wanted, "action_add": ""}, {"email": wanted, "action_primary": ""}):
            client.post(path, sent)
    assert not EmailAddress.objects.filter(email=wanted).exists()
    client.force_login(world.erik)
    client.post(reverse("people:role-give", kwargs={"key": world.bjork.pk}), form(wanted, "Aisha Næss"))
    held = RoleAssignment.plumbing.get(role="principal", unit=world.bjork, user__email=wanted)
    assert (held.user.name, held.user_id == world.bob.pk) == ("Aisha Næss", False)
    run(f"Aisha Næss;{wanted};principal;S2\n", by=world.erik)
    assert not RoleAssignment.plumbing.filter(user=world.bob, unit=world.bjork).exists()


def test_whoever_has_proved_to_have_an_address_gets_no_role_under_another_name_unasked(client, world):
    """A mailbox that several read, or one that has a new owner."""
    actions.change_address(user=world.bob, email="post@bjork.example", by=world.bob)
    client.force_login(world.erik)
    page = reverse("people:role-give", kwargs={"key": world.bjork.pk})
    answer = client.post(page, form("post@bjork.example", "Aisha Næss"))
    assert "Adressen hører til kontoen til Bob" in answer.text
    assert not RoleAssignment.plumbing.filter(user=world.bob, unit=world.bjork).exists()
    other = form("post@bjork.example", "Aisha Næss", is_right=str(world.alice.pk))
    assert client.post(page, other).status_code == 200, "the answer holds for the account that was asked about"
    said = client.post(page, form("post@bjork.example", "Aisha Næss", is_right=str(world.bob.pk)), follow=True).text
    assert "Bob (post@bjork.example) har fått rollen rektor ved Bjørk skole." in said
    assert "på lista: bob@example.org" in said


def test_a_list_asks_where_name_and_account_do_not_fit(client, world):
    text = "Aisha Næss;bob@example.org;principal;S2\n"
    with pytest.raises(DoubtsNotAnswered) as asked:
        run(text, by=world.erik)
    assert asked.value.plan.doubts == ["bob@example.org hører til kontoen til Bob. Lista sier Aisha Næss."]
    assert not RoleAssignment.plumbing.filter(user=world.bob, unit=world.bjork).exists()
    run(text, by=world.erik, doubts_are_right=True)
    assert RoleAssignment.plumbing.filter(user=world.bob, unit=world.bjork).exists()


@pytest.mark.parametrize(
    ("account", "said", "fit"),
    [
        ("Kari Olsen", "kari  OLSEN", True),
        ("Kari Anne Olsen", "Kari Olsen", True),
        ("Kari Olsen", "Kari Hansen", False),
        ("Ola Olsen", "Kari Olsen", False),
        ("", "Kari Olsen", False),
    ],
)
def test_names_that_fit(account, said, fit):
    assert addresses.names_fit(account, said) is fit


def test_a_list_knows_an_account_by_its_lists_address_and_by_its_own(world):
    actions.change_address(user=world.bob, email="bob.hjemme@example.org", by=world.bob)
    before = User.objects.count()
    for address in ("bob@example.org", "bob.hjemme@example.org"):
        run(f"Bob;{address};teacher;S2\n", by=world.erik)
    assert User.objects.count() == before
    assert RoleAssignment.plumbing.filter(user=world.bob, unit=world.bjork).count() == 1


@pytest.mark.parametrize("address", ["alice@example.org", "Alice@Example.org"])
def test_no_two_accounts_ever_have_one_address(world, address):
    with pytest.raises(actions.AddressTaken):
        actions.add_users(users=[User(username="ny", name="Ny", email=address)], by=None)
    with pytest.raises(actions.AddressTaken):
        actions.change_address(user=world.bob, email=address, by=world.bob)
    actions.change_address(user=world.alice, email="annen@example.org", by=world.alice)
    with pytest.raises(actions.AddressTaken):
        actions.change_address(user=world.bob, email=address, by=world.bob)  # the list's still
    actions.change_address(user=world.alice, email=address, by=world.alice)
    twice = [User(username="a", name="A", email="to@example.org"), User(username="b", name="B", email="TO@example.org")]
    with pytest.raises(actions.AddressTaken):
        actions.add_users(users=twice, by=None)


def test_a_large_list_of_accounts_is_checked_too(world, monkeypatch):
    monkeypatch.setattr(addresses, "MANY", 1)
    users = [User(username=f"u{n}", name="U", email=f"u{n}@example.org") for n in range(3)]
    users.append(User(username="u9", name="U", email="alice@example.org"))
    with pytest.raises(actions.AddressTaken):
        actions.add_users(users=users, by=None)


def test_what_opened_by_the_old_address_is_gone(world):
    EmailAddress.objects.create(user=world.bob, email="bob@example.org", verified=True, primary=True)
    actions.change_address(user=world.bob, email="ny@example.org", by=world.bob)
    assert not EmailAddress.objects.exists()


def _give(client, unit, **more):
    sent = {"email": "ny@example.org", "name": "Ny Rektor", "role": "principal", "from_on": "2026-11-01", **more}
    return client.post(reverse("people:role-give", kwargs={"key": unit.pk}), sent, follow=True)


def test_a_role_that_is_given_twice_is_held_once_and_the_page_says_so(world, client):
    client.force_login(world.erik)
    assert "har fått rollen" in _give(client, world.bjork).content.decode()
    again = _give(client, world.bjork)
    assert again.redirect_chain
    assert "har rollen rektor ved Bjørk skole fra før" in again.content.decode()
    other_days = _give(client, world.bjork, from_on="2026-12-01")
    assert not other_days.redirect_chain
    assert "fra før" in other_days.content.decode()
    assert RoleAssignment.plumbing.filter(unit=world.bjork, user__email="ny@example.org").count() == 1


def test_one_role_at_a_time_and_another_when_it_is_over(world):
    today = timezone.localdate()
    day = timedelta(days=1)

    def give(first, last):
        (row,) = actions.give_roles(roles=[(world.nobody, "principal", world.ask, first, last)], by=None)
        return row

    now = give(today - 30 * day, today + 30 * day)
    for first, last in ((today, None), (today - 60 * day, today), (today + 30 * day, None)):
        with pytest.raises(actions.RoleIsHeld, match="fra før"):
            give(first, last)
    give(today + 31 * day, None)
    with pytest.raises(actions.RoleIsHeld):
        actions.end_role(assignment=now, to_on=today + 40 * day, by=None)
    actions.end_role(assignment=now, to_on=today - day, by=None)
    give(today - 5 * day, today + 3 * day)  # for days before, too: only those to come are asked
    twice = [(world.nobody, "teacher", world.ask_8a, today, None)] * 2
    with pytest.raises(actions.RoleIsHeld):
        actions.give_roles(roles=twice, by=None)
    actions.give_roles(roles=[*twice[:1], (world.nobody, "teacher", world.ask_8b, today, None)], by=None)
