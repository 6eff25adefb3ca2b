"""The units one has to do with: a tree, and a page each with codes, roles and what lies below."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from django.db.models import Prefetch
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from kfl.core.alphabet import alphabetical, in_name_order

from ..days import VALID, is_in_force, is_over, not_over
from ..models import RoleAssignment, Unit, UnitCode, User
from ..requests import Request
from ..roles import ROLES, Permission
from ..scopes import has_permission, may, needs, units_where
from ..trails import to_unit, to_units


def visible(user: User) -> Any:
    """Units that the reader edits or follows the response of."""
    edited = units_where(user, Permission.UNIT_EDIT)
    followed = units_where(user, Permission.RESPONSE_VIEW)
    every = UnitCode.objects.everywhere(why="sifted: codes of units that were found")
    codes = every.order_by("-valid_from", "scheme", "code")
    return (edited | followed).prefetch_related(Prefetch("codes", codes))


def unit_or_404(user: User, key: int) -> Unit:
    """The unit, if the reader has to do with it."""
    unit: Unit | None = visible(user).filter(pk=key).select_related("parent").first()
    if unit is None:
        raise Http404
    return unit


def _codes(unit: Unit, on: date) -> tuple[list[UnitCode], list[UnitCode]]:
    """The codes that hold on the day, and those that held before or will hold later."""
    rows = list(unit.codes.all())
    now = [row for row in rows if is_in_force(row, on, fields=VALID)]
    return now, [row for row in rows if row not in now]


@needs(Permission.RESPONSE_VIEW)
def unit_list(request: Request) -> HttpResponse:
    """The reader's own units as a tree, alphabetically; classes stand on the page of their school.

    For: all who follow a survey, each their own part; the secretariat may put in lists from here.
    """
    user, on = request.user, timezone.localdate()
    units = {unit.pk: unit for unit in visible(user)}
    below: dict[int | None, list[Unit]] = defaultdict(list)
    for unit in units.values():
        is_root = unit.parent_id not in units
        if is_root or not unit.is_leaf_kind:
            below[None if is_root else unit.parent_id].append(unit)

    def nodes(key: int | None) -> list[dict[str, Any]]:
        rows = in_name_order(below[key])
        return [_node(unit, on, nodes(unit.pk)) for unit in rows]

    context = {"nodes": nodes(None), "may_edit": has_permission(user, Permission.UNIT_EDIT)}
    return render(request, "people/unit_list.html", context)


def _node(unit: Unit, on: date, below: list[dict[str, Any]]) -> dict[str, Any]:
    now, other = _codes(unit, on)
    earlier = [row for row in other if is_over(row, on, fields=VALID)]
    ended = is_over(unit, on, fields=VALID)
    return {"unit": unit, "codes": now, "earlier": earlier, "ended": ended, "below": below}


@needs(Permission.RESPONSE_VIEW)
def unit_detail(request: Request, key: int) -> HttpResponse:
    """One unit: codes with their days, who holds which role, and what lies below.

    For: as above. Addresses are shown to those who give and end roles. No pupil is named.
    """
    user, on = request.user, timezone.localdate()
    unit = unit_or_404(user, key)
    may_give = may(user, Permission.ROLE_EDIT, unit)
    roles = (
        RoleAssignment.objects.within(unit).filter(not_over(on), unit=unit, user__is_active=True).select_related("user")
    )
    rows = [row for row in roles if row.role in ROLES]
    rows.sort(key=lambda row: (str(ROLES[row.role].name), alphabetical(row.user.name)))
    above = unit.parent if unit.parent_id and visible(user).filter(pk=unit.parent_id).exists() else None
    context = {
        "unit": unit,
        "above": above,
        "codes": _codes(unit, on),
        "roles": [{"row": row, "name": ROLES[row.role].name, "is_own": row.user_id == user.pk} for row in rows],
        "may_read_log": may(user, Permission.AUDIT_VIEW, unit),
        "may_give": may_give and any(unit.kind in role.kinds for role in ROLES.values()),
        # Earlier years' classes bear the same names; their results are found under the waves.
        "below": in_name_order(visible(user).filter(not_over(on, fields=VALID), parent=unit)),
        "trail": to_unit(above) if above else to_units(),
    }
    return render(request, "people/unit_detail.html", context)
