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
    """Where good and good enough begin, below or above as the measure goes, and whose limits they are."""

    good: float
    enough: float
    source: str  # "" where they are a habit of the field

    @property
    def high_is_good(self) -> bool:
        """Whether more is better."""
        return self.good > self.enough


LIMITS = {
    Measure.RELIABILITY: Limits(0.80, 0.70, "Nunnally & Bernstein 1994"),
    Measure.CFI: Limits(0.95, 0.90, "Hu & Bentler 1999; Bentler & Bonett 1980"),
    Measure.TLI: Limits(0.95, 0.90, "Hu & Bentler 1999; Bentler & Bonett 1980"),
    Measure.RMSEA: Limits(0.06, 0.08, "Hu & Bentler 1999; Browne & Cudeck 1993"),
    Measure.SRMR: Limits(0.08, 0.10, "Hu & Bentler 1999; Schermelleh-Engel, Moosbrugger & Müller 2003"),
    Measure.ITEM_REST: Limits(0.40, 0.30, ""),
    Measure.LOADING: Limits(0.50, 0.40, "Hair, Black, Babin & Anderson 2010"),
}
# RMSEA runs high where a model leaves little to test and few answered (Kenny, Kaniskan & McCoach 2015): from fewer
# people than this, and at most so many degrees of freedom, it does not count.
RMSEA_PEOPLE, RMSEA_DF = 200, 2
RELIABILITY_DECIMALS = 2  # of alpha and omega, wherever they are printed
_ORDER = (Judgement.WEAK, Judgement.ENOUGH, Judgement.GOOD)


def judge(measure: Measure, value: float | None) -> Judgement:
    """How a number stands to its limits.

    Parameters
    ----------
    measure : Measure
        What the number is.
    value : float or None
        Unrounded; None = unknown. Reliability is judged as it is printed, with two decimals.

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
    if measure is Measure.RELIABILITY:
        value = round(value, RELIABILITY_DECIMALS)
    limits = LIMITS[measure]
    sign = 1 if limits.high_is_good else -1
    if sign * value >= sign * limits.good:
        return Judgement.GOOD
    return Judgement.ENOUGH if sign * value >= sign * limits.enough else Judgement.WEAK


@dataclass(frozen=True)
class Indexes:
    """What the fit of a model is judged by; None = unknown."""

    people: int
    df: int
    cfi: float | None
    tli: float | None
    rmsea: float | None
    rmsea_low: float | None  # lower end of its 90 % interval
    srmr: float | None


def judge_rmsea(fit: Indexes) -> Judgement:
    """RMSEA with its 90 % interval: too large only where the interval, too, lies above what is good.

    Parameters
    ----------
    fit : Indexes
        Of the model.

    Returns
    -------
    Judgement
        Unknown where it does not count: hardly anything to test, and few people.

    Examples
    --------
    >>> judge_rmsea(Indexes(2500, 2, 0.97, 0.91, 0.144, 0.13, 0.03)).value
    'weak'
    >>> judge_rmsea(Indexes(250, 2, 0.98, 0.95, 0.09, 0.01, 0.03)).value
    'enough'
    """
    if fit.people < RMSEA_PEOPLE and fit.df <= RMSEA_DF:
        return Judgement.UNKNOWN
    found = judge(Measure.RMSEA, fit.rmsea)
    if found is Judgement.WEAK and judge(Measure.RMSEA, fit.rmsea_low) is Judgement.GOOD:
        return Judgement.ENOUGH
    return found


def judge_indexes(fit: Indexes) -> Judgement:
    """How well a model fits: the worst of CFI, TLI, RMSEA and SRMR.

    Parameters
    ----------
    fit : Indexes
        Of the model.

    Returns
    -------
    Judgement
        Unknown where the model leaves nothing to test (three items).
    """
    if fit.df == 0:
        return Judgement.UNKNOWN
    pairs = ((Measure.CFI, fit.cfi), (Measure.TLI, fit.tli), (Measure.SRMR, fit.srmr))
    found = [judge(measure, value) for measure, value in pairs]
    if Judgement.UNKNOWN in found:
        return Judgement.UNKNOWN
    rmsea = judge_rmsea(fit)
    return min([*found, *([] if rmsea is Judgement.UNKNOWN else [rmsea])], key=_ORDER.index)


def judge_fit(quality: ScaleQuality) -> Judgement:
    """How well one factor fits the scale.

    Parameters
    ----------
    quality : ScaleQuality
        Of the scale.

    Returns
    -------
    Judgement
        As of `judge_indexes`; unknown, too, where the model gave impossible numbers.
    """
    found = indexes(quality)
    return Judgement.UNKNOWN if found is None or not quality.proper else judge_indexes(found)


def indexes(quality: ScaleQuality) -> Indexes | None:
    """What the fit of a scale's one factor is judged by.

    Parameters
    ----------
    quality : ScaleQuality
        Of the scale.

    Returns
    -------
    Indexes or None
        None where there is no model, or no number of people beside it.
    """
    if quality.df is None or quality.n_complete is None:
        return None
    return Indexes(
        people=quality.n_complete,
        df=quality.df,
        cfi=quality.cfi,
        tli=quality.tli,
        rmsea=quality.rmsea,
        rmsea_low=quality.rmsea_low,
        srmr=quality.srmr,
    )


def judge_reliability(alpha: float | None, omega: float | None) -> Judgement:
    """Whether a scale's items hold together: by the smaller of persons' alpha and omega.

    The one verdict of result pages, technical reports and `kfl analyse`. Alpha is too low where items load unequally,
    and too high where errors go together; omega leans on a model with one factor and is too high where that does not
    fit. A scale that is called good enough must be so by both, so that no assumption alone carries it.

    Parameters
    ----------
    alpha, omega : float or None
        Unrounded, and rounded once, here; None = unknown, or (omega) of a model with impossible numbers. Where one is
        unknown the other decides.

    Returns
    -------
    Judgement

    Examples
    --------
    >>> judge_reliability(0.66, 0.72).value
    'weak'
    """
    known = [value for value in (alpha, omega) if value is not None]
    return judge(Measure.RELIABILITY, min(known, default=None))


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
        Judgement.ENOUGH: _(
            "Spørsmålene måler i hovedsak én ting, men modellen treffer ikke helt, eller svarene er for få til å "
            "si det."
        ),
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
