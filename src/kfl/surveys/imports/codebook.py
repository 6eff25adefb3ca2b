"""A codebook as the portal takes it: read by the one reader of codebooks, with what results need besides."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext as _

from kfl.analysis import codebook as reading
from kfl.analysis.codebook import Codebook, CodebookScale
from kfl.core.lists import Problem, WrongFile
from kfl.core.lists.list_reading import in_words
from kfl.core.text import TranslatedText
from kfl.questionnaires.models import QuestionnaireVersion

LONGEST_KEY = 60


def read_codebook(path: Path, before: QuestionnaireVersion | None = None) -> Codebook:
    """Read a codebook; raises `WrongFile` with everything that is wrong in it.

    `before` is what the wave asked that this one is measured against: its sensitive items must be marked here too.
    """
    try:
        book = reading.read_codebook(path)
    except WrongFile as wrong:
        raise in_words(wrong) from wrong
    problems = [*_what_results_need(book), *(lost_marks(book, before) if before else ())]
    if problems:
        raise WrongFile(path.name, problems)
    return book


def name_of(scale: CodebookScale) -> TranslatedText:
    """The scale's name in the languages that the codebook has it in; bokmål always."""
    words = {language: words for language, words in scale.labels.items() if words}
    return TranslatedText({"nb": scale.label("nb"), **words})


def lost_marks(book: Codebook, before: QuestionnaireVersion) -> Iterator[Problem]:
    """Items that were sensitive before and are not, or count from another answer, here.

    An item that was not sensitive may become so: then less is shown, never more.
    """
    marks = dict(before.items.filter(sensitive=True).values_list("key", "counts_from_code"))
    words = _("«{item}» er sensitivt i kartleggingen som dette måles mot. Skriv {code} her.")
    for item in book.items:
        if item.key in marks and item.counts_from_code != marks[item.key]:
            yield Problem(item.row, "counts_from_code", words.format(item=item.key, code=marks[item.key]))


def _what_results_need(book: Codebook) -> Iterator[Problem]:
    for scale in book.scales:
        first = scale.items[0].row
        if not scale.favourable:
            yield Problem(first, "favourable", _("skal være high eller low"))
        if len(scale.key) > LONGEST_KEY:
            yield Problem(first, "scale", _("kjennetegnet er lengre enn 60 tegn"))
        for item in scale.items:
            if len(item.key) > LONGEST_KEY:
                yield Problem(item.row, "item", _("kjennetegnet er lengre enn 60 tegn"))
