"""Links by mail: each staff member's own, once, to the own address; seen, logged and kept by nobody on the way."""

from __future__ import annotations

import logging
import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail as outbox
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse

from kfl.core import mail
from kfl.core.models import OutgoingMail
from kfl.people import actions as people
from kfl.people.models import AuditLine, User
from kfl.questionnaires.formats import Informant
from kfl.surveys import actions, reminders, store
from kfl.surveys.models import Code, Reminder, RoundKind
from kfl.surveys.waves import checklist
from tests.factories import a_user
from tests.surveys.answering import code_of
from tests.surveys.making import CLOSES, OPENS, a_questionnaire, a_wave

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("data_dir")]

NOON = OPENS.replace(hour=12)  # a Monday
PORTAL = "https://kfl.example.no/"
LINK = re.compile(r"https?://[a-z.]+/svar/#([0-9A-Z]+)")
STAFF = ["alice@example.org", "bente@example.org", "bob@example.org"]


@pytest.fixture(autouse=True)
def _noon(settings):
    settings.KFL_JOBS_AT_ONCE = False
    cache.clear()
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def draft(world):
    a_user("Bente", "teacher", world.ask_8b)
    unreachable = a_user("Ulla", "teacher", world.ask_8b)
    User.objects.filter(pk=unreachable.pk).update(email="")
    asked = [Informant.PUPIL_5_10, Informant.TEACHER, Informant.LEADER, Informant.PARENT]
    return a_wave(world.county, [world.ask], [a_questionnaire(who) for who in asked])


@pytest.fixture
def wave(draft):
    return actions.open_wave(wave=draft, by=None, at=OPENS)


def run(round_, at=NOON):
    mail.deliver_due(at)
    round_.refresh_from_db()


def links_sent():
    return {one.to[0]: LINK.findall(one.body)[0] for one in outbox.outbox}


def code_of_user(user):
    return Code.objects.everywhere(why="a test").get(holder=user)


def as_user(user):
    client = Client()
    client.force_login(user)
    return client


def test_each_gets_the_own_link_once_and_whoever_has_no_address_is_counted_for_paper(wave, world):
    round_ = actions.order_links(wave=wave, portal=PORTAL, by=world.erik)
    run(round_)
    sent = links_sent()
    assert sorted(sent) == STAFF
    for user in (world.alice, world.bob):
        assert sent[user.email] == code_of(code_of_user(user))
    assert len(set(sent.values())) == 3
    assert all(len(code) == 26 for code in sent.values())
    assert round_.accepted == 3
    assert not OutgoingMail.objects.exists(), "no address is kept"
    with pytest.raises(actions.CannotSend, match="sendt"):
        actions.order_links(wave=wave, portal=PORTAL, by=world.erik)
    page = as_user(world.erik).get(reverse("surveys:links", kwargs={"slug": "t3"})).content.decode()
    assert "Én person har ingen e-postadresse" in page


def test_the_link_lies_nowhere_in_the_clear_and_stands_in_no_line_of_any_log(wave, world, caplog, data_dir):
    caplog.set_level(logging.DEBUG)
    round_ = actions.order_links(wave=wave, portal=PORTAL, by=world.erik)
    codes = [code_of(code_of_user(user)) for user in (world.alice, world.bob)]
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            kept = repr(cursor.fetchall())
            assert not any(code in kept for code in codes), table
    run(round_)
    assert not any(code in caplog.text for code in codes)
    for path in (path for path in data_dir.rglob("*") if path.is_file()):
        assert not any(code.encode() in path.read_bytes() for code in codes), path.name


def test_where_there_is_no_mail_server_no_link_is_written_to_a_file(wave, world, settings):
    round_ = actions.order_links(wave=wave, portal=PORTAL, by=world.erik)
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = settings.KFL_DATA / "files" / "mail"
    run(round_)
    assert round_.given_up == 3
    assert not (settings.KFL_DATA / "files" / "mail").exists() or not list((settings.KFL_DATA / "files/mail").iterdir())
    with pytest.raises(actions.CannotSend, match="ingen e-posttjener"):
        actions.send_link_anew(code=code_of_user(world.bob), portal=PORTAL, by=world.erik)


@pytest.mark.parametrize("what", ["shut", "moved"])
def test_an_account_that_was_shut_or_moved_meanwhile_gets_nothing(wave, world, what):
    round_ = actions.order_links(wave=wave, portal=PORTAL, by=world.erik)
    change = {"is_active": False} if what == "shut" else {"email": "annen@example.org"}
    User.objects.filter(pk=world.bob.pk).update(**change)
    run(round_)
    assert sorted(links_sent()) == ["alice@example.org", "bente@example.org"]
    assert (round_.accepted, round_.given_up) == (2, 1)


