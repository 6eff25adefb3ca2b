"""A plain drawing for each character of a code, so that a child who cannot read yet can enter one.

Drawn for this project, 48 by 48, in few colours that differ in lightness too; made of shapes with plain attributes
only, so that pages (under a strict policy) and printed slips can both show them. Changing one changes the slips that
are printed: only between waves.
"""

from dataclasses import dataclass

from .codes import ALPHABET

_INK, _RED, _GOLD, _LEAF, _SKY, _WOOD, _SNOW = "#1b2430", "#d1343f", "#f6c445", "#2f8f4e", "#3f8fd6", "#9a5b2c", "#fff"


@dataclass(frozen=True)
class Drawing:
    """One drawing; `name` is its key, which pages translate."""

    name: str
    shapes: str

    @property
    def svg(self) -> str:
        """A picture of its own."""
        return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48">{self.shapes}</svg>'


def _circle(x: float, y: float, r: float, fill: str, *, line: bool = True) -> str:
    edge = f' stroke="{_INK}" stroke-width="2"' if line else ""
    return f'<circle cx="{x}" cy="{y}" r="{r}" fill="{fill}"{edge}/>'


def _path(d: str, fill: str = "none", width: float = 2, stroke: str = _INK) -> str:
    ends = 'stroke-linecap="round" stroke-linejoin="round"'
    return f'<path d="{d}" fill="{fill}" stroke="{stroke}" stroke-width="{width}" {ends}/>'


_RAYS = "M24 3v6M24 39v6M3 24h6M39 24h6M9 9l4 4M35 35l4 4M9 39l4-4M35 13l4-4"

