"""Setting up waves: the board, the checklist, and the buttons that open, extend and close."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kfl.answers import load_counts
from kfl.core import offers, stale
from kfl.core.alphabet import in_name_order
from kfl.core.jobs import enqueue
from kfl.core.slugs import free_key, key_of
from kfl.people.kinds import Kind
from kfl.people.models import Unit
from kfl.people.requests import reader
from kfl.people.roles import Permission
from kfl.people.scopes import may, needs
from kfl.questionnaires import queries
from kfl.questionnaires.models import QuestionnaireVersion

from ... import actions, home, store
from ...counts import coverage
from ...letters import to_parents
from ...lookups import own_wave_for, own_wave_or_404
from ...models import Collection, ConsentMode, Wave
from ...trails import to_wave, to_waves
from .. import closing_itself, windows
from ..checklist import steps
from ..forms.setup import ExtendForm, FormsForm, NewWaveForm, UnitsForm, WindowForm
from ..invitations import Invitations
from ..now import Now, now_of
from ..readiness import reasons_not_to_open
from ..series import in_order
from ..states import Act, Stage

RESERVED = {"ny"}  # addresses beside the waves' own
USUAL_WINDOW = timedelta(weeks=5)


def _form_page(request: HttpRequest, form: Any, heading: str, wave: Wave | None) -> HttpResponse:
    cancel = reverse("surveys:wave-detail", kwargs={"slug": wave.slug}) if wave else reverse("surveys:wave-list")
    context = {"form": form, "heading": heading, "cancel": cancel, "trail": to_wave(wave) if wave else to_waves()}
    return render(request, "surveys/wave_form.html", context)


@needs(Permission.WAVE_EDIT)
def wave_list(request: HttpRequest) -> HttpResponse:
    """All waves, those under way first. For: the secretariat and researchers."""
    waves = list(Wave.objects.visible_to(reader(request), Permission.WAVE_EDIT).order_by(*in_order(newest_first=True)))
    rows = [_row(now_of(wave)) for wave in waves]
    done = [row for row in rows if row["now"].stage is Stage.RELEASED]
    context = {"under_way": [row for row in rows if row not in done], "done": done}
    return render(request, "surveys/wave_list.html", context)


def _row(now: Now) -> dict[str, Any]:
    line = home.pupils_line(coverage.of_unit(now.wave, now.wave.unit).pupils) if now.may(Act.FOLLOW) else ""
    return {"wave": now.wave, "now": now, "line": line}


@needs(Permission.WAVE_EDIT)
def wave_new(request: HttpRequest) -> HttpResponse:
    """Make a draft. For: the secretariat and researchers."""
    user = reader(request)
    waves = Wave.objects.visible_to(user, Permission.WAVE_EDIT)
    series = sorted(set(waves.values_list("series", flat=True)))
    opens = timezone.localtime() + timedelta(days=14)
    opens = opens.replace(hour=8, minute=0, second=0, microsecond=0)
    closes = (opens + USUAL_WINDOW).replace(hour=16)
    start = {"consent_mode": ConsentMode.PASSIVE, "opens_at": opens, "closes_at": closes}
    form = NewWaveForm(request.POST or None, series=series, initial=start)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        taken = set(Wave.objects.everywhere(why="whether: a name of a wave is taken").values_list("slug", flat=True))
        slug = free_key(key_of(given["name"], "kartlegging"), taken | RESERVED)
        wave = actions.create_wave(
            slug=slug, series=given["series"] or slug, unit=_county(request), draft=form.draft(), by=user
        )
        return redirect("surveys:wave-detail", slug=wave.slug)
    return _form_page(request, form, _("Sett opp en kartlegging"), None)


def _county(request: HttpRequest) -> Unit:
    counties = Unit.objects.visible_to(reader(request), Permission.WAVE_EDIT).filter(kind=Kind.COUNTY)
    county: Unit = counties.order_by("name")[0]
    return county


@needs(Permission.WAVE_EDIT)
def wave_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """A wave: as a draft its checklist, with what each choice promises; then the response. For: as above."""
    wave = own_wave_or_404(request, slug)
    now = now_of(wave)
    response = coverage.of_unit(wave, wave.unit) if now.may(Act.FOLLOW) else None
    context = {
        "wave": wave,
        "now": now,
        "is_draft": now.stage is Stage.DRAFT,
        "what_to_do": closing_itself.what_to_do(wave) if now.stage is Stage.OVER else "",
        "closes_itself_at": closing_itself.closes_itself_at(wave) if wave.is_under_way else None,
        "by_codes": wave.collection == Collection.CODES,
        "steps": steps(wave),
        "reasons": reasons_not_to_open(wave, timezone.now()) if now.may(Act.SET_UP) else [],
        "letter_lacks": to_parents.lacking(wave) if now.may(Act.SET_UP) else "",
        "response": response.lines if response else (),
        "late": windows.running(wave),
        "is_overdue": wave in to_parents.overdue(timezone.now()),
        "may_follow": may(reader(request), Permission.RESPONSE_VIEW, wave.unit),
        "rehearsed": _rehearsed(wave),
        "erasures": wave.erasure_requests.filter(done_on__isnull=True).count(),
        "forms": wave.forms.select_related("version__questionnaire"),
        "offers": offers.beside_one(reader(request), "surveys:wave-detail", offers.Slot("wave", slug)),
        "trail": to_waves(),
    }
    return render(request, "surveys/wave_detail.html", context)


def _rehearsed(wave: Wave) -> list[tuple[str, int]]:
    """How a rehearsal went, or goes; empty for any other wave, and where nobody counts."""
    if not wave.is_rehearsal:
        return []
    row = wave.rehearsal
    counted = load_counts.ask(store.answers_place()) if wave.is_under_way else row
    names = {
        "replies": _("svar fra tjeneren"),
        "most_at_once": _("flest på én gang"),
        "refused": _("bedt om å vente"),
        "slowest_ms": _("tregeste svar, ms"),
    }
    found = [(label, getattr(counted, name, None)) for name, label in names.items()]
    return [(label, number) for label, number in found if number is not None]


@needs(Permission.WAVE_EDIT)
def wave_edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Name, window and consent of a draft."""
    wave = own_wave_for(Act.SET_UP, request, slug)
    form = WindowForm(request.POST or None, initial=WindowForm.of(wave))
    if request.method == "POST" and form.is_valid():
        actions.edit_wave(wave=wave, draft=form.draft(), by=reader(request))
        stale.tell(request, form)
        return redirect("surveys:wave-detail", slug=slug)
    return _form_page(request, form, _("Navn, tid og samtykke"), wave)


