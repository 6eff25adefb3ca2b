"""What this room offers on others' pages: beside a wave, the way to its technical report."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from kfl.core.cards import Link
from kfl.core.offers import AskingPage, Offers, Slot, gives
from kfl.people.models import User

from . import queries


@gives("wave")
def reports(reader: User, page: AskingPage, slots: Sequence[Slot]) -> Offers:
    """To whoever may read the report; while it is being made, its page says so."""
    words = _("Teknisk rapport: hvor godt kartleggingen måler")
    there = queries.waves_with_report(reader, [slot.key for slot in slots])
    return {slot: [Link(reverse("research:report", args=[slot.key]), words)] for slot in slots if slot.key in there}
