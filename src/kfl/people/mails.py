"""What this room's mails say: the code that proves an address, and that an address was changed."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kfl.core import mail
from kfl.core.mail.mail_text import mail_text
from kfl.core.models import OutgoingMail

from .models import User

LETTERS = "BCDFGHJKLMNPQRSTVWXZ23456789"  # none that is taken for another, and no words
LENGTH = 8
_CODE, _CHANGED = "people.address_code", "people.address_changed"


def address_code(user: User, address: str, seed: str) -> str:
    """The code that goes to a new address: made where it is needed, from what is no secret alone, and kept nowhere."""
    digest = salted_hmac("kfl.people.new_address", f"{user.pk}:{address}:{seed}", algorithm="sha256").digest()
    left, code = int.from_bytes(digest, "big"), ""
    for _one in range(LENGTH):
        left, which = divmod(left, len(LETTERS))
        code += LETTERS[which]
    return code


def post_address_code(*, user: User, to: str, seed: str, good_for: timedelta) -> None:
    """Send the code to the address itself; to nobody, where it is taken, at the same cost."""
    _post(_CODE, user, to, good_for, seed=seed)


def post_address_changed(*, user: User, to: str) -> None:
    """Tell the address before."""
    _post(_CHANGED, user, to, timedelta(days=3))


def _post(kind: str, user: User, to: str, good_for: timedelta, **about: str) -> None:
    language, until = (get_language() or user.language)[:2], timezone.now() + good_for
    mail.post(mail.Outgoing(kind=kind, to=to, about={"user": user.pk, **about}, language=language, good_until=until))


@mail.letter(_CODE, may_repeat=True)
def _address_code(sent: OutgoingMail) -> mail.MailMessage | None:
    user = _user_of(sent)
    if user is None:
        return None
    words = {"code": address_code(user, sent.to, sent.about["seed"]), "name": user.name}
    return mail.MailMessage(_("Kode for ny e-postadresse"), mail_text("people/mail/new_address.txt", words))


@mail.letter(_CHANGED)
def _address_changed(sent: OutgoingMail) -> mail.MailMessage | None:
    user = _user_of(sent)
    if user is None:
        return None
    words = {"name": user.name, "address": user.email}
    return mail.MailMessage(_("E-postadressen din er byttet"), mail_text("people/mail/address_changed.txt", words))


def _user_of(sent: OutgoingMail) -> User | None:
    found: User | None = User.objects.filter(pk=sent.about["user"]).first()
    return found
