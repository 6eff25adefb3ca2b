"""The outbox: each address gets a round at most once, whatever stops in between.

A row is marked SENDING, and that is on disk, before the mail server is spoken to. What is found so after a kill may or
may not have been sent: it is counted as unsure and never sent again. Where the server said no for now, or did not
answer before it had the text, the row waits and is tried again later, at growing distances.
"""

from __future__ import annotations

import smtplib
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from kfl.core import jobs
from kfl.core.forgetting import forget_deleted
from kfl.core.models import Job, JobState

from ..models import MailState, Reminder, ReminderMail, ReminderRules, RoundKind, WaveState
from ..waves.windows import last_of
from .mails import letter_to, link_letter_to
from .optout import address_hash, has_opted_out

KIND = "surveys.remind"
MOST_TRIES = 8
_FIRST_PAUSE = timedelta(minutes=2)  # then twice as long each time: four hours in all
_TRY_LATER = range(400, 500)  # a mail server's "not now"
FATES = (MailState.ACCEPTED, MailState.REFUSED, MailState.GIVEN_UP, MailState.UNSURE, MailState.OPTED_OUT)

Step = Callable[[int, int], None]


class NoMailFromDemo(RuntimeError):
    """An invented county sends no mail."""


class TryLater(RuntimeError):
    """The mail server takes nothing now; this mail was surely not sent."""


def send_due(reminder: Reminder, step: Step, clock: Callable[[], datetime] = timezone.now) -> None:
    """Send what may be sent now; the rest waits for `wake`. `step` hears how many are done, of how many."""
    if settings.KFL_DEMO:
        raise NoMailFromDemo
    if reminder.finished_at is not None:
        return
    # No other run of this round is alive: the queue has one worker.
    reminder.mails.filter(state=MailState.SENDING).update(state=MailState.UNSURE)
    if reminder.wave.state != WaveState.OPEN or last_of(reminder.wave) <= clock():
        reminder.mails.filter(state=MailState.WAITING).update(state=MailState.GIVEN_UP)
    total = reminder.mails.count()
    connection = get_connection()
    try:
        while (mail := next_due(reminder, clock())) is not None:
            if not _send(reminder, mail, connection, clock()):
                break
            step(total - reminder.mails.filter(state=MailState.WAITING).count(), total)
    finally:
        _hang_up(connection)
    step(total - reminder.mails.filter(state=MailState.WAITING).count(), total)
    if not reminder.mails.filter(state=MailState.WAITING).exists():
        _finish(reminder, clock())


def next_due(reminder: Reminder, now: datetime) -> ReminderMail | None:
    """The next mail of a round that may go now: none in quiet hours."""
    is_asked_for = reminder.kind == RoundKind.ANEW  # whoever waits for a link may have it at any hour
    if not is_asked_for and rules_of(reminder).hours.next_allowed(now) > now:
        return None
    waiting = reminder.mails.filter(Q(not_before__isnull=True) | Q(not_before__lte=now), state=MailState.WAITING)
    return waiting.select_related("code__holder", "code__form").order_by("pk").first()


def rules_of(reminder: Reminder) -> ReminderRules:
    """The wave's rules, or the usual ones."""
    found = ReminderRules.objects.everywhere(why="a round that somebody with the permission ordered")
    return found.filter(wave=reminder.wave).first() or ReminderRules(wave=reminder.wave)


def _send(reminder: Reminder, mail: ReminderMail, connection: BaseEmailBackend, now: datetime) -> bool:
    """Send one mail and write what became of it; False when the server takes nothing at all now."""
    if mail.code is None and has_opted_out(address_hash(mail.email)):
        _mark(mail, MailState.OPTED_OUT)
        return True
    letter = (
        link_letter_to(reminder, mail, connection)
        if mail.code
        else letter_to(reminder, mail.email, mail.language, connection)
    )
    if letter is None:  # the account was shut, or has another address now
        _mark(mail, MailState.GIVEN_UP)
        return True
    try:
        _open(connection)
    except TryLater:
        _put_off(mail, now)
        return False
    _mark(mail, MailState.SENDING)
    try:
        _mark(mail, _fate(letter, connection))
    except TryLater:
        _hang_up(connection)  # after a refusal the line may be closed; the next mail opens its own
        _put_off(mail, now)
    return True


def _open(connection: BaseEmailBackend) -> None:
    try:
        connection.open()
    except (OSError, smtplib.SMTPException) as problem:
        _hang_up(connection)
        raise TryLater from problem


def _fate(letter: EmailMultiAlternatives, connection: BaseEmailBackend) -> MailState:
    """Hand a mail to the server. Raises `TryLater` when it was surely not taken and may be later."""
    try:
        letter.send()
    except smtplib.SMTPRecipientsRefused as problem:
        codes = [code for code, _words in problem.recipients.values()]
        if all(code in _TRY_LATER for code in codes):
            raise TryLater from problem
        return MailState.REFUSED
    except smtplib.SMTPResponseException as problem:  # the server answered, and the answer was no
        if problem.smtp_code in _TRY_LATER:
            raise TryLater from problem
        return MailState.GIVEN_UP
    except (OSError, smtplib.SMTPException):  # it stopped answering in the midst of it
        _hang_up(connection)
        return MailState.UNSURE
    return MailState.ACCEPTED


def _hang_up(connection: BaseEmailBackend) -> None:
    """Let go of the server, whatever state the line is in."""
    try:
        connection.close()
    except (OSError, smtplib.SMTPException):
        connection.connection = None  # type: ignore[attr-defined]


def _mark(mail: ReminderMail, state: MailState) -> None:
    mail.state = state
    mail.save(update_fields=["state"])


def _put_off(mail: ReminderMail, now: datetime) -> None:
    mail.tries += 1
    mail.state = MailState.GIVEN_UP if mail.tries >= MOST_TRIES else MailState.WAITING
    mail.not_before = now + _FIRST_PAUSE * 2 ** (mail.tries - 1)
    mail.save(update_fields=["state", "tries", "not_before"])


@transaction.atomic
def _finish(reminder: Reminder, now: datetime) -> None:
    """Keep the numbers, and no address."""
    counted = Counter(reminder.mails.values_list("state", flat=True))
    for fate in FATES:
        setattr(reminder, fate.value, counted[fate])
    reminder.finished_at = now
    reminder.save()
    reminder.mails.all().delete()
    transaction.on_commit(lambda: forget_deleted() and None)


def wake(now: datetime) -> int:
    """Order a run for each round that has something to send now; gives how many. The worker asks every minute."""
    if settings.KFL_DEMO:
        return 0
    begun = 0
    for reminder in Reminder.objects.everywhere(why="the worker wakes rounds").filter(finished_at__isnull=True):
        under_way = Job.objects.filter(
            kind=KIND, arguments={"reminder": reminder.pk}, state__in=[JobState.QUEUED, JobState.RUNNING]
        )
        if not under_way.exists() and _has_work(reminder, now):
            jobs.enqueue(KIND, by=None, reminder=reminder.pk)
            begun += 1
    return begun


def _has_work(reminder: Reminder, now: datetime) -> bool:
    is_over = reminder.wave.state != WaveState.OPEN or last_of(reminder.wave) <= now
    is_stuck = reminder.mails.filter(state=MailState.SENDING).exists()  # no run is alive
    is_done = not reminder.mails.filter(state=MailState.WAITING).exists()
    return is_over or is_stuck or is_done or next_due(reminder, now) is not None
