"""The outbox: each mail at most once, whatever server or worker do; when it may go, and to whom it may not."""

from __future__ import annotations

import smtplib
from datetime import UTC, datetime, timedelta

import pytest
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import get_language

from kfl.core import mail
from kfl.core.mail import letters, refusals, sending
from kfl.core.mail.hours import Hours
from kfl.core.mail.outbox import progress
from kfl.core.models import MailRefusal, MailState, OutgoingMail
from kfl.web.health import health

HOUR = timedelta(hours=1)
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)  # a Monday
NIGHT, MORNING = NOON.replace(hour=22), NOON.replace(hour=6) + timedelta(days=1)  # seven o'clock in Oslo


class Server(EmailBackend):
    """A mail server that can be away, or say no."""

    problem: BaseException | None = None

    def open(self) -> bool:
        if isinstance(self.problem, OSError) and not isinstance(self.problem, smtplib.SMTPException):
            raise self.problem
        return True

    def send_messages(self, messages):
        if Server.problem is not None:
            raise Server.problem
        return super().send_messages(messages)


@pytest.fixture(autouse=True)
def server(db, settings, monkeypatch):
    settings.EMAIL_BACKEND = f"{Server.__module__}.Server"
    settings.KFL_JOBS_AT_ONCE = False
    monkeypatch.setattr(Server, "problem", None)
    return Server


@pytest.fixture(autouse=True)
def finished(monkeypatch):
    """Two kinds of mail as a room may have them; gives what the room was told of its batches."""
    told = []

    def write(sent):
        return mail.MailMessage(
            f"Runde {sent.about['round']}", f"secret {get_language()}", "<p>secret</p>", {"X-Own": "a"}
        )

    monkeypatch.setattr(letters, "_kinds", dict(letters._kinds))
    mail.letter("a.round", topic="a", hours=lambda sent: Hours(), finished=lambda *was: told.append(was[:2]))(write)
    mail.letter("a.invitation")(lambda sent: mail.MailMessage("Velkommen", "secret"))
    mail.letter("a.gone")(lambda sent: None)
    return told


def post(to: str = "kari@example.org", good_for: timedelta = HOUR) -> None:
    mail.post(mail.written(to=to, subject="Koden", body="ABC", good_for=good_for))


def a_round(*people: str, batch: str = "a.round:1") -> None:
    mails = [
        mail.Outgoing(kind="a.round", to=to, about={"round": 1}, key=f"{batch}:{to}", batch=batch) for to in people
    ]
    mail.post(*mails)


def sent_to(mailoutbox) -> list[str]:
    return sorted(one.to[0] for one in mailoutbox)


@pytest.fixture
def at_noon(time_machine):
    time_machine.move_to(NOON, tick=False)


def test_mail_waits_for_the_worker_and_is_gone_when_it_is_sent(mailoutbox):
    post()
    assert (len(mailoutbox), OutgoingMail.objects.count()) == (0, 1)
    assert mail.deliver_due(timezone.now()) == 1
    assert (mailoutbox[0].to, mailoutbox[0].body) == (["kari@example.org"], "ABC")
    assert not OutgoingMail.objects.exists()


def test_where_nothing_is_to_do_nothing_is_written():
    """The worker asks each second, and on SQLite there is one writer's lock for all."""
    mail.post(mail.Outgoing(kind="a.invitation", to="kari@example.org", key="a"))
    mail.deliver_due(timezone.now())
    mail.post(mail.Outgoing(kind="a.invitation", to="kari@example.org", due_at=timezone.now() + HOUR))
    with CaptureQueriesContext(connection) as done:
        mail.deliver_due(timezone.now())
    assert {one["sql"].split()[0] for one in done.captured_queries} == {"SELECT"}


def test_mail_to_nobody_is_sent_to_nobody(mailoutbox):
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
    ("problem", "code", "invitation"),
    [
        (smtplib.SMTPRecipientsRefused({"kari@example.org": (550, b"no such user")}), None, MailState.REFUSED),
        (smtplib.SMTPRecipientsRefused({"kari@example.org": (451, b"not now")}), MailState.WAITING, MailState.WAITING),
        (smtplib.SMTPDataError(552, b"too much"), None, MailState.GIVEN_UP),
        (smtplib.SMTPDataError(452, b"not now"), MailState.WAITING, MailState.WAITING),
        (smtplib.SMTPServerDisconnected(), MailState.WAITING, MailState.UNSURE),
        (ConnectionRefusedError(), MailState.WAITING, MailState.WAITING),
    ],
)
def test_a_no_for_good_ends_it_a_no_for_now_does_not_and_silence_ends_all_but_codes(
    server, monkeypatch, problem, code, invitation
):
    """A code may come twice; nothing else does."""
    monkeypatch.setattr(server, "problem", problem)
    post()
    mail.post(mail.Outgoing(kind="a.invitation", to="kari@example.org", key="a"))
    mail.deliver_due(timezone.now())
    assert OutgoingMail.objects.filter(key="").values_list("state", flat=True).first() == code
    assert OutgoingMail.objects.exclude(key="").get().state == invitation


