"""Sending what is due: the one place that speaks to the mail server, in the worker alone.

A mail is marked before the server is spoken to. Where the worker dies, or the server falls silent in the midst of
it, nobody knows whether it has gone: it counts as unsure and is not sent again.
"""

from __future__ import annotations

import logging
import smtplib
import time
from collections import Counter
from datetime import datetime, timedelta
from itertools import groupby

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Count, F, Q, QuerySet
from django.utils import translation

from ..models import MailState, OutgoingMail
from ..wal import forget_deleted
from .letters import LetterKind, MailMessage, NoSuchLetter, kind_of
from .outbox import NOBODY
from .refusals import address_hash, has_refused

logger = logging.getLogger(__name__)

LATE = timedelta(minutes=2)
UNDER_WAY = timedelta(seconds=10)  # what a server may take over one mail
MOST_TRIES = 20
KEY_STAYS = timedelta(days=400)
_FIRST_PAUSE = timedelta(seconds=15)  # then twice as long each time, a quarter of an hour at most: four hours in all
_LONGEST_PAUSE = timedelta(minutes=15)
_CLAIM = timedelta(minutes=5)  # longer than the mail server is given over all it has to answer
_TRY_LATER = range(400, 500)  # a mail server's "not now"
_UNDER_WAY = (MailState.WAITING, MailState.SENDING)


class MailServerBusy(RuntimeError):
    """The mail server does not take it now; it was surely not sent."""


def deliver_due(now: datetime) -> int:
    """Send what may be sent now, and let go of what is of no use any more; gives how many the server has taken."""
    _let_go(now)
    connection, began, sent = get_connection(), time.monotonic(), 0
    try:
        while (mail := _next(now)) is not None:
            kind = _kind_of(mail)
            if kind is not None and kind.hours is not None and (allowed := kind.hours(mail).next_allowed(now)) > now:
                _wait_until(mail, allowed)
                continue
            claimed_at = now + timedelta(seconds=time.monotonic() - began)
            if not _claim(mail, claimed_at + _CLAIM):
                continue  # another worker has it
            try:
                fate = _fate(mail, kind, connection)
            except MailServerBusy:
                _hang_up(connection)  # after a refusal the line may be closed; the next mail opens its own
                _put_off(mail, now)
                continue
            _mark(mail, fate)
            if fate == MailState.UNSURE:
                _hang_up(connection)
            sent += fate == MailState.ACCEPTED and mail.to != NOBODY
    finally:
        _hang_up(connection)
    _finish_batches(now)
    return sent


def is_private() -> bool:
    """Whether mail goes to a mail server. Without one it is written to a file, where nothing secret may lie."""
    return "filebased" not in settings.EMAIL_BACKEND and "console" not in settings.EMAIL_BACKEND


def is_stuck(now: datetime) -> bool:
    """Whether mail that somebody waits for should have been gone: the server is away, or no worker runs.

    Mail to nobody waits like any other, so that this does not tell whether an address is somebody's either.
    """
    is_of_use = Q(good_until__isnull=True) | Q(good_until__gt=now)
    waiting = OutgoingMail.objects.filter(is_of_use, state__in=_UNDER_WAY, batch="")
    was_tried = Q(tries__gte=1, created_at__lte=now - UNDER_WAY)
    return waiting.filter(was_tried | Q(created_at__lte=now - LATE)).exists()


def _next(now: datetime) -> OutgoingMail | None:
    """What goes next: mail that somebody waits for goes before batches."""
    return OutgoingMail.objects.filter(state=MailState.WAITING, not_before__lte=now).order_by("batch", "pk").first()


def _kind_of(mail: OutgoingMail) -> LetterKind | None:
    try:
        return kind_of(mail.kind)
    except NoSuchLetter:  # of a version that knew it
        logger.exception("nobody writes mail %s", mail.pk)
        return None


def _claim(mail: OutgoingMail, until: datetime) -> bool:
    """Mark a mail as being sent, before the server is spoken to; False when another worker was first."""
    mine = OutgoingMail.objects.filter(pk=mail.pk, state=MailState.WAITING)
    if not mine.update(state=MailState.SENDING, tries=F("tries") + 1, not_before=until):
        return False
    mail.tries += 1
    return True


def _fate(mail: OutgoingMail, kind: LetterKind | None, connection: BaseEmailBackend) -> MailState:
    """Send one mail and tell what became of it; `MailServerBusy` when it was surely not sent and may be later."""
    if mail.to == NOBODY:
        _open(connection)
        return MailState.ACCEPTED
    if kind is None:
        return MailState.GIVEN_UP
    if kind.topic and has_refused(kind.topic, address_hash(mail.to)):
        return MailState.OPTED_OUT
    try:
        with translation.override(mail.language):
            letter = kind.write(mail)
    except Exception as problem:  # one mail that cannot be written does not stop the others
        logger.exception("could not write mail %s", mail.pk)
        raise MailServerBusy from problem
    if letter is None:
        return MailState.GIVEN_UP
    _open(connection)
    return _handed_over(_message(mail, letter, connection), kind)


