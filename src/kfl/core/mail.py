"""Mail of the portal to one person: written down within the request, sent by the worker.

So a page answers as fast, and in the same words, whether somebody has the address that was typed or not, and whether
the mail server is there or not. Rounds to many have an outbox of their own (`surveys.reminders`).
"""

from __future__ import annotations

import logging
import smtplib
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db.models import F, Q
from django.utils import timezone

from .models import OutgoingMail

logger = logging.getLogger(__name__)

NOBODY = ""
LATE = timedelta(minutes=2)
UNDER_WAY = timedelta(seconds=10)  # what a server may take over one mail
_FIRST_PAUSE = timedelta(seconds=15)  # then twice as long each time, a quarter of an hour at most
_LONGEST_PAUSE = timedelta(minutes=15)
_CLAIM = timedelta(minutes=2)  # longer than the mail server is given to answer


def post(*, to: str, subject: str, body: str, good_for: timedelta) -> None:
    """Write a mail down, to be sent right away by the worker. `NOBODY` costs the same and is sent to nobody."""
    now = timezone.now()
    OutgoingMail.objects.create(
        to=to, subject=subject[:200], body=body, created_at=now, good_until=now + good_for, not_before=now
    )
    if settings.KFL_JOBS_AT_ONCE:
        deliver_due(timezone.now())


def deliver_due(now: datetime) -> int:
    """Send what may be sent now, and let go of what is too old to be of use; gives how many were sent."""
    OutgoingMail.objects.filter(good_until__lte=now).delete()
    sent = 0
    for mail in OutgoingMail.objects.filter(not_before__lte=now).order_by("pk"):
        mine = OutgoingMail.objects.filter(pk=mail.pk, tries=mail.tries)
        if not mine.update(tries=F("tries") + 1, not_before=now + _CLAIM):
            continue  # another worker has it
        if _is_done_with(mail):
            OutgoingMail.objects.filter(pk=mail.pk).delete()
            sent += mail.to != NOBODY
        else:
            pause = min(_FIRST_PAUSE * 2**mail.tries, _LONGEST_PAUSE)
            OutgoingMail.objects.filter(pk=mail.pk).update(not_before=now + pause)
    return sent


def _is_done_with(mail: OutgoingMail) -> bool:
    """Hand a mail to the server; False when it may be taken later. Mail to nobody asks only whether it is there."""
    connection = get_connection()
    message = EmailMessage(
        subject=mail.subject,
        body=mail.body,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[mail.to],
        connection=connection,
        headers={"Auto-Submitted": "auto-generated"},
    )
    try:
        if mail.to == NOBODY:
            connection.open()
            connection.close()
        else:
            message.send()
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as problem:
        codes = [code for code, _words in problem.recipients.values()] if hasattr(problem, "recipients") else [0]
        code = problem.smtp_code if isinstance(problem, smtplib.SMTPDataError) else max(codes)
        logger.warning("the mail server refused a mail with %s", code)
        return not 400 <= code < 500
    except (OSError, smtplib.SMTPException) as problem:
        logger.warning("the mail server takes no mail now: %s", type(problem).__name__)
        return False
    return True


def is_stuck(now: datetime) -> bool:
    """Whether mail waits that should have been gone: the server is away, or no worker runs.

    Mail to nobody waits like any other, so that this does not tell whether an address is somebody's either.
    """
    waiting = OutgoingMail.objects.filter(good_until__gt=now)
    was_tried = Q(tries__gte=1, created_at__lte=now - UNDER_WAY)
    return waiting.filter(was_tried | Q(created_at__lte=now - LATE)).exists()
