"""Small words of a report: reasons, levels, numbers with their intervals."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kfl.core.templatetags.core import NO_BREAK, dated, listed, number
from kfl.surveys.models import NodeKind

from ..payload import Estimate, FitText, MeansApart, ShareInWords, Visible, WhyLeftOut

NONE = "–"

PLURALS: dict[str, Promise] = {
    NodeKind.COUNTY: gettext_lazy("fylker"),
    NodeKind.REGION: gettext_lazy("regioner"),
    NodeKind.MUNICIPALITY: gettext_lazy("kommuner"),
    NodeKind.SCHOOL: gettext_lazy("skoler"),
    NodeKind.KINDERGARTEN: gettext_lazy("barnehager"),
    NodeKind.GRADE: gettext_lazy("trinn"),
    NodeKind.GROUP: gettext_lazy("klasser"),
    NodeKind.DEPARTMENT: gettext_lazy("avdelinger"),
}

SINGULARS: dict[str, Promise] = {
    NodeKind.MUNICIPALITY: gettext_lazy("kommune"),
    NodeKind.SCHOOL: gettext_lazy("skole"),
    NodeKind.KINDERGARTEN: gettext_lazy("barnehage"),
}

# Such places, all of a wave: a grade is one at each school.
IN_PLACES: dict[str, Promise] = PLURALS | {NodeKind.GRADE: gettext_lazy("trinn ved skolene")}

# Reasons that hold for a whole informant group, which its chapter tells once.
OF_ALL = frozenset({WhyLeftOut.UNKNOWN, WhyLeftOut.NOT_APART})

WHY: dict[str, Promise] = {
    WhyLeftOut.SENSITIVE: gettext_lazy("sensitivt: det fortelles ingenting om slike områder her"),
    WhyLeftOut.HIDDEN: gettext_lazy("skjult av personvernhensyn for hele kartleggingen"),
    WhyLeftOut.SINGLE: gettext_lazy("enkeltspørsmål: ingen skala å vurdere"),
    WhyLeftOut.SHORT: gettext_lazy("for få spørsmål"),
    WhyLeftOut.FEW: gettext_lazy("for få hele svarark"),
    WhyLeftOut.NO_SOLUTION: gettext_lazy("beregningen gir ingen gyldig løsning"),
    WhyLeftOut.LEFT_OUT: gettext_lazy("ordet kunne røpe hva de få svarte som ikke har svart på alt"),
    WhyLeftOut.UNKNOWN: gettext_lazy("kjønn er ikke kjent i denne kartleggingen"),
    WhyLeftOut.NOT_APART: gettext_lazy("kjønn er kjent, men vises ikke for hele kartleggingen, av personvernhensyn"),
    WhyLeftOut.NO_FIT: gettext_lazy("ikke undersøkt: modellen med én faktor passer ikke"),
    WhyLeftOut.NO_KEY: gettext_lazy("ikke undersøkt: nøkkelen til summene fra forrige kartlegging mangler på serveren"),
    WhyLeftOut.NEW: gettext_lazy("ingen tidligere kartlegging i serien har spurt om nøyaktig det samme"),
}


SHARES: dict[str, Promise] = {
    ShareInWords.NEARLY_ALL: gettext_lazy("Nesten alle"),
    ShareInWords.MOST: gettext_lazy("De fleste"),
    ShareInWords.HALF: gettext_lazy("Minst halvparten"),
    ShareInWords.SOME: gettext_lazy("Under halvparten"),
    ShareInWords.FEW: gettext_lazy("Få eller ingen"),
}

APART: dict[str, Promise] = {
    MeansApart.LITTLE: gettext_lazy("skiller seg under ett poeng fra snittet av spørsmålenes snitt"),
    MeansApart.SOME: gettext_lazy("skiller seg ett til fem poeng fra snittet av spørsmålenes snitt"),
    MeansApart.MUCH: gettext_lazy("skiller seg fem poeng eller mer fra snittet av spørsmålenes snitt"),
}


def share_word(share: str) -> str:
    """How many of all, at the beginning of a sentence."""
    return str(SHARES[share])


def means_apart(apart: str) -> str:
    """How far the two kinds of mean are from each other."""
    return str(APART[apart])


def counted(kind: str, n: int) -> str:
    """Units that one may choose, after their number."""
    return str(SINGULARS[kind] if n == 1 and kind in SINGULARS else PLURALS[kind])


def why(gap: str) -> str:
    return str(WHY[gap]) if gap in WHY else ""


def places(found: Sequence[Visible]) -> str:
    """`alle 6 kommuner og 12 av 14 skoler`; a level with one node is left out, unless it is all there is."""
    several = [place for place in found if place.shown + place.hidden > 1]
    if not several:
        return _("hele kartleggingen under ett")
    return listed([_of_all(place) for place in several])


def _of_all(place: Visible) -> str:
    name, every = IN_PLACES[place.kind], number(place.shown + place.hidden)
    if not place.hidden and place.shown > 2:
        return _("alle {all} {places}").format(all=every, places=name)
    return _("{shown} av {all} {places}").format(shown=number(place.shown), all=every, places=name)


def day(iso: str) -> str:
    return dated(date.fromisoformat(iso))


def figure(value: float | None, decimals: int = 2) -> str:
    return number(value, decimals)


def interval(low: float | None, high: float | None, decimals: int = 2) -> str:
    return f"{figure(low, decimals)}–{figure(high, decimals)}"


def estimate(found: Estimate | None, decimals: int = 2) -> str:
    """`0,83 (0,81–0,85)`."""
    if found is None:
        return NONE
    return f"{figure(found.value, decimals)}{NO_BREAK}({interval(found.low, found.high, decimals)})"


def p_value(p: float | None) -> str:
    """`p = 0,031`, `p < 0,001`."""
    if p is None:
        return NONE
    return f"p{NO_BREAK}<{NO_BREAK}{figure(0.001, 3)}" if p < 0.0005 else f"p{NO_BREAK}={NO_BREAK}{figure(p, 3)}"


def fit_line(fit: FitText, groups: Sequence[int] = ()) -> str:
    """All of a fit in one line, as articles give it; with groups, how many sheets each has."""
    people = " + ".join(number(n) for n in groups or [fit.people])
    if fit.df == 0:
        return _("passer alltid (ingen frihetsgrader); {n} hele svarark").format(n=people)
    parts = [f"χ²({fit.df}) = {figure(fit.chi2)}", p_value(fit.p), f"CFI {figure(fit.cfi, 3)}"]
    parts += [
        f"TLI {figure(fit.tli, 3)}",
        f"RMSEA {figure(fit.rmsea, 3)} ({interval(fit.rmsea_low, fit.rmsea_high, 3)})",
    ]
    return _("{fit}; {n} hele svarark").format(fit=", ".join([*parts, f"SRMR {figure(fit.srmr, 3)}"]), n=people)


def signed(value: float, decimals: int = 2) -> str:
    """`+0,12`, `−0,05`, and `0,00` without a sign."""
    text = figure(abs(value), decimals)
    if round(value, decimals) == 0:
        return text
    return f"+{text}" if value > 0 else f"−{text}"
