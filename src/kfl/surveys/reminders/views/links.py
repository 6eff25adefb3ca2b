"""Links by mail: the one round to all staff and leaders, and asking for one's own again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from kfl.people.requests import reader
from kfl.people.roles import Permission
from kfl.people.scopes import needs, signed_in

from ... import actions
from ...lookups import own_wave_for
from ...models import Code, Reminder, RoundKind
from ...trails import to_wave
from ...waves import windows
from ...waves.now import now_of
from ...waves.states import Act
from ..actions.links import reasons_not_to_send_links
from ..links import BY_MAIL, codes_for_paper, codes_to_send
from ..mails import link_mail
from ..outgoing_rounds import rules_of
from .rounds import LANGUAGES, round_of

NO_LINK = "…"  # stands in the preview, where the link will be
PAUSE_S = 15 * 60  # between two mails that one person asks for


@needs(Permission.WAVE_EDIT)
@never_cache
def links(request: HttpRequest, slug: str) -> HttpResponse:
    """The mail as it will be, to how many it goes and who must have paper; POST sends it. For: those who set up waves.

    No link is shown, and no name.
    """
    wave = own_wave_for(Act.FOLLOW, request, slug)
    now = timezone.now()
    if request.method == "POST":
        try:
            actions.order_links(wave=wave, portal=request.build_absolute_uri("/"), by=reader(request))
        except actions.CannotSend as problem:
            messages.error(request, str(problem))
        else:
            messages.success(request, _("Lenkene er på vei."))
        return redirect("surveys:links", slug=slug)
    preview = Reminder(wave=wave, kind=RoundKind.LINKS, number=1, portal=request.build_absolute_uri("/"))
    hours = rules_of(preview).hours
    takes = windows.is_taking(wave, now, "node__unit")
    context = {
        "wave": wave,
        "reason": reasons_not_to_send_links(wave=wave, at=now),
        "receivers": codes_to_send(wave).filter(takes).count(),
        "on_paper": codes_for_paper(wave).filter(takes).count(),
        "next": hours.next_allowed(now),
        "is_quiet": hours.next_allowed(now) > now,
        "previews": [_preview(preview, code, name) for code, name in LANGUAGES.items()],
        "late": windows.running(wave),
        "rounds": [round_of(one) for one in wave.reminders.filter(kind=RoundKind.LINKS)],
        "trail": to_wave(wave),
    }
    return render(request, "surveys/links.html", context)


def _preview(round_: Reminder, language: str, name: str) -> dict[str, Any]:
    informant = next((one for one in BY_MAIL if round_.wave.forms.filter(informant=one).exists()), min(BY_MAIL))
    mail = link_mail(round_, informant, NO_LINK, language, now_of(round_.wave).closes_at)
    return {"code": language, "name": name, "subject": mail.subject, "text": mail.text}


@signed_in(why="everybody may ask for their own link, which goes to their own address")
@never_cache
def own_links(request: HttpRequest) -> HttpResponse:
    """The open waves that ask the reader; POST sends that one's link to the reader's own address. It is not shown."""
    user = reader(request)
    codes = Code.objects.within(user, by="holder").filter(form__informant__in=BY_MAIL)
    rows = codes.select_related("wave__unit", "form", "node__unit").order_by("pk")
    mine = [code for code in rows if now_of(code.wave, code.node.unit).may(Act.HAND_OUT)]
    if request.method == "POST":
        code = next((code for code in mine if str(code.pk) == request.POST.get("code")), None)
        if code is None:
            raise Http404
        _send_own(request, code)
        return redirect("surveys:own-links")
    return render(request, "surveys/own_links.html", {"codes": mine, "email": user.email})


def _send_own(request: HttpRequest, code: Code) -> None:
    if not cache.add(f"own-link-{code.pk}", 1, PAUSE_S):
        messages.error(request, _("Lenken ble sendt for litt siden. Se i innboksen, også blant søppelposten."))
        return
    try:
        actions.send_link_anew(code=code, portal=request.build_absolute_uri("/"), by=reader(request))
    except actions.CannotSend as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("Lenken er på vei til {email}.").format(email=reader(request).email))
