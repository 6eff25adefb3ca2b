"""What ± means and what it is made of, for "Om tallene": in words for each kind of unit, and so that whoever wants to
can work every interval out again.

All of it stands in the page and in the release's texts; docs/methods/interval.md. Plain Python.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kfl.core.templatetags.core import listed
from kfl.questionnaires.formats import Informant

from ..payload import Certainty, FormText, Page, ScaleResult, ScaleSpread
from . import result_words

#: Under this, more than half of what sets the shown numbers of such units apart is chance.
LOW_ICC2 = 0.5

# The levels in the order of `SpreadComponents.between`, in a school and in a kindergarten.
LEVEL_NAMES: tuple[tuple[Promise, Promise], ...] = (
    (gettext_lazy("klasse"), gettext_lazy("avdeling")),
    (gettext_lazy("trinn"), gettext_lazy("trinn")),
    (gettext_lazy("skole"), gettext_lazy("barnehage")),
    (gettext_lazy("kommune"), gettext_lazy("kommune")),
)
MANY: tuple[tuple[Promise, Promise], ...] = (
    (gettext_lazy("klasser"), gettext_lazy("avdelinger")),
    (gettext_lazy("trinn"), gettext_lazy("trinn")),
    (gettext_lazy("skoler"), gettext_lazy("barnehager")),
)

# What ± is about, by the kind of unit: what stays as it is, and what could as well have been another.
MEANING: dict[str, Promise] = {
    "group": gettext_lazy(
        "Usikkerheten (±) gjelder denne klassen: hvor mye tallet kunne ha vært annerledes med andre {inside} av samme "
        "slag i den. Hvordan det ville ha vært i en annen klasse, eller med en annen lærer, sier den ikke."
    ),
    "department": gettext_lazy(
        "Usikkerheten (±) gjelder denne avdelingen: hvor mye tallet kunne ha vært annerledes med andre {inside} av "
        "samme slag i den. Hvordan det ville ha vært i en annen avdeling, eller med andre ansatte, sier den ikke."
    ),
    "grade": gettext_lazy(
        "Usikkerheten (±) gjelder dette trinnet ved denne skolen: hvor mye tallet kunne ha vært annerledes med andre "
        "{inside} av samme slag. Hvordan neste kull vil svare, sier den ikke."
    ),
    "school": gettext_lazy(
        "Usikkerheten (±) gjelder denne skolen: hvor mye tallet kunne ha vært annerledes med andre {inside} av samme "
        "slag ved den."
    ),
    "kindergarten": gettext_lazy(
        "Usikkerheten (±) gjelder denne barnehagen: hvor mye tallet kunne ha vært annerledes med andre {inside} av "
        "samme slag i den."
    ),
    "municipality": gettext_lazy(
        "Usikkerheten (±) gjelder denne kommunen: hvor mye tallet kunne ha vært annerledes med andre {inside} av samme "
        "slag i den."
    ),
    "region": gettext_lazy(
        "Usikkerheten (±) gjelder denne regionen, med de kommunene den har: hvor mye tallet kunne ha vært annerledes "
        "med andre {inside} av samme slag i dem."
    ),
    "county": gettext_lazy(
        "Usikkerheten (±) gjelder dette fylket, med de kommunene det har: hvor mye tallet kunne ha vært annerledes med "
        "andre {inside} av samme slag i dem."
    ),
}

LIKE_ON_SOME: dict[str, Promise] = {
    "group": gettext_lazy("Målt mot usikkerheten er klassene ganske like på {scales}. Små forskjeller sier lite."),
    "department": gettext_lazy(
        "Målt mot usikkerheten er avdelingene ganske like på {scales}. Små forskjeller sier lite."
    ),
    "grade": gettext_lazy("Målt mot usikkerheten er trinnene ganske like på {scales}. Små forskjeller sier lite."),
    "school": gettext_lazy("Målt mot usikkerheten er skolene ganske like på {scales}. Små forskjeller sier lite."),
    "kindergarten": gettext_lazy(
        "Målt mot usikkerheten er barnehagene ganske like på {scales}. Små forskjeller sier lite."
    ),
    "municipality": gettext_lazy(
        "Målt mot usikkerheten er kommunene ganske like på {scales}. Små forskjeller sier lite."
    ),
}


def standard_error(points: int, n: int, spread: ScaleSpread, d: Sequence[float]) -> float:
    """Of a shown number, in points (RULES C.3).

    Parameters
    ----------
    points, n : int
        As shown.
    spread : ScaleSpread
        Of the scale.
    d : sequence of float
        How people fall on classes, grades and schools below, as stored with the number.

    Returns
    -------
    float
    """
    return sqrt(within(points, spread) / n + sum(t * one for t, one in zip(spread.frozen.between, d, strict=False)))


def within(points: int, spread: ScaleSpread) -> float:
    """Variance of persons within a lowest block where the mean is `points`."""
    return max(spread.frozen.c * (points - spread.low) * (spread.high - points), 0.0)


@dataclass(frozen=True)
class VarianceTerm:
    """What blocks of one level below add to the variance of a number."""

    level: str
    sd: float  # τ, in points
    d: float

    @property
    def variance(self) -> float:
        return self.sd**2 * self.d


@dataclass(frozen=True)
class Basis:
    """What one scale's ± is worked out of."""

    title: str
    wave: str  # that froze it
    c: float
    low: float
    high: float
    between: list[float]  # τ of each level of `Uncertainty.levels`, in points
    n: int | None = None  # None where nothing is shown here, and so on
    points: int = 0
    half: int = 0
    within: float = 0.0
    terms: list[VarianceTerm] | None = None  # of each level of `Uncertainty.below`

    @property
    def squared(self) -> float:
        """The squared standard error here."""
        return self.within / self.n + sum(term.variance for term in self.terms or ()) if self.n else 0.0

    @property
    def se(self) -> float:
        return sqrt(self.squared)


