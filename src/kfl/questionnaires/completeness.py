"""What a questionnaire still lacks before it can be used, in words that its writer understands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kfl.core.text import LANGUAGES

from .formats import ORDERED, WITH_OWN_OPTIONS, Format
from .freezing import items_in_order
from .models import Item, QuestionnaireVersion, Scale

LARGEST_NUMBER = 32767
FEWEST_IN_SCALE, MOST_IN_SCALE = 3, 6


@dataclass(frozen=True)
class Gap:
    """One thing to look at, with the scale or item it concerns. `stops`: it must be mended before use."""

    text: str
    stops: bool
    scale: Scale | None = None
    item: Item | None = None


def gaps_of(version: QuestionnaireVersion) -> list[Gap]:
    """Everything to look at in a version, in the order of its pages."""
    found: list[Gap] = []
    groups = items_in_order(version)
    if not any(items for _scale, items in groups):
        found.append(Gap(_("Skjemaet har ingen spørsmål ennå."), True))
    if not version.questionnaire.title.get("nb"):
        found.append(Gap(_("Skjemaet mangler tittel på bokmål."), True))
    for scale, items in groups:
        if scale is not None:
            found.extend(_scale_gaps(scale, items))
        for item in items:
            found.extend(Gap(words, True, scale, item) for words in item_faults(item, version.informant.is_child))
    return found


def stops(version: QuestionnaireVersion) -> list[str]:
    """Why a version cannot be used; empty when it can."""
    return [gap.text for gap in gaps_of(version) if gap.stops]


def missing_texts(version: QuestionnaireVersion) -> dict[str, int]:
    """How many texts lack each language; languages with nothing missing are left out."""
    texts = [version.questionnaire.title, version.intro]
    for scale in version.scales.all():
        texts += [scale.name, scale.description, scale.heading]
    for item in version.items.all():
        texts += [item.text, *(answer.label for answer in item.answers if item.format in WITH_OWN_OPTIONS)]
    counts = {language: sum(1 for text in texts if text and not text.get(language)) for language in LANGUAGES}
    return {language: count for language, count in counts.items() if count}


def untranslated(item: Item) -> list[str]:
    """Which of an item's texts lack which language, by name; an answer is named by its words in bokmål."""
    found = []
    for language, name in LANGUAGES.items():
        answers = [answer.label for answer in item.answers if item.format in WITH_OWN_OPTIONS]
        lacking = [_("«{answer}»").format(answer=label) for label in answers if not label.get(language)]
        if item.text and not item.text.get(language):
            lacking.insert(0, _("spørsmålet"))
        if lacking:
            found.append(_("{language} mangler for {texts}").format(language=name, texts=", ".join(lacking)))
    return found


def _scale_gaps(scale: Scale, items: list[Item]) -> Iterator[Gap]:
    if not scale.name.get("nb"):
        yield Gap(_("En skala mangler navn på bokmål."), True, scale)
    if not items:
        yield Gap(_("Skalaen «{scale}» har ingen spørsmål.").format(scale=scale), True, scale)
        return
    if not FEWEST_IN_SCALE <= len(items) <= MOST_IN_SCALE:
        words = ngettext(
            "Skalaen «{scale}» har {count} spørsmål. Tre til seks pleier å gi sikre tall uten å trette den som svarer.",
            "Skalaen «{scale}» har {count} spørsmål. Tre til seks pleier å gi sikre tall uten å trette den som svarer.",
            len(items),
        )
        yield Gap(words.format(scale=scale, count=len(items)), False, scale)
    if not all(item.format in ORDERED for item in items):
        yield Gap(
            _("Skalaen «{scale}» har spørsmål uten rangerte svar. Flytt dem ut av skalaen.").format(scale=scale),
            True,
            scale,
        )
    elif len({tuple(answer.code for answer in item.answers) for item in items}) > 1:
        yield Gap(_("Spørsmålene i skalaen «{scale}» har ulikt antall svartrinn.").format(scale=scale), True, scale)


def item_faults(item: Item, for_children: bool) -> Iterator[str]:
    """What is wrong with one item."""
    name = str(item.text) or item.key
    if not item.text.get("nb"):
        yield _("Spørsmålet «{item}» mangler tekst på bokmål.").format(item=item.key)
    if item.format == Format.TEXT and for_children:
        yield _("«{item}»: barn og elever får ikke fritekst.").format(item=name)
    if item.format in WITH_OWN_OPTIONS:
        if len(item.answers) < 2:
            yield _("«{item}» trenger minst to svaralternativer.").format(item=name)
        if not all(answer.label.get("nb") for answer in item.answers):
            yield _("«{item}» har et svaralternativ uten tekst på bokmål.").format(item=name)
    if item.format == Format.NUMBER and (
        item.low is None or item.high is None or not item.low <= item.high <= LARGEST_NUMBER
    ):
        yield _("«{item}» trenger et minste og et største tall.").format(item=name)
    if item.sensitive:
        codes = {answer.code for answer in item.answers}
        if item.format not in ORDERED:
            yield _("«{item}» er sensitivt og må ha rangerte svar.").format(item=name)
        elif item.counts_from_code not in codes or item.counts_from_code == min(codes):
            yield _("«{item}» er sensitivt: velg fra hvilket svar det teller.").format(item=name)