def test_a_server_that_stays_away_is_given_up_after_some_hours(server, monkeypatch, finished, at_noon):
    monkeypatch.setattr(server, "problem", ConnectionRefusedError())
    a_round("kari@example.org")
    waits, at = [], NOON.replace(hour=8)
    OutgoingMail.objects.update(not_before=at)
    while not finished:
        mail.deliver_due(at)
        later = OutgoingMail.objects.values_list("not_before", flat=True).first()
        if later is not None:
            waits.append((later - at).total_seconds())
            at = later
    assert waits[:7] == [15, 30, 60, 120, 240, 480, 900]
    assert finished == [("a.round:1", {"given_up": 1})]
    assert 3 < sum(waits) / 3600 < 5


def test_a_code_that_is_too_old_is_not_sent(mailoutbox):
    post(good_for=timedelta(minutes=15))
    mail.deliver_due(timezone.now() + timedelta(minutes=16))
    assert (len(mailoutbox), OutgoingMail.objects.count()) == (0, 0)


def test_two_workers_send_a_mail_once(mailoutbox, monkeypatch, server):
    post()
    send = server.send_messages

    def meanwhile(self, messages):
        monkeypatch.setattr(server, "send_messages", send)
        mail.deliver_due(timezone.now())
        return send(self, messages)

    monkeypatch.setattr(server, "send_messages", meanwhile)
    mail.deliver_due(timezone.now())
    assert len(mailoutbox) == 1


def test_health_tells_of_mail_that_nobody_takes():
    post()
    assert health()[0]["mail"] == "ok"
    OutgoingMail.objects.update(created_at=timezone.now() - timedelta(minutes=3))
    assert health()[0] | {"mail": "late", "status": "degraded"} == health()[0]


