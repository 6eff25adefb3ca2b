"""Writing a mail down: to whom, about what, from when, and under which key it goes once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import salted_hmac

from ..models import MailState, OutgoingMail
from .letters import MailMessage, kind_of, letter

NOBODY = ""  # costs the same as an address, and is sent to nobody
WRITTEN = "core.written"


@dataclass(frozen=True)
class Outgoing:
    """One mail to one person.

    Attributes
    ----------
    kind
        Whose words: a room's `@letter(kind)`.
    to
        The address, or `NOBODY`.
    about
        What the room needs to write it: keys and settled facts, nothing secret.
    key
        As long as another mail has it, this one is not written down. It stays taken for a year after the mail has
        gone; in a batch until the batch is finished. Without one nothing is compared.
    batch
        Mails that one counts together. They make way for mail that somebody waits for.
    due_at
        From when; None = now.
    good_until
        After that it is of no use, and let go of. None = for as long as it takes.
    """

    kind: str
    to: str
    about: Mapping[str, int | str] = field(default_factory=dict, repr=False)
    key: str = ""
    language: str = settings.LANGUAGE_CODE
    batch: str = ""
    due_at: datetime | None = None
    good_until: datetime | None = None


def post(*mails: Outgoing) -> int:
    """Write mails down for the worker; gives how many, without those whose key is taken."""
    now = timezone.now()
    rows = [_row(mail, now) for mail in mails]
    keys = [row.key for row in rows if row.key]
    taken = set(OutgoingMail.objects.filter(key__in=keys).values_list("key", flat=True)) if keys else set()
    fresh = [row for row in rows if row.key not in taken]
    OutgoingMail.objects.bulk_create(fresh, ignore_conflicts=True)  # one that was first meanwhile, stays
    if settings.KFL_JOBS_AT_ONCE:
        from .sending import deliver_due

        deliver_due(timezone.now())
    return len(fresh)


def written(*, to: str, subject: str, body: str, good_for: timedelta) -> Outgoing:
    """A mail whose words are there already, since a library made them: they lie in the outbox until it has gone."""
    about = {"subject": subject, "body": body}
    return Outgoing(kind=WRITTEN, to=to, about=about, good_until=timezone.now() + good_for)


@letter(WRITTEN, may_repeat=True)
def _as_written(mail: OutgoingMail) -> MailMessage:
    return MailMessage(mail.about["subject"], mail.about["body"])


def is_taken(key: str) -> bool:
    """Whether a mail with this key waits or has gone (`Outgoing.key`)."""
    return OutgoingMail.objects.filter(key=_hash(key)).exists()


def look_again(batch: str, now: datetime) -> None:
    """Ask anew when what waits of a batch may go: its hours have changed."""
    OutgoingMail.objects.filter(batch=batch, state=MailState.WAITING).update(not_before=now)


def progress(batch: str) -> tuple[int, int]:
    """How many mails of a batch that is not finished are done with, and how many wait."""
    mails = OutgoingMail.objects.filter(batch=batch)
    waiting = mails.filter(state=MailState.WAITING).count()
    return mails.count() - waiting, waiting


def _row(mail: Outgoing, now: datetime) -> OutgoingMail:
    kind_of(mail.kind)  # a name that nobody writes is told here, not in the worker
    return OutgoingMail(
        kind=mail.kind,
        to=mail.to,
        about=dict(mail.about),
        key=_hash(mail.key),
        language=mail.language,
        batch=mail.batch,
        created_at=now,
        not_before=mail.due_at or now,
        good_until=mail.good_until,
    )


def _hash(key: str) -> str:
    """Keys hold numbers of persons and outlive the mail; so what is kept of them tells nothing."""
    return salted_hmac("kfl.mail.key", key, algorithm="sha256").hexdigest()[:32] if key else ""