DRAWINGS = (
    Drawing("sun", _path(_RAYS, width=3, stroke="#d99a06") + _circle(24, 24, 11, _GOLD)),
    Drawing(
        "pencil", _path("M14 4h10v28l-5 11-5-11z", _GOLD) + _path("M14 32h10M14 10h10") + _path("M17 39h4l-2 4z", _INK)
    ),
    Drawing(
        "house", _path("M9 22v21h30V22", _SNOW) + _path("M4 23L24 6l20 17z", _RED) + _path("M20 43V30h8v13z", _WOOD)
    ),
    Drawing("moon", _path("M31 5a20 20 0 1 0 12 28A17 17 0 0 1 31 5z", _GOLD)),
    Drawing("boat", _path("M24 5v27") + _path("M25 7l15 21H25z", _SNOW) + _path("M5 32h38l-7 11H12z", _RED)),
    Drawing("star", _path("M24 4l6 14 15 1-11 10 3 15-13-8-13 8 3-15L3 19l15-1z", _GOLD)),
    Drawing(
        "fish",
        _path("M32 24l12-9v18z", _SKY)
        + _path("M4 24q15-20 30 0-15 20-30 0z", _SKY)
        + _circle(13, 22, 2, _INK, line=False),
    ),
    Drawing("tree", _path("M21 33h6v12h-6z", _WOOD) + _path("M24 3L9 20h6L6 34h36l-9-14h6z", _LEAF)),
    Drawing(
        "snowman",
        _circle(24, 33, 12, _SNOW)
        + _circle(24, 15, 8, _SNOW)
        + _path("M24 15l9 2-9 1z", "#ee8422", 1)
        + _circle(21, 12, 1.3, _INK, line=False)
        + _circle(27, 12, 1.3, _INK, line=False),
    ),
    Drawing("balloon", _path("M24 33q-4 6 1 12") + _path("M24 3c19 0 14 24 0 30C10 27 5 3 24 3z", _RED)),
    Drawing(
        "flower",
        _path("M24 26v19M24 39q10-1 11-8-9 0-11 8z", _LEAF, 3, "#1f6b38")
        + "".join(_circle(x, y, 6, "#e86fa8") for x, y in ((24, 7), (33, 14), (30, 25), (18, 25), (15, 14)))
        + _circle(24, 17, 5, _GOLD),
    ),
    Drawing(
        "car",
        _path("M4 33v-8l8-2 6-9h14l7 9 5 2v8z", _SKY)
        + _path("M17 22l4-5h9l4 5z", _SNOW)
        + _circle(14, 34, 5, _INK)
        + _circle(35, 34, 5, _INK),
    ),
    Drawing(
        "apple",
        _path("M24 15C10 8 2 22 10 36q6 9 14 6 8 3 14-6C46 22 38 8 24 15z", _RED)
        + _path("M24 15V7")
        + _path("M25 8q8-6 12 0-8 5-12 0z", _LEAF),
    ),
    Drawing(
        "cat",
        _path("M9 5l11 9h8l11-9v22q0 16-15 16T9 27z", "#8d98a5")
        + _circle(18, 24, 2.2, _INK, line=False)
        + _circle(30, 24, 2.2, _INK, line=False)
        + _path("M22 30h4l-2 3zM24 33q-3 4-6 1M24 33q3 4 6 1M4 29l8 2M44 29l-8 2", width=1.6),
    ),
    Drawing("heart", _path("M24 43C-4 22 6 2 24 14 42 2 52 22 24 43z", _RED)),
    Drawing(
        "bird",
        _path("M4 20l10-3q4-9 13-7 8 2 8 12l9-4q-2 21-18 21-14 0-15-18z", _SKY)
        + _path("M22 25q9-2 13 5-10 6-13-5z", _SNOW)
        + _circle(20, 16, 1.8, _INK, line=False)
        + _path("M22 39v6M28 39v6"),
    ),
    Drawing(
        "key",
        _path("M20 24h23v8M35 24v6", width=5, stroke="#b07d12")
        + '<circle cx="13" cy="24" r="8" fill="none" stroke="#b07d12" stroke-width="5"/>',
    ),
    Drawing(
        "hat",
        _path("M12 35V12q12-6 24 0v23z", _INK)
        + _path("M12 29h24", width=5, stroke=_RED)
        + _path("M4 36q20 8 40 0", width=5),
    ),
    Drawing(
        "umbrella",
        _path("M24 8v30q0 6 6 5 3-1 3-4") + _path("M4 26Q6 6 24 6t20 20q-5-5-10 0-5-5-10 0-5-5-10 0-5-5-10 0z", _RED),
    ),
    Drawing(
        "cup",
        _path("M34 20h5q5 0 5 6t-5 6h-5", width=3)
        + _path("M8 15h26v19q0 8-8 8H16q-8 0-8-8z", _SKY)
        + _path("M16 4q4 3 0 7M26 4q4 3 0 7"),
    ),
    Drawing(
        "mushroom",
        _path("M18 26q2 10-2 18h16q-4-8-2-18z", _SNOW)
        + _path("M4 28Q6 5 24 5t20 23q-20 5-40 0z", _RED)
        + _circle(17, 16, 3, _SNOW, line=False)
        + _circle(30, 13, 3, _SNOW, line=False)
        + _circle(34, 23, 2.5, _SNOW, line=False),
    ),
    Drawing(
        "present",
        _path("M7 20h34v24H7z", _LEAF)
        + _path("M4 13h40v8H4z", _LEAF)
        + _path("M24 13v31", width=4, stroke=_GOLD)
        + _path("M24 13Q10 8 15 4t9 9q4-13 9-9t-9 9z", _GOLD),
    ),
    Drawing(
        "book",
        _path("M24 12Q14 6 4 10v30q10-4 20 2 10-6 20-2V10q-10-4-20 2z", _SNOW)
        + _path("M24 12v30M9 18q5-1 10 1M9 26q5-1 10 1M29 19q5-2 10-1M29 27q5-2 10-1"),
    ),
    Drawing(
        "clock", _circle(24, 24, 19, _SNOW) + _path("M24 12v12l8 5", width=3) + _path("M24 7v2M24 39v2M7 24h2M39 24h2")
    ),
    Drawing(
        "rocket",
        _path("M17 36l7 9 7-9z", _GOLD)
        + _path("M16 24L8 34l8 3zM32 24l8 10-8 3z", _RED)
        + _path("M24 3q-12 12-8 34h16q4-22-8-34z", _SNOW)
        + _circle(24, 19, 4, _SKY),
    ),
    Drawing("ladder", _path("M15 4v40M33 4v40M15 12h18M15 20h18M15 28h18M15 36h18", width=4, stroke=_WOOD)),
    Drawing(
        "tent", _path("M24 7L3 42h42z", "#ee8422") + _path("M24 18l-9 24h18z", _INK) + _path("M24 7l-4-4M24 7l4-4")
    ),
    Drawing("cloud", _path("M13 38q-10 0-9-9 1-7 8-7 1-12 13-12 10 0 12 10 8 1 7 10-1 8-9 8z", "#c9def2")),
    Drawing("flag", _path("M10 4v41", width=3) + _path("M11 7h33L36 18l8 11H11z", _LEAF)),
    Drawing("ice", _path("M14 23l10 22 10-22z", "#d9a05b") + _path("M12 23Q8 4 24 4t12 19z", "#f3a8c7")),
    Drawing(
        "carrot",
        _path("M24 15q-6-4-6-11M25 15q0-7 2-12M27 16q2-6 8-8", width=3, stroke=_LEAF)
        + _path("M15 17q10-6 19 0-2 17-12 28-7-12-7-28z", "#ee8422")
        + _path("M17 25h6M28 31h-6"),
    ),
    Drawing("lightning", _path("M28 3L9 27h12l-5 18 22-26H25z", _GOLD)),
)


def for_character(character: str) -> Drawing:
    """The drawing that stands for one character of a code; `ValueError` when codes have no such character."""
    return DRAWINGS[ALPHABET.index(character)]


def strip(code: str) -> str:
    """A code as a row of drawings in one picture, with a gap where the printed code has its dash."""
    places = [number * 52 + (24 if number >= 5 else 0) for number in range(len(code))]
    parts = (
        f'<svg x="{x}" y="0" width="48" height="48" viewBox="0 0 48 48">{for_character(character).shapes}</svg>'
        for x, character in zip(places, code, strict=True)
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {places[-1] + 48} 48">{"".join(parts)}</svg>'


def sprite() -> str:
    """All drawings in one file, each under its name."""
    shapes = (f'<symbol id="{one.name}" viewBox="0 0 48 48">{one.shapes}</symbol>' for one in DRAWINGS)
    return f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(shapes)}</svg>'
