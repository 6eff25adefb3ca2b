"""Faces beside three or four answers, from sad to glad, for children who cannot read yet: on screen and on paper."""

from __future__ import annotations

_INK = "#222"
_MOUTHS = {
    3: ("M29 73q21-21 42 0", "M29 66h42", "M27 60q23 28 46 0"),
    4: ("M27 76q23-27 46 0", "M30 70q20-10 40 0", "M30 64q20 11 40 0", "M26 58q24 32 48 0"),
}


def has_faces(count: int) -> bool:
    """Whether there are faces for so many answers."""
    return count in _MOUTHS


def face(place: int, count: int) -> str:
    """The face of one answer as SVG: the page colours it by class, paper by the attributes."""
    return (
        '<svg class="face" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" aria-hidden="true"'
        ' focusable="false">'
        f'<circle class="skin" cx="50" cy="50" r="45" fill="none" stroke="{_INK}" stroke-width="3"/>'
        f'<circle class="ink" cx="34" cy="41" r="6" fill="{_INK}"/>'
        f'<circle class="ink" cx="66" cy="41" r="6" fill="{_INK}"/>'
        f'<path class="mouth" d="{_MOUTHS[count][place]}" fill="none" stroke="{_INK}" stroke-width="5"'
        ' stroke-linecap="round"/></svg>'
    )
