"""Who was given more time, in words: for a wave's page, and for the page and card of every unit above."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from kfl.core.templatetags.core import moment
from kfl.people.models import Unit

from ..models import Wave
from . import windows


def words(wave: Wave, unit: Unit, at: datetime) -> str:
    """Which units below have more time than this one, until when, and when it is up for the others; often empty."""
    late = windows.running(wave, unit)
    if not late or not wave.is_under_way:
        return ""
    usual = windows.closes_at(wave, unit)
    told = _("Disse har fått mer tid: {places}. For de andre var tiden ute {day}.")
    if at < usual:
        told = _("Disse har fått mer tid: {places}. For de andre er tiden ute {day}.")
    places = ", ".join(f"{one.unit.name} ({moment(one.closes_at)})" for one in late)
    return told.format(places=places, day=moment(usual))
