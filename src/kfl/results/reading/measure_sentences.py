"""What is said of a change where the scale is not the same measure as before, or where nobody can tell (RULES C.7)."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kfl.core.templatetags.core import listed

from ..payload import NotExamined, SameMeasure, ScaleText
from .result_words import said

WHY: dict[str, Promise] = {
    NotExamined.SHORT: gettext_lazy("for få spørsmål"),
    NotExamined.FEW: gettext_lazy("for få har svart på alle spørsmålene"),
    NotExamined.HIDDEN: gettext_lazy("svarene vises ikke for hele kartleggingen begge gangene"),
    NotExamined.NO_FIT: gettext_lazy("spørsmålene måler ikke én og samme ting"),
    NotExamined.NO_SOLUTION: gettext_lazy("beregningen ga ingen gyldig løsning"),
    NotExamined.NO_KEY: gettext_lazy("nøkkelen til tallene fra den gangen mangler på serveren"),
}


def another_measure(scale: ScaleText, same: SameMeasure | None, wave: str) -> str:
    """Why no change is called certain, with the question that makes it so; "" where nothing speaks against it."""
    if same is None or same.is_comparable:
        return ""
    if same.item < 0:
        why = _("Spørsmålene er ikke besvart på samme måte som i {wave}.").format(wave=wave)
    else:
        template = (
            _("Spørsmålet «{question}» er besvart annerledes enn i {wave}, også av dem som ellers svarer likt.")
            if same.level == "metric"
            else _("Spørsmålet «{question}» henger ikke sammen med de andre slik det gjorde i {wave}.")
        )
        why = template.format(question=said(scale.items[same.item].text), wave=wave)
    return f"{why} " + _("Derfor kaller vi ingen endring her sikker.")


def not_examined(scales: Iterable[tuple[ScaleText, SameMeasure | None, str]]) -> list[str]:
    """Of which scales nobody knows whether they are the same measure, with the wave compared with, and why."""
    found: dict[tuple[str, str], list[str]] = {}
    for scale, same, wave in scales:
        if same is not None and same.gap:
            found.setdefault((wave, same.gap), []).append(said(scale.title))
    return [
        _("Ikke undersøkt om området måler det samme som i {wave}: {names} ({why}). Endringen står.").format(
            wave=wave, names=listed(names), why=WHY.get(gap, "")
        )
        for (wave, gap), names in found.items()
    ]
