"""Lists from outside: choose a file, see what is wrong or what it would change, say yes or no."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from kfl.core.lists import CannotTakeBack, TakeBackFirst, WrongFile, failed, waiting

from ..forms import RosterForm
from ..models import ImportedRoster, User
from ..requests import Request
from ..roles import Permission
from ..rosters import (
    DoubtsNotAnswered,
    ListKind,
    RosterHasChanged,
    RosterIsUndecided,
    TwinAnswer,
    import_roster,
    plan_of,
    read_roster,
)
from ..rosters.list_descriptions import described
from ..rosters.undoing import take_back_roster, undoable
from ..scopes import get_visible_or_404, has_permission, needs
from ..trails import to_rosters, to_units

MOST_PROBLEMS = 5  # told at once of an answer that does not fit
MOST_TWINS = 100


def _kinds(user: User) -> list[ListKind]:
    """Giving roles takes another permission than the other lists."""
    may_give_roles = has_permission(user, Permission.ROLE_EDIT)
    return [kind for kind in ListKind if kind is not ListKind.STAFF or may_give_roles]


@needs(Permission.UNIT_EDIT)
@never_cache
def upload(request: Request) -> HttpResponse:
    """Choose a list; it is checked at once. For: the secretariat. An invented county takes none."""
    if settings.KFL_DEMO:
        return render(request, "people/roster_upload.html", {"is_demo": True, "trail": to_units()})
    user = request.user
    kinds = _kinds(user)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = RosterForm(*sent, kinds=kinds)
    context: dict[str, Any] = {"form": form, "trail": to_units(), "lists": [described(kind) for kind in kinds]}
    context["imported"] = [(row, ListKind(row.kind).label) for row in undoable(user, kinds)]
    if request.method == "POST" and form.is_valid():
        kind, file = ListKind(form.cleaned_data["kind"]), form.cleaned_data["file"]
        content, name = file.read(), str(file.name)
        try:
            plan_of(content, kind, by=user, on=timezone.localdate(), name=name)
        except WrongFile as error:
            context |= {"error": error, "file_name": name}
            if failed.has_rows(error):
                token = waiting.keep(request, content, name, kind=kind.value)
                context["failed_url"] = reverse("people:roster-failed", kwargs={"token": token})
            return render(request, "people/roster_upload.html", context)
        token = waiting.keep(request, content, name, kind=kind.value)
        return redirect("people:roster-preview", token=token)
    return render(request, "people/roster_upload.html", context)


def _waiting(request: Request, token: str) -> tuple[waiting.WaitingList, ListKind]:
    """The list that waits; raises `NothingWaits` too where it is of a kind that this reader may not bring."""
    there = waiting.waiting_list(request, token)
    kind = there.about.get("kind")
    if kind not in {one.value for one in _kinds(request.user)}:
        raise waiting.NothingWaits(token)
    return there, ListKind(kind)


@needs(Permission.UNIT_EDIT)
@never_cache
def failed_rows(request: Request, token: str) -> HttpResponse:
    """The rows that something is wrong with, as a workbook. For: the one who chose the file, in the same browser."""
    try:
        there, kind = _waiting(request, token)
        table = read_roster(there.content, kind, name=there.name)
        plan_of(there.content, kind, by=request.user, on=timezone.localdate(), name=there.name)
    except waiting.NothingWaits as error:
        raise Http404 from error
    except WrongFile as error:
        return failed.as_workbook(table, error)
    raise Http404  # nothing is wrong with it


@needs(Permission.UNIT_EDIT)
@never_cache
def preview(request: Request, token: str) -> HttpResponse:
    """What the list would change; POST says yes or no. For: the one who chose the file, in the same browser."""
    user, on = request.user, timezone.localdate()
    try:
        there, kind = _waiting(request, token)
    except waiting.NothingWaits:
        messages.warning(request, _("Lista ligger ikke lenger klar. Velg fila på nytt."))
        return redirect("people:roster-upload")
    answer = _answer(there.about.get("answer"))
    if request.method == "POST" and "answer" in request.POST:
        waiting.remember(request, answer=request.POST["answer"])
        return redirect("people:roster-preview", token=token)
    if request.method == "POST" and "confirm" not in request.POST:
        waiting.put_away(request)
        messages.info(request, _("Lista er lagt bort. Ingenting er endret."))
        return redirect("people:roster-upload")
    try:
        if request.method == "POST":
            seen = request.POST.get("seen", "")
            right = "doubts_are_right" in request.POST
            import_roster(
                there.content, kind, by=user, on=on, seen=seen, answer=answer, doubts_are_right=right, name=there.name
            )
            waiting.put_away(request)
            messages.success(request, _("Lista er lagt inn. Den kan tas tilbake i 14 dager, der du velger lister."))
            return redirect("people:unit-list")
        plan = plan_of(there.content, kind, by=user, on=on, answer=answer, name=there.name)
    except (RosterHasChanged, RosterIsUndecided, DoubtsNotAnswered) as changed:
        messages.warning(request, str(changed))
        return redirect("people:roster-preview", token=token)
    except WrongFile as error:
        if answer is not None:  # it is the answer that does not fit: said by row, and asked anew
            waiting.remember(request, answer="")
            for problem in error.problems[:MOST_PROBLEMS]:
                messages.warning(request, _("Rad {row}: {reason}").format(row=problem.row, reason=problem.reason))
            return redirect("people:roster-preview", token=token)
        waiting.put_away(request)
        messages.warning(request, _("Noe er endret i portalen, så lista passer ikke lenger. Velg fila på nytt."))
        return redirect("people:roster-upload")
    context = {
        "plan": plan,
        "lead": f"{kind.label} · {there.name}",
        "twins": plan.twins[:MOST_TWINS],
        "more_twins": max(0, len(plan.twins) - MOST_TWINS),
        "trail": to_rosters(),
    }
    return render(request, "people/roster_preview.html", context)


@needs(Permission.UNIT_EDIT)
@never_cache
def undo(request: Request, key: int) -> HttpResponse:
    """Ask whether a list is to be taken back; POST does it. For: the one who put it in."""
    user = request.user
    imported = get_visible_or_404(ImportedRoster, user, Permission.UNIT_EDIT, pk=key)
    if imported not in undoable(user, _kinds(user)):
        raise Http404
    if request.method == "POST":
        try:
            take_back_roster(imported=imported, by=user)
        except CannotTakeBack as refused:
            messages.warning(request, _refused(refused, user))
        else:
            messages.success(request, _("Lista er tatt tilbake. Alt den endret, er som før."))
        return redirect("people:roster-upload")
    context = {
        "imported": imported,
        "label": ListKind(imported.kind).label,
        "trail": to_rosters(),
    }
    return render(request, "people/roster_undo.html", context)


def _refused(refused: CannotTakeBack, user: User) -> str:
    """Why not; where a later list of one's own must go first, with a link to it."""
    if isinstance(refused, TakeBackFirst) and refused.later in undoable(user, _kinds(user)):
        there = reverse("people:roster-undo", kwargs={"key": refused.later.pk})
        return format_html('{} <a class="ds-link" href="{}">{}</a>', str(refused), there, _("Ta tilbake den"))
    return str(refused)


def _answer(given: object) -> TwinAnswer | None:
    return TwinAnswer(str(given)) if given in set(TwinAnswer) else None
