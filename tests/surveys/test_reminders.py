"""Reminders over a real mail server: who gets them, when, once, and never again after a no."""

from __future__ import annotations

import email
import re
import socket
from contextlib import contextmanager
from datetime import timedelta

import pytest
import time_machine
from aiosmtpd.controller import Controller
from django.test import Client
from django.urls import reverse

from kfl.core import mail
from kfl.core.models import MailRefusal, MailState, OutgoingMail
from kfl.people.models import AuditLine, User
from kfl.questionnaires.formats import Informant
from kfl.surveys import actions
from kfl.surveys.models import Reminder, Wave
from kfl.surveys.reminders import outgoing_rounds, receivers
from kfl.surveys.reminders.mails import letter_to
from tests.factories import a_user
from tests.surveys.making import CLOSES, OPENS, a_questionnaire, a_wave

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("data_dir")]

NOON = OPENS.replace(hour=12)  # a Monday
PORTAL = "https://kfl.example.no/"


class Post:
    """A mail server's mind: what it got, and to whom it says no."""

    def __init__(self):
        self.got, self.says, self.after = [], {}, {}

    async def handle_RCPT(self, server, session, envelope, address, options):
        said = self.says.get(address, [])
        if said:
            return said.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if said := self.after.get(envelope.rcpt_tos[0], []):
            return said.pop(0)
        self.got.append((envelope.rcpt_tos[0], email.message_from_bytes(envelope.content)))
        return "250 OK"

    @property
    def addresses(self):
        return sorted(address for address, _mail in self.got)


@pytest.fixture(autouse=True)
def later(settings):
    """Mail waits in the outbox; the tests send it when they like."""
    settings.KFL_JOBS_AT_ONCE = False


@pytest.fixture
def port(settings):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", port, False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_TIMEOUT = 5
    return port


