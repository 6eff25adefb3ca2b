"""Ordering a round of reminders, and saying no to them."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from kfl.core.cannot_be_done import CannotBeDone
from kfl.core.models import MailRefusal
from kfl.people.audit import action, touched
from kfl.people.models import User

from ...models import Collection, Reminder, ReminderRules, RoundKind, Wave
from ...waves.now import now_of, require
from ...waves.states import Act
from ..mails import TOPIC
from ..outgoing_rounds import look_again, post_reminders
from ..receivers import receivers_of


class CannotRemind(CannotBeDone):
    """No round can be ordered now; the text says why."""


@action("reminders.ruled")
def set_reminder_rules(
    *, wave: Wave, from_hour: int, to_hour: int, on_holidays: bool, most: int, by: User | None
) -> Wave:
    """Say when reminders of a wave may be sent, and how many rounds at most."""
    require(Act.WRITE_LETTER, wave)
    rules = ReminderRules.objects.within(wave).first()
    rules = rules or ReminderRules(wave=wave)
    rules.from_hour, rules.to_hour, rules.on_holidays, rules.most = from_hour, to_hour, on_holidays, most
    rules.full_clean(validate_constraints=False)
    rules.save()
    for one in wave.reminders.filter(finished_at__isnull=True):
        look_again(one, timezone.now())
    return wave


@action("reminder.ordered")
def order_reminder(*, wave: Wave, portal: str, by: User | None, at: datetime | None = None) -> Reminder:
    """Write a round down, to be sent now, or when quiet hours are over. Raises `CannotRemind`."""
    now = at or timezone.now()
    require(Act.REMIND, wave, at=now)
    if reason := reasons_not_to_remind(wave=wave, at=now):
        raise CannotRemind(reason)
    number = wave.reminders.filter(kind=RoundKind.REMINDER).count() + 1
    reminder: Reminder = Reminder.objects.create(wave=wave, number=number, portal=portal, ordered_at=now)
    post_reminders(reminder, receivers_of(wave, now))
    return reminder


def reasons_not_to_remind(*, wave: Wave, at: datetime) -> str:
    """Why no round can be ordered; empty when one can."""
    rules = ReminderRules.objects.within(wave).first()
    if settings.KFL_DEMO:
        return _("Dette er et oppdiktet fylke. Det sender ingen e-post.")
    if wave.is_rehearsal:
        return _("En generalprøve sender ingen påminnelser.")
    now = now_of(wave, at=at)
    if wave.collection != Collection.CODES or not now.may(Act.REMIND):
        return now.why_not
    before = wave.reminders.filter(kind=RoundKind.REMINDER)
    if before.filter(finished_at__isnull=True).exists():
        return _("Forrige runde er ikke ferdig.")
    if before.count() >= (rules or ReminderRules(wave=wave)).most:
        return _("Det er sendt så mange runder som er lov.")
    if not receivers_of(wave, at):
        return _("Ingen av dem som kan delta, har en e-postadresse i portalen.")
    return ""


@action("reminders.declined", unitless="an address is no unit's")
def opt_out(*, address_hash: str, by: User | None) -> MailRefusal:
    """Send no reminders to this address any more; saying it twice is saying it once."""
    row, _made = MailRefusal.objects.get_or_create(topic=TOPIC, address_hash=address_hash)
    return row


@action("reminders.wanted", of_many=True, unitless="an address is no unit's")
def opt_in(*, address_hash: str, by: User | None) -> None:
    """Send reminders to this address again."""
    for row in MailRefusal.objects.filter(topic=TOPIC, address_hash=address_hash):
        touched(row, unit=None)
        row.delete()