def test_quiet_hours_hold_for_the_round_and_not_for_whoever_asks(wave, world):
    night = NOON.replace(hour=22)
    round_ = actions.order_links(wave=wave, portal=PORTAL, by=world.erik, at=night)
    run(round_, night)
    assert outbox.outbox == []
    with pytest.raises(actions.CannotSend, match="alt på vei"):
        actions.send_link_anew(code=code_of_user(world.bob), portal=PORTAL, by=world.bob, at=night)
    run(round_, NOON + timedelta(days=1))
    outbox.outbox.clear()
    actions.send_link_anew(code=code_of_user(world.bob), portal=PORTAL, by=world.bob, at=night)
    run(Reminder.objects.everywhere(why="a test").get(kind=RoundKind.ANEW), night)
    assert list(links_sent()) == ["bob@example.org"]


def test_after_the_close_no_link_goes_out(wave, world):
    round_ = actions.order_links(wave=wave, portal=PORTAL, by=world.erik)
    run(round_, CLOSES)
    assert outbox.outbox == []
    assert round_.given_up == 3


def test_one_asks_for_the_own_link_and_sees_neither_it_nor_anybody_elses(wave, world):
    bob, page = as_user(world.bob), reverse("surveys:own-links")
    mine, theirs = code_of_user(world.bob), code_of_user(world.alice)
    shown = bob.get(page).content.decode()
    assert "Send lenken til bob@example.org" in shown
    assert page in bob.get("/").content.decode()
    for key in (theirs.pk, "x", "9" * 30, ""):
        assert bob.post(page, {"code": key}).status_code == 404
    told = bob.post(page, {"code": mine.pk}, follow=True).content.decode()
    assert "Lenken er på vei til bob@example.org" in told
    assert code_of(mine) not in shown + told
    assert "for litt siden" in bob.post(page, {"code": mine.pk}, follow=True).content.decode()
    rounds = Reminder.objects.everywhere(why="a test").filter(kind=RoundKind.ANEW)
    assert rounds.count() == 1
    run(rounds.get())
    assert links_sent() == {"bob@example.org": code_of(mine)}
    line = AuditLine.plumbing.get(what="link.sent_anew")
    assert (line.which, line.unit, line.by) == (f"Code {mine.pk}", world.ask, world.bob)
    assert "Ingen åpen kartlegging spør deg" in as_user(world.dina).get(page).content.decode()


@pytest.mark.parametrize("how", ["same", "new"])
def test_the_office_sends_a_link_anew_without_seeing_it(wave, world, how):
    office = as_user(a_user("Kari Kontor", "office", world.ask))
    row = code_of_user(world.bob)
    before = code_of(row)
    address = reverse("surveys:lost-code", kwargs={"slug": "t3", "key": world.ask.pk})
    page = office.post(address, {"adult": row.pk, "how": how}, follow=True).content.decode()
    assert "Lenken er på vei til Bob" in page
    row.refresh_from_db()
    after = code_of(row)
    assert (after == before) == (how == "same")
    assert after not in page
    assert before not in page
    run(Reminder.objects.everywhere(why="a test").get(kind=RoundKind.ANEW))
    assert links_sent() == {"bob@example.org": after}


def test_a_link_that_cannot_be_sent_is_not_exchanged(wave, world):
    office = as_user(a_user("Kari Kontor", "office", world.ask))
    row = code_of_user(User.objects.get(username="ulla"))
    before = code_of(row)
    address = reverse("surveys:lost-code", kwargs={"slug": "t3", "key": world.ask.pk})
    page = office.post(address, {"adult": row.pk, "how": "new"}, follow=True).content.decode()
    assert "ingen e-postadresse" in page
    row.refresh_from_db()
    assert code_of(row) == before
    assert store.code_key("t3")


def test_parents_links_never_go_by_mail(wave, world):
    row = Code.objects.everywhere(why="a test").filter(form__informant=Informant.PARENT)[0]
    with pytest.raises(actions.CannotSend, match="ingen e-postadresse"):
        actions.send_link_anew(code=row, portal=PORTAL, by=world.erik)
    assert {one.form.informant for one in reminders.links.codes_to_send(wave)} == {"teacher", "leader"}


def test_a_round_of_links_is_not_counted_as_a_reminder_and_a_reminder_brings_no_link(wave, world):
    run(actions.order_links(wave=wave, portal=PORTAL, by=world.erik))
    outbox.outbox.clear()
    actions.set_reminder_rules(wave=wave, from_hour=0, to_hour=24, on_holidays=True, most=1, by=None)
    run(actions.order_reminder(wave=wave, portal=PORTAL, by=world.erik))
    assert sorted(one.to[0] for one in outbox.outbox) == STAFF
    own = reverse("surveys:own-links")
    for one in outbox.outbox:
        assert "#" not in one.body, "it says the same to everybody, and brings nothing to answer with"
        assert own in one.body
    with pytest.raises(actions.CannotRemind, match="så mange runder"):
        actions.order_reminder(wave=wave, portal=PORTAL, by=world.erik)


