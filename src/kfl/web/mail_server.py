"""The mail server that the environment names, read strictly: a slip would send a password in the clear, or nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

SUBMISSION = 587  # speaks STARTTLS
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_ADDRESS = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+")


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed over."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)

    @property
    def uses_tls(self) -> bool:
        """Whether the line is encrypted, before a password or a mail goes over it."""
        return self.port == SUBMISSION


def mail_server_of(url: str) -> MailServer:
    """The server that `KFL_SMTP` names; `ImproperlyConfigured` says what is wrong, and never the password."""
    parts = urlsplit(url)
    if parts.scheme != "smtp":
        raise ImproperlyConfigured(
            "KFL_SMTP: write smtp://user:password@host:587. TLS from the first byte (smtps, port 465) is not supported."
        )
    try:
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ImproperlyConfigured("KFL_SMTP: the port is a number up to 65535") from None
    if not host or port is None or parts.path.strip("/") or parts.query or parts.fragment:
        raise ImproperlyConfigured(
            "KFL_SMTP: write smtp://user:password@host:port and no more; in a password, %40 is @, %2F is / and %23 is #"
        )
    found = MailServer(host, port, unquote(parts.username or ""), unquote(parts.password or ""))
    if found.password and not found.uses_tls and host not in LOOPBACK:
        raise ImproperlyConfigured(
            f"KFL_SMTP: port {port} of {host} would get the password unencrypted; use port {SUBMISSION}"
        )
    return found


def sender_of(text: str) -> str:
    """The address that `KFL_FROM` names, bare or behind a name; `ImproperlyConfigured` where there is none."""
    address = text.rsplit("<", 1)[1].removesuffix(">") if text.endswith(">") and "<" in text else text
    if not _ADDRESS.fullmatch(address.strip()):
        raise ImproperlyConfigured("KFL_FROM: write an address, such as portal@county.example")
    return text
