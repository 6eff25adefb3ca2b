"""What may stand in a cell: dates, codes, grades. Each reads a cell or says in plain words what is wrong."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import override

from kfl.core.lists import Faults, Row, WrongCell

from ..kinds import Kind
from ..models import Gender, Scheme
from ..roles import ROLES

NORWEGIAN_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
ROUNDED_BY_EXCEL = re.compile(r"\d+([.,]\d+)?E\+?\d+", re.IGNORECASE)
ELEVEN_DIGITS = re.compile(r"(?<!\d)\d{6}[ .-]?\d{5}(?!\d)")
DIGITS_OF = {Scheme.COUNTY: 2, Scheme.MUNICIPALITY: 4, Scheme.ORGANISATION: 9}
LONGEST_NAME = 120
LONGEST_CODE = 60


def name(cell: str) -> str:
    """A name that is there and is not too long."""
    if not cell:
        raise WrongCell(_("Navnet mangler."))
    if len(cell) > LONGEST_NAME:
        raise WrongCell(_("Navnet er lengre enn {most} tegn.").format(most=LONGEST_NAME))
    return cell


def needed(cell: str) -> str:
    """Any short text that is there: a key, a code, a class."""
    if not cell:
        raise WrongCell(_("Verdien mangler."))
    if len(cell) > LONGEST_CODE:
        raise WrongCell(_("Verdien er lengre enn {most} tegn.").format(most=LONGEST_CODE))
    if ROUNDED_BY_EXCEL.fullmatch(cell):
        raise WrongCell(_("Excel har rundet av tallet. Gjør kolonnen om til tekst og lim inn verdiene på nytt."))
    return cell


def day(cell: str) -> date | None:
    """A day as 17.08.2026 or 2026-08-17; None when blank."""
    if not cell:
        return None
    if found := NORWEGIAN_DAY.fullmatch(cell):
        day_, month, year = map(int, found.groups())
    elif found := ISO_DAY.fullmatch(cell):
        year, month, day_ = map(int, found.groups())
    else:
        raise WrongCell(_("Datoen må skrives som 17.08.2026 eller 2026-08-17."))
    try:
        value = date(year, month, day_)
    except ValueError as error:
        raise WrongCell(_("Denne datoen finnes ikke.")) from error
    if not 1800 <= year <= 2200:
        raise WrongCell(_("Årstallet kan ikke stemme."))
    return value


def kind(cell: str) -> Kind:
    """A level of the units' list."""
    kinds = [one for one in Kind if one is not Kind.GROUP]
    names = {str(word).casefold(): one for one in kinds for word in _in_bokmal_and_own(one.label)}
    if cell.casefold() not in names:
        raise WrongCell(_("Nivået må være fylke, region, kommune, skole, barnehage eller avdeling."))
    return names[cell.casefold()]


def scheme(cell: str) -> Scheme:
    """Who gives out a code; our own when blank."""
    try:
        return Scheme(cell.casefold() or Scheme.OWN)
    except ValueError as error:
        words = _("Kodetypen må være fylkesnummer, kommunenummer, organisasjonsnummer eller kfl.")
        raise WrongCell(words) from error


def code(cell: str, kept_by: Scheme) -> str:
    """A code as its giver writes it."""
    value = needed(cell)
    if kept_by is Scheme.OWN:
        return value
    value = value.replace(" ", "")
    digits = DIGITS_OF[kept_by]
    if not (value.isascii() and value.isdigit() and len(value) == digits):
        words = _("Et {scheme} har {digits} siffer. Excel kan ha tatt bort en null først: gjør kolonnen om til tekst.")
        raise WrongCell(words.format(scheme=kept_by.label, digits=digits))
    if kept_by is Scheme.ORGANISATION and not _is_organisation_number(value):
        raise WrongCell(_("Organisasjonsnummeret er feil: kontrollsifferet stemmer ikke."))
    return value


def grade(cell: str) -> int | None:
    """1–10; None when blank."""
    if not cell:
        return None
    if not re.fullmatch(r"[1-9]|10", cell):
        raise WrongCell(_("Trinnet må være et tall fra 1 til 10."))
    return int(cell)


def gender(cell: str) -> Gender:
    """jente, gutt or blank."""
    genders = {"": Gender.BLANK, "jente": Gender.GIRL, "gutt": Gender.BOY}
    if cell.casefold() not in genders:
        raise WrongCell(_("Kjønn må være jente, gutt eller blankt."))
    return genders[cell.casefold()]


def birth_year(cell: str, on: date) -> int | None:
    """Four digits, of somebody who may go to kindergarten or school; None when blank."""
    if not cell:
        return None
    if not re.fullmatch(r"[0-9]{4}", cell) or not on.year - 25 <= int(cell) <= on.year:
        words = _("Fødselsåret må være fire siffer, fra {first} til {last}.")
        raise WrongCell(words.format(first=on.year - 25, last=on.year))
    return int(cell)


def email(cell: str) -> str:
    """An address, in small letters: addresses that differ in capitals only are one."""
    if not cell:
        raise WrongCell(_("E-postadressen mangler."))
    try:
        validate_email(cell)
    except ValidationError as error:
        raise WrongCell(_("Dette er ikke en e-postadresse.")) from error
    if len(cell) > 150:
        raise WrongCell(_("E-postadressen er for lang."))
    return cell.casefold()


def role(cell: str) -> str:
    """A role's key, from its key or its name."""
    names = {key: key for key in ROLES}
    for key, one in ROLES.items():
        names.update({word.casefold(): key for word in _in_bokmal_and_own(one.name)})
    if cell.casefold() not in names:
        words = _("Rollen er ukjent. Den må være en av: {names}.")
        raise WrongCell(words.format(names=", ".join(str(one.name) for one in ROLES.values())))
    return names[cell.casefold()]


def holds_national_identity_number(cell: str) -> bool:
    """Whether eleven digits in the cell pass the checksum of a fødselsnummer (or D number, or synthetic one)."""
    return any(_passes_checksum(found) for found in ELEVEN_DIGITS.findall(cell))


def refuse_national_identity_numbers(rows: Sequence[Row], faults: Faults) -> None:
    """No cell of a list of people may hold one. The message does not repeat it."""
    words = _("Her står noe som ser ut som et fødselsnummer. Portalen tar ikke imot fødselsnummer.")
    for row in rows:
        for column, cell in row.cells.items():
            if len(cell) >= 11 and holds_national_identity_number(cell):
                faults.add(row.number, column, words)


def _passes_checksum(text: str) -> bool:
    digits = [int(letter) for letter in text if letter.isdigit()]
    first = sum(w * d for w, d in zip((3, 7, 6, 1, 8, 9, 4, 5, 2, 1), digits, strict=False)) % 11
    second = sum(w * d for w, d in zip((5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1), digits, strict=True)) % 11
    return first in {0, 1, 2, 3} and second == 0  # from 2032 the first remainder may be 0–3


def _is_organisation_number(value: str) -> bool:
    weights = (3, 2, 7, 6, 5, 4, 3, 2, 1)
    return sum(w * int(d) for w, d in zip(weights, value, strict=True)) % 11 == 0


def _in_bokmal_and_own(word: str | Promise) -> set[str]:
    """The word in the reader's language and in bokmål, which lists are written in."""
    own = str(word)
    with override("nb"):
        return {own, str(word)}
