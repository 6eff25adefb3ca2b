"""The mails themselves: plain text and simple HTML in the receiver's language.

A reminder says the same to everybody and holds no link to answer with. A link is opened from its sealed code when its
mail is made, stands after the # that browsers do not send, and is in no log and no table.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from kfl.core.mail_text import mail_text
from kfl.questionnaires.formats import RATERS, Informant

from .. import store
from ..models import Reminder, ReminderMail
from .links import mail_is_private
from .optout import token_of

ANSWER_PATH = "/svar/"  # intake's; not an address of the portal's own


def letter_to(
    reminder: Reminder, email: str, language: str, connection: BaseEmailBackend | None = None
) -> EmailMultiAlternatives:
    """One mail, ready to send. It holds no code and no name, and says the same to everybody."""
    out = address(reminder.portal, reverse("surveys:reminders-out", kwargs={"token": token_of(email)}))
    with translation.override(language):
        context = {
            "wave": reminder.wave,
            "asked": address(reminder.portal, reverse("surveys:asked", kwargs={"slug": reminder.wave.slug})),
            "has_ratings": reminder.wave.forms.filter(informant__in=RATERS).exists(),
            "own": address(reminder.portal, reverse("surveys:own-links")),
            "out": out,
            "language": language,
        }
        subject = _("Påminnelse: {wave}").format(wave=reminder.wave.name)
        headers = {
            "List-Unsubscribe": f"<{out}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",  # RFC 8058
            "Precedence": "bulk",
        }
        return _mail(subject, "reminder", context, email, connection, headers)


def link_letter_to(
    reminder: Reminder, mail: ReminderMail, connection: BaseEmailBackend | None = None
) -> EmailMultiAlternatives | None:
    """The mail with one person's own link; None where that person is not reached by this address any more."""
    code = mail.code
    holder = code.holder if code else None
    if code is None or holder is None or not holder.is_active or holder.email != mail.email or not mail_is_private():
        return None
    opened = store.code_key(reminder.wave.slug).open_for_reprint(bytes(code.sealed))
    return link_mail(reminder, Informant(code.form.informant), opened, mail.email, mail.language, connection)


def link_mail(
    reminder: Reminder,
    informant: Informant,
    code: str,
    email: str,
    language: str,
    connection: BaseEmailBackend | None = None,
) -> EmailMultiAlternatives:
    """The mail that brings a code, as a link."""
    with translation.override(language):
        context = {
            "wave": reminder.wave,
            "informant": informant.label,
            "link": address(reminder.portal, f"{ANSWER_PATH}#{code}"),
            "asked": address(reminder.portal, reverse("surveys:asked", kwargs={"slug": reminder.wave.slug})),
            "own": address(reminder.portal, reverse("surveys:own-links")),
            "language": language,
        }
        subject = _("Din lenke: {wave}").format(wave=reminder.wave.name)
        return _mail(subject, "link", context, email, connection, {})


def _mail(
    subject: str,
    template: str,
    context: dict[str, Any],
    email: str,
    connection: BaseEmailBackend | None,
    headers: dict[str, str],
) -> EmailMultiAlternatives:
    text = mail_text(f"surveys/mail/{template}.txt", context)
    html = render_to_string(f"surveys/mail/{template}.html", context)
    mail = EmailMultiAlternatives(
        subject=" ".join(subject.split()),
        body=text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[email],
        connection=connection,
        headers={**headers, "Auto-Submitted": "auto-generated"},
    )
    mail.attach_alternative(html, "text/html")
    return mail


def address(portal: str, path: str) -> str:
    """An address on the portal, as one outside it writes it."""
    return portal.rstrip("/") + path
