"""Forms on paper, for when all else fails: as PDF with a place for the code, and as fields to enter what was ticked.

Only for children and parents: a colleague should not read what staff and leaders answer. Free text is left out, since
whoever enters the form would read it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from kfl.answers import bundle as bundles
from kfl.answers.bundle import BundleForm, BundleItem, ItemKind
from kfl.answers.faces import face, has_faces
from kfl.answers.sheet_rules import Answer
from kfl.core.cannot_be_done import CannotBeDone
from kfl.documents import handouts
from kfl.documents.pdf import as_pdf
from kfl.questionnaires.formats import CHILDREN, Informant

from ..models import Wave
from ..waves import help_text

ON_PAPER = CHILDREN | {Informant.PARENT, Informant.KINDERGARTEN_PARENT}


@dataclass(frozen=True)
class PrintedQuestion:
    """An item on paper, under the running number that is printed beside it."""

    number: int
    part: str  # heading of its page
    item: BundleItem
    sensitive: bool = False  # its page also tells whom to talk to

    @property
    def field(self) -> str:
        return f"a-{self.number}"

    @property
    def hint(self) -> str:
        """What can be typed."""
        if self.item.kind is ItemKind.NUMBER:
            return _("et tall fra {low} til {high}").format(low=self.item.low, high=self.item.high)
        codes = [option.code for option in self.item.options]
        if self.item.kind is ItemKind.MULTIPLE:
            return _("flere kryss: skriv tallene etter hverandre, fra {low} til {high}").format(
                low=codes[0], high=codes[-1]
            )
        return f"{codes[0]}–{codes[-1]}"

    @property
    def longest(self) -> int:
        """How many characters there can be, so that the next field gets its turn; 0 = it cannot be known."""
        if self.item.kind in {ItemKind.MULTIPLE, ItemKind.NUMBER} or len(self.item.options) > 9:
            return 0
        return 1


class NotOnThePaper(CannotBeDone):
    """What was typed is none of the boxes of that question."""


def questions(form: BundleForm, language: str = "nb") -> list[PrintedQuestion]:
    """The items of a form that can be answered on paper, in their order."""
    asked = (
        (_in(page.title, language), item, page.sensitive)
        for page in form.pages
        for item in page.items
        if item.kind is not ItemKind.TEXT
    )
    return [PrintedQuestion(number, *its) for number, its in enumerate(asked, start=1)]


def read(question: PrintedQuestion, typed: str) -> Answer:
    """The answer that digits stand for; None for a blank. Raises `NotOnThePaper`."""
    words = typed.strip()
    if not words:
        return None
    item, codes = question.item, [option.code for option in question.item.options]
    if not all(part.isascii() and part.isdecimal() for part in words.replace(",", " ").split()):
        raise NotOnThePaper(question.hint)
    if item.kind is ItemKind.MULTIPLE:
        parts = words.replace(",", " ").split()
        # Short lists are typed as 134, longer ones with spaces between.
        chosen = [int(digit) for digit in "".join(parts)] if max(codes) <= 9 else [int(part) for part in parts]
        if not set(chosen) <= set(codes):
            raise NotOnThePaper(question.hint)
        return sorted(set(chosen))
    if len(words) > 9 or not words.isdecimal():
        raise NotOnThePaper(question.hint)
    number = int(words)
    low, high = item.low or 0, item.high or 0
    if not (low <= number <= high if item.kind is ItemKind.NUMBER else number in codes):
        raise NotOnThePaper(question.hint)
    return number


def pdf(wave: Wave, bundle: bundles.Bundle, form: BundleForm, place: str, *, language: str, large: bool) -> bytes:
    """The form on paper, tagged, in one of the wave's languages; the frame is in bokmål where it has no other."""
    return as_pdf(on_paper(wave, bundle, form, place, language=language, large=large))


def on_paper(
    wave: Wave, bundle: bundles.Bundle, form: BundleForm, place: str, *, language: str, large: bool = False
) -> handouts.TickForm:
    """The form as it is printed."""
    by_link = Informant(form.informant).comes_by_link
    with translation.override(language if language in dict(settings.LANGUAGES) else "nb"):
        return handouts.TickForm(
            language=language,
            large=large,
            title=_in(form.title, language),
            place=f"{place} · {wave.name}",
            intro=_read_aloud() if form.faces else _in(form.intro, language),
            code_words=_("Koden din:"),
            code_boxes=[[5, 5, 5], [5, 6]] if by_link else [[5, 6]],  # as the code is printed
            code_notice=_code_notice(by_link),
            notices=_who_sees(bundle.k),
            how=_("Sett ett kryss for hvert spørsmål. Du kan hoppe over det du ikke vil svare på."),
            help=help_text.said_on(form, language),
            parts=list(_parts(form, language)),
        )


def _code_notice(by_link: bool) -> str:
    if by_link:
        return _(
            "Skriv av koden fra lappen. En kort kode fyller bare de elleve første rutene. Ikke skriv navn på arket."
        )
    return _("Skriv av koden fra lappen. Ikke skriv navn på arket.")


def _read_aloud() -> str:
    """In place of the words about what to touch on a screen."""
    return _("En voksen leser spørsmålene høyt. Sett kryss ved ansiktet som passer.")


def _who_sees(k: int) -> list[str]:
    return [
        _(
            "På papir gjelder dette, uansett hva som ellers er sagt: En voksen på skolen eller i barnehagen skriver "
            "svarene inn, og ser dem da."
        ),
        _("Svarene blir lagt sammen med svarene fra andre. Vi viser aldri tall for færre enn {k} svar.").format(k=k),
        _("Det er frivillig. Vil du ikke, leverer du arket blankt."),
        _("Har du levert med denne koden før, teller bare det du leverte først."),
    ]


def _parts(form: BundleForm, language: str) -> Iterator[handouts.QuestionGroup]:
    for title, its_questions in groupby(questions(form, language), key=lambda one: one.part):
        asked = list(its_questions)
        yield handouts.QuestionGroup(
            title="" if form.faces else title,
            questions=[_printed(question, language, faces=form.faces) for question in asked],
            with_help=any(question.sensitive for question in asked),
        )


def _printed(question: PrintedQuestion, language: str, *, faces: bool) -> handouts.Question:
    item, count = question.item, len(question.item.options)
    hint = ""
    if item.kind is ItemKind.NUMBER:
        hint = question.hint.capitalize()
    elif item.kind is ItemKind.MULTIPLE:
        hint = _("Du kan sette flere kryss.")
    return handouts.Question(
        number=question.number,
        text=_in(item.text, language),
        hint=hint,
        choices=[
            handouts.Choice(
                code=option.code,
                label=_in(option.label, language),
                face=face(place, count) if faces and has_faces(count) else None,
            )
            for place, option in enumerate(item.options)
        ],
    )


def _in(text: Mapping[str, str], language: str) -> str:
    return text.get(language) or text.get("nb", "")
