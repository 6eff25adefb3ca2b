"""The answers that a question brings itself, as one field: an answer's languages stand together, on its own row.

What ties a translation to its answer is the row, with the number that is the answer's code; never its place in a list
beside another list. Many new answers at once may be written one a line, and then each language has as many lines.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from kfl.core.text import LANGUAGES, SOURCE, TranslatedText

SPARE = 2  # empty rows below those that are there
MOST = 60  # rows that a page is read for


class AnswerRow(NamedTuple):
    """An answer as the page has it: its number there, where it is to stand, and its words by language."""

    number: int
    place: str
    label: dict[str, str]


class StoredAnswer(NamedTuple):
    """An answer that is to be stored; `number` is the one it had on the page, None where it is new."""

    number: int | None
    label: TranslatedText


def from_options(options: Sequence[Mapping[str, Any]]) -> str:
    """Stored answers as the field's value."""
    rows = [
        AnswerRow(number, str(number), {language: words for language, words in option["label"].items() if words})
        for number, option in enumerate(sorted(options, key=lambda option: option["code"]), start=1)
    ]
    return _packed(rows, {})


def to_options(written: Sequence[StoredAnswer]) -> list[dict[str, Any]]:
    """Answers as they are stored: codes from 1 in their order."""
    return [{"code": code, "label": dict(answer.label)} for code, answer in enumerate(written, start=1)]


def followed(code: int | None, written: Sequence[StoredAnswer], before: int, *, turned: bool) -> int | None:
    """The code that an answer has got which had this one on the page, where there were `before` answers.

    Where the question is turned, codes are counted after turning: from the other end. None where the answer is gone.
    """
    number = before + 1 - code if code and turned else code
    if number is None or not 1 <= number <= before:
        return code
    place = next((place for place, answer in enumerate(written, start=1) if answer.number == number), None)
    return len(written) + 1 - place if place and turned else place


class OwnAnswersWidget(forms.Widget):
    """A row an answer, two empty rows, and a box a language for many new ones."""

    template_name = "surveys/_own_answers.html"
    use_fieldset = True

    def format_value(self, value: Any) -> str:
        return value or ""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> str:
        if name in data:  # what holds now, put in the place of what was not changed here
            return str(data[name])
        rows = [row for number in range(1, MOST + 1) if (row := _row(data, name, number)).label]
        many = {language: text for language in LANGUAGES if (text := str(data.get(f"{name}_{language}", ""))).strip()}
        return _packed(rows, many)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        rows, many = _unpacked(value)
        first_new = max((row.number for row in rows), default=0) + 1
        spare = [AnswerRow(number, "", {}) for number in range(first_new, first_new + SPARE)] if rows else []
        context["widget"]["rows"] = [
            {
                "number": row.number,
                "place": row.place,
                "name": f"{name}_{row.number}",
                "texts": [(language, words, row.label.get(language, "")) for language, words in LANGUAGES.items()],
                "is_new": row in spare,
            }
            for row in [*rows, *spare]
        ]
        context["widget"]["many"] = [
            (language, words, _box(f"{name}_{language}", language, many.get(language, "")))
            for language, words in LANGUAGES.items()
        ]
        context["widget"]["is_many_open"] = bool(many) or not rows
        return context


class OwnAnswersField(forms.Field):
    """Cleans to a list of `StoredAnswer`, in the order in which they are to stand."""

    widget = OwnAnswersWidget

    def to_python(self, value: Any) -> list[StoredAnswer]:
        rows, many = _unpacked(value)
        faults = [*_row_faults(rows), *_line_faults(many)]
        if faults:
            raise ValidationError(faults)
        found = [StoredAnswer(row.number, TranslatedText(row.label)) for row in sorted(rows, key=_order)]
        return found + [StoredAnswer(None, TranslatedText(label)) for label in _by_line(many)]

    def validate(self, value: Any) -> None:
        """What answers a question needs is asked of the question (completeness), not of this field."""

    @staticmethod
    def count(value: str) -> int:
        """How many answers a page showed with this value."""
        return len(_unpacked(value)[0])

    @staticmethod
    def in_words(value: str) -> str:
        """The answers as a person reads them."""
        return " · ".join(str(TranslatedText(row.label)) for row in _unpacked(value)[0])


