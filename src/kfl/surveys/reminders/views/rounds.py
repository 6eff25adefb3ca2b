"""Reminders: what will be sent to whom and when, the rounds so far, and the way out for whoever wants none."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from kfl.core import stale
from kfl.core.mail.outbox import progress
from kfl.core.mail.refusals import address_of_token, has_refused
from kfl.people.requests import reader
from kfl.people.roles import Permission
from kfl.people.scopes import needs, open_to_all

from ... import actions
from ...lookups import own_wave_for
from ...models import Reminder, ReminderRules, RoundKind, Wave
from ...trails import to_wave
from ...waves import windows
from ...waves.now import now_of
from ...waves.states import Act
from .. import outgoing_rounds, receivers
from ..actions.rounds import reasons_not_to_remind
from ..forms import RulesForm
from ..mails import TOPIC, letter_to

LANGUAGES = {"nb": "Bokmål", "nn": "Nynorsk", "en": "English"}
NOBODY = "ola@example.no"  # stands in the preview


def _rules(wave: Wave) -> ReminderRules:
    found = ReminderRules.objects.within(wave)
    return found.first() or ReminderRules(wave=wave)


@needs(Permission.WAVE_EDIT)
@never_cache
def reminders(request: HttpRequest, slug: str) -> HttpResponse:
    """The mail as it will be, how many get it and when; POST sends it. For: those who set up waves."""
    wave = own_wave_for(Act.FOLLOW, request, slug)
    now = timezone.now()
    if request.method == "POST":
        try:
            actions.order_reminder(wave=wave, portal=request.build_absolute_uri("/"), by=reader(request))
        except actions.CannotRemind as problem:
            messages.error(request, str(problem))
        else:
            messages.success(request, _("Påminnelsen er bestilt."))
        return redirect("surveys:reminders", slug=slug)
    rules = _rules(wave)
    before = wave.reminders.filter(kind=RoundKind.REMINDER)
    preview = Reminder(wave=wave, number=before.count() + 1, portal=request.build_absolute_uri("/"))
    context = {
        "wave": wave,
        "rules": rules,
        "reason": reasons_not_to_remind(wave=wave, at=now),
        "receivers": len(receivers.receivers_of(wave, now)),
        "next": rules.hours.next_allowed(now),
        "is_quiet": rules.hours.next_allowed(now) > now,
        "left": max(0, rules.most - before.count()),
        "previews": [_preview(preview, code, name) for code, name in LANGUAGES.items()],
        "late": windows.running(wave),
        "rounds": [round_of(one) for one in before],
        "trail": to_wave(wave),
    }
    return render(request, "surveys/reminders.html", context)


def _preview(reminder: Reminder, code: str, name: str) -> dict[str, Any]:
    mail = letter_to(reminder, NOBODY, code, now_of(reminder.wave).closes_at)
    return {"code": code, "name": name, "subject": mail.subject, "text": mail.text}


def round_of(reminder: Reminder) -> dict[str, Any]:
    """What became of a round, in numbers."""
    done, waiting = progress(outgoing_rounds.batch_of(reminder))
    return {
        "reminder": reminder,
        "done": done,
        "waiting": waiting,
        "numbers": [(fate.label, getattr(reminder, fate.value)) for fate in outgoing_rounds.FATES],
    }


@needs(Permission.WAVE_EDIT)
def rules(request: HttpRequest, slug: str) -> HttpResponse:
    """Quiet hours and how many rounds. For: those who set up waves."""
    wave = own_wave_for(Act.WRITE_LETTER, request, slug)
    form = RulesForm(request.POST or None, initial=RulesForm.of(_rules(wave)))
    if request.method == "POST" and form.is_valid():
        actions.set_reminder_rules(wave=wave, by=reader(request), **form.cleaned_data)
        stale.tell(request, form)
        return redirect("surveys:reminders" if wave.is_under_way else "surveys:wave-detail", slug=slug)
    cancel = reverse("surveys:wave-detail", kwargs={"slug": slug})
    context = {"form": form, "heading": _("Når påminnelser kan sendes"), "cancel": cancel, "trail": to_wave(wave)}
    return render(request, "surveys/wave_form.html", context)


@open_to_all(why="whoever gets a mail can say no without an account")
@never_cache
@csrf_exempt  # the signed address is the proof, and mail programs send no form token (RFC 8058)
def out(request: HttpRequest, token: str) -> HttpResponse:
    """Say no to reminders, and yes again. The address is never shown, nor is it in the link."""
    hashed = address_of_token(TOPIC, token)
    if hashed is None:
        raise Http404
    if request.method == "POST":
        if "again" in request.POST:
            actions.opt_in(address_hash=hashed, by=None)
        elif not has_refused(TOPIC, hashed):
            actions.opt_out(address_hash=hashed, by=None)
    context = {"is_out": has_refused(TOPIC, hashed), "is_answer": request.method == "POST"}
    return render(request, "surveys/reminders_out.html", context)
