"""What the log's handlings are called by people: each room declares the words of its own in its `audit_words.py`."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_WORDS: dict[str, Promise] = {}


def declare(words: Mapping[str, Promise]) -> None:
    """Add the words of a room. Two rooms never name one handling."""
    if both := words.keys() & _WORDS.keys():
        raise ValueError(f"words for {sorted(both)} are declared already")
    _WORDS.update(words)


def words_of(what: str) -> str:
    """What a handling is called in the reader's language."""
    return str(_WORDS.get(what, what))


def every() -> dict[str, str]:
    """All handlings with their words."""
    return {what: str(words) for what, words in _WORDS.items()}


declare(
    {
        "audit.anchored": _("loggen er sikret utenfor databasen"),
        "audit.taken_out": _("loggen er tatt ut i en fil"),
        "circle.changed": _("organ, fellesskap eller gruppe er endret"),
        "circle.made": _("organ, fellesskap eller gruppe er opprettet"),
        "enrolments.dated": _("elever har fått andre datoer i klassen"),
        "organisation.added": _("organisasjon er lagt inn"),
        "organisation.renamed": _("organisasjon har fått nytt navn"),
        "pupils.changed": _("opplysninger om elever er endret"),
        "pupils.enrolled": _("elever er lagt inn i klasser"),
        "pupils.moved": _("elever er flyttet"),
        "role.changed": _("rolle har fått andre datoer"),
        "role.ended": _("rolle er avsluttet"),
        "roles.given": _("roller er gitt"),
        "roster.imported": _("liste er lagt inn"),
        "roster.taken_back": _("liste er tatt tilbake"),
        "seat.deputised": _("varaplass er gitt"),
        "seats.ended": _("plasser er avsluttet"),
        "seats.given": _("plasser er gitt"),
        "seats.given_by_address": _("plass er gitt med e-postadresse"),
        "units.added": _("enheter er lagt inn"),
        "units.changed": _("enheter er endret"),
        "units.removed": _("enheter er fjernet"),
        "user.address_changed": _("konto har fått ny e-postadresse"),
        "user.renamed": _("konto har fått nytt navn"),
        "users.added": _("kontoer er lagt inn"),
    }
)