def test_a_mail_is_written_when_it_is_sent_in_the_receivers_language_and_its_words_lie_nowhere(mailoutbox, at_noon):
    mail.post(mail.Outgoing(kind="a.round", to="kari@example.org", about={"round": 3}, language="nn", batch="b"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM core_outgoingmail")
        assert "secret" not in repr(cursor.fetchall())
    mail.deliver_due(NOON)
    (sent,) = mailoutbox
    assert (sent.subject, sent.body, sent.alternatives[0].content) == ("Runde 3", "secret nn", "<p>secret</p>")
    assert sent.extra_headers == {"X-Own": "a", "Auto-Submitted": "auto-generated"}


def test_a_key_goes_once_and_tells_nothing_of_whom(mailoutbox):
    one = mail.Outgoing(kind="a.invitation", to="kari@example.org", about={"person": 7}, key="invitation:7")
    assert (mail.post(one), mail.post(one), mail.post(one, one)) == (1, 0, 0)
    now = timezone.now()
    mail.deliver_due(now)
    assert mail.post(one) == 0, "nor after it has gone"
    row = OutgoingMail.objects.get()
    assert (row.to, row.about, row.state) == ("", {}, MailState.ACCEPTED)
    assert "7" not in row.key or row.key != "invitation:7"
    assert mail.is_taken("invitation:7")
    mail.deliver_due(now + timedelta(days=402))
    assert not OutgoingMail.objects.exists()
    assert len(mailoutbox) == 1


def test_two_of_one_key_given_at_once_are_one():
    one = mail.Outgoing(kind="a.invitation", to="kari@example.org", key="a")
    mail.post(one, one)
    assert OutgoingMail.objects.count() == 1


def test_a_kind_that_nobody_writes_is_refused_at_once():
    with pytest.raises(letters.NoSuchLetter):
        mail.post(mail.Outgoing(kind="a.nothing", to="kari@example.org"))


def test_a_batch_is_counted_by_its_room_and_leaves_no_address(finished, mailoutbox, at_noon):
    people = ["a@example.org", "b@example.org", "c@example.org"]
    MailRefusal.objects.create(topic="a", address_hash=refusals.address_hash("B@Example.org"))
    a_round(*people)
    assert progress("a.round:1") == (0, 3)
    assert mail.deliver_due(NOON) == 2
    assert sent_to(mailoutbox) == ["a@example.org", "c@example.org"]
    assert finished == [("a.round:1", {"accepted": 2, "opted_out": 1})]
    assert not OutgoingMail.objects.exists()
    a_round(*people)
    assert OutgoingMail.objects.count() == 3, "what went before is for the room to know"


def test_a_no_is_to_one_topic_by_a_link_that_holds_no_address():
    token = refusals.token_of("a", "kari@example.org")
    assert "kari" not in token
    assert refusals.address_of_token("a", token) == refusals.address_hash("KARI@example.org ")
    assert refusals.address_of_token("b", token) is None
    assert refusals.address_of_token("a", token[:-1] + "x") is None
    MailRefusal.objects.create(topic="b", address_hash=refusals.address_hash("kari@example.org"))
    assert not refusals.has_refused("a", refusals.address_hash("kari@example.org"))


def test_in_quiet_hours_a_batch_waits_and_what_somebody_waits_for_goes(finished, mailoutbox, at_noon):
    a_round("a@example.org", "b@example.org")
    post(good_for=timedelta(days=1))
    mail.deliver_due(NIGHT)
    assert sent_to(mailoutbox) == ["kari@example.org"]
    mail.deliver_due(MORNING - timedelta(seconds=1))
    assert (len(mailoutbox), finished) == (1, [])
    mail.deliver_due(MORNING)
    assert (len(mailoutbox), len(finished)) == (3, 1)


def test_hours_that_have_changed_are_asked_anew(monkeypatch, mailoutbox, at_noon):
    a_round("a@example.org")
    mail.deliver_due(NIGHT)
    mail.letter("a.round", hours=lambda sent: Hours(0, 24, on_holidays=True))(letters.kind_of("a.round").write)
    mail.deliver_due(NIGHT)
    assert mailoutbox == []
    mail.look_again("a.round:1", NIGHT)
    mail.deliver_due(NIGHT)
    assert sent_to(mailoutbox) == ["a@example.org"]


def test_a_mail_that_is_due_later_waits(mailoutbox):
    now = timezone.now()
    mail.post(mail.Outgoing(kind="a.invitation", to="kari@example.org", due_at=now + HOUR))
    mail.deliver_due(now)
    assert mailoutbox == []
    mail.deliver_due(now + HOUR)
    assert len(mailoutbox) == 1


def test_one_that_nobody_gets_any_more_or_that_cannot_be_written_does_not_stop_the_others(mailoutbox, at_noon):
    mail.post(
        mail.Outgoing(kind="a.gone", to="a@example.org", key="a"),
        mail.Outgoing(kind="a.round", to="b@example.org", key="b"),  # it is about no round
        mail.Outgoing(kind="a.invitation", to="c@example.org", key="c"),
    )
    mail.deliver_due(NOON)
    assert sent_to(mailoutbox) == ["c@example.org"]
    states = [row.state for row in OutgoingMail.objects.order_by("pk")]
    assert states == [MailState.GIVEN_UP, MailState.WAITING, MailState.ACCEPTED]


def test_a_kill_at_any_point_never_sends_twice(monkeypatch, finished, mailoutbox, at_noon):
    """Promise: a mail reaches an address at most once, wherever the worker is killed."""
    people = ["a@example.org", "b@example.org", "c@example.org"]
    kills, most, unsure = 0, 0, 0
    for point in range(8):
        mailoutbox.clear()
        finished.clear()
        a_round(*people)
        calls = iter(range(100))

        def killed_before(real, point=point, calls=calls):
            def step(*args):
                if next(calls) == point:
                    raise KeyboardInterrupt
                return real(*args)

            return step

        with monkeypatch.context() as patch:
            for name in ("_claim", "_mark"):
                patch.setattr(sending, name, killed_before(getattr(sending, name)))
            try:
                mail.deliver_due(NOON)
            except KeyboardInterrupt:
                kills += 1
        mail.deliver_due(NOON)
        mail.deliver_due(NOON + timedelta(minutes=6))
        most = max(most, *(sent_to(mailoutbox).count(one) for one in people))
        ((_batch, counts),) = finished
        assert counts["accepted"] + counts["unsure"] == 3
        unsure += counts["unsure"]
    print(f"mail: {kills} kills of the worker: at most {most} mail to an address, {unsure} counted as unsure")
    assert kills == 6
    assert most == 1
    assert unsure == 3