@needs(Permission.WAVE_EDIT)
def wave_forms(request: HttpRequest, slug: str) -> HttpResponse:
    """Which questionnaires a draft is asked with."""
    wave = own_wave_for(Act.SET_UP, request, slug)
    versions = queries.newest_versions()
    start = {form.informant: str(form.version_id) for form in wave.forms.all()}
    form = FormsForm(request.POST or None, versions=_with_chosen(versions, wave), initial=start)
    if request.method == "POST" and form.is_valid():
        actions.set_forms(wave=wave, versions=form.chosen(), by=reader(request))
        stale.tell(request, form)
        return redirect("surveys:wave-detail", slug=slug)
    return _form_page(request, form, _("Hvem svarer, og på hva"), wave)


def _with_chosen(versions: list[QuestionnaireVersion], wave: Wave) -> list[QuestionnaireVersion]:
    """The newest versions, and those that the wave has already."""
    there = {version.pk for version in versions}
    chosen = [form.version for form in wave.forms.select_related("version__questionnaire")]
    return [*versions, *(version for version in chosen if version.pk not in there)]


@needs(Permission.WAVE_EDIT)
def wave_units(request: HttpRequest, slug: str) -> HttpResponse:
    """Which units take part in a draft."""
    wave = own_wave_for(Act.SET_UP, request, slug)
    units = in_name_order(
        Unit.objects.visible_to(reader(request), Permission.WAVE_EDIT).filter(
            path__startswith=wave.unit.path, kind__in=UnitsForm.kinds()
        )
    )
    start = {"units": [str(key) for key in wave.units.values_list("unit_id", flat=True)]}
    form = UnitsForm(request.POST or None, units=units, initial=start)
    if request.method == "POST" and form.is_valid():
        actions.set_units(wave=wave, units=form.chosen(), by=reader(request))
        stale.tell(request, form)
        return redirect("surveys:wave-detail", slug=slug)
    given = set(form["units"].value() or ())
    municipalities = [unit for unit in units if unit.kind == Kind.MUNICIPALITY]
    below = {
        unit.pk: [
            {"unit": one, "chosen": str(one.pk) in given}
            for one in units
            if one.kind in {Kind.SCHOOL, Kind.KINDERGARTEN} and one.path.startswith(unit.path)
        ]
        for unit in municipalities
    }
    rows = [
        {
            "unit": unit,
            "chosen": str(unit.pk) in given,
            "below": below[unit.pk],
            "is_shown": any(one["chosen"] for one in below[unit.pk]),
        }
        for unit in municipalities
    ]
    county = {"unit": wave.unit, "chosen": str(wave.unit_id) in given}
    context = {"form": form, "wave": wave, "rows": rows, "county": county, "trail": to_wave(wave)}
    return render(request, "surveys/wave_units.html", context)


