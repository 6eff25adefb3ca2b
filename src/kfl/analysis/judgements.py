"""What is good enough, in plain words: limits for reliability, fit and items, and a sentence for each judgement.

Bokmål is the source; nynorsk and English are in the gettext domain `analysis`. The limits and where they come from
stand in docs/analyse.md; they are habits of the field, not laws, and the words say so.
"""

from __future__ import annotations

import gettext
import io
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kfl.analysis.quality import ScaleQuality

SOURCE = "nb"
LANGUAGES = ("nb", "nn", "en")
_LOCALE = Path(__file__).resolve().parent.parent / "locale"


class Judgement(StrEnum):
    """How a number stands to the limits."""

    GOOD = "good"
    ENOUGH = "enough"
    WEAK = "weak"
    UNKNOWN = "unknown"  # it could not be computed, or says nothing here


class Measure(StrEnum):
    """What can be judged."""

    RELIABILITY = "reliability"  # alpha and omega
    CFI = "cfi"
    TLI = "tli"
    RMSEA = "rmsea"
    SRMR = "srmr"
    ITEM_REST = "item_rest"
    LOADING = "loading"


@dataclass(frozen=True)
class Limits:
    """Where good and good enough begin; below or above, as the measure goes."""

    good: float
    enough: float

    @property
    def high_is_good(self) -> bool:
        """Whether more is better."""
        return self.good > self.enough


LIMITS = {
    Measure.RELIABILITY: Limits(0.80, 0.70),
    Measure.CFI: Limits(0.95, 0.90),
    Measure.TLI: Limits(0.95, 0.90),
    Measure.RMSEA: Limits(0.06, 0.08),
    Measure.SRMR: Limits(0.06, 0.08),
    Measure.ITEM_REST: Limits(0.40, 0.30),
    Measure.LOADING: Limits(0.50, 0.40),
}
_ORDER = (Judgement.WEAK, Judgement.ENOUGH, Judgement.GOOD)


def judge(measure: Measure, value: float | None) -> Judgement:
    """How a number stands to its limits.

    Parameters
    ----------
    measure : Measure
        What the number is.
    value : float or None
        Unrounded; None = unknown.

    Returns
    -------
    Judgement

    Examples
    --------
    >>> judge(Measure.RMSEA, 0.07).value
    'enough'
    """
    if value is None:
        return Judgement.UNKNOWN
    limits = LIMITS[measure]
    sign = 1 if limits.high_is_good else -1
    if sign * value >= sign * limits.good:
        return Judgement.GOOD
    return Judgement.ENOUGH if sign * value >= sign * limits.enough else Judgement.WEAK


def judge_fit(quality: ScaleQuality) -> Judgement:
    """How well one factor fits: the worst of CFI, TLI and SRMR, and not good where RMSEA is weak.

    RMSEA alone condemns nothing, since it runs high in scales of few items.

    Parameters
    ----------
    quality : ScaleQuality
        Of the scale.

    Returns
    -------
    Judgement
        Unknown where the model leaves nothing to test (three items), or gave impossible numbers.
    """
    if not quality.df or not quality.proper:
        return Judgement.UNKNOWN
    pairs = ((Measure.CFI, quality.cfi), (Measure.TLI, quality.tli), (Measure.SRMR, quality.srmr))
    found = [judge(measure, value) for measure, value in pairs]
    if Judgement.UNKNOWN in found:
        return Judgement.UNKNOWN
    if judge(Measure.RMSEA, quality.rmsea) is Judgement.WEAK:
        found.append(Judgement.ENOUGH)
    return min(found, key=_ORDER.index)


def judge_reliability(quality: ScaleQuality) -> Judgement:
    """How reliable the scale is: by omega where it can be trusted, else by alpha.

    Parameters
    ----------
    quality : ScaleQuality
        Of the scale.

    Returns
    -------
    Judgement
    """
    trusted = quality.omega if quality.omega is not None and quality.proper else quality.alpha
    return judge(Measure.RELIABILITY, trusted)


def judgement_word(judgement: Judgement, language: str) -> str:
    """One or two words for a judgement.

    Parameters
    ----------
    judgement : Judgement
        Which.
    language : str
        nb, nn or en; others get bokmål.

    Returns
    -------
    str
    """
    _ = translations(language).gettext
    return {
        Judgement.GOOD: _("godt"),
        Judgement.ENOUGH: _("godt nok"),
        Judgement.WEAK: _("svakt"),
        Judgement.UNKNOWN: _("ukjent"),
    }[judgement]


def reliability_sentence(judgement: Judgement, language: str) -> str:
    """What a scale's reliability means for whoever reads its results.

    Parameters
    ----------
    judgement : Judgement
        From `judge_reliability`.
    language : str
        nb, nn or en; others get bokmål.

    Returns
    -------
    str
    """
    _ = translations(language).gettext
    return {
        Judgement.GOOD: _(
            "Svarene henger godt sammen: poengene er pålitelige nok til å sammenligne grupper og følge utvikling."
        ),
        Judgement.ENOUGH: _(
            "Svarene henger godt nok sammen til å sammenligne grupper, men for lite til å si noe om én person."
        ),
        Judgement.WEAK: _(
            "Svarene henger for dårlig sammen til å stole på skalaen alene. Les spørsmålene hver for seg, og vær "
            "varsom med forskjeller."
        ),
        Judgement.UNKNOWN: _("Hvor godt svarene henger sammen, kan ikke regnes ut her."),
    }[judgement]


def fit_sentence(judgement: Judgement, language: str) -> str:
    """What the fit of one factor means.

    Parameters
    ----------
    judgement : Judgement
        From `judge_fit`.
    language : str
        nb, nn or en; others get bokmål.

    Returns
    -------
    str
    """
    _ = translations(language).gettext
    return {
        Judgement.GOOD: _("Spørsmålene ser ut til å måle én og samme ting."),
        Judgement.ENOUGH: _("Spørsmålene måler i hovedsak én ting, men modellen treffer ikke helt."),
        Judgement.WEAK: _(
            "Spørsmålene måler mer enn én ting, eller noen av dem ligner mer på hverandre enn på resten. Se på "
            "ladningene og ordlyden før poengene tolkes som én egenskap."
        ),
        Judgement.UNKNOWN: _("Om spørsmålene måler én ting, kan ikke prøves med disse svarene."),
    }[judgement]


@cache
def translations(language: str) -> gettext.NullTranslations:
    """The catalogue of a language.

    Parameters
    ----------
    language : str
        nb, nn or en.

    Returns
    -------
    NullTranslations
        Compiled here where set-up has not done it, or did it before the catalogue was changed.
    """
    if language == SOURCE or language not in LANGUAGES:
        return gettext.NullTranslations()
    source = _LOCALE / language / "LC_MESSAGES" / "analysis.po"
    compiled = source.with_suffix(".mo")
    if compiled.exists() and (not source.exists() or compiled.stat().st_mtime >= source.stat().st_mtime):
        return gettext.GNUTranslations(io.BytesIO(compiled.read_bytes()))
    if not source.exists():
        return gettext.NullTranslations()
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    target = io.BytesIO()
    write_mo(target, read_po(io.BytesIO(source.read_bytes())))
    return gettext.GNUTranslations(io.BytesIO(target.getvalue()))
