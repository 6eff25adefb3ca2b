"""The mails themselves: plain text and simple HTML in the receiver's language.

A reminder says the same to everybody and holds no link to answer with. A link is opened from its sealed code when its
mail is made, stands after the # that browsers do not send, and is in no log and no table.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from kfl.core import mail
from kfl.core.mail import refusals
from kfl.core.mail.mail_text import mail_text
from kfl.questionnaires.formats import RATERS, Informant

from .. import store
from ..models import Code, Reminder
from ..waves.now import now_of
from ..waves.states import Stage

ANSWER_PATH = "/svar/"  # intake's; not an address of the portal's own
TOPIC = "surveys.reminders"  # what one says no to


def letter_to(reminder: Reminder, email: str, language: str, closes: datetime) -> mail.MailMessage:
    """A reminder. It holds no code and no name, and says the same to everybody for whom it closes then."""
    token = refusals.token_of(TOPIC, email)
    out = address(reminder.portal, reverse("surveys:reminders-out", kwargs={"token": token}))
    with translation.override(language):
        context = {
            "wave": reminder.wave,
            "closes_at": closes,
            "asked": address(reminder.portal, reverse("surveys:asked", kwargs={"slug": reminder.wave.slug})),
            "has_ratings": reminder.wave.forms.filter(informant__in=RATERS).exists(),
            "own": address(reminder.portal, reverse("surveys:own-links")),
            "out": out,
            "language": language,
        }
        subject = _("Påminnelse: {wave}").format(wave=reminder.wave.name)
        return _letter(subject, "reminder", context, refusals.headers(out))


def link_letter_to(
    reminder: Reminder, code: Code, email: str, language: str, closes: datetime
) -> mail.MailMessage | None:
    """The mail with one person's own link; None where that person is not reached by this address any more."""
    holder = code.holder
    if holder is None or not holder.is_active or holder.email != email or not mail.is_private():
        return None
    opened = store.code_key(reminder.wave.slug).open_for_reprint(bytes(code.sealed))
    return link_mail(reminder, Informant(code.form.informant), opened, language, closes)


def link_mail(reminder: Reminder, informant: Informant, code: str, language: str, closes: datetime) -> mail.MailMessage:
    """The mail that brings a code, as a link, which works until then."""
    with translation.override(language):
        context = {
            "wave": reminder.wave,
            "closes_at": closes,
            "informant": informant.label,
            "waits": now_of(reminder.wave).stage is Stage.WAITING,
            "link": address(reminder.portal, f"{ANSWER_PATH}#{code}"),
            "asked": address(reminder.portal, reverse("surveys:asked", kwargs={"slug": reminder.wave.slug})),
            "own": address(reminder.portal, reverse("surveys:own-links")),
            "language": language,
        }
        return _letter(_("Din lenke: {wave}").format(wave=reminder.wave.name), "link", context, {})


def _letter(subject: str, template: str, context: dict[str, Any], headers: Mapping[str, str]) -> mail.MailMessage:
    text = mail_text(f"surveys/mail/{template}.txt", context)
    html = render_to_string(f"surveys/mail/{template}.html", context)
    return mail.MailMessage(" ".join(subject.split()), text, html, headers)


def address(portal: str, path: str) -> str:
    """An address on the portal, as one outside it writes it."""
    return portal.rstrip("/") + path
