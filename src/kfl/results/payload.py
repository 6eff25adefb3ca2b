"""What a released page holds: plain values in a fixed order, the same bytes for the same content.

A page has every number that its unit's pages show, and nothing finer. What is hidden has a reason instead of a
number. Texts are not here but once for each form (`FormText`), found by position: scale 3, item 2.
"""

from __future__ import annotations

import zlib
from enum import StrEnum

import msgspec
from msgspec import Struct

Text = dict[str, str]  # {"nb": …, "nn": …}


class ItemText(Struct, frozen=True):
    """One question and its answers, lowest code first."""

    key: str
    text: Text
    turned: bool
    answers: list[Text]


class ScaleText(Struct, frozen=True):
    """One scale. A question outside every scale stands here too, as `measured=False`: it has no points."""

    key: str
    title: Text
    about: Text  # what it measures
    theme: str  # pairs scales of different informants
    favourable: str  # "high", "low" or "" where neither is better
    digest: str  # of the scale's version: equal digests may be compared
    measured: bool
    sensitive: bool
    low: int
    high: int
    items: list[ItemText]


class WaveText(Struct, frozen=True):
    """An earlier wave of the series that pages compare with."""

    slug: str
    title: str
    opened: str  # ISO date
    scales: dict[str, str]  # key → digest of what was asked then


class Reliability(Struct, frozen=True, array_like=True):
    """How well a scale's questions hold together, over the complete sheets of the whole wave; to six decimals, and
    printed with two.

    In a word; the numbers are there only where the complete sheets may stand beside all that were answered.
    """

    word: str  # a `kfl.analysis.judgements.Judgement`
    people: int | None = None  # complete sheets
    alpha: float | None = None
    alpha_low: float | None = None  # 95 % interval
    alpha_high: float | None = None
    omega: float | None = None  # None, too, where the one-factor model has no proper solution
    omega_low: float | None = None
    omega_high: float | None = None


class Certainty(StrEnum):
    """What is said of a difference, in three steps (RULES C.4)."""

    NONE = ""  # not to be told from chance
    LIKELY = "likely"  # the sign is right about nine times of ten
    CERTAIN = "certain"  # all that is called so on a page is right on 95 % of pages


class SpreadComponents(Struct, frozen=True, array_like=True):
    """What intervals rest on beside n, the number itself and how people fall on blocks; in points.

    The variance of persons in a lowest block with mean m is c (m - low)(high - m).
    """

    c: float
    between: list[float]  # variance between classes, grades, schools, municipalities


class ScaleSpread(Struct, frozen=True, array_like=True):
    """The uncertainty of one scale: as frozen with its reference, and this wave's own beside it."""

    low: float  # ends of the scale, in points
    high: float
    frozen: SpreadComponents
    own: SpreadComponents
    fitted: list[float | None]  # variances between blocks as estimated of this wave; None where left out
    blocks: list[int]  # shown blocks of each level


class Expected(Struct, frozen=True, array_like=True):
    """How units of a kind without a goal went from one wave to the next, in points (RULES C.10)."""

    wave: int  # the first, as a position in FormText.earlier
    units: int
    mu1: float
    mu2: float
    tau2: float  # variance of true results at the first
    cov: float
    omega2: float  # variance of true next results about what is expected
    var_first: float  # variance of the first numbers, as seen
    t: float  # quantile for 95 % of Student's t with units - 2


class Kept(Struct, frozen=True):
    """Exact sums over the complete sheets of a scale, turned items turned: a factor model needs no more of them."""

    people: int
    totals: list[int]
    products: list[list[int]]


class SealedScale(Struct, frozen=True):
    """The sums of one scale as they lie encrypted beside a release, by the scale's digest."""

    kept: Kept
    full: bool  # whether numbers of these sheets may stand (RULES B.8 b); if not, none may stand later either


class NotExamined(StrEnum):
    """Why it was not examined whether a scale is the same measure as before."""

    SHORT = "short"  # too few questions
    FEW = "few"  # too few complete sheets
    HIDDEN = "hidden"  # one of the releases does not show the scale's answers for the whole wave
    NO_FIT = "no_fit"  # the questions measure no one thing that could be compared
    NO_SOLUTION = "no_solution"  # the estimation did not settle
    NO_KEY = "no_key"  # what is sealed with the earlier release cannot be opened


class SameMeasure(Struct, frozen=True, array_like=True):
    """Whether a scale is the same measure as in an earlier wave, in a word."""

    level: str = ""  # the strictest that holds: configural, metric, or scalar: means may be compared
    item: int = -1  # the question that sets the two apart, by its place in the scale; -1 = none, or not known
    gap: str = ""  # a NotExamined: then nothing is claimed

    @property
    def is_comparable(self) -> bool:
        """Whether a change may be called certain; so, too, where nothing was examined, which the page says."""
        return bool(self.gap) or self.level == "scalar"


