"""Units, roles, lists from outside, and one's own address."""

from __future__ import annotations

from django.utils import timezone

from kfl.people.models import ImportedRoster
from tests.rules.county import PEOPLE, County
from tests.rules.lines import AUDITS, EDITS, PLACES, PUBLIC, SIGNED_IN, Line, Thing, one


def _places(county: County) -> list[Thing]:
    return [*(Thing({"key": unit.pk}, key) for key, unit in county.units.items()), Thing({"key": 99999}, "")]


def _role_places(county: County) -> list[Thing]:
    """Every kind of unit has roles that are held there."""
    keys = {"county": "county", "hamar": "hamar", "ask_b": "ask_b", "far_county": "far_county", "tun_a": "tun_a"}
    return [Thing({"key": county.units[key].pk}, at) for key, at in keys.items()]


def _roles(county: County) -> list[Thing]:
    """Each role at its own unit and at another; nobody ends their own."""
    found = []
    for person in ("teacher", "principal_elsewhere", "owner", "secretariat", "researcher_elsewhere"):
        role, unit = PEOPLE[person][0]
        row = county.people[person].role_assignments.get()
        found.append(Thing({"key": row.unit_id, "assignment": row.pk}, "" if role == "secretariat" else unit))
    return [*found, Thing({"key": county.units["granli_a"].pk, "assignment": row.pk}, "")]


def _imported(county: County) -> list[Thing]:
    """A list that the secretariat has put in: whoever else may put in lists does not meet it."""
    by = county.people["secretariat"]
    row = ImportedRoster.objects.create(kind="units", name="liste.csv", at=timezone.now(), by=by, changes=[{}])
    return [Thing({"key": row.pk}, "of_secretariat"), Thing({"key": 99999}, "")]


LINES: dict[str, Line] = {
    "roles": PUBLIC,
    "address": Line(SIGNED_IN, one),
    "address-proof": Line(SIGNED_IN, lambda county: [Thing({}, "")], missing=302),  # nobody has asked for a code
    "unit-list": Line({key: {"there"} for key in PLACES}, one, (PLACES,)),
    "unit-detail": Line(PLACES, _places, (PLACES,)),
    "unit-history": Line(AUDITS, _places, (AUDITS,)),
    "log": Line({key: {"there"} for key in AUDITS}, one, (AUDITS,)),
    "log-file": Line({key: {"there"} for key in AUDITS}, one, post_only=True),
    "role-give": Line(EDITS, _role_places, (PLACES,)),
    "role-end": Line(EDITS, _roles, (PLACES, AUDITS)),
    "roster-upload": Line({key: {"there"} for key in EDITS}, one, (PLACES,)),
    "roster-failed": Line({key: {"there"} for key in EDITS}, lambda county: [Thing({"token": "x" * 32}, "")]),
    "roster-undo": Line({"secretariat": {"of_secretariat"}}, _imported),
    "roster-preview": Line(
        {key: {"there"} for key in EDITS}, lambda county: [Thing({"token": "x" * 32}, "")], missing=302
    ),
}
