"""What a technical report holds: verdicts on the whole wave and numbers as they are printed, and the texts as asked.

Sentences are found when it is read. Where something is missing there is a reason (`WhyLeftOut`) instead.
"""

from __future__ import annotations

import zlib
from enum import StrEnum
from typing import ClassVar

import msgspec
from msgspec import Struct

from kfl.disclosure import Published, Sheets, Thresholds
from kfl.disclosure.published import ANSWERED, COMPLETE, COUNTS, DESIGN, RELEASED
from kfl.results.payload import Kept, Text

from .page_numbers import PageNumbers

SIDES = (COMPLETE, f"girls/{COMPLETE}", f"boys/{COMPLETE}")


class WhyLeftOut(StrEnum):
    """Why a scale, or a part of its report, is left out."""

    NONE = ""
    SENSITIVE = "sensitive"
    HIDDEN = "hidden"  # the release does not show it for the whole wave
    SINGLE = "single"  # a question outside every scale: nothing is measured
    SHORT = "short"  # too few items for this
    FEW = "few"  # too few sheets
    NO_SOLUTION = "no_solution"  # the estimation did not settle
    LEFT_OUT = "left_out"  # so few left something out that the word could tell what they answered
    UNKNOWN = "unknown"  # gender is not known in this wave
    NOT_APART = "not_apart"  # girls and boys may not be told apart for the whole wave
    NEW = "new"  # no earlier wave asked the same
    NO_FIT = "no_fit"  # one factor does not fit the groups, so they are not compared
    NO_KEY = "no_key"  # what is sealed with the earlier release cannot be opened


class Estimate(Struct, frozen=True, array_like=True):
    """A value and its 95 % interval."""

    value: float
    low: float
    high: float


class FitText(Struct, frozen=True):
    """How well a model fits."""

    people: int
    chi2: float
    df: int
    p: float | None  # None, and the rest too, where df is 0: the model fits by itself
    cfi: float | None
    tli: float | None
    rmsea: float | None
    rmsea_low: float | None  # 90 % interval
    rmsea_high: float | None
    srmr: float | None


class ItemRow(Struct, frozen=True):
    """One question of a scale, over the complete sheets; `n` is of all who answered it."""

    ABOUT: ClassVar[str] = "key"
    RESTS: ClassVar[dict[str, str]] = {"n": ANSWERED}

    key: str
    text: Text
    turned: bool
    n: int
    mean: float
    sd: float
    rest_r: float | None = None  # with the sum of the other questions
    alpha_without: float | None = None
    loading: float | None = None  # standardised, one-factor ML model


class Visible(Struct, frozen=True, array_like=True):
    """On how many nodes of a level the release shows the scale, and on how many it hides it."""

    RESTS: ClassVar[dict[str, str]] = {"shown": DESIGN, "hidden": DESIGN}  # it can be counted on the pages

    kind: str
    shown: int
    hidden: int


class InvarianceCost(Struct, frozen=True):
    """What a stricter model of invariance costs: its figure minus the freer one's."""

    chi2: float
    df: int
    p: float | None
    cfi: float
    rmsea: float
    srmr: float
    holds: bool


class FreedQuestion(Struct, frozen=True):
    """The question whose loading (or intercept), free in each group, mends most of the step that fails."""

    key: str
    chi2: float  # so much chi² falls
    df: int
    p: float | None  # Holm-adjusted over the scale's questions


class Compared(Struct, frozen=True):
    """Whether two groups answer to the same measure: three models, each with more held equal."""

    people: list[int]
    configural: FitText
    metric: FitText
    scalar: FitText
    to_metric: InvarianceCost
    to_scalar: InvarianceCost
    level: str  # the strictest that holds: configural, metric, scalar
    wave: str = ""  # the earlier wave; "" where the groups are girls and boys
    freed: FreedQuestion | None = None  # the question that sets the groups apart


class ReportedDif(Struct, frozen=True):
    """One question: do girls and boys with the same score answer it alike? Above 0: boys higher."""

    difference: float  # standardised mean difference, in the question's own steps
    in_sd: float  # the same in SDs of the question
    p: float  # Holm-adjusted over the scale's questions
    size: str  # A negligible, B moderate, C large


class Same(Struct, frozen=True):
    """How far two groups answer to the same measure, in a word."""

    level: str  # the strictest that holds: configural, metric, scalar
    wave: str = ""  # the earlier wave; "" where the groups are girls and boys
    question: Text | None = None  # that sets them apart


class Straight(Struct, frozen=True, array_like=True):
    """How many complete sheets gave one answer to all questions of a scale where some are turned."""

    people: int | None  # None where they, or the others, are one to k - 1


class Clustering(Struct, frozen=True, array_like=True):
    """How much more reliability and fit vary since people of one school are alike and answers are not normal.

    Variances with schools as clusters, divided by those that the intervals and chi² take for granted.
    """

    RESTS: ClassVar[dict[str, str]] = {"schools": DESIGN}

    schools: int  # whose complete sheets may stand beside their pages
    alpha: float
    omega: float | None
    chi2: float | None  # chi² is divided by it
    p: float | None  # of what it then is


