"""What the log says in words: what was done, what was changed, and which row it was.

Each room declares the words of its own in its `audit_words.py`: `declare` for what was done, `declare_facts` for what
an action tells of a row and for the fields of its tables, `declare_rows` for what a row of a table is called.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kfl.core.templatetags.core import dated, number

from .circles.circle_kinds import CIRCLE_KINDS
from .roles import ROLES

_WORDS: dict[str, Promise] = {}
_FACTS: dict[str, FactWords] = {}
_ROWS: dict[str, RowWords] = {}


@dataclass(frozen=True)
class FactWords:
    """What an action tells of a row: what it is called, and how the value is said.

    `values`: what each code is called. `rows`: the table whose keys the value is. `written`: how else it is said.
    """

    label: Promise
    values: Mapping[Any, Any] = field(default_factory=dict)
    rows: str = ""
    written: Callable[[Any], str] | None = None


@dataclass(frozen=True)
class RowWords:
    """What a row of a table is called: the kind of thing, and its own name; of children and who answers never a name.

    `with_`: what is fetched along with it.
    """

    kind: Promise
    name: Callable[[Any], str] | None = None
    with_: tuple[str, ...] = ()


def declare(words: Mapping[str, Promise]) -> None:
    """Add the words of a room for what is done there. Two rooms never name one handling."""
    _add(_WORDS, words)


def declare_facts(facts: Mapping[str, Promise | FactWords]) -> None:
    """Add the words of a room for what its actions tell; "Pupil.state" is said of pupils alone."""
    _add(_FACTS, {key: fact if isinstance(fact, FactWords) else FactWords(fact) for key, fact in facts.items()})


def declare_rows(rows: Mapping[str, RowWords]) -> None:
    """Add what the rows of a room's tables are called."""
    _add(_ROWS, rows)


def _add(known: dict[str, Any], more: Mapping[str, Any]) -> None:
    if both := more.keys() & known.keys():
        raise ValueError(f"words for {sorted(both)} are declared already")
    known.update(more)


def words_of(what: str) -> str:
    """What a handling is called in the reader's language."""
    return str(_WORDS.get(what, what))


def fact_of(model: str, key: str) -> FactWords | None:
    """What a fact of a row of this table is called, and how it is said."""
    return _FACTS.get(f"{model}.{key}") or _FACTS.get(key)


def row_of(model: str) -> RowWords | None:
    """What a row of this table is called."""
    return _ROWS.get(model)


def every_fact() -> Mapping[str, FactWords]:
    """All that may be told of a row."""
    return _FACTS


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

