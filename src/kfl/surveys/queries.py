"""What one can ask about questionnaires and waves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils import timezone

from kfl.answers.codes import display
from kfl.core.text import TranslatedText
from kfl.disclosure import Thresholds
from kfl.people.models import Unit

from . import freezing, store
from . import tree as trees
from .code_names import labelled
from .formats import Answer, Informant
from .models import (
    Code,
    Collection,
    Favourable,
    QuestionnaireVersion,
    Wave,
    WaveForm,
    WaveNode,
    WaveState,
)
from .rosters import People, Roster, roster_of


@dataclass(frozen=True)
class FormItem:
    """An item as it was asked; `row` is its (first) row in the answers matrix, -1 for free text."""

    key: str
    text: TranslatedText
    row: int
    reversed: bool
    sensitive: bool
    counts_from_code: int | None
    answers: tuple[Answer, ...]


@dataclass(frozen=True)
class FormScale:
    """A scale as it was asked; `low` and `high` are the smallest and largest code of its items."""

    key: str
    name: TranslatedText
    description: TranslatedText
    favourable: Favourable
    digest: str
    low: int
    high: int
    items: tuple[FormItem, ...]

    @property
    def is_sensitive(self) -> bool:
        return any(item.sensitive for item in self.items)


def _form_items(form: WaveForm) -> list[tuple[FormScale | None, list[FormItem]]]:
    rows = {item.key: item.column for item in freezing.form_of(form.version, form.number).items}
    found: list[tuple[FormScale | None, list[FormItem]]] = []
    for scale, its_items in freezing.items_in_order(form.version):
        items = [
            FormItem(
                item.key, item.text, rows[item.key], item.reversed, item.sensitive, item.counts_from_code, item.answers
            )
            for item in its_items
        ]
        whole = None
        if scale is not None:
            codes = [answer.code for item in items for answer in item.answers]
            whole = FormScale(
                scale.key, scale.name, scale.description, Favourable(scale.favourable), scale.digest,
                min(codes), max(codes), tuple(items),
            )  # fmt: skip
        found.append((whole, items))
    return found


def form_scales(form: WaveForm) -> list[FormScale]:
    """The scales of a form in a wave, in the order they were asked."""
    return [scale for scale, _items in _form_items(form) if scale is not None]


def form_single_items(form: WaveForm) -> list[FormItem]:
    """The single questions of a form."""
    return [item for scale, items in _form_items(form) if scale is None for item in items]


def latest_version(key: str) -> QuestionnaireVersion:
    """The newest version of a questionnaire."""
    versions = QuestionnaireVersion.objects.everywhere(why="a questionnaire is not secret")
    found: QuestionnaireVersion = versions.filter(questionnaire__key=key).order_by("-number")[0]
    return found


def newest_versions() -> list[QuestionnaireVersion]:
    """The newest version of each questionnaire, by who answers and title."""
    versions = QuestionnaireVersion.objects.everywhere(why="questionnaires are not secret")
    newest: dict[int, QuestionnaireVersion] = {}
    for version in versions.select_related("questionnaire").order_by("number"):
        newest[version.questionnaire_id] = version
    return sorted(newest.values(), key=lambda version: (version.informant.number, str(version.questionnaire)))


@dataclass(frozen=True)
class PrintedCode:
    """A code as it stands on a sheet."""

    node: WaveNode
    label: str
    code: str
    key: int


def printed_codes(*, wave: Wave, form: WaveForm, nodes: Sequence[int]) -> list[PrintedCode]:
    """The codes of a form for those right under these nodes, by node and name; for who may print them."""
    rows = Code.objects.everywhere(why="codes of nodes that the caller has chosen for a reader").filter(
        wave=wave, form=form, node__number__in=list(nodes)
    )
    key = store.code_key(wave.slug)
    return [
        PrintedCode(row.node, row.label, display(key.open_for_reprint(bytes(row.sealed))), row.pk)
        for row in labelled(rows.select_related("node__unit__parent"))
    ]


def rosters(*, wave: Wave) -> dict[WaveForm, Roster]:
    """Everyone invited to each form of a wave, in a fixed order, with group, split and pseudonym.

    Made anew from the class lists of the day the wave opened: the portal keeps no list of pseudonyms.
    """
    if wave.opened_at is None:
        raise ValueError("a wave has rosters once it is open")
    people = People.of(wave, timezone.localdate(wave.opened_at))
    tree, key = trees.stored(wave), store.link_key()
    return {
        form: roster_of(people.guests(Informant(form.informant), tree), key, wave.series, Informant(form.informant))
        for form in wave.forms.select_related("version__questionnaire")
    }


def thresholds_of(wave: Wave) -> Thresholds:
    """From how many answers this wave's results are shown."""
    usual = Thresholds()
    return Thresholds(k=wave.k, k_share=max(wave.k, usual.k_share))


def roster(*, wave: Wave, form: WaveForm) -> Roster:
    """Everyone invited to one form; see `rosters`."""
    return rosters(wave=wave)[form]


def waves_at(unit: Unit, *states: WaveState) -> QuerySet[Wave]:
    """Waves in which this unit, a unit above it or one below it takes part, with codes."""
    keys = [*unit.ancestor_ids(), unit.pk]
    waves = Wave.objects.everywhere(why="waves at a unit that its reader may follow")
    part = Q(units__unit__in=keys) | Q(units__unit__path__startswith=unit.path)
    # Of a rehearsal that is over there is nothing to see.
    over = Q(rehearsal__isnull=False, state=WaveState.CLOSED)
    return waves.filter(part, state__in=states, collection=Collection.CODES).exclude(over).distinct()


def waves_asking_at(unit: Unit, *states: WaveState) -> QuerySet[Wave]:
    """Opened waves that ask somebody at this unit or below it: not a school's when only kindergartens have forms."""
    return waves_at(unit, *states).filter(nodes__unit=unit)
