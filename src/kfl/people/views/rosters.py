"""Lists from outside: choose a file, see what is wrong or what it would change, say yes or no."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from kfl.core.files import waiting

from ..forms import RosterForm
from ..models import User
from ..requests import Request
from ..roles import Permission
from ..rosters import (
    Change,
    DoubtsNotAnswered,
    ListKind,
    Plan,
    RosterHasChanged,
    RosterIsUndecided,
    TwinAnswer,
    WrongRoster,
    import_roster,
    plan_of,
)
from ..rosters.columns import described
from ..scopes import has_permission, needs

IN_SESSION = "roster"  # the one list that waits for this reader: its name, kind and the file's own name
MOST_PROBLEMS = 5  # told at once of an answer that does not fit
MOST_LINES = 100  # of each sort of change


def _kinds(user: User) -> list[ListKind]:
    """Giving roles takes another permission than the other lists."""
    may_give_roles = has_permission(user, Permission.ROLE_EDIT)
    return [kind for kind in ListKind if kind is not ListKind.STAFF or may_give_roles]


def _trail() -> list[tuple[str, str]]:
    return [(_("Enheter"), reverse("people:unit-list"))]


@needs(Permission.UNIT_EDIT)
@never_cache
def upload(request: Request) -> HttpResponse:
    """Choose a list; it is checked at once. For: the secretariat. An invented county takes none."""
    waiting.sweep(timezone.now())
    if settings.KFL_DEMO:
        return render(request, "people/roster_upload.html", {"is_demo": True, "trail": _trail()})
    user = request.user
    kinds = _kinds(user)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = RosterForm(*sent, kinds=kinds)
    context: dict[str, Any] = {"form": form, "trail": _trail(), "lists": [described(kind) for kind in kinds]}
    if request.method == "POST" and form.is_valid():
        kind, file = ListKind(form.cleaned_data["kind"]), form.cleaned_data["file"]
        content = file.read()
        try:
            plan_of(content, kind, by=user, on=timezone.localdate())
        except WrongRoster as error:
            return render(request, "people/roster_upload.html", {**context, "error": error, "file_name": file.name})
        _put_away(request)
        token = waiting.keep(content)
        request.session[IN_SESSION] = {"token": token, "kind": kind.value, "name": str(file.name)[:100]}
        return redirect("people:roster-preview", token=token)
    return render(request, "people/roster_upload.html", context)


def _put_away(request: Request) -> None:
    there = request.session.pop(IN_SESSION, None)
    if there is not None:
        waiting.drop(there["token"])


@needs(Permission.UNIT_EDIT)
@never_cache
def preview(request: Request, token: str) -> HttpResponse:
    """What the list would change; POST says yes or no. For: the one who chose the file, in the same browser."""
    there = request.session.get(IN_SESSION)
    user = request.user
    try:
        if there is None or there["token"] != token or ListKind(there["kind"]) not in _kinds(user):
            raise waiting.NothingWaits(token)
        content = waiting.read(token, timezone.now())
    except waiting.NothingWaits:
        messages.warning(request, _("Lista ligger ikke lenger klar. Velg fila på nytt."))
        return redirect("people:roster-upload")
    kind, answer = ListKind(there["kind"]), _answer(there.get("answer"))
    if request.method == "POST" and "answer" in request.POST:
        request.session[IN_SESSION] = {**there, "answer": request.POST["answer"]}
        return redirect("people:roster-preview", token=token)
    if request.method == "POST" and "confirm" not in request.POST:
        _put_away(request)
        messages.info(request, _("Lista er lagt bort. Ingenting er endret."))
        return redirect("people:roster-upload")
    try:
        if request.method == "POST":
            seen = request.POST.get("seen", "")
            right = "doubts_are_right" in request.POST
            on = timezone.localdate()
            import_roster(content, kind, by=user, on=on, seen=seen, answer=answer, doubts_are_right=right)
            _put_away(request)
            messages.success(request, _("Lista er lagt inn."))
            return redirect("people:unit-list")
        plan = plan_of(content, kind, by=user, on=timezone.localdate(), answer=answer)
    except (RosterHasChanged, RosterIsUndecided, DoubtsNotAnswered) as changed:
        messages.warning(request, str(changed))
        return redirect("people:roster-preview", token=token)
    except WrongRoster as error:
        if answer is not None:  # it is the answer that does not fit: said by row, and asked anew
            request.session[IN_SESSION] = {**there, "answer": ""}
            for problem in error.problems[:MOST_PROBLEMS]:
                messages.warning(request, _("Rad {row}: {reason}").format(row=problem.row, reason=problem.reason))
            return redirect("people:roster-preview", token=token)
        _put_away(request)
        messages.warning(request, _("Noe er endret i portalen, så lista passer ikke lenger. Velg fila på nytt."))
        return redirect("people:roster-upload")
    context = {
        "plan": plan,
        "sorts": _sorts(plan),
        "twins": plan.twins[:MOST_LINES],
        "more_twins": max(0, len(plan.twins) - MOST_LINES),
        "file_name": there["name"],
        "trail": [*_trail(), (_("Legg inn en liste"), reverse("people:roster-upload"))],
    }
    return render(request, "people/roster_preview.html", context)


def _answer(given: object) -> TwinAnswer | None:
    return TwinAnswer(str(given)) if given in set(TwinAnswer) else None


def _sorts(plan: Plan) -> list[dict[str, Any]]:
    """The lines of the preview, gathered by what happens; what stays as it is is only counted."""
    counts = plan.counts
    return [
        {
            "change": change,
            "label": change.label,
            "count": counts[change],
            "lines": plan.of(change)[:MOST_LINES] if change is not Change.UNCHANGED else [],
            "left_out": max(0, counts[change] - MOST_LINES) if change is not Change.UNCHANGED else 0,
        }
        for change in Change
    ]