class FormText(Struct, frozen=True):
    """What all pages of an informant group share: texts as asked, thresholds, the wave-wide numbers."""

    informant: str
    wave: str
    series: str
    opened: str  # ISO date
    closed: str
    scales: list[ScaleText]
    earlier: list[WaveText]  # oldest first
    thresholds: dict[str, int]
    references: list[list[float] | None]  # [mu, sigma] of each scale, in its own units
    reference_waves: list[str]  # whose wave froze each of them; "" where there is none
    split: bool  # whether girls and boys were told apart at all
    reliability: list[Reliability | None]  # of each scale; None where the whole wave does not show it
    spread: list[ScaleSpread | None]  # of each scale; None where it has no points
    icc2: dict[str, list[float | None]]  # kind of node → how well means of such groups tell them apart, for each scale
    expected: dict[str, list[Expected | None]]  # kind of node → for each scale
    same_measure: list[list[SameMeasure | None]]  # of each scale in each earlier wave; None where that did not ask it
    panel_waves: list[int] = []  # for each scale the position in `earlier` of the wave it has panels with; -1 = none


class NodeBeside(Struct, frozen=True, array_like=True):
    """A node beside this one: above it or right below."""

    number: int
    kind: str
    name: str
    grade: int | None


class Value(Struct, frozen=True, array_like=True):
    """A shown result. `half` is half of the 95 % interval; all whole numbers."""

    n: int
    points: int
    half: int

    @property
    def low(self) -> int:
        return self.points - self.half

    @property
    def high(self) -> int:
        return self.points + self.half


class Versus(Struct, frozen=True, array_like=True):
    """The rest of a level above, without the unit, and how far the unit is from it."""

    node: int
    rest: int  # points
    rest_half: int
    apart: int  # unit minus rest: two whole numbers that are shown
    half: int  # of the difference, by itself
    certainty: Certainty
    best: int | None  # the difference drawn towards none, as such units usually differ; None where that is not known
    whole: int  # points of that level with the unit in it


class Then(Struct, frozen=True, array_like=True):
    """The same scale and unit in an earlier wave, or why there is nothing to compare with."""

    wave: int  # position in FormText.earlier
    gap: str  # "", "hidden", "changed", "not_asked", "not_there"
    points: int = 0
    half: int = 0


class ShownChange(Struct, frozen=True, array_like=True):
    """Shown now minus shown then."""

    wave: int
    points: int
    half: int
    certainty: Certainty
    best: int | None  # drawn towards none, as units of the kind changed; None where that is not known


class PanelGap(StrEnum):
    """Why there is no number of those who answered in two waves."""

    NONE = ""  # there is one, or nobody would look for it: no wave to compare with, a level that has none
    DELETED = "deleted"  # the answers that would tell who they are, or the key to them, are gone
    TAKEN = "taken"  # the same answers stand in another wave, or in another wave's panel: one more would be too many
    PROTECTED = "protected"


class Panel(Struct, frozen=True, array_like=True):
    """Those who answered the scale in this wave and in an earlier one at the same school; all whole numbers."""

    wave: int  # position in FormText.earlier
    n: int  # pairs: the fewest of them who answered an item, in either wave
    then: int  # points of the same persons in both waves, by the frozen reference
    now: int
    half: int  # half of the 95 % interval of their change
    only_then: int  # of the n that was released then
    only_now: int
    matched: int  # per cent of those in the earlier wave who are in the panel

    @property
    def change(self) -> int:
        return self.now - self.then


class Between(Struct, frozen=True, array_like=True):
    """Girls minus boys, as both are shown."""

    points: int
    half: int
    certain: bool


class ScaleResult(Struct, frozen=True, omit_defaults=True):
    """One scale at one node."""

    hidden: str = ""  # a `disclosure.Hidden`, or "" where `value` stands
    nearest: int = -1  # where hidden: the nearest node above that shows it
    value: Value | None = None
    sd: int | None = None
    above: Versus | None = None
    top: Versus | None = None  # the same against the whole wave, where that is another level
    items_hidden: str = ""
    items_nearest: int = -1
    items: list[list[int]] = []  # for each item its n, then whole per cents of each answer
    split_hidden: str = ""
    girls: Value | None = None
    boys: Value | None = None
    before: list[Then] = []
    change: ShownChange | None = None
    between: Between | None = None
    effect: float = 1.0  # design effect: so many answers here tell as much as one stranger's
    d: list[float] = []  # how people fall on classes, grades and schools below: sums of squared shares
    panel: Panel | None = None
    panel_hidden: PanelGap = PanelGap.NONE


class Page(Struct, frozen=True):
    """Everything about one node and one informant group."""

    node: int
    kind: str
    name: str
    grade: int | None
    answered: int | None  # sheets with an answer; None where the number is hidden, as `disclosure.decide` says
    invited: int
    trail: list[NodeBeside]  # from the top down to the parent
    below: list[NodeBeside]  # those with a page of their own, alphabetically
    scales: list[ScaleResult]


_ENCODER = msgspec.json.Encoder(order="deterministic")
_PAGE = msgspec.json.Decoder(Page)
_FORM = msgspec.json.Decoder(FormText)


def encode(content: Page | FormText) -> bytes:
    """Canonical JSON: what the release's digest is taken of."""
    return _ENCODER.encode(content)


def pack(text: bytes) -> bytes:
    """As it is stored."""
    return zlib.compress(text, 1)


def unpack(stored: bytes | memoryview) -> bytes:
    return zlib.decompress(stored)


def read_page(stored: bytes | memoryview) -> Page:
    return _PAGE.decode(unpack(stored))


def read_form(stored: bytes | memoryview) -> FormText:
    return _FORM.decode(unpack(stored))
