"""Organisations by their numbers, and what they were called on a day."""

from __future__ import annotations

import re
from datetime import date

from django.utils.translation import gettext as _

from .days import is_in_force
from .models import Organisation

_WEIGHTS = (3, 2, 7, 6, 5, 4, 3, 2)


class WrongNumber(ValueError):
    """This is no organisation number."""


def checked_number(text: str) -> str:
    """An organisation number without blanks: nine digits, the last of which checks the others."""
    number = re.sub(r"\s", "", text)
    if not re.fullmatch(r"[0-9]{9}", number):
        raise WrongNumber(_("Et organisasjonsnummer har ni siffer; dette er «{text}».").format(text=text))
    rest = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False)) % 11
    if int(number[-1]) != (11 - rest) % 11:
        raise WrongNumber(_("Organisasjonsnummeret {text} er skrevet feil.").format(text=text))
    return number


def organisation_of(number: str) -> Organisation | None:
    """The organisation of this number, as people write it."""
    rows = Organisation.objects.everywhere(why="public: organisations and their numbers are in an open register")
    found: Organisation | None = rows.filter(number=checked_number(number)).first()
    return found


def name_on(organisation: Organisation, day: date) -> str:
    """What an organisation was called on a day; before its first name, that one."""
    names = sorted(organisation.names.all(), key=lambda one: one.from_on)
    held = [one.name for one in names if is_in_force(one, day)]
    return held[-1] if held else (names[0].name if names else organisation.number)
