"""The link key as this portal knows it: the one it has worked with, and no other.

The fingerprint stands in the database too: key and fingerprint in `keys/` are lost together, and then a new key would
be made in silence, and nobody be found again in the waves before.
"""

from __future__ import annotations

from pathlib import Path

from django.utils import timezone
from django.utils.translation import gettext as _

from kfl.answers.keys import KeyAway, KeyMissing, KeyTooOpen, LinkKey, OtherKey
from kfl.people.audit import action
from kfl.people.models import User

from ..models import KnownLinkKey

CANNOT_BE_USED = (KeyAway, KeyMissing, KeyTooOpen, OtherKey)


def fingerprint() -> str | None:
    """Of the key that the portal works with, as its database knows it; None before the first use."""
    rows = KnownLinkKey.objects.everywhere(why="public: a fingerprint gives nothing away")
    return next(iter(rows.values_list("fingerprint", flat=True)), None)


def look(keys_dir: Path) -> LinkKey:
    """The key, without noting that it is in use; raises one of `CANNOT_BE_USED`."""
    return LinkKey.load(keys_dir, fingerprint())


def load(keys_dir: Path) -> LinkKey:
    """The key that joins waves; raises one of `CANNOT_BE_USED`. From the first use on no other is taken."""
    key = look(keys_dir)
    if fingerprint() is None:
        remember(key=key, by=None)
    return key


def load_or_make(keys_dir: Path) -> LinkKey:
    """The key that joins waves; an installation that never had one makes its own."""
    if not LinkKey.path(keys_dir).exists():
        LinkKey.create(keys_dir, fingerprint())
    return load(keys_dir)


@action("link_key.known")
def remember(*, key: LinkKey, by: User | None) -> KnownLinkKey:
    """Note in the database which key is worked with."""
    rows = KnownLinkKey.objects.everywhere(why="public: a fingerprint gives nothing away")
    row: KnownLinkKey
    first = {"fingerprint": key.fingerprint, "first_used_on": timezone.localdate()}
    row, _made = rows.get_or_create(pk=1, defaults=first)
    if row.fingerprint != key.fingerprint:
        raise OtherKey(f"this portal works with the link key {row.fingerprint}, and this is {key.fingerprint}")
    return row


def why_not(keys_dir: Path) -> str:
    """Why the key cannot be used now, in words for whoever sets up waves; empty where it can, or will be made."""
    try:
        look(keys_dir)
    except KeyAway:
        return _("Lenkenøkkelen er ikke på serveren. To av de tre som har en del hver, henter den fram først.")
    except OtherKey:
        return _(
            "Lenkenøkkelen på serveren er en annen enn den portalen har brukt. Den som driver portalen, "
            "må legge tilbake den rette."
        )
    except KeyMissing:
        if LinkKey.path(keys_dir).exists():
            return _("Lenkenøkkelen er skadet. Den som driver portalen, må legge den tilbake.")
        return ""
    except KeyTooOpen:
        return _("Andre enn portalen kan lese lenkenøkkelen. Den som driver portalen, må rette det først.")
    return ""
