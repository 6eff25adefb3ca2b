"""Rounds in the outbox: each address gets a round at most once, in the wave's hours, and only numbers stay.

A mail knows its round, and a link's the sealed code, by their keys. Its words are made when it is sent (`mails`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone

from kfl.core import mail
from kfl.core.mail.hours import Hours
from kfl.core.models import MailState, OutgoingMail

from ..models import Code, Reminder, ReminderRules, RoundKind
from ..waves.now import now_of
from ..waves.states import Act
from ..waves.windows import closes_at, is_taking, last_of
from .mails import TOPIC, letter_to, link_letter_to
from .receivers import Receiver, asked_until

REMINDER, LINK, LINK_ANEW = "surveys.reminder", "surveys.link", "surveys.link_anew"
FATES = (MailState.ACCEPTED, MailState.REFUSED, MailState.GIVEN_UP, MailState.UNSURE, MailState.OPTED_OUT)

_BATCH = "surveys.round:"
_WHY = "system: a round that somebody with the permission ordered"


def post_reminders(round_: Reminder, receivers: Iterable[Receiver]) -> None:
    """Write down a reminder to each of these."""
    mail.post(*(_outgoing(REMINDER, round_, one.email, one.language) for one in receivers))


def post_links(round_: Reminder, codes: Iterable[Code]) -> None:
    """Write down a mail to each holder with the own link."""
    kind = LINK_ANEW if round_.kind == RoundKind.ANEW else LINK
    holders = [(code, code.holder) for code in codes]
    mail.post(
        *(
            _outgoing(kind, round_, holder.email, holder.language, code=code)
            for code, holder in holders
            if holder is not None
        )
    )


def is_on_its_way(code: Code) -> bool:
    """Whether a mail with this code's link waits."""
    return mail.is_taken(_key(LINK, code.pk))


def batch_of(round_: Reminder) -> str:
    """The name of a round's mails in the outbox."""
    return f"{_BATCH}{round_.pk}"


def rules_of(round_: Reminder) -> ReminderRules:
    """The wave's rules, or the usual ones."""
    return ReminderRules.objects.within(round_.wave).first() or ReminderRules(wave=round_.wave)


def look_again(round_: Reminder, now: datetime) -> None:
    """The wave's hours have changed."""
    mail.look_again(batch_of(round_), now)


def _outgoing(kind: str, round_: Reminder, to: str, language: str, code: Code | None = None) -> mail.Outgoing:
    about = {"round": round_.pk} if code is None else {"round": round_.pk, "code": code.pk}
    return mail.Outgoing(
        kind=kind,
        to=to,
        about=about,
        key=_key(REMINDER, round_.pk, to) if code is None else _key(LINK, code.pk),
        language=language,
        batch=batch_of(round_),
        due_at=round_.ordered_at,
        good_until=last_of(round_.wave),
    )


def _key(kind: str, *about: int | str) -> str:
    return ":".join([kind, *map(str, about)])


def _round_of(sent: OutgoingMail) -> Reminder | None:
    """The round that a mail belongs to, as long as its wave takes answers."""
    rounds = Reminder.objects.everywhere(why=_WHY).select_related("wave")
    found: Reminder | None = rounds.filter(pk=sent.about["round"]).first()
    return found if found is not None and now_of(found.wave).may(Act.HAND_OUT) else None


def _hours_of(sent: OutgoingMail) -> Hours:
    round_ = _round_of(sent)
    return Hours(0, 24, on_holidays=True) if round_ is None else rules_of(round_).hours


def _keep_numbers(batch: str, counts: Counter[str], now: datetime) -> None:
    rounds = Reminder.objects.everywhere(why=_WHY).filter(pk=batch.removeprefix(_BATCH))
    rounds.update(finished_at=now, **{fate.value: counts[fate] for fate in FATES})


@mail.letter(REMINDER, topic=TOPIC, hours=_hours_of, finished=_keep_numbers)
def _reminder(sent: OutgoingMail) -> mail.MailMessage | None:
    round_ = _round_of(sent)
    until = None if round_ is None else asked_until(round_.wave, sent.to, timezone.now())
    return None if round_ is None or until is None else letter_to(round_, sent.to, sent.language, until)


@mail.letter(LINK_ANEW, finished=_keep_numbers)  # whoever waits for a link may have it at any hour
@mail.letter(LINK, hours=_hours_of, finished=_keep_numbers)
def _link(sent: OutgoingMail) -> mail.MailMessage | None:
    round_ = _round_of(sent)
    if round_ is None:
        return None
    takes = is_taking(round_.wave, timezone.now(), "node__unit")  # others may have been given more time
    codes = Code.objects.within(round_.wave).filter(takes).select_related("holder", "form", "node__unit")
    code = codes.filter(pk=sent.about["code"]).first()
    if code is None:
        return None
    return link_letter_to(round_, code, sent.to, sent.language, closes_at(round_.wave, code.node.unit))
