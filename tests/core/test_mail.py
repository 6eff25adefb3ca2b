"""Mail to one person waits for the worker, whatever the mail server does, and is gone when it is sent."""

from __future__ import annotations

import smtplib
from datetime import timedelta

import pytest
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from kfl.core import mail
from kfl.core.models import OutgoingMail
from kfl.web.health import health

HOUR = timedelta(hours=1)


class Server(EmailBackend):
    """A mail server that can be away, or say no."""

    problem: Exception | None = None

    def open(self) -> bool:
        if isinstance(self.problem, OSError) and not isinstance(self.problem, smtplib.SMTPException):
            raise self.problem
        return True

    def send_messages(self, messages):
        if Server.problem is not None:
            raise Server.problem
        return super().send_messages(messages)


@pytest.fixture
def server(db, settings, monkeypatch):
    settings.EMAIL_BACKEND = f"{Server.__module__}.Server"
    settings.KFL_JOBS_AT_ONCE = False
    monkeypatch.setattr(Server, "problem", None)
    return Server


def post(to: str = "kari@example.org", good_for: timedelta = HOUR) -> None:
    mail.post(to=to, subject="Koden", body="ABC", good_for=good_for)


def test_mail_waits_for_the_worker_and_is_gone_when_it_is_sent(server, mailoutbox):
    post()
    assert (len(mailoutbox), OutgoingMail.objects.count()) == (0, 1)
    assert mail.deliver_due(timezone.now()) == 1
    assert (mailoutbox[0].to, mailoutbox[0].body) == (["kari@example.org"], "ABC")
    assert not OutgoingMail.objects.exists()


def test_mail_to_nobody_is_sent_to_nobody(server, mailoutbox):
    post(to=mail.NOBODY)
    assert mail.deliver_due(timezone.now()) == 0
    assert (len(mailoutbox), OutgoingMail.objects.count()) == (0, 0)


@pytest.mark.parametrize("to", ["kari@example.org", mail.NOBODY])
def test_a_server_that_is_away_is_asked_again_and_everybody_is_told(server, monkeypatch, mailoutbox, to):
    monkeypatch.setattr(server, "problem", ConnectionRefusedError())
    post(to=to)
    begun = timezone.now()
    mail.deliver_due(begun)
    assert not mail.is_stuck(begun)
    assert mail.is_stuck(begun + timedelta(seconds=11))
    monkeypatch.setattr(server, "problem", None)
    mail.deliver_due(begun + timedelta(seconds=5))
    assert OutgoingMail.objects.count() == 1, "it waits a while between tries"
    mail.deliver_due(begun + timedelta(seconds=20))
    assert not OutgoingMail.objects.exists()
    assert len(mailoutbox) == (1 if to else 0)


@pytest.mark.parametrize(
    ("problem", "left"),
    [
        (smtplib.SMTPRecipientsRefused({"kari@example.org": (550, b"no such user")}), 0),
        (smtplib.SMTPRecipientsRefused({"kari@example.org": (451, b"not now")}), 1),
        (smtplib.SMTPDataError(552, b"too much"), 0),
        (smtplib.SMTPDataError(452, b"not now"), 1),
        (smtplib.SMTPServerDisconnected(), 1),
        (TimeoutError(), 1),
    ],
)
def test_a_no_for_good_ends_it_and_a_no_for_now_does_not(server, monkeypatch, problem, left):
    monkeypatch.setattr(server, "problem", problem)
    post()
    mail.deliver_due(timezone.now())
    assert OutgoingMail.objects.count() == left


def test_a_code_that_is_too_old_is_not_sent(server, mailoutbox):
    post(good_for=timedelta(minutes=15))
    mail.deliver_due(timezone.now() + timedelta(minutes=16))
    assert (len(mailoutbox), OutgoingMail.objects.count()) == (0, 0)


def test_two_workers_send_a_mail_once(server, mailoutbox, monkeypatch):
    post()
    send = server.send_messages

    def meanwhile(self, messages):
        monkeypatch.setattr(server, "send_messages", send)
        mail.deliver_due(timezone.now())
        return send(self, messages)

    monkeypatch.setattr(server, "send_messages", meanwhile)
    mail.deliver_due(timezone.now())
    assert len(mailoutbox) == 1


def test_health_tells_of_mail_that_nobody_takes(server):
    post()
    assert health()[0]["mail"] == "ok"
    OutgoingMail.objects.update(created_at=timezone.now() - timedelta(minutes=3))
    assert health()[0] | {"mail": "late", "status": "degraded"} == health()[0]
