"""What can happen to organisations: they are added, and get other names from a day on."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from kfl.core.cannot_be_done import CannotBeDone

from ..audit import action, touched
from ..models import Organisation, OrganisationName, User
from ..organisations import checked_number

LONG_AGO = date(1900, 1, 1)
UNITLESS = "an organisation stands outside the tree of units"


class NameDoesNotFit(CannotBeDone):
    """A name begins before the one that it comes after."""


@action("organisation.added", unitless=UNITLESS)
def add_organisation(
    *, name: str, number: str = "", from_on: date = LONG_AGO, by: User | None, at: datetime | None = None
) -> Organisation:
    """Add an organisation. Raises `WrongNumber`, and Django's `IntegrityError` where the number is another's."""
    row: Organisation = Organisation.objects.create(number=checked_number(number) if number else "")
    OrganisationName.objects.create(organisation=row, name=name, from_on=from_on)
    touched(row, unit=None, number=row.number, name=name)
    return row


@action("organisation.renamed", unitless=UNITLESS)
def rename_organisation(
    *, organisation: Organisation, name: str, from_on: date, by: User | None, at: datetime | None = None
) -> Organisation:
    """Call an organisation something else from a day on; what was written before keeps the name of its own day."""
    last = organisation.names.order_by("from_on").last()
    if last is not None:
        if from_on <= last.from_on:
            words = _("«{name}» må gjelde fra en dag etter {day}, da navnet før begynte.")
            raise NameDoesNotFit(words.format(name=name, day=last.from_on.isoformat()))
        last.to_on = from_on - timedelta(days=1)
        last.save(update_fields=["to_on"])
    OrganisationName.objects.create(organisation=organisation, name=name, from_on=from_on)
    touched(organisation, unit=None, name=(last.name if last else None, name), from_on=from_on)
    return organisation