@needs(Permission.WAVE_EDIT)
def wave_open(request: HttpRequest, slug: str) -> HttpResponse:
    """Say whom it would invite and where nobody is, and ask once more; then open a draft, as a job."""
    wave = own_wave_for(Act.SET_UP, request, slug)
    now = timezone.now()
    if reasons := reasons_not_to_open(wave, now):
        messages.error(request, " ".join(reasons))
        return redirect("surveys:wave-detail", slug=slug)
    if request.method != "POST":
        invitations = Invitations.of(wave, now)
        context = {
            "wave": wave,
            "counts": invitations.counts(),
            "nobody_at": invitations.places_with_nobody(),
            "asks_children": invitations.asks_children,
            "has_guests": any(invitations.guests.values()),
            "is_active": wave.consent_mode == ConsentMode.ACTIVE,
            "letter_lacks": to_parents.lacking(wave),
            "trail": to_wave(wave),
        }
        return render(request, "surveys/wave_open.html", context)
    url = reverse("surveys:wave-detail", kwargs={"slug": slug})
    job = enqueue("surveys.open", by=reader(request), then=url, wave=slug)
    return redirect("web:job", job.pk)


@needs(Permission.WAVE_EDIT)
def wave_extend(request: HttpRequest, slug: str) -> HttpResponse:
    """Give an open wave more time."""
    wave = own_wave_for(Act.EXTEND, request, slug)
    form = ExtendForm(request.POST or None, wave=wave)
    if request.method == "POST" and form.is_valid():
        try:
            actions.extend_wave(wave=wave, closes_at=form.cleaned_data["closes_at"], by=reader(request))
        except (to_parents.BeyondThePromise, actions.WindowOnlyGrows) as problem:
            form.add_error("closes_at", str(problem))
        else:
            messages.success(request, _("Kartleggingen er utvidet."))
            return redirect("surveys:wave-detail", slug=slug)
    return _form_page(request, form, _("Utvid tiden"), wave)


@needs(Permission.WAVE_EDIT)
def wave_close(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask once more; then close, as a job that goes on to the results."""
    wave = own_wave_for(Act.CLOSE, request, slug)
    times = closing_itself.times_of(wave)
    seen = stale.mark_of(times)
    if request.method == "POST" and stale.is_as_shown(request, times):
        url = reverse("surveys:wave-detail", kwargs={"slug": slug})
        job = enqueue("surveys.close", by=reader(request), then=url, wave=slug, seen=seen)
        return redirect("web:job", job.pk)
    response = coverage.of_unit(wave, wave.unit)
    late = [one for one in windows.running(wave) if one.closes_at > timezone.now()]
    context = {"wave": wave, "response": response.lines, "late": late, "trail": to_wave(wave)}
    context |= {"seen": seen, "is_stale": request.method == "POST", "from_file": wave.collection == Collection.IMPORT}
    return render(request, "surveys/wave_close.html", context)


@needs(Permission.WAVE_EDIT)
def wave_annul(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask once more; then take back a wave of answers from a file, before it closes. Others meet a 404."""
    wave = own_wave_for(Act.CLOSE, request, slug)
    if wave.collection != Collection.IMPORT:
        raise Http404
    if request.method == "POST":
        actions.annul_wave(wave=wave, by=reader(request))
        messages.success(request, _("«{wave}» er annullert, og ingenting er igjen av den.").format(wave=wave.name))
        return redirect("surveys:wave-list")
    return render(request, "surveys/wave_annul.html", {"wave": wave, "trail": to_wave(wave)})