@contextmanager
def a_server(port):
    post = Post()
    controller = Controller(post, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield post
    finally:
        controller.stop()


@pytest.fixture
def server(port):
    with a_server(port) as post:
        yield post


@pytest.fixture
def wave(world):
    """Asks the teachers and the head of Ask; Charlie leads another school, and Dina owns schools."""
    a_user("Bente", "teacher", world.ask_8b)
    User.objects.filter(pk=world.bob.pk).update(language="nn")
    versions = [a_questionnaire(who) for who in (Informant.PUPIL_5_10, Informant.TEACHER, Informant.LEADER)]
    wave = a_wave(world.county, [world.ask], versions)
    return actions.open_wave(wave=wave, by=None, at=OPENS)


EVERYBODY = ["alice@example.org", "bente@example.org", "bob@example.org"]


def ordered(wave, at=NOON):
    """A round of which nothing has been sent."""
    return actions.order_reminder(wave=wave, portal=PORTAL, by=None, at=at)


def run(reminder, at=NOON):
    mail.deliver_due(at)
    reminder.refresh_from_db()


def waiting():
    return OutgoingMail.objects.filter(state=MailState.WAITING)


def fates(reminder):
    return {
        fate.value: getattr(reminder, fate.value) for fate in outgoing_rounds.FATES if getattr(reminder, fate.value)
    }


def test_everybody_who_may_take_part_gets_one_in_their_language(wave, server):
    reminder = ordered(wave)
    run(reminder)
    assert server.addresses == EVERYBODY
    assert fates(reminder) == {"accepted": 3}
    assert reminder.finished_at == NOON
    mails = dict(server.got)
    parts = {
        part.get_content_type(): part.get_payload(decode=True).decode()
        for part in mails["alice@example.org"].walk()
        if not part.is_multipart()
    }
    assert "går til alle som kan delta" in parts["text/plain"]
    assert "https://kfl.example.no/sporsmal/t3/" in parts["text/plain"]
    assert "går til alle som kan delta" in parts["text/html"]
    assert (
        mails["bob@example.org"]["Subject"].startswith("Påminning") or "=?utf-8?" in mails["bob@example.org"]["Subject"]
    )
    assert mails["alice@example.org"]["List-Unsubscribe"].strip().startswith("<https://kfl.example.no/paminnelser/")
    assert mails["alice@example.org"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert not OutgoingMail.objects.exists(), "no address is kept"


@pytest.mark.parametrize("rated", [False, True])
def test_who_rates_children_is_told_where_the_list_is_and_nobody_is_told_of_none(world, wave, rated):
    if rated:
        rating = a_questionnaire(Informant.RATER_TEACHER)
        wave = actions.open_wave(wave=a_wave(world.county, [world.ask], [rating], slug="t4"), by=None, at=OPENS)
    letter = letter_to(Reminder(wave=wave, portal=PORTAL), "bente@example.org", "nb", CLOSES)
    for words in (letter.text, letter.html):
        assert ("de du skal vurdere, står på forsiden din" in words) == rated


def test_who_has_answered_makes_no_difference(wave, world, server):
    """Nothing about answers is asked: the receivers are found without the answers store."""
    assert [one.email for one in receivers.receivers_of(wave, NOON)] == EVERYBODY


def test_a_refused_receiver_does_not_stop_the_others(wave, server):
    server.says["bente@example.org"] = ["550 no such mailbox"]
    reminder = ordered(wave)
    run(reminder)
    assert server.addresses == ["alice@example.org", "bob@example.org"]
    assert fates(reminder) == {"accepted": 2, "refused": 1}


def test_not_now_is_tried_again_later_and_longer_each_time(wave, server):
    server.says["bente@example.org"] = ["450 greylisted", "451 still"]
    server.after["bob@example.org"] = ["421 closing"]
    reminder, at, waits = ordered(wave), NOON, []
    run(reminder, at)
    while reminder.finished_at is None:
        later = min(waiting().values_list("not_before", flat=True))
        run(reminder, later - timedelta(seconds=1))
        waits.append((later - at).total_seconds())
        at = later
        run(reminder, at)
    assert server.addresses == EVERYBODY
    assert waits == [15, 30]
    assert fates(reminder) == {"accepted": 3}


def test_a_server_that_is_down_gets_everything_when_it_is_up(wave, port):
    reminder = ordered(wave)
    run(reminder)
    assert reminder.finished_at is None
    assert waiting().count() == 3
    with a_server(port) as post:
        run(reminder, NOON + timedelta(minutes=3))
    assert post.addresses == EVERYBODY


def test_in_quiet_hours_a_round_waits_and_new_hours_hold_at_once(wave, server):
    night, morning = NOON.replace(hour=22), NOON.replace(hour=7) + timedelta(days=1)
    reminder = ordered(wave, night)
    run(reminder, night)
    run(reminder, morning - timedelta(minutes=61))
    assert server.got == []
    with time_machine.travel(night, tick=False):
        actions.set_reminder_rules(wave=wave, from_hour=0, to_hour=24, on_holidays=True, most=2, by=None)
    run(reminder, night)
    assert server.addresses == EVERYBODY


def test_a_round_goes_when_the_day_begins(wave, server):
    night, morning = NOON.replace(hour=22), NOON.replace(hour=7) + timedelta(days=1)
    reminder = ordered(wave, night)
    run(reminder, night)
    run(reminder, morning)
    assert server.addresses == EVERYBODY
    assert fates(reminder) == {"accepted": 3}


@pytest.fixture
def time_machine_at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


def test_no_more_rounds_than_the_rules_say_and_one_at_a_time(wave, server, time_machine_at_noon):
    actions.set_reminder_rules(wave=wave, from_hour=0, to_hour=24, on_holidays=True, most=2, by=None)
    first = ordered(wave)
    with pytest.raises(actions.CannotRemind, match="ikke ferdig"):
        ordered(wave)
    run(first)
    run(ordered(wave))
    with pytest.raises(actions.CannotRemind, match="så mange runder"):
        ordered(wave)
    assert len(server.got) == 6


def test_a_wave_that_closes_ends_its_round(wave, server):
    reminder = ordered(wave, NOON.replace(hour=22))
    run(reminder, wave.closes_at)
    assert fates(reminder) == {"given_up": 3}
    assert server.got == []


def test_a_wave_that_was_closed_early_sends_no_more(wave, server, time_machine_at_noon):
    reminder = ordered(wave)
    Wave.objects.everywhere(why="a test").filter(pk=wave.pk).update(state="closed", closed_at=NOON)
    run(reminder)
    assert fates(reminder) == {"given_up": 3}
    assert server.got == []


def test_a_demo_sends_nothing(wave, server, settings):
    settings.KFL_DEMO = True
    with pytest.raises(actions.CannotRemind, match="oppdiktet"):
        ordered(wave)
    mail.deliver_due(NOON)
    assert server.got == []


def links(server):
    return {to: re.search(r"<https://kfl.example.no(/\S+)>", sent["List-Unsubscribe"])[1] for to, sent in server.got}


def test_no_thanks_is_one_click_and_a_yes_to_be_sure_and_is_remembered(wave, server, time_machine_at_noon):
    run(ordered(wave))
    link, lines = links(server)["bob@example.org"], AuditLine.plumbing.count()
    client = Client(enforce_csrf_checks=True)
    page = client.get(link).content.decode()
    assert "Vil du slippe" in page
    assert "bob" not in page + link
    assert AuditLine.plumbing.count() == lines, "a mail program that looks at links says nothing by it"
    assert "Du får ikke flere" in client.post(link).content.decode()
    server.got.clear()
    User.objects.filter(email="bob@example.org").update(email="Bob@Example.org")
    second = ordered(wave)
    run(second)
    assert server.addresses == ["alice@example.org", "bente@example.org"]
    assert fates(second) == {"accepted": 2, "opted_out": 1}
    assert "Du får påminnelser igjen" in client.post(link, {"again": "1"}).content.decode()
    assert not MailRefusal.objects.exists()


def test_a_mail_program_may_say_no_by_itself(wave, server, time_machine_at_noon):
    """RFC 8058: one POST, without cookies or a form's token."""
    run(ordered(wave))
    reply = Client(enforce_csrf_checks=True).post(links(server)["bob@example.org"], {"List-Unsubscribe": "One-Click"})
    assert reply.status_code == 200
    assert MailRefusal.objects.count() == 1


def test_a_link_that_was_changed_is_no_link(wave, server, time_machine_at_noon):
    run(ordered(wave))
    link = links(server)["bob@example.org"]
    wrong = [link[:-3] + "xy/", reverse("surveys:reminders-out", kwargs={"token": "bob@example.org"})]
    assert [Client().post(one).status_code for one in wrong] == [404, 404]
    assert not MailRefusal.objects.exists()


def test_what_people_wrote_is_shown_in_the_preview_as_text(wave, world, time_machine_at_noon):
    """A name is whatever a researcher wrote; on the page of whoever sends the round it must stay words."""
    nasty = "T3 <zz9 onx=1><form action=//elsewhere.example>"
    Wave.objects.everywhere(why="a test").filter(pk=wave.pk).update(name=nasty)
    client = Client()
    client.force_login(world.erik)
    page = client.get(reverse("surveys:reminders", kwargs={"slug": "t3"})).content.decode()
    assert "<zz9" not in page
    assert "<form action=//" not in page
    assert "&lt;zz9 onx=1&gt;" in page
    letter = letter_to(
        Reminder(wave=Wave.objects.everywhere(why="a test").get(pk=wave.pk), portal=PORTAL), "a@b.no", "nb", CLOSES
    )
    assert nasty in letter.text, "the mail's text is what was written"
    assert "<zz9" not in letter.html


def test_the_page_shows_the_mail_before_it_goes(wave, world, server, time_machine_at_noon):
    client = Client()
    client.force_login(world.erik)
    address = reverse("surveys:reminders", kwargs={"slug": "t3"})
    page = client.get(address).content.decode()
    assert "Send til 3 adresser" in page
    assert "klokka 7–20" in page
    assert "This e-mail goes to everybody who may take part" in page
    assert "example.org" not in page, "the addresses are not shown"
    client.post(address)
    reminder = Reminder.objects.everywhere(why="a test").get()
    assert AuditLine.plumbing.order_by("-pk")[0].what == "reminder.ordered"
    run(reminder)
    page = client.get(address).content.decode()
    assert "Tatt imot av e-posttjeneren: 3" in page or "Tatt imot: 3" in page
    client.post(reverse("surveys:reminder-rules", kwargs={"slug": "t3"}), {"from_hour": 9, "to_hour": 9, "most": 1})
    client.post(reverse("surveys:reminder-rules", kwargs={"slug": "t3"}), {"from_hour": 9, "to_hour": 15, "most": 1})
    assert "klokka 9–15" in client.get(address).content.decode()
