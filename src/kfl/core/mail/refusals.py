"""Saying no to mail on a topic: a link that is its own proof, and holds no address."""

from __future__ import annotations

from django.core import signing
from django.utils.crypto import salted_hmac

from ..models import MailRefusal

_SALT = "kfl.mail.refusal"


def address_hash(email: str) -> str:
    """What stands for an address: the same however its letters are cased, and nothing without the portal's secret."""
    return salted_hmac(_SALT, email.strip().casefold(), algorithm="sha256").hexdigest()[:32]


def token_of(topic: str, email: str) -> str:
    """What the link in a mail on this topic to this address holds."""
    return _signer(topic).sign(address_hash(email))


def address_of_token(topic: str, token: str) -> str | None:
    """The hash that a link on this topic stands for; None for one that we did not make."""
    try:
        return _signer(topic).unsign(token)
    except signing.BadSignature:
        return None


def has_refused(topic: str, hashed: str) -> bool:
    """Whether this address wants no mail on this topic."""
    return MailRefusal.objects.filter(topic=topic, address_hash=hashed).exists()


def headers(link: str) -> dict[str, str]:
    """What lets a mail program say no by itself, by one POST to this link (RFC 8058)."""
    return {
        "List-Unsubscribe": f"<{link}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Precedence": "bulk",
    }


def _signer(topic: str) -> signing.Signer:
    return signing.Signer(salt=f"{_SALT}.{topic}")