def _message(mail: OutgoingMail, letter: MailMessage, connection: BaseEmailBackend) -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(
        subject=" ".join(letter.subject.split())[:200],
        body=letter.text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[mail.to],
        connection=connection,
        headers={**letter.headers, "Auto-Submitted": "auto-generated"},
    )
    if letter.html:
        message.attach_alternative(letter.html, "text/html")
    return message


def _open(connection: BaseEmailBackend) -> None:
    try:
        connection.open()
    except (OSError, smtplib.SMTPException) as problem:
        logger.warning("the mail server takes no mail now: %s", type(problem).__name__)
        raise MailServerBusy from problem


def _handed_over(message: EmailMultiAlternatives, kind: LetterKind) -> MailState:
    try:
        message.send()
    except smtplib.SMTPRecipientsRefused as problem:
        return _refused([code for code, _words in problem.recipients.values()], MailState.REFUSED, problem)
    except smtplib.SMTPResponseException as problem:  # the server answered, and the answer was no
        return _refused([problem.smtp_code], MailState.GIVEN_UP, problem)
    except (OSError, smtplib.SMTPException) as problem:  # it stopped answering in the midst of it
        logger.warning("the mail server fell silent: %s", type(problem).__name__)
        if kind.may_repeat:
            raise MailServerBusy from problem
        return MailState.UNSURE
    return MailState.ACCEPTED


def _refused(codes: list[int], for_good: MailState, problem: smtplib.SMTPException) -> MailState:
    logger.warning("the mail server refused a mail with %s", max(codes, default=0))
    if codes and all(code in _TRY_LATER for code in codes):
        raise MailServerBusy from problem
    return for_good


def _hang_up(connection: BaseEmailBackend) -> None:
    """Let go of the server, whatever state the line is in."""
    try:
        connection.close()
    except (OSError, smtplib.SMTPException):
        connection.connection = None  # type: ignore[attr-defined]


def _wait_until(mail: OutgoingMail, allowed: datetime) -> None:
    """Let it wait for its hours, and with it all of its batch."""
    same = Q(batch=mail.batch) if mail.batch else Q(pk=mail.pk)
    waiting = OutgoingMail.objects.filter(same, state=MailState.WAITING, not_before__lt=allowed)
    waiting.update(not_before=allowed)


def _put_off(mail: OutgoingMail, now: datetime) -> None:
    if mail.tries >= MOST_TRIES:
        _mark(mail, MailState.GIVEN_UP)
        return
    pause = min(_FIRST_PAUSE * 2 ** (mail.tries - 1), _LONGEST_PAUSE)
    OutgoingMail.objects.filter(pk=mail.pk).update(state=MailState.WAITING, not_before=now + pause)


def _mark(mail: OutgoingMail, fate: MailState) -> None:
    """Write what became of a mail. A batch counts it; else nothing is left of it but the key that it went under."""
    _settle(OutgoingMail.objects.filter(pk=mail.pk), fate)


def _settle(mails: QuerySet[OutgoingMail], fate: MailState) -> None:
    if not mails.exists():
        return  # asked each second: a writer's lock is taken only where there is something to write
    mails.filter(batch="", key="").delete()
    mails.filter(batch="").update(state=fate, to=NOBODY, about={})
    mails.exclude(batch="").update(state=fate)


def _let_go(now: datetime) -> None:
    """What is too old to be of use, what a worker that died was sending, and keys that nobody uses again."""
    dead = OutgoingMail.objects.filter(state=MailState.SENDING, not_before__lte=now)
    for kind in set(dead.values_list("kind", flat=True)):
        left = dead.filter(kind=kind)
        if _may_repeat(kind):
            left.update(state=MailState.WAITING)
        else:
            _settle(left, MailState.UNSURE)
    _settle(OutgoingMail.objects.filter(state=MailState.WAITING, good_until__lte=now), MailState.GIVEN_UP)
    old = OutgoingMail.objects.filter(batch="", not_before__lte=now - KEY_STAYS).exclude(state__in=_UNDER_WAY)
    if old.exists():
        old.delete()


def _may_repeat(kind: str) -> bool:
    try:
        return kind_of(kind).may_repeat
    except NoSuchLetter:
        return False


def _finish_batches(now: datetime) -> None:
    """Give the numbers of each batch of which nothing waits to its room, and keep no address."""
    under_way = OutgoingMail.objects.filter(state__in=_UNDER_WAY).exclude(batch="").values("batch")
    done = OutgoingMail.objects.exclude(batch="").exclude(batch__in=under_way)
    counted = done.values_list("batch", "kind", "state").annotate(mails=Count("pk")).order_by("batch", "kind")
    for (batch, kind), rows in groupby(list(counted), key=lambda row: row[:2]):
        _finish(batch, kind, Counter({state: mails for _batch, _kind, state, mails in rows}), now)


@transaction.atomic
def _finish(batch: str, kind: str, counts: Counter[str], now: datetime) -> None:
    finished = kind_of(kind).finished
    if finished is not None:
        finished(batch, counts, now)
    OutgoingMail.objects.filter(batch=batch, kind=kind).delete()
    transaction.on_commit(lambda: forget_deleted() and None)
