"""A form's scales as they were asked, for tests of what became of them."""

from __future__ import annotations

from dataclasses import dataclass

from kfl.core.text import TranslatedText
from kfl.questionnaires import freezing
from kfl.questionnaires.formats import Answer
from kfl.questionnaires.models import Favourable
from kfl.surveys.models import WaveForm


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
