"""Which texts can be printed: what the fonts of the PDFs have, and what is shown where they lack something.

The fonts come at set-up with a list of the characters that each of them has (tools/fonts.py). A letter and the marks on
it are drawn from one font, so that is what is asked: does one font have all of it? What no font has (a rare script, a
picture made of several characters), and what nobody can see (a sign that turns the direction of writing, half a
character), is shown as `MARK`, so that a name that cannot be printed spoils nothing but itself.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache, cached_property
from itertools import chain
from pathlib import Path
from typing import Any

from markupsafe import Markup

FONTS = Path(__file__).resolve().parent / "fonts"
MARK = "\N{REPLACEMENT CHARACTER}"
JOINERS = "\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}"
SOFT_HYPHEN = "\N{SOFT HYPHEN}"
LINE_ENDS = "\n\r\v\f\x1c\x1d\x1e\x85\N{LINE SEPARATOR}\N{PARAGRAPH SEPARATOR}"


class NoFonts(RuntimeError):
    """The fonts are not there: `make setup` fetches them, and the built wheel holds them."""


@dataclass(frozen=True)
class FontSet:
    """The fonts, as the characters that each of them has, in the order that they are asked."""

    each: tuple[frozenset[str], ...]

    @cached_property
    def plain(self) -> frozenset[str]:
        """What the first of them has and needs no thought, nearly all that is written here."""
        return frozenset(char for char in self.each[0] if not _is_mark(char)) | {"\n"}

    @cached_property
    def together(self) -> frozenset[str]:
        """What one or another of them has."""
        return frozenset(chain.from_iterable(self.each))

    def draw(self, cluster: str) -> bool:
        """Whether one font has all of a letter and the marks on it."""
        needed = {char for char in cluster if char not in JOINERS}
        if cluster[0] not in needed or _is_mark(cluster[0]) or not needed <= self.together:
            return False
        return len(needed) == 1 or any(needed <= has for has in self.each)


@dataclass(frozen=True)
class Unprintable:
    """A text that cannot be printed as it is, and how it is printed."""

    text: str
    printed: str


@cache
def listed() -> list[dict[str, Any]]:
    """The files that came at set-up, each with the first and last of the characters that it has in a row."""
    try:
        found: list[dict[str, Any]] = json.loads((FONTS / "fonts.json").read_text("utf-8"))["files"]
    except FileNotFoundError as error:
        raise NoFonts(f"{FONTS} has no fonts: run make setup") from error
    return found


@cache
def fonts() -> FontSet:
    """What the fonts have."""
    spans = ([range(low, high + 1) for low, high in one["has"]] for one in listed())
    return FontSet(tuple(frozenset(filter(_is_visible, map(chr, chain(*its_spans)))) for its_spans in spans))


def printable(text: str) -> str:
    """The text as it is printed: composed, and with `MARK` for what cannot be drawn."""
    text = unicodedata.normalize("NFC", text)
    if fonts().plain.issuperset(text):
        return text
    return "".join(_drawn(cluster) for cluster in _clusters(text.replace("\r\n", "\n")))


def unprintable(data: Any) -> list[Unprintable]:
    """Those of the texts in what is to be printed that cannot be printed as they are, each once."""
    found = ((text, printable(text)) for text in dict.fromkeys(_texts(data)))
    return [Unprintable(text, printed) for text, printed in found if printed.count(MARK) > text.count(MARK)]


def _texts(data: Any) -> Iterator[str]:
    """Every text in the data, at whatever depth; a figure's words stand beside it too."""
    if isinstance(data, Markup):
        return
    if isinstance(data, str):
        yield data
    elif is_dataclass(data):
        yield from chain.from_iterable(_texts(getattr(data, one.name)) for one in fields(data))
    elif isinstance(data, Mapping):
        yield from chain.from_iterable(map(_texts, data.values()))
    elif isinstance(data, Iterable):
        yield from chain.from_iterable(map(_texts, data))


def _drawn(cluster: str) -> str:
    if cluster.isspace():
        return "".join("\n" if char in LINE_ENDS else char if char in fonts().plain else " " for char in cluster)
    return cluster if fonts().draw(cluster) else MARK


def _clusters(text: str) -> Iterator[str]:
    """The text as letters, each with the marks on it. A mark with nothing to stand on is by itself."""
    cluster = ""
    for char in text:
        if cluster and not cluster.isspace() and _continues(cluster, char):
            cluster += char
        else:
            if cluster:
                yield cluster
            cluster = char
    if cluster:
        yield cluster


def _continues(cluster: str, char: str) -> bool:
    """Whether a character belongs to the letter before it: a mark, a tone of skin, what is joined, half a flag."""
    if char.isspace():
        return False
    is_on_it = _is_mark(char) or char in JOINERS or "\N{EMOJI MODIFIER FITZPATRICK TYPE-1-2}" <= char <= "\U0001f3ff"
    is_flag = len(cluster) == 1 and _is_half_a_flag(cluster) and _is_half_a_flag(char)
    is_joined = cluster[-1] == JOINERS[0] and cluster[0] not in JOINERS
    return is_on_it or is_flag or is_joined


def _is_mark(char: str) -> bool:
    return unicodedata.category(char).startswith("M")


def _is_half_a_flag(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _is_visible(char: str) -> bool:
    """Not a control, a sign of format, half a character or one for private use."""
    return unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co"} or char == SOFT_HYPHEN
