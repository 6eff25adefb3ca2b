"""What a technical report holds: numbers of the whole wave, unrounded, and the texts as they were asked.

Words are found when it is read. Where something is missing there is a reason (`Gap`) instead.
"""

from __future__ import annotations

import zlib
from enum import StrEnum

import msgspec
from msgspec import Struct

from ..payload import Text


class Gap(StrEnum):
    """Why a scale, or a part of its report, is left out."""

    NONE = ""
    SENSITIVE = "sensitive"
    HIDDEN = "hidden"  # the release does not show it for the whole wave
    SINGLE = "single"  # a question outside every scale: nothing is measured
    SHORT = "short"  # too few items for this
    FEW = "few"  # too few sheets
    NO_SOLUTION = "no_solution"  # the estimation did not settle
    FEW_GROUPS = "few_groups"
    UNKNOWN = "unknown"  # gender is not known, or may not be told apart
    NEW = "new"  # no earlier wave asked the same


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
    """One question of a scale. Mean and SD are of all who answered it, the rest of the complete sheets."""

    key: str
    text: Text
    turned: bool
    n: int
    mean: float
    sd: float
    rest_r: float | None = None  # with the sum of the other questions
    alpha_without: float | None = None
    loading: float | None = None  # standardised, one-factor ML model


class Clustered(Struct, frozen=True):
    """How much of the differences lies between the groups of one level."""

    kind: str
    groups: int  # with somebody scored
    people: int
    icc: Estimate | None  # by REML, profile likelihood interval
    gap: str = ""


class Visible(Struct, frozen=True, array_like=True):
    """On how many nodes of a level the release shows the scale, and on how many it hides it."""

    kind: str
    shown: int
    hidden: int


class Step(Struct, frozen=True):
    """What a stricter model of invariance costs: its figure minus the freer one's."""

    chi2: float
    df: int
    p: float | None
    cfi: float
    rmsea: float
    srmr: float
    holds: bool


class Compared(Struct, frozen=True):
    """Whether two groups answer to the same measure: three models, each with more held equal."""

    people: list[int]
    configural: FitText
    metric: FitText
    scalar: FitText
    to_metric: Step
    to_scalar: Step
    level: str  # the strictest that holds: configural, metric, scalar
    wave: str = ""  # the earlier wave; "" where the groups are girls and boys


class Dif(Struct, frozen=True):
    """One question: do girls and boys with the same score answer it alike? Above 0: boys higher."""

    difference: float  # standardised mean difference, in the question's own steps
    in_sd: float  # the same in SDs of the question
    p: float  # Holm-adjusted over the scale's questions
    size: str  # A negligible, B moderate, C large


class Kept(Struct, frozen=True):
    """Exact sums over the complete sheets, turned items turned: a later wave is compared with these, and a
    researcher can fit any model to them."""

    people: int
    totals: list[int]
    products: list[list[int]]


class ScaleReport(Struct, frozen=True):
    """One scale, or why nothing is told about it."""

    key: str
    title: Text
    digest: str
    low: int
    high: int
    item_count: int
    gap: str = ""
    touched: int = 0  # sheets with at least one answer to the scale
    scored: int = 0  # sheets with at least half of them
    complete: int = 0
    straight: Straight | None = None
    mean: float | None = None  # mean of item means, in the scale's own steps
    sd: float | None = None  # between persons
    person_mean: float | None = None
    alpha: Estimate | None = None
    alpha_gap: str = ""
    omega: Estimate | None = None
    fit: FitText | None = None
    ordinal: FitText | None = None
    fit_gap: str = ""
    items: list[ItemRow] = []
    levels: list[Clustered] = []
    visible: list[Visible] = []
    since: Compared | None = None  # the last wave that asked the same
    since_gap: str = ""
    gender: Compared | None = None
    gender_gap: str = ""
    dif: list[Dif] = []  # of each question, in order
    dif_gap: str = ""
    kept: Kept | None = None


class Filled(Struct, frozen=True):
    """How the sheets of a form were filled in, sensitive questions and open numbers not counted."""

    questions: int
    sheets: int  # with at least one of them answered
    all: int
    half: int  # at least half, but not all
    less: int
    stopped: int  # nothing more after some question before the last


class Straight(Struct, frozen=True, array_like=True):
    """Complete sheets of a scale with turned questions, and how many gave one answer to all, against themselves."""

    complete: int
    people: int | None  # None where one to k - 1


class FormReport(Struct, frozen=True):
    """One informant group."""

    informant: str
    questionnaire: Text
    version: int
    invited: int
    answered: int | None  # None where the number is hidden
    places: list[Visible]  # nodes of each level with somebody invited: where the number of answers is shown, or not
    filled: Filled | None
    gender: bool  # whether girls and boys were told apart
    scales: list[ScaleReport]


class Report(Struct, frozen=True):
    """The technical report of one release."""

    wave: str
    slug: str
    series: str
    opened: str  # ISO dates
    closed: str
    collection: str
    consent: str
    release: str  # r1a
    release_digest: str
    made_with: str  # version of kfl
    thresholds: dict[str, int]  # of the release
    least: dict[str, int]  # what the report itself asks for
    forms: list[FormReport]


_ENCODER = msgspec.json.Encoder(order="deterministic")
_REPORT = msgspec.json.Decoder(Report)


def encode(report: Report) -> bytes:
    """Canonical JSON: what the digest is taken of."""
    return _ENCODER.encode(report)


def pack(text: bytes) -> bytes:
    return zlib.compress(text, 6)


def read_report(stored: bytes | memoryview) -> Report:
    return _REPORT.decode(zlib.decompress(stored))
