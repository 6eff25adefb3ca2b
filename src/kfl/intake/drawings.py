"""The names of the drawings, for those who hear instead of see, and the file that holds them."""

from dataclasses import dataclass
from functools import cache

from kfl.answers import drawings
from kfl.answers.codes import ALPHABET


def _(text: str) -> str:
    """Mark a name for the catalogues; pages translate it."""
    return text


_NAMES = {
    "sun": _("sol"), "pencil": _("blyant"), "house": _("hus"), "moon": _("måne"), "boat": _("båt"),
    "star": _("stjerne"), "fish": _("fisk"), "tree": _("tre"), "snowman": _("snømann"), "balloon": _("ballong"),
    "flower": _("blomst"), "car": _("bil"), "apple": _("eple"), "cat": _("katt"), "heart": _("hjerte"),
    "bird": _("fugl"), "key": _("nøkkel"), "hat": _("hatt"), "umbrella": _("paraply"), "cup": _("kopp"),
    "mushroom": _("sopp"), "present": _("gave"), "book": _("bok"), "clock": _("klokke"), "rocket": _("rakett"),
    "ladder": _("stige"), "tent": _("telt"), "cloud": _("sky"), "flag": _("flagg"), "ice": _("is"),
    "carrot": _("gulrot"), "lightning": _("lyn"),
}  # fmt: skip


@dataclass(frozen=True)
class Picture:
    """A drawing on a page."""

    number: int
    character: str  # of a code
    key: str  # its name in the file of drawings
    name: str  # in bokmål


@cache
def picture_names() -> tuple[Picture, ...]:
    """All drawings, in the order of a code's characters."""
    return tuple(
        Picture(number, character, one.name, _NAMES[one.name])
        for number, (character, one) in enumerate(zip(ALPHABET, drawings.DRAWINGS, strict=True))
    )


def file_of_drawings() -> bytes:
    """The drawings in one SVG file."""
    return drawings.sprite().encode()
