"""What somebody writes of a scale or an item, whether it is new or there before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kfl.core.text import TranslatedText

from .formats import WITH_OWN_OPTIONS, Format
from .models import Favourable, Item, Scale


@dataclass(frozen=True, kw_only=True)
class WrittenScale:
    """What a scale is called, what stands above it, and which end is good."""

    name: TranslatedText
    description: TranslatedText
    heading: TranslatedText
    favourable: Favourable

    def write_on(self, scale: Scale) -> None:
        """Set it on a row that is not saved yet."""
        scale.name, scale.description, scale.heading = self.name, self.description, self.heading
        scale.favourable = self.favourable


@dataclass(frozen=True, kw_only=True)
class WrittenItem:
    """A question and how it is answered. What does not belong to its format is left out when it is set."""

    text: TranslatedText
    format: Format
    options: Sequence[dict[str, Any]] = ()
    reversed: bool = False
    sensitive: bool = False
    counts_from_code: int | None = None
    low: int | None = None
    high: int | None = None

    def write_on(self, item: Item) -> None:
        """Set it on a row that is not saved yet."""
        item.text, item.format = self.text, self.format
        item.options = list(self.options) if self.format in WITH_OWN_OPTIONS else []
        item.reversed, item.sensitive = self.reversed, self.sensitive
        item.counts_from_code = self.counts_from_code if self.sensitive else None
        item.low, item.high = (self.low, self.high) if self.format == Format.NUMBER else (None, None)