def _packed(rows: Sequence[AnswerRow], many: Mapping[str, str]) -> str:
    """One text of it all, the same for the same content, so that two states of a page can be compared."""
    return json.dumps({"rows": rows, "many": many}, ensure_ascii=False, sort_keys=True) if rows or many else ""


def _unpacked(value: Any) -> tuple[list[AnswerRow], dict[str, str]]:
    """What `_packed` made; nothing where somebody sent another thing."""
    try:
        given = json.loads(value or "{}")
        rows = [AnswerRow(int(number), str(place), _labels(label)) for number, place, label in given.get("rows", ())]
        return rows, _labels(given.get("many", {}))
    except (TypeError, ValueError, AttributeError):
        return [], {}


def _labels(given: Mapping[str, Any]) -> dict[str, str]:
    return {language: str(given[language]) for language in LANGUAGES if given.get(language)}


def _row(data: Mapping[str, Any], name: str, number: int) -> AnswerRow:
    texts = {language: str(data.get(f"{name}_{number}_{language}", "")).strip() for language in LANGUAGES}
    place = str(data.get(f"{name}_{number}_place", "")).strip()
    return AnswerRow(number, place, {language: words for language, words in texts.items() if words})


def _box(name: str, language: str, text: str) -> dict[str, Any]:
    box = forms.Textarea(attrs={"rows": 4, "lang": language, "id": f"id_{name}"})
    widget: dict[str, Any] = box.get_context(name, text, {})["widget"]
    return widget


def _order(row: AnswerRow) -> tuple[int, int]:
    """By the place asked for: what moves up stands before the one that was there, what moves down after it."""
    place = int(row.place) if row.place else MOST + row.number
    return place, (place > row.number) - (place < row.number)


def _row_faults(rows: Sequence[AnswerRow]) -> Iterator[str]:
    for row in rows:
        if SOURCE not in row.label:
            words = _("Svar {number} mangler tekst på bokmål. Tøm alle språkene hvis svaret skal ut.")
            yield words.format(number=row.number)
        if row.place and not re.fullmatch(r"[0-9]{1,2}", row.place):
            yield _("Plassen til svar {number} må være et tall.").format(number=row.number)


def _lines(many: Mapping[str, str]) -> dict[str, list[str]]:
    """The lines of each language that has any; of empty ones at the end those that were written beside an answer."""
    seen = {
        language: [line.strip() for line in [*text.splitlines(), *([""] if text.endswith("\n") else [])]]
        for language, text in many.items()
    }
    answers = len(_without_empty_end(seen.get(SOURCE, [])))
    cut = {language: _without_empty_end(lines) for language, lines in seen.items()}
    return {language: lines + seen[language][len(lines) : answers] for language, lines in cut.items()}


def _without_empty_end(lines: Sequence[str]) -> list[str]:
    return list(lines[: max((number for number, line in enumerate(lines, start=1) if line), default=0)])


def _line_faults(many: Mapping[str, str]) -> Iterator[str]:
    lines = _lines(many)
    source = lines.pop(SOURCE, [])
    for language, translated in lines.items():
        if len(translated) != len(source):
            words = _(
                "Bokmål har {count} linjer, og {language} har {other}. La en linje stå tom der oversettelsen mangler, "
                "så hvert svar får sin egen."
            )
            yield words.format(count=len(source), language=LANGUAGES[language], other=len(translated))
            continue
        for number, (ours, theirs) in enumerate(zip(source, translated, strict=True), start=1):
            if theirs and not ours:
                words = _("Linje {number} er tom på bokmål, men ikke på {language}.")
                yield words.format(number=number, language=LANGUAGES[language])


def _by_line(many: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """One answer a line that has words in bokmål, with the same line of the other languages."""
    lines = _lines(many)
    for number, ours in enumerate(lines.get(SOURCE, [])):
        if ours:
            yield {language: its[number] for language, its in lines.items() if its[number]}
