"""What the parents have said: pupil by pupil, and the page that asks before answers are erased."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from kfl.core.alphabet import in_name_order
from kfl.core.templatetags.core import listed
from kfl.people.days import VALID, in_force
from kfl.people.models import Pupil, Unit
from kfl.people.requests import reader
from kfl.people.roles import PLACES, Permission
from kfl.people.same_names import pupils_told_apart
from kfl.people.scopes import get_visible_or_404, may, needs
from kfl.questionnaires.formats import CHILDREN

from ... import actions, store
from ...codes.rights import codes_for
from ...letters import to_parents
from ...lookups import asked_address, first_step, wave_for
from ...models import Code, ConsentMode, ConsentState, Wave
from ...store import NotErased
from ...waves import membership
from ...waves.states import Act
from .. import namesakes
from ..form_fields import Wanted, field_name, sent_of, wanted_of
from ..uploaded_list import CHOICES, states_of

MOST_NAMES = 10  # in one message


def found(request: HttpRequest, slug: str, key: int) -> tuple[Wave, Unit]:
    """The wave and the unit whose consents this reader may record; a rehearsal asks whom its wave will ask."""
    unit: Unit = get_visible_or_404(Unit, reader(request), Permission.CONSENT_EDIT, pk=key)
    wave = wave_for(Act.TAKE_CONSENT, slug, unit)
    if wave.is_rehearsal:
        raise Http404
    return wave, unit


@needs(Permission.CONSENT_EDIT)
@never_cache
def consent(request: HttpRequest, slug: str, key: int) -> HttpResponse:
    """Each pupil's state in a class; on the page of a school or municipality, what is right below it.

    POST writes what `ask` has asked about, or whether somebody is the one of that name who is reserved.

    For: the class's teachers, the head of the school and the office.
    """
    wave, unit = found(request, slug, key)
    pupils = membership.pupils_at(wave, unit) if unit.is_leaf_kind else []
    if request.method == "POST":
        if "is_same" in request.POST:
            _answer_namesake(request, wave, unit)
        else:
            carry_out(request, wave, pupils)
        return redirect("surveys:consent", slug=slug, key=key)
    states, names = states_of(wave, pupils), pupils_told_apart(pupils)
    away = membership.those_away(wave, unit, pupils)
    today = timezone.localdate()
    classes = Unit.objects.visible_to(reader(request), Permission.CONSENT_EDIT).filter(
        in_force(today, fields=VALID),  # last year's classes have the same names
        parent=unit,
        kind__in=PLACES,
    )
    context = {
        "wave": wave,
        "unit": unit,
        "is_demo": settings.KFL_DEMO,
        "is_active": wave.consent_mode == ConsentMode.ACTIVE,
        "rows": [
            {
                "field": field_name(pupil, states[pupil.pk]),
                "name": names[pupil.pk],
                "state": states[pupil.pk],
                "is_away": pupil.pk in away,
            }
            for pupil in pupils
        ],
        "choices": CHOICES[ConsentMode(wave.consent_mode)],
        "classes": in_name_order(classes),
        "namesakes": _namesakes(request, wave, unit),
        "unprintable": to_parents.unprintable_in(wave, to_parents.place_of(unit), asked_address(request, wave)),
        "unknown": sum(1 for state in states.values() if state is ConsentState.NOT_INFORMED),
        "trail": first_step(request),
    }
    return render(request, "surveys/consent.html", context)


def _namesakes(request: HttpRequest, wave: Wave, unit: Unit) -> list[dict[str, object]]:
    """Who must be told from somebody who is reserved: of the other, where and when born to whoever may know it."""
    user = reader(request)
    rows: list[dict[str, object]] = []
    for one in namesakes.questions(wave, unit.path):
        place = one.other_group
        known = place is not None and may(user, Permission.CONSENT_EDIT, place)
        rows.append({
            "pupil": one.pupil,
            "group": one.group,
            "other": one.other,
            "other_group": place if known else None,
            "other_born": one.other.birth_year if known else None,
        })  # fmt: skip
    return rows


def _answer_namesake(request: HttpRequest, wave: Wave, unit: Unit) -> None:
    sent = (request.POST.get("pupil"), request.POST.get("other"))
    is_same = request.POST["is_same"]
    asked = namesakes.questions(wave, unit.path)
    found = next((one for one in asked if (str(one.pupil.pk), str(one.other.pk)) == sent), None)
    if found is None or is_same not in {"yes", "no"}:
        messages.warning(request, _("Dette er det svart på. Se over."))
        return
    actions.answer_namesake(
        wave=wave, pupil=found.pupil, other=found.other, is_same=is_same == "yes", by=reader(request)
    )
    if is_same == "yes":
        messages.success(request, _("Reservert: {names}.").format(names=found.pupil.name))
    elif wave.is_under_way:
        words = _("Lagret: to forskjellige. Du kan lage kode til {name} på siden «Mistet kode».")
        messages.success(request, words.format(name=found.pupil.name))
    else:
        messages.success(request, _("Lagret: to forskjellige."))


@needs(Permission.CONSENT_EDIT)
@require_POST
@never_cache
def ask(request: HttpRequest, slug: str, key: int) -> HttpResponse:
    """Where the form of the consent page goes: it asks before answers are erased, with the child's name.

    The question is the same whether anything was answered or not. For: as above.
    """
    wave, unit = found(request, slug, key)
    pupils = membership.pupils_at(wave, unit) if unit.is_leaf_kind else []
    states = states_of(wave, pupils)
    wanted = wanted_of(request.POST, pupils, states, _allowed(wave))
    ending = wanted.ending(wave, states) if wave.is_under_way else []
    if not ending:
        carry_out(request, wave, pupils)
        return redirect("surveys:consent", slug=slug, key=key)
    names = pupils_told_apart(pupils)
    back = reverse("surveys:consent", kwargs={"slug": slug, "key": key})
    context = {
        "wave": wave,
        "unit": unit,
        "names": [names[pupil.pk] for pupil in ending],
        "fields": _sent_again(request, wanted, states),
        "others": wanted.count - len(ending),
        "back": back,
        "trail": [*first_step(request), (_("Samtykke"), back)],
    }
    return render(request, "surveys/consent_ask.html", context)


def _allowed(wave: Wave) -> Sequence[ConsentState]:
    return CHOICES[ConsentMode(wave.consent_mode)]


def _sent_again(request: HttpRequest, wanted: Wanted, now: dict[int, ConsentState]) -> list[tuple[str, str]]:
    """The fields that change something, named for what the first page showed."""
    fields = []
    for state, chosen in wanted.by_state.items():
        for pupil in chosen:
            sent = sent_of(request.POST, pupil, now[pupil.pk])
            if sent is not None:
                fields.append((field_name(pupil, sent[0]), state.value))
    return fields


def carry_out(
    request: HttpRequest, wave: Wave, pupils: Sequence[Pupil], choose: Callable[[], Wanted] | None = None
) -> None:
    """Write what a form asks for, as far as it is about these pupils, and say what was done and what was not.

    `choose` says what is wanted where no form does, once nobody else can write.
    """
    try:
        with transaction.atomic(), store.erasing_last():
            rows = Wave.objects.within(wave)
            rows.select_for_update().get(pk=wave.pk)
            states = states_of(wave, list(pupils))
            wanted = choose() if choose else wanted_of(request.POST, pupils, states, _allowed(wave))
            without = membership.uncoded(wave, pupils) if wave.is_under_way else []
            # Reservations first, so that a yes in the same form is asked about where it has a reserved one's name.
            for state, chosen in sorted(wanted.by_state.items(), key=lambda one: one[0] is not ConsentState.RESERVED):
                actions.set_consent(wave=wave, pupils=chosen, state=state, by=reader(request))
    except NotErased as problem:
        messages.error(request, str(problem))
        return
    _tell(request, wave, pupils, wanted, wanted.lifted(states))
    if wave.is_under_way:
        _tell_of_new_slips(request, wave, without)


def _tell_of_new_slips(request: HttpRequest, wave: Wave, pupils: Sequence[Pupil]) -> None:
    """Of these, who had no code: whoever has one now needs a slip, also where one was printed before a reservation."""
    coded = {code.pupil_id for code in _own_codes(Code.objects.within(wave), wave, pupils)}
    mine = {code.pupil_id: code for code in _own_codes(codes_for(reader(request), wave), wave, pupils)}
    names = pupils_told_apart(pupils)
    fresh = [pupil for pupil in pupils if pupil.pk in coded]
    if len(fresh) > MOST_NAMES:
        messages.warning(request, _("Skriv ut nye lapper: {count} elever har fått ny kode.").format(count=len(fresh)))
        return
    for pupil in fresh:
        code = mine.get(pupil.pk)
        if code is None:
            words = _("{name} har fått ny kode, og trenger ny lapp av den som deler dem ut.")
            messages.warning(request, words.format(name=names[pupil.pk]))
            continue
        said = _("Skriv ut ny lapp til {name}.").format(name=names[pupil.pk])
        slip = reverse("surveys:slip", kwargs={"slug": wave.slug, "key": code.node.unit_id, "code": code.pk})
        messages.warning(request, format_html('<a class="ds-link" href="{}">{}</a>', slip, said))


def _own_codes(codes: QuerySet[Code], wave: Wave, pupils: Sequence[Pupil]) -> QuerySet[Code]:
    own: QuerySet[Code] = codes.filter(wave=wave, pupil__in=[one.pk for one in pupils], form__informant__in=CHILDREN)
    return own.select_related("node")


def words_of_lifted(names: Sequence[str]) -> str:
    """That reservations are lifted, with the name of every one: a no has become something else."""
    words = ngettext(
        "{count} reservasjon er opphevet: {names}.", "{count} reservasjoner er opphevet: {names}.", len(names)
    )
    return words.format(count=len(names), names=listed(names))


def _tell(request: HttpRequest, wave: Wave, pupils: Sequence[Pupil], wanted: Wanted, lifted: Sequence[Pupil]) -> None:
    names = pupils_told_apart(pupils)

    def named(some: Sequence[Pupil]) -> str:
        shown = [names[pupil.pk] for pupil in some[:MOST_NAMES]]
        more = len(some) - len(shown)
        return listed([*shown, _("{count} til").format(count=more)] if more else shown)

    words = ngettext("{count} endring er lagret.", "{count} endringer er lagret.", wanted.count)
    messages.success(request, words.format(count=wanted.count))
    if lifted:
        messages.warning(request, words_of_lifted([names[pupil.pk] for pupil in lifted]))
    if reserved := wanted.by_state.get(ConsentState.RESERVED):
        messages.success(request, _("Reservert: {names}.").format(names=named(reserved)))
    if wanted.kept or wanted.asked:
        words = _("Noen andre har endret samtykket mens du hadde siden åpen. Det de skrev, står: {names}. Se over.")
        messages.warning(request, words.format(names=named([*wanted.asked, *wanted.kept])))
    if wave.is_under_way:
        said_yes = [
            pupil for state, chosen in wanted.by_state.items() for pupil in chosen if membership.may_answer(wave, state)
        ]
        unclear = {one.pupil.pk for one in namesakes.questions(wave, pupils=[pupil.pk for pupil in said_yes])}
        if asked := [pupil for pupil in said_yes if pupil.pk in unclear]:
            words = _("Ingen kode til {names} ennå: noen med samme navn er reservert. Svar på spørsmålet øverst.")
            messages.warning(request, words.format(names=named(asked)))
        if without := [pupil for pupil in membership.uncoded(wave, said_yes) if not membership.has_place(wave, pupil)]:
            words = _("Ingen kode til {names}: de går ikke i en klasse eller på et trinn som er med.")
            messages.warning(request, words.format(names=named(without)))
