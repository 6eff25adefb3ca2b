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


def _given(request: Request, form: RoleForm) -> bool:
    """Give what a form says, and tell what was done; False where the form tells why not."""
    given, unit, holder = form.cleaned_data, form.unit, form.user
    if holder is None:
        new = User(username=given["email"], email=given["email"], name=given["name"])
        holder = actions.add_users(users=[new], by=request.user)[0]
    first, last = given["from_on"], given["to_on"]
    try:
        actions.give_roles(roles=[(holder, given["role"], unit, first, last)], by=request.user)
    except actions.RoleIsHeld as problem:
        if (problem.held.from_on, problem.held.to_on) != (first, last):
            form.add_error("role", str(problem))
            return False
        messages.info(request, str(problem))  # sent twice, or by two: it is there as it was asked for
        return True
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
    return True


@needs(Permission.ROLE_EDIT)
def role_give(request: Request, key: int) -> HttpResponse:
    """Give somebody a role at a unit; who has no account gets one. For: the secretariat."""
    user = request.user
    unit: Unit = get_visible_or_404(Unit, user, Permission.ROLE_EDIT, pk=key)
    if not any(unit.kind in role.kinds for role in ROLES.values()):
        raise Http404
    sent = request.POST if request.method == "POST" else None
    form = RoleForm(sent, unit=unit, by=user, initial={"from_on": timezone.localdate()})
    if sent is not None and form.is_valid():
        try:
            gives = _given(request, form)
        except actions.AddressTaken:  # somebody has made the account meanwhile; then the form asks whose it is
            form = RoleForm(sent, unit=unit, by=user)
            gives = form.is_valid() and _given(request, form)
        if gives:
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
        try:
            actions.end_role(assignment=row, to_on=form.cleaned_data["to_on"], by=user)
        except actions.RoleIsHeld as problem:
            form.add_error("to_on", str(problem))
        else:
            messages.success(request, _("Rollen er avsluttet for {name}.").format(name=row.user.name))
            return redirect("people:unit-detail", key=key)
    heading = _("Avslutt rollen {role} for {name}").format(role=ROLES[row.role].name, name=row.user.name)
    return _page(request, row.unit, form, heading, _("Avslutt rollen"), history_of(row, reader=user))