declare_facts(
    {
        "birth_year": _("fødselsår"),
        "broken": _("brutt ved linje"),
        "by": FactWords(_("person"), rows="User"),
        "called": _("navn"),
        "changes": _("endringer"),
        "circle": FactWords(_("organ, fellesskap eller gruppe"), rows="Circle"),
        "Circle.kind": FactWords(_("slag"), values={key: kind.name for key, kind in CIRCLE_KINDS.items()}),
        "code": _("kode"),
        "codes": _("koder"),
        "counts": FactWords(_("antall"), written=lambda found: _counts(found)),
        "date_joined": _("konto siden"),
        "dated_codes": FactWords(_("koder med andre datoer"), written=lambda text: of_days(text)),
        "deputy_for": FactWords(_("vara for"), rows="Seat"),
        "digest": _("fingeravtrykk"),
        "email": _("e-postadresse"),
        "from_on": _("fra"),
        "gender": _("kjønn"),
        "grade": _("trinn"),
        "group": FactWords(_("klasse eller avdeling"), rows="Unit"),
        "household": _("husstand"),
        "is_active": _("kontoen er åpen"),
        "is_staff": _("styrer tjeneren"),
        "is_superuser": _("styrer alt på tjeneren"),
        "kind": _("slag"),
        "language": FactWords(_("språk"), values={"nb": _("bokmål"), "nn": _("nynorsk"), "en": _("engelsk")}),
        "last_login": _("logget inn sist"),
        "lines": FactWords(_("linjer"), written=number),
        "listed_as": _("adressen på lista"),
        "name": _("navn"),
        "new_codes": _("nye koder"),
        "number": _("nummer"),
        "on": _("dag"),
        "organisation": FactWords(_("organisasjon"), rows="Organisation"),
        "Organisation.number": _("organisasjonsnummer"),
        "parent": FactWords(_("ligger under"), rows="Unit"),
        "password": _("passord"),
        "path": _("plass under enhetene"),
        "person": FactWords(_("person"), rows="User"),
        "published_on": _("vises for alle fra"),
        "pupil": FactWords(_("elev eller barn"), rows="Pupil"),
        "removed": _("tatt bort igjen"),
        "represents": FactWords(_("representerer"), rows="Organisation"),
        "role": FactWords(_("rolle"), values={key: role.name for key, role in ROLES.items()}),
        "scheme": _("hvem som gir koden"),
        "sought_by": FactWords(_("søkt etter"), written=lambda keys: _sought_by(keys)),
        "source": FactWords(_("skole eller barnehage som førte lista"), rows="Unit"),
        "source_key": _("elevnøkkel"),
        "taken_back_at": _("tatt tilbake"),
        "to_on": _("til og med"),
        "unit": FactWords(_("enhet"), rows="Unit"),
        "user": FactWords(_("person"), rows="User"),
        "username": _("brukernavn"),
        "uuid": _("elevens nøkkel"),
        "valid_from": _("fra"),
        "valid_to": _("til og med"),
        "ImportedRoster.at": _("lagt inn"),
        "ImportedRoster.kind": _("hva lista gjelder"),
    }
)


def _role(row: Any) -> str:
    return f"{row.user}: {ROLES[row.role].name if row.role in ROLES else row.role}, {row.unit.name_with_school}"


declare_rows(
    {
        "AuditLine": RowWords(_("linje")),
        "Circle": RowWords(_("organ, fellesskap eller gruppe"), str),
        "Enrolment": RowWords(_("skoleplass")),
        "ImportedRoster": RowWords(_("liste som er lagt inn")),
        "MailRefusal": RowWords(_("nei til e-post")),
        "Organisation": RowWords(_("organisasjon"), str),
        "OrganisationName": RowWords(_("navn på en organisasjon"), str),
        "Pupil": RowWords(_("elev eller barn")),
        "RoleAssignment": RowWords(_("rolle"), _role, ("user", "unit__parent")),
        "Seat": RowWords(_("plass"), str, ("person", "circle")),
        "Unit": RowWords(_("enhet"), str),
        "UnitCode": RowWords(_("kode for en enhet"), lambda row: row.code),
        "User": RowWords(_("konto"), str),
        "pupils": RowWords(_("liste over elever og barn")),
        "staff": RowWords(_("liste over ansatte og roller")),
        "units": RowWords(_("liste over enheter")),
    }
)


def _counts(found: Any) -> str:
    """`{"new": 3}` of a list, said as people say it."""
    said = dict(found) if isinstance(found, dict) else {}
    words = {"new": _("nye"), "changed": _("endret"), "gone": _("borte"), "unchanged": _("uendret")}
    return ", ".join(f"{number(said[key])} {word}" for key, word in words.items() if key in said)


def of_days(text: Any) -> str:
    """Days in the words of the reader; what only looks like one stands as it was written."""

    def in_words(found: re.Match[str]) -> str:
        try:
            return dated(date.fromisoformat(found[0]))
        except ValueError:
            return found[0]

    return re.sub(r"\d{4}-\d\d-\d\d", in_words, str(text))


def _sought_by(keys: Any) -> str:
    words = {"place": _("enhet"), "person": _("person"), "what": _("handling"), "about": _("utvalg")}
    words |= {"first": _("fra"), "last": _("til og med")}
    return ", ".join(str(words.get(key, key)) for key in keys) or "–"
