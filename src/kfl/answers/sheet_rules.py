"""What an answer may be, and how a sheet becomes a row of codes."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .bundle import BundleForm, BundleItem, ItemKind

_ONE_OF_MANY = frozenset(ItemKind) - {ItemKind.TEXT, ItemKind.MULTIPLE, ItemKind.NUMBER}

Answer = int | str | list[int] | None  # None = taken back

LONGEST_TEXT = 2000
NOT_ANSWERED = -1


class WrongAnswer(ValueError):
    """An answer that its item cannot have. The message names the item, never the answer."""


@dataclass(frozen=True)
class Screen:
    """What one save holds: the items a respondent sees together."""

    number: int  # from 1
    title: dict[str, str]
    items: tuple[BundleItem, ...]
    sensitive: bool = False

    @cached_property
    def by_key(self) -> dict[str, BundleItem]:
        """The items by their keys."""
        return {item.key: item for item in self.items}

    @cached_property
    def choices(self) -> dict[str, frozenset[int]]:
        """What may be answered to the items where one option is chosen."""
        return {
            item.key: frozenset(option.code for option in item.options)
            for item in self.items
            if item.kind in _ONE_OF_MANY
        }


def screens(form: BundleForm) -> tuple[Screen, ...]:
    """The screens of a form: its pages, or one item at a time when it is answered by faces."""
    found: list[Screen] = []
    for page in form.pages:
        parts = [(item,) for item in page.items] if form.faces else [tuple(page.items)]
        for items in parts:
            if items:
                found.append(Screen(len(found) + 1, page.title, items, page.sensitive))
    return tuple(found)


def checked(screen: Screen, answers: Mapping[str, object]) -> dict[str, Answer]:
    """The answers of one screen, each checked against its item.

    Raises
    ------
    WrongAnswer
        An item that is not on the screen, a wrong type, or a value that cannot be chosen.
    """
    items, choices = screen.by_key, screen.choices
    if answers.keys() - items.keys():
        raise WrongAnswer("an item that is not on this screen")
    found: dict[str, Answer] = {}
    for key, answer in answers.items():
        # The usual answer is settled here: this runs for every answer of a whole county at once.
        if type(answer) is int and key in choices and answer in choices[key]:
            found[key] = answer
        else:
            found[key] = _checked_answer(items[key], answer)
    return found


def _checked_answer(item: BundleItem, answer: object) -> Answer:
    if answer is None:
        return None
    if item.kind is ItemKind.TEXT:
        return _checked_text(item, answer)
    if item.kind is ItemKind.MULTIPLE:
        return _checked_choices(item, answer)
    if not isinstance(answer, int) or isinstance(answer, bool):
        raise WrongAnswer(f"{item.key}: a whole number is expected")
    if item.kind is ItemKind.NUMBER:
        if item.low is None or item.high is None or not item.low <= answer <= item.high:
            raise WrongAnswer(f"{item.key}: out of bounds")
    elif answer not in (option.code for option in item.options):
        raise WrongAnswer(f"{item.key}: no such option")
    return answer


def _checked_text(item: BundleItem, answer: object) -> Answer:
    if not isinstance(answer, str) or len(answer) > LONGEST_TEXT or "\0" in answer:
        raise WrongAnswer(f"{item.key}: a text of at most {LONGEST_TEXT} characters is expected")
    return answer.strip() or None


def _checked_choices(item: BundleItem, answer: object) -> Answer:
    codes = {option.code for option in item.options}
    if not isinstance(answer, list) or not all(type(code) is int and code in codes for code in answer):
        raise WrongAnswer(f"{item.key}: a list of its options is expected")
    return sorted(set(answer)) or None


def row_type(form: BundleForm) -> np.dtype[np.signedinteger]:
    """The narrowest type that holds every code of a form."""
    numbers = (item.high or 0 for item in form.items if item.kind is ItemKind.NUMBER)
    return np.dtype(np.int16) if max(numbers, default=0) > 127 else np.dtype(np.int8)


def row(form: BundleForm, answers: Mapping[str, Answer]) -> NDArray[np.int16]:
    """One sheet as codes, shape (form.width,); -1 = not answered. Texts are left out."""
    codes = np.full(form.width, NOT_ANSWERED, dtype=np.int16)
    for item in form.items:
        answer = answers.get(item.key)
        if isinstance(answer, list):
            for offset, option in enumerate(item.options):
                codes[item.column + offset] = option.code in answer
        elif isinstance(answer, int):
            codes[item.column] = answer
    return codes


def answered_items(form: BundleForm, answers: Mapping[str, Answer]) -> int:
    """How many items of a sheet are answered; a text is no item."""
    return sum(bool(item.width) and answers.get(item.key) is not None for item in form.items)


def is_response(form: BundleForm, answers: Mapping[str, Answer]) -> bool:
    """Whether a sheet counts: at least one item is answered; a text alone is no item."""
    return any(item.width and answers.get(item.key) is not None for item in form.items)