class Uncertainty:
    """Everything about ± at one page."""

    def __init__(self, page: Page, form: FormText) -> None:
        self.page, self.form = page, form
        self._names = [names[Informant(form.informant).in_kindergarten] for names in LEVEL_NAMES]
        spreads = [spread for spread in form.spread if spread]
        self._levels = [one for one in range(len(LEVEL_NAMES)) if any(s.frozen.between[one] > 0 for s in spreads)]
        held = [one for one in range(len(MANY)) if any(cell.d and cell.d[one] > 0 for cell in page.scales)]
        self._below = [one for one in held if one in self._levels]

    @property
    def levels(self) -> list[str]:
        """Levels between whose blocks something lies, the lowest first."""
        return [str(self._names[one]) for one in self._levels]

    @property
    def below(self) -> list[str]:
        """Those of them that people here fall on, in differing numbers."""
        return [str(self._names[one]) for one in self._below]

    @property
    def meaning(self) -> str:
        """What ± is about here."""
        informant = Informant(self.form.informant)
        persons = _("elever") if informant.band else _("barn") if informant == Informant.CHILD else _("personer")
        blocks = [str(MANY[one][informant.in_kindergarten]) for one in reversed(self._below)]
        template = MEANING.get(self.page.kind, MEANING["school"])
        return str(template).format(inside=listed([*blocks, persons]))

    @property
    def bases(self) -> list[Basis]:
        """Of each scale that has points in this wave."""
        pairs = zip(self.form.scales, self.form.spread, self.form.reference_waves, self.page.scales, strict=True)
        return [
            self._basis(result_words.said(scale.title), spread, wave, result)
            for scale, spread, wave, result in pairs
            if spread
        ]

    @property
    def example(self) -> Basis | None:
        """The one to work out as an example: the first that is shown here."""
        return next((basis for basis in self.bases if basis.n), None)

    def _basis(self, title: str, spread: ScaleSpread, wave: str, result: ScaleResult) -> Basis:
        sd = [sqrt(one) for one in spread.frozen.between]
        known = Basis(title, wave, spread.frozen.c, spread.low, spread.high, [sd[one] for one in self._levels])
        value = result.value
        if value is None:
            return known
        terms = [VarianceTerm(str(self._names[one]), sd[one], result.d[one]) for one in self._below if result.d]
        return Basis(
            title, wave, known.c, known.low, known.high, known.between,
            value.n, value.points, value.half, within(value.points, spread), terms,
        )  # fmt: skip

    @property
    def likeness(self) -> str:
        """On which scales units of this kind are so alike that small differences tell little; "" where on none.

        Not on those of which the page tells a difference: it is not small.
        """
        known = self.form.icc2.get(self.page.kind, [])
        shown = [
            (result_words.said(scale.title), icc2)
            for scale, result, icc2 in zip(self.form.scales, self.page.scales, known, strict=False)
            if scale.measured and result.value and not _is_told(result)
        ]
        found = [title for title, icc2 in shown if icc2 is not None and icc2 < LOW_ICC2]
        if not found or self.page.kind not in LIKE_ON_SOME:
            return ""
        scales = _("alle områdene") if len(found) == len(shown) > 1 else listed(found)
        return str(LIKE_ON_SOME[self.page.kind]).format(scales=scales)


def _is_told(result: ScaleResult) -> bool:
    return any(one and one.certainty is not Certainty.NONE for one in (result.above, result.top, result.change))
