"""The reminder itself: plain text and simple HTML in the receiver's language, with the way out of it."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from kfl.core.mail_text import mail_text

from ..formats import RATERS
from ..models import Reminder
from .optout import token_of


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
            "out": out,
            "language": language,
        }
        subject = _("Påminnelse: {wave}").format(wave=reminder.wave.name)
        text = mail_text("surveys/mail/reminder.txt", context)
        html = render_to_string("surveys/mail/reminder.html", context)
    mail = EmailMultiAlternatives(
        subject=" ".join(subject.split()),
        body=text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[email],
        connection=connection,
        headers={
            "List-Unsubscribe": f"<{out}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",  # RFC 8058
            "Auto-Submitted": "auto-generated",
            "Precedence": "bulk",
        },
    )
    mail.attach_alternative(html, "text/html")
    return mail


def address(portal: str, path: str) -> str:
    """An address on the portal, as one outside it writes it."""
    return portal.rstrip("/") + path