def test_the_page_shows_the_mail_and_no_link_before_it_goes(wave, world):
    client, address = as_user(world.erik), reverse("surveys:links", kwargs={"slug": "t3"})
    page = client.get(address).content.decode()
    assert "Send 3 lenker" in page
    assert "Den som har den, kan svare i ditt sted" in page
    assert not any(code_of(row) in page for row in reminders.links.codes_to_send(wave))
    assert "Lenkene er på vei" in client.post(address, follow=True).content.decode()
    assert OutgoingMail.objects.count() == 3


def test_the_checklist_says_who_has_no_address_before_and_after_the_opening(draft):
    def step():
        return next(one for one in checklist.steps(draft) if one.heading == "Ansatte og ledere")

    assert "1 av dem har ingen e-postadresse" in step().chosen
    actions.open_wave(wave=draft, by=None, at=OPENS)
    assert "1 av dem har ingen e-postadresse" in step().chosen
    people.rename_user(user=User.objects.get(username="ulla"), name="Ulla Ny", by=None)
    User.objects.filter(username="ulla").update(email="ulla@example.org")
    assert "ingen e-postadresse" not in step().chosen


def test_a_demo_sends_no_links(wave, world, settings):
    settings.KFL_DEMO = True
    with pytest.raises(actions.CannotSend, match="oppdiktet"):
        actions.order_links(wave=wave, portal=PORTAL, by=world.erik)


@pytest.mark.parametrize("has_more_time", [True, False])
def test_a_link_goes_only_where_answers_are_still_taken(world, wave, has_more_time):
    given = world.ask if has_more_time else world.bjork  # without more time for anybody the wave itself is over
    actions.extend_unit(wave=wave, unit=given, closes_at=CLOSES + timedelta(days=2), by=world.erik)
    round_ = actions.order_links(wave=wave, portal=PORTAL, by=world.erik)
    after = CLOSES + timedelta(hours=20)
    with time_machine.travel(after, tick=False):
        run(round_, after)
    assert sorted(links_sent()) == (STAFF if has_more_time else [])


@pytest.mark.parametrize("has_more_time", [True, False])
def test_a_reminder_goes_only_where_answers_are_still_taken(world, wave, has_more_time):
    given = world.ask if has_more_time else world.bjork
    actions.extend_unit(wave=wave, unit=given, closes_at=CLOSES + timedelta(days=4), by=world.erik)
    round_ = actions.order_reminder(wave=wave, portal=PORTAL, by=world.erik)
    after = CLOSES + timedelta(days=3)
    with time_machine.travel(after, tick=False):
        run(round_, after)
        assert sorted(one.to[0] for one in outbox.outbox) == (STAFF if has_more_time else [])
        why_not = reminders.actions.rounds.reasons_not_to_remind(wave=wave, at=after)
    assert why_not == ("" if has_more_time else "Ingen av dem som kan delta, har en e-postadresse i portalen.")


@pytest.fixture
def of_two(world):
    """Asks the leaders of two schools: Alice, whose school was given more time, and Charlie."""
    draft = a_wave(world.county, [world.county], [a_questionnaire(Informant.LEADER)])
    wave = actions.open_wave(wave=draft, by=None, at=OPENS)
    actions.extend_unit(wave=wave, unit=world.ask, closes_at=CLOSES + timedelta(days=4), by=world.erik)
    return wave


def test_each_mail_says_until_when_its_receiver_can_answer(world, of_two):
    run(actions.order_links(wave=of_two, portal=PORTAL, by=world.erik))
    run(actions.order_reminder(wave=of_two, portal=PORTAL, by=world.erik))
    until = {"alice@example.org": "8. desember 2026 kl. 16.00", "charlie@example.org": "4. desember 2026 kl. 16.00"}
    assert sorted(one.to[0] for one in outbox.outbox) == sorted([*until, *until])
    for one in outbox.outbox:
        assert f"er åpen til {until[one.to[0]]}" in one.body
        assert f"er åpen til {until[one.to[0]]}" in one.alternatives[0].content


def test_a_round_counts_those_alone_who_can_still_answer(world, of_two):
    client = as_user(world.erik)
    addresses = [reverse(f"surveys:{page}", kwargs={"slug": "t3"}) for page in ("reminders", "links")]
    before = [client.get(address).content.decode() for address in addresses]
    assert "2 adresser" in before[0]
    assert "2 lenker" in before[1]
    assert all("får sin egen tid i e-posten" in page for page in before)
    with time_machine.travel(CLOSES + timedelta(days=3), tick=False):
        client = as_user(world.erik)
        after = [client.get(address).content.decode() for address in addresses]
        round_ = actions.order_reminder(wave=of_two, portal=PORTAL, by=world.erik)
    assert "Én adresse" in after[0]
    assert "Én lenke" in after[1]
    assert [one.to for one in OutgoingMail.objects.filter(batch=f"surveys.round:{round_.pk}")] == ["alice@example.org"]
