"""PDFs: laid out by typst from a layout, tagged so that a screen reader can read them (PDF/UA-1).

Typst refuses to write a PDF/UA in which a letter is missing, so every text goes through `printable` on its way in: no
layout can forget it, and no name can take down the rest. Texts come only as data, never as source.
"""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from .blocks import Document, Intervals
from .figures import on_paper
from .handouts import FoldedLetters, Letter, Slips, TickForm
from .printable import FONTS, listed, printable

if TYPE_CHECKING:
    import typst

FACE = "Libertinus Serif"  # which typst brings; what it lacks is taken from the fonts that came at set-up
LAYOUTS = Path(__file__).resolve().parent / "layouts"
LAYOUT_OF = {
    Document: "document.typ",
    Letter: "letter.typ",
    Slips: "slips.typ",
    FoldedLetters: "folded_letters.typ",
    TickForm: "tick_form.typ",
}
# Of a figure on paper, in its own pixels: as wide as it is on a page, so that its letters are as large as there.
FIGURE_WIDTH, ROW_WIDTH = 640, 360


def as_pdf(document: Document | Letter | Slips | FoldedLetters | TickForm) -> bytes:
    """The document on paper."""
    import typst  # loaded by whoever prints, so that the portal's start does not wait for it

    made = typst.compile(
        LAYOUTS / LAYOUT_OF[type(document)],
        format="pdf",
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={
            "data": json.dumps(_in_print(document), ensure_ascii=False),
            "fonts": json.dumps([FACE, *_families()]),
        },
        pdf_standards="ua-1",
    )
    if not isinstance(made, bytes):
        raise TypeError("one PDF was expected")
    return made


def _in_print(value: Any, width: int = FIGURE_WIDTH) -> Any:
    """What the layout reads: texts as they are printed, figures as pictures of their own, each thing with its kind."""
    if isinstance(value, str):
        words = printable(value)
        return on_paper(words, width=width, face=FACE) if isinstance(value, Markup) else words
    if is_dataclass(value):
        drawn = {"drawn": _in_print(value.drawn, ROW_WIDTH)} if isinstance(value, Intervals) else {}
        its = {one.name: _in_print(getattr(value, one.name)) for one in fields(value)}
        return {"kind": type(value).__name__, **its, **drawn}
    if isinstance(value, (list, tuple)):
        return [_in_print(one, width) for one in value]
    return value


@cache
def _fonts() -> typst.Fonts:
    import typst

    listed()  # says what to do where there are none
    return typst.Fonts(include_system_fonts=False, font_paths=[FONTS])


@cache
def _families() -> list[str]:
    """The fonts' names as typst knows them, in the order that they are asked."""
    family_of = {Path(one.path).name: one.family for one in _fonts().fonts() if one.path}
    return list(dict.fromkeys(family_of[one["file"]] for one in listed()))
