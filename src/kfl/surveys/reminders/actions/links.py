"""Sending staff and leaders their own links: to all once, and to one anew. Nobody sees a link on the way."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from kfl.core.cannot_be_done import CannotBeDone
from kfl.core.mail import is_private
from kfl.people.audit import action
from kfl.people.models import User
from kfl.questionnaires.formats import Informant

from ...codes.actions import replace_code
from ...models import Code, Collection, Reminder, RoundKind, Wave
from ...waves.now import now_of, require
from ...waves.states import Act
from ...waves.windows import is_taking
from ..links import BY_MAIL, codes_to_send
from ..outgoing_rounds import is_on_its_way, post_links


class CannotSend(CannotBeDone):
    """No link can be sent now; the text says why."""


@action("links.ordered")
def order_links(*, wave: Wave, portal: str, by: User | None, at: datetime | None = None) -> Reminder:
    """Send each one's own link to all who have an address: once a wave, now or when quiet hours are over."""
    now = at or timezone.now()
    require(Act.HAND_OUT, wave, at=now)
    if reason := reasons_not_to_send_links(wave=wave, at=now):
        raise CannotSend(reason)
    return _ordered(wave, RoundKind.LINKS, list(_codes_now(wave, now)), portal, now)


@action("link.sent_anew")
def send_link_anew(
    *, code: Code, portal: str, by: User | None, at: datetime | None = None, exchange: bool = False
) -> Code:
    """Send one person's link again, to that person's own address; whoever asks for it does not see it.

    `exchange`: another link, as the one before has come into other hands; that one dies.
    """
    now = at or timezone.now()
    wave = code.wave
    require(Act.HAND_OUT, wave, code.node.unit, at=now)
    if reason := _no_mail_now(wave, now):
        raise CannotSend(reason)
    if Informant(code.form.informant) not in BY_MAIL or not codes_to_send(wave).filter(pk=code.pk).exists():
        raise CannotSend(_("Denne personen har ingen e-postadresse i portalen. Skriv ut et brev i stedet."))
    if is_on_its_way(code):
        raise CannotSend(_("Lenken er alt på vei."))
    if exchange:  # after all that could refuse: the one before is gone for good
        replace_code(code=code, by=by, at=at)
    _ordered(wave, RoundKind.ANEW, [code], portal, now)
    return code


def _ordered(wave: Wave, kind: RoundKind, codes: list[Code], portal: str, now: datetime) -> Reminder:
    number = wave.reminders.filter(kind=kind).count() + 1
    found: Reminder = Reminder.objects.create(wave=wave, kind=kind, number=number, portal=portal, ordered_at=now)
    post_links(found, codes)
    return found


def reasons_not_to_send_links(*, wave: Wave, at: datetime) -> str:
    """Why the round of links cannot be ordered; empty when it can."""
    if reason := _no_mail_now(wave, at):
        return reason
    if wave.reminders.filter(kind=RoundKind.LINKS).exists():
        return _("Lenkene er sendt. Den som mangler sin, får den på nytt fra kontoret, eller ber om den selv.")
    if not _codes_now(wave, at).exists():
        return _("Ingen ansatte eller ledere som er invitert, har en e-postadresse i portalen.")
    return ""


def _codes_now(wave: Wave, at: datetime) -> QuerySet[Code]:
    return codes_to_send(wave).filter(is_taking(wave, at, "node__unit"))


def _no_mail_now(wave: Wave, at: datetime) -> str:
    if settings.KFL_DEMO:
        return _("Dette er et oppdiktet fylke. Det sender ingen e-post.")
    if not is_private():
        return _("Portalen har ingen e-posttjener. Da skriver kontoret ut brev med lenkene.")
    now = now_of(wave, at=at)
    if wave.collection != Collection.CODES or not now.may(Act.HAND_OUT):
        return now.why_not
    return ""
