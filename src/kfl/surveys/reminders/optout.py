"""Saying no to reminders: a link that is its own proof, and holds no address."""

from __future__ import annotations

from django.core import signing
from django.utils.crypto import salted_hmac

from ..models import ReminderOptOut

_SALT = "kfl.reminders"


def address_hash(email: str) -> str:
    """What stands for an address: the same however its letters are cased, and nothing without the portal's secret."""
    return salted_hmac(_SALT, email.strip().casefold(), algorithm="sha256").hexdigest()[:32]


def token_of(email: str) -> str:
    """What the link in a mail to this address holds."""
    return signing.Signer(salt=_SALT).sign(address_hash(email))


def address_of_token(token: str) -> str | None:
    """The hash that a link stands for; None for one that we did not make."""
    try:
        return signing.Signer(salt=_SALT).unsign(token)
    except signing.BadSignature:
        return None


def has_opted_out(hashed: str) -> bool:
    """Whether this address wants no reminders."""
    return ReminderOptOut.objects.filter(address_hash=hashed).exists()
