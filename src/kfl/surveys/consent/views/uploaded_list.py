"""A list of what the parents have said: choose a file, see what is wrong or what it would change, say yes or no."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.cache import never_cache

from kfl.core.lists import CannotTakeBack, WrongFile, failed, one_at_a_time, waiting
from kfl.people.models import Unit
from kfl.people.requests import reader
from kfl.people.roles import Permission
from kfl.people.scopes import needs

from ...lookups import first_step
from ...models import ConsentMode, Wave
from ...store import NotErased
from ...waves.membership import pupils_at
from .. import undoing
from ..form_fields import Wanted
from ..forms import ListForm
from ..uploaded_list import CHOICES, COLUMNS, ConsentPlan, plan_of, read_consents
from .pupils import carry_out, found, words_of_lifted

_NOT_AGREED_TO = _lazy("Noen er reservert, og blir det ikke lenger. Se gjennom dem, og kryss av for at det er riktig.")


class _HasChanged(RuntimeError):
    """Somebody has written consents since the list was shown."""


class _NotAgreedTo(RuntimeError):
    """The list lifts reservations, and nobody has said that this is right."""


@needs(Permission.CONSENT_EDIT)
@never_cache
def consent_list(request: HttpRequest, slug: str, key: int) -> HttpResponse:
    """A list for a class or a school. For: its teachers and head. Nothing changes before somebody says yes.

    The list waits in the meantime; `?feil=` gives the rows of it that something is wrong with.
    """
    wave, unit = found(request, slug, key)
    back = reverse("surveys:consent", kwargs={"slug": slug, "key": key})
    context: dict[str, Any] = {
        "wave": wave, "unit": unit, "back": back, "is_demo": settings.KFL_DEMO, "columns": COLUMNS,
        "choices": CHOICES[ConsentMode(wave.consent_mode)],
        "trail": [*first_step(request), (_("Samtykke"), back)],
    }  # fmt: skip
    if settings.KFL_DEMO:
        return render(request, "surveys/consent_list.html", context)
    if "feil" in request.GET:
        return _failed(request, wave, unit)
    if request.method == "POST" and "take_back" in request.POST:
        return _taken_back(request, wave, unit, back)
    if request.method == "POST" and "seen" in request.POST:
        return _answered(request, wave, unit, context)
    form = ListForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    mine = undoing.undoable(reader(request), wave, unit)
    context |= {"form": form, "imported": [(one, undoing.lifted_by_taking_back(one)) for one in mine]}
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        content, name = file.read(), str(file.name)
        try:
            plan = plan_of(content, wave, unit, by=reader(request), name=name)
        except WrongFile as error:
            context |= {"error": error, "file_name": name}
            if failed.has_rows(error):
                context["failed_url"] = f"?feil={_keep(request, content, name, wave, unit)}"
        else:
            lifted = [change.pupil.pk for change in plan.lifted]
            return _preview(request, _keep(request, content, name, wave, unit, lifted), name, plan, context)
    return render(request, "surveys/consent_list.html", context)


def _keep(request: HttpRequest, content: bytes, name: str, wave: Wave, unit: Unit, lifted: Sequence[int] = ()) -> str:
    return waiting.keep(request, content, name, wave=wave.slug, unit=unit.pk, lifted=list(lifted))


def _waiting(request: HttpRequest, token: str, wave: Wave, unit: Unit) -> waiting.WaitingList:
    """The list of this token, where it was chosen for this wave and unit."""
    there = waiting.waiting_list(request, token)
    if (there.about.get("wave"), there.about.get("unit")) != (wave.slug, unit.pk):
        raise waiting.NothingWaits(token)
    return there


def _preview(request: HttpRequest, token: str, name: str, plan: ConsentPlan, context: dict[str, Any]) -> HttpResponse:
    wave: Wave = context["wave"]
    more = {
        "plan": plan,
        "token": token,
        "lead": _("Samtykke fra en liste – {unit} · {file}").format(unit=context["unit"].name, file=name),
        "ending": plan.ending(wave) if wave.is_under_way else [],
    }
    return render(request, "surveys/consent_list_preview.html", {**context, **more})


def _taken_back(request: HttpRequest, wave: Wave, unit: Unit, back: str) -> HttpResponse:
    """Take back a list of one's own; what one sees is asked for again, so nothing of another's is met."""
    mine = undoing.undoable(reader(request), wave, unit)
    imported = next((one for one in mine if str(one.pk) == request.POST["take_back"]), None)
    if imported is None:
        raise Http404
    lifted = undoing.lifted_by_taking_back(imported)
    if lifted and "doubts_are_right" not in request.POST:
        messages.warning(request, _NOT_AGREED_TO)
        return redirect("surveys:consent-list", slug=wave.slug, key=unit.pk)
    try:
        undoing.take_back_consents(imported=imported, by=reader(request))
    except (CannotTakeBack, NotErased) as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, _("Lista er tatt tilbake. Alt den endret, er som før."))
        if lifted:
            messages.warning(request, words_of_lifted(lifted))
    return redirect(back)


def _failed(request: HttpRequest, wave: Wave, unit: Unit) -> HttpResponse:
    try:
        there = _waiting(request, request.GET["feil"], wave, unit)
        table = read_consents(there.content, there.name)
        plan_of(there.content, wave, unit, by=reader(request), name=there.name)
    except WrongFile as error:
        return failed.as_workbook(table, error)
    except waiting.NothingWaits:
        messages.warning(request, _("Lista ligger ikke lenger klar. Velg fila på nytt."))
    return redirect("surveys:consent-list", slug=wave.slug, key=unit.pk)


def _answered(request: HttpRequest, wave: Wave, unit: Unit, context: dict[str, Any]) -> HttpResponse:
    """Yes, when the list still would do what was shown; or no."""
    again = redirect("surveys:consent-list", slug=wave.slug, key=unit.pk)
    try:
        there = _waiting(request, request.POST.get("token", ""), wave, unit)
    except waiting.NothingWaits:
        messages.warning(request, _("Lista ligger ikke lenger klar. Velg fila på nytt."))
        return again
    if "confirm" not in request.POST:
        waiting.put_away(request)
        messages.info(request, _("Lista er lagt bort. Ingenting er endret."))
        return redirect(context["back"])

    def choose() -> Wanted:
        one_at_a_time()
        plan = plan_of(there.content, wave, unit, by=reader(request), name=there.name)
        if plan.digest != request.POST["seen"]:
            raise _HasChanged
        if plan.doubts and "doubts_are_right" not in request.POST:
            raise _NotAgreedTo
        undoing.keep(plan=plan, wave=wave, unit=unit, name=there.name, by=reader(request))
        return Wanted(by_state=plan.by_state)

    try:
        carry_out(request, wave, pupils_at(wave, unit), choose)
    except (_HasChanged, _NotAgreedTo) as refused:
        changed = _("Noe er endret i portalen siden lista ble kontrollert. Se gjennom på nytt.")
        messages.warning(request, changed if isinstance(refused, _HasChanged) else _NOT_AGREED_TO)
        lifted_before = there.about["lifted"]
        plan = plan_of(there.content, wave, unit, by=reader(request), name=there.name, lifted_before=lifted_before)
        return _preview(request, there.token, there.name, plan, context)
    except WrongFile:
        waiting.put_away(request)
        messages.warning(request, _("Noe er endret i portalen, så lista passer ikke lenger. Velg fila på nytt."))
        return again
    waiting.put_away(request)
    return redirect(context["back"])