class Full(Struct, frozen=True):
    """The numbers of a scale, all over its complete sheets and with three significant digits.

    There are none where the complete sheets may not stand beside all that were answered (RULES B.8 b).
    """

    RESTS: ClassVar[dict[str, str | tuple[str, ...]]] = {
        "gender": SIDES,
        "dif": SIDES,
    }

    complete: int
    mean: float  # of item means, in the scale's own steps
    sd: float  # between persons
    kept: Kept
    alpha: Estimate | None = None
    omega: Estimate | None = None
    fit: FitText | None = None
    ordinal: FitText | None = None
    items: list[ItemRow] = []
    since: Compared | None = None  # the last wave that asked the same
    gender: Compared | None = None
    dif: list[ReportedDif] = []  # of each question, in order
    straight: Straight | None = None
    clustering: Clustering | None = None


class ScaleReport(Struct, frozen=True):
    """One scale, in words and perhaps in numbers, or why nothing is told about it."""

    ABOUT: ClassVar[str] = "key"
    RESTS: ClassVar[dict[str, str]] = {"low": DESIGN, "high": DESIGN, "item_count": DESIGN, "full": COMPLETE}

    key: str
    title: Text
    digest: str
    low: int
    high: int
    item_count: int
    gap: str = ""
    reliability: str = "unknown"  # a Judgement, by alpha and omega: as the result pages have it
    alpha_gap: str = ""
    fit: str = "unknown"  # a Judgement, of the model with one factor
    fit_gap: str = ""
    means_apart: str = ""  # how far the mean of persons' means is from that of item means: a MeansApart; in full only
    visible: list[Visible] = []
    since: Same | None = None
    since_gap: str = ""
    gender: Same | None = None
    gender_gap: str = ""
    dif: list[str] = []  # A negligible, B moderate, C large; of each question, in order
    dif_gap: str = ""
    full: Full | None = None


class FilledNumbers(Struct, frozen=True):
    """Sheets by how they were filled in."""

    RESTS: ClassVar[dict[str, str]] = {name: name for name in ("sheets", "all", "half", "less")}

    sheets: int  # with at least one of the questions answered
    all: int
    half: int  # at least half, but not all
    less: int


class Filled(Struct, frozen=True):
    """How the sheets of a form were filled in, sensitive questions and open numbers not counted."""

    RESTS: ClassVar[dict[str, str]] = {"questions": DESIGN}

    questions: int
    word: str  # how many answered all: a Share
    stopped: str  # how many gave nothing more after some question before the last: a Share
    numbers: FilledNumbers | None  # None where some way of filling in is that of one to k - 1


class MeansApart(StrEnum):
    """How far the two kinds of mean are from each other."""

    LITTLE = "little"  # less than one point
    SOME = "some"  # less than five
    MUCH = "much"


class ShareInWords(StrEnum):
    """How many of all, in a word."""

    NEARLY_ALL = "nearly_all"  # at least 95 %
    MOST = "most"  # 75 %
    HALF = "half"  # 50 %
    SOME = "some"  # 5 %
    FEW = "few"


class FormReport(Struct, frozen=True):
    """One informant group."""

    ABOUT: ClassVar[str] = "informant"
    RESTS: ClassVar[dict[str, str]] = {
        "version": DESIGN,
        "invited": COUNTS,
        "answered": COUNTS,
        "of_pages": RELEASED,
    }

    informant: str
    questionnaire: Text
    version: int
    invited: int
    answered: int | None  # None where the number is hidden
    places: list[Visible]  # nodes of each level with somebody invited: where the number of answers is shown, or not
    of_pages: PageNumbers
    filled: Filled | None
    gender: bool  # whether girls and boys were told apart
    scales: list[ScaleReport]


class Report(Struct, frozen=True):
    """The technical report of one release: what a `disclosure.Published` holds, and nothing else is read or written."""

    RESTS: ClassVar[dict[str, str]] = dict.fromkeys(("thresholds", "least", "taking_part"), DESIGN)

    wave: str
    slug: str
    series: str
    opened: str  # ISO dates
    closed: str
    collection: str
    consent: str
    county: str
    taking_part: dict[str, int]  # kind → units that were chosen, each with all below it; none: the whole county
    release: str  # r1a
    release_digest: str
    made_with: str  # version of kfl
    thresholds: dict[str, int]  # of the release
    least: dict[str, int]  # what the report itself asks for
    forms: list[FormReport]


_ENCODER = msgspec.json.Encoder(order="deterministic")


class Behind(Struct, frozen=True, array_like=True):
    """One set of sheets behind a report's numbers, as `disclosure.Sheets`."""

    about: str
    name: str
    people: int
    beyond: dict[str, int]


class _Stored(Struct, frozen=True):
    """As it lies in the database, and as whoever takes it out gets it."""

    sets: list[Behind]
    report: Report


_STORED = msgspec.json.Decoder(_Stored)


def encode(published: Published[Report]) -> bytes:
    """Canonical JSON: what the digest is taken of."""
    sets = [Behind(one.about, one.name, one.people, dict(one.beyond)) for one in published.sets]
    return _ENCODER.encode(_Stored(sets, published.numbers))


def pack(text: bytes) -> bytes:
    return zlib.compress(text, 6)


def read_report(stored: bytes | memoryview) -> Published[Report]:
    """What was stored, through the same door again: what may not leave is not read either."""
    found = _STORED.decode(zlib.decompress(stored))
    sets = [Sheets(one.about, one.name, one.people, one.beyond) for one in found.sets]
    return Published(sets, found.report, Thresholds(**found.report.thresholds))
