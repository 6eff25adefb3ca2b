"""The words that results are told in: how large a difference is, what a mark means, why something is hidden.

Sizes follow the usual convention for standardised differences (0.2, 0.5 and 0.8 SD); one SD is 100 points. They are
said only about differences that are certain.
"""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kfl.core.text import TranslatedText
from kfl.disclosure import Hidden

from .payload import Place, ScaleText, Text

UP, DOWN, ALIKE = "▲", "▼", "≈"

# From how many points each word is used.
SIZES: tuple[tuple[int, Promise], ...] = (
    (80, gettext_lazy("svært stor forskjell")),
    (50, gettext_lazy("tydelig forskjell")),
    (20, gettext_lazy("merkbar forskjell")),
    (10, gettext_lazy("liten forskjell")),
    (0, gettext_lazy("svært liten forskjell")),
)

GAPS: dict[str, Promise] = {
    "hidden": gettext_lazy("skjult den gangen"),
    "changed": gettext_lazy("spørsmålene er endret, så tallene kan ikke sammenlignes"),
    "not_asked": gettext_lazy("det ble ikke spurt om dette"),
    "not_there": gettext_lazy("enheten var ikke med"),
}

WHY_HIDDEN: dict[str, Promise] = {
    Hidden.PROTECTED: gettext_lazy(
        "Her er det for få svar, eller tallet kunne brukes til å regne ut noe om en liten gruppe."
    ),
    Hidden.NO_ANSWERS: gettext_lazy("Ingen har svart her."),
    Hidden.SENSITIVE: gettext_lazy("Dette er et sensitivt område. Det vises når kontrollen er ferdig."),
    Hidden.SPLIT: gettext_lazy("Jenter og gutter kan ikke vises hver for seg her."),
    Hidden.UNKNOWN: gettext_lazy("Dette kan ikke vises."),
}


def said(text: Text) -> str:
    """A text as asked, in the reader's language, else in bokmål."""
    return str(TranslatedText(text))


def size(points: int) -> str:
    """How large a certain difference is, in words."""
    return str(next(word for least, word in SIZES if abs(points) >= least))


def mark(points: int, certain: bool) -> str:
    return ALIKE if not certain or points == 0 else UP if points > 0 else DOWN


def is_good(scale: ScaleText, points: int) -> bool | None:
    """Whether more (or less) of it is good news; None where neither is better."""
    if scale.favourable not in {"high", "low"}:
        return None
    return (points > 0) == (scale.favourable == "high")


def why_hidden(reason: str) -> str:
    """In words a reader can use; what is not known is hidden without a reason."""
    return str(WHY_HIDDEN.get(reason, WHY_HIDDEN[Hidden.UNKNOWN]))


def place_name(place: Place, trail: list[Place]) -> str:
    """`8B, Furuly skole`: classes, departments and grades need their school's name."""
    schools = [above.name for above in trail if above.kind in {"school", "kindergarten"}]
    if place.kind in {"group", "grade", "department"} and schools:
        return f"{place.name}, {schools[-1]}"
    return place.name


def against_rest(scale: ScaleText, above: str, points: int) -> str:
    """`Ro og orden ligger sikkert under resten av Furuly skole (66 poeng, tydelig forskjell).`"""
    template = (
        _("{scale} ligger sikkert over resten av {above} ({points} poeng, {size}).")
        if points > 0
        else _("{scale} ligger sikkert under resten av {above} ({points} poeng, {size}).")
    )
    told = template.format(scale=said(scale.title), above=above, points=abs(points), size=size(points))
    return f"{told} {verdict(scale, points)}".strip()


def verdict(scale: ScaleText, points: int) -> str:
    """Whether that is a strength, where one end of the scale is better."""
    good = is_good(scale, points)
    if good is None:
        return ""
    if scale.favourable == "low":
        return _("Her er lavt best: en styrke.") if good else _("Her er lavt best: en utfordring.")
    return _("En styrke.") if good else _("En utfordring.")


def since_then(scale: ScaleText, wave: str, points: int) -> str:
    template = (
        _("{scale} har økt sikkert siden {wave} ({points} poeng).")
        if points > 0
        else _("{scale} har gått sikkert ned siden {wave} ({points} poeng).")
    )
    return template.format(scale=said(scale.title), wave=wave, points=abs(points))


def change_word(points: int, certain: bool) -> str:
    if not certain:
        return _("ingen sikker endring")
    return _("økt") if points > 0 else _("gått ned")


def difference_word(points: int, certain: bool, above: str) -> str:
    if not certain:
        return _("ingen sikker forskjell")
    return (_("sikkert over {above}") if points > 0 else _("sikkert under {above}")).format(above=above)
