"""Giving and ending a role."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from .. import actions, scopes
from ..audit import history_of
from ..audit_reading import LineTold
from ..forms import EndRoleForm, RoleForm
from ..models import RoleAssignment, Unit, User
from ..requests import Request
from ..roles import ROLES, Permission
from ..scopes import get_visible_or_404, needs
from ..trails import to_unit
from .log import shown


def _page(
    request: Request, unit: Unit, form: Any, heading: str, submit: str, history: list[LineTold] | None = None
) -> HttpResponse:
    cancel = reverse("people:unit-detail", kwargs={"key": unit.pk})
    context = {
        "form": form,
        "heading": heading,
        "submit": submit,
        "cancel": cancel,
        "trail": to_unit(unit),
        "days": shown(history or []),
    }
    return render(request, "people/role_form.html", context)


@needs(Permission.ROLE_EDIT)
def role_give(request: Request, key: int) -> HttpResponse:
    """Give somebody a role at a unit; who has no account gets one. For: the secretariat."""
    user = request.user
    unit: Unit = get_visible_or_404(Unit, user, Permission.ROLE_EDIT, pk=key)
    if not any(unit.kind in role.kinds for role in ROLES.values()):
        raise Http404
    form = RoleForm(
        request.POST if request.method == "POST" else None,
        unit=unit,
        by=user,
        initial={"from_on": timezone.localdate()},
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        holder = form.user
        if holder is None:
            new = User(username=given["email"], email=given["email"], name=given["name"])
            holder = actions.add_users(users=[new], by=user)[0]
        actions.give_roles(roles=[(holder, given["role"], unit, given["from_on"], given["to_on"])], by=user)
        words = _("{name} ({email}) har fått rollen {role} ved {unit}.")
        said = words.format(name=holder.name, email=holder.email, role=ROLES[given["role"]].name, unit=unit.name)
        messages.success(request, said)
        rows = RoleAssignment.objects.within(holder).select_related("unit")
        if scopes.loses_at(rows, Permission.ADULT_CODES_PRINT, unit, on=timezone.localdate()):
            words = _(
                "{name} leser resultatene her, eller har gjort det, og får bare elevenes og barnas lapper. Brevene til "
                "de voksne må en annen ved kontoret skrive ut, eller sekretariatet."
            )
            messages.warning(request, words.format(name=holder.name))
        return redirect("people:unit-detail", key=key)
    return _page(request, unit, form, _("Gi en rolle ved {unit}").format(unit=unit.name), _("Gi rollen"))


@needs(Permission.ROLE_EDIT)
def role_end(request: Request, key: int, assignment: int) -> HttpResponse:
    """Say which day is the last of a role. For: the secretariat; never one's own role, so that nobody is locked out."""
    user = request.user
    row: RoleAssignment = get_visible_or_404(RoleAssignment, user, Permission.ROLE_EDIT, pk=assignment, unit_id=key)
    if row.user_id == user.pk or row.role not in ROLES:
        raise Http404
    form = EndRoleForm(
        request.POST if request.method == "POST" else None, assignment=row, initial={"to_on": timezone.localdate()}
    )
    if request.method == "POST" and form.is_valid():
        actions.end_role(assignment=row, to_on=form.cleaned_data["to_on"], by=user)
        messages.success(request, _("Rollen er avsluttet for {name}.").format(name=row.user.name))
        return redirect("people:unit-detail", key=key)
    heading = _("Avslutt rollen {role} for {name}").format(role=ROLES[row.role].name, name=row.user.name)
    return _page(request, row.unit, form, heading, _("Avslutt rollen"), history_of(row, reader=user))
