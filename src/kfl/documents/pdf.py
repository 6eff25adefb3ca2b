"""PDFs: laid out by typst from a template, tagged so that a screen reader can read them (PDF/UA-1).

Typst refuses to write a PDF/UA in which a letter is missing, so every text goes through `printable` on its way in: no
template can forget it, and no name can take down the rest. Texts come only as data, never as source.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from .printable import FONTS, in_print, listed

if TYPE_CHECKING:
    import typst

FACE = "Libertinus Serif"  # which typst brings; what it lacks is taken from the fonts that came at set-up


def laid_out(template: Path, data: Mapping[str, object]) -> bytes:
    """One PDF; the template finds the data as JSON under `sys.inputs.data`, and the names of fonts under `fonts`."""
    import typst  # loaded by whoever prints, so that the portal's start does not wait for it

    made = typst.compile(
        template,
        format="pdf",
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={
            "data": json.dumps(in_print(data), ensure_ascii=False),
            "fonts": json.dumps([FACE, *_families()]),
        },
        pdf_standards="ua-1",
    )
    if not isinstance(made, bytes):
        raise TypeError("one PDF was expected")
    return made


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
