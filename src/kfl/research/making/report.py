"""Release → technical report: reads the release and the answers once, computes, and stores it for good."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version

import numpy as np
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from msgspec import Struct
from msgspec.json import Decoder

from kfl import disclosure
from kfl.people.models import User
from kfl.results.making import extract, questions
from kfl.results.making.release import FrozenWave, erased_since, frozen_wave
from kfl.results.making.sheet_arrays import Bool
from kfl.results.models import Part, Release, ReleasedForm, ReleasedPage
from kfl.results.payload import unpack
from kfl.surveys.models import NodeKind, Wave, WaveForm
from kfl.surveys.waves.series import earlier_than, in_order

from .. import actions
from ..models import TechnicalReport
from ..payload import FormReport, Report, Sealed, SealedScale, Visible, encode, pack
from .compare import earlier_sums
from .form import ReportedForm, form_report
from .safety import LEAST, RootShown
from .sealed_sums import seal, unseal

WHY = "system: a technical report is made of the whole wave"

Progress = Callable[[float, str], None]  # share done from 0 to 1, and what is being done


class NotReleased(LookupError):
    """A wave without a release has no technical report."""


class NotOfTheRelease(RuntimeError):
    """The answers are no longer those that the release was made of; a report now would be about what differs."""


class AnswersErased(NotOfTheRelease):
    """Somebody was erased after the release, with answers or without: the same is said either way."""


class OtherSheets(NotOfTheRelease):
    """Nobody was erased after the release, and there are other sheets than it was made of."""


class _Cell(Struct):
    """Of a scale on a page: whether it is shown."""

    hidden: str = ""
    items: list[object] = []
    girls: object | None = None
    boys: object | None = None


class _Page(Struct):
    """Of a released page: what the report counts."""

    node: int
    kind: str
    answered: int | None
    invited: int
    scales: list[_Cell]


_PAGE = Decoder(_Page)


def make_report(
    *, wave: Wave, by: User | None, at: datetime | None = None, progress: Progress | None = None
) -> TechnicalReport:
    """The technical report of a released wave; the one there is when it has been made.

    Raises
    ------
    NotReleased
        The wave still takes answers, or its release is not there yet.
    NotOfTheRelease
        Somebody was erased after the release (`AnswersErased`), or there are other sheets (`OtherSheets`).
    """
    release = Release.objects.within(wave).filter(part=Part.MAIN).first()
    if release is None:
        raise NotReleased(wave.slug)
    done: TechnicalReport | None = TechnicalReport.objects.within(release).first()
    if done is not None:
        return done
    report = progress or (lambda share, message: None)
    published, sealed = prepare(release, report)
    text = encode(published)
    report(0.95, _("lagrer rapporten"))
    stored, digest = pack(text), hashlib.sha256(text).hexdigest()
    made: TechnicalReport = actions.publish_report(
        release=release,
        payload=stored,
        sums=seal(sealed, release.digest),
        digest=digest,
        by=by,
        at=at or timezone.now(),
    )
    report(1.0, _("rapporten er klar"))
    return made


def prepare(
    release: Release, progress: Progress = lambda share, message: None
) -> tuple[disclosure.Published[Report], Sealed]:
    """Everything that the report will hold, not yet stored; it has passed the door. And what is sealed with it."""
    wave = release.wave
    frozen = frozen_wave(wave)
    thresholds = disclosure.Thresholds(**release.thresholds)
    forms = WaveForm.objects.within(wave).select_related("version__questionnaire")
    texts = {row.informant: row for row in ReleasedForm.objects.within(release)}
    earlier = _earlier(wave)
    made: list[FormReport] = []
    sets: list[disclosure.Sheets] = []
    sums: dict[str, dict[str, SealedScale]] = {}
    with _unless_erased(release):
        for place, form in enumerate(forms.order_by("number")):
            progress(0.95 * place / len(forms), str(form.get_informant_display()))
            part = form_report(form_of(frozen, form, texts[form.informant], thresholds, earlier))
            made.append(part.report)
            sets += part.sets
            sums[form.informant] = part.sums
    report = Report(
        wave=wave.name,
        slug=wave.slug,
        series=wave.series,
        opened=_day(wave.opened_at or wave.opens_at),
        closed=_day(wave.closed_at or wave.closes_at),
        collection=wave.collection,
        consent=wave.consent_mode,
        release=f"r{release.number}{release.part}",
        release_digest=release.digest,
        made_with=version("kfl"),
        thresholds=dict(release.thresholds),
        least=LEAST,
        forms=made,
    )
    return disclosure.Published(sets, report, thresholds), Sealed(wave.name, sums)


@contextmanager
def _unless_erased(release: Release) -> Iterator[None]:
    """Refuse after an erasure, whatever came of reading the answers, also where it is carried out meanwhile."""
    refusal = AnswersErased(
        f"{release.wave.slug}: an erasure was carried out after the release, so the answers are not counted again"
    )
    if erased_since(release):
        raise refusal
    try:
        yield
    except Exception:
        if erased_since(release):
            raise refusal from None
        raise
    if erased_since(release):
        raise refusal


def _earlier(wave: Wave) -> list[Sealed | None]:
    """The sums that were sealed with the reports of the series' earlier waves, newest first; None: cannot be opened."""
    rows = (
        TechnicalReport.objects.everywhere(why=WHY)
        .select_related("release")
        .filter(earlier_than(wave, of="release__wave__"))
    )
    return [
        unseal(row.sums, row.release.digest)
        for row in rows.order_by(*in_order(of="release__wave__", newest_first=True))
    ]


def form_of(
    frozen: FrozenWave,
    form: WaveForm,
    text: ReleasedForm,
    thresholds: disclosure.Thresholds,
    earlier: list[Sealed | None],
) -> ReportedForm:
    """What one form's report is made of: its answers, and what its released pages show.

    Raises
    ------
    OtherSheets
        The answers are not those that the release was made of.
    """
    answers, rows = extract.answers(settings.KFL_DATA / "answers", frozen.wave.slug, form.number)
    pages = _pages(text)
    sheets = int((answers.codes >= 0).any(axis=0).sum())
    if pages.sheets is not None and sheets != pages.sheets:  # of a hidden number nothing is told either
        raise OtherSheets(f"{frozen.wave.slug}: {form.informant} has other sheets than when it was released")
    known, unread = earlier_sums(form.informant, earlier)
    return ReportedForm(
        informant=form.informant,
        questionnaire=dict(form.version.questionnaire.title),
        version=form.version.number,
        invited=pages.invited,
        answered=pages.sheets,
        answers=answers,
        tree=frozen.tree,
        asked=questions.asked(form, rows),
        shown=pages.root,
        nodes_shown=pages.marks(len(frozen.places)),
        places=pages.places(),
        visible=pages.visible(),
        thresholds=thresholds,
        earlier=known,
        opened=not unread,
        reliability=text.read().reliability,
    )


@dataclass
class _Pages:
    """What the released pages of a form show, counted by level; nothing is decided anew."""

    invited: int = 0
    sheets: int | None = None  # with an answer, as released
    root: list[RootShown] = field(default_factory=list)
    answered: dict[str, list[int]] = field(default_factory=dict)  # kind → nodes that show how many, nodes that don't
    scales: list[dict[str, list[int]]] = field(default_factory=list)  # kind → nodes shown, nodes hidden
    shown: dict[int, list[bool]] = field(default_factory=dict)  # node → of each scale whether it is shown

    def marks(self, nodes: int) -> Bool:
        """Whether each scale is shown, for every node of the wave's tree."""
        table = np.zeros((nodes, len(self.root)), dtype=np.bool_)
        for node, shown in self.shown.items():
            table[node] = shown
        return table

    def places(self) -> list[Visible]:
        return _in_order(self.answered)

    def visible(self) -> list[list[Visible]]:
        return [_in_order(found) for found in self.scales]


def _pages(text: ReleasedForm) -> _Pages:
    rows = ReleasedPage.objects.within(text).order_by("node__number")
    found = _Pages()
    for stored in rows.values_list("payload", flat=True).iterator(chunk_size=2000):
        page = _PAGE.decode(unpack(stored))
        if not found.root:  # the root comes first
            found.invited, found.sheets = page.invited, page.answered
            found.root = [
                RootShown(not cell.hidden, bool(cell.items), bool(cell.girls and cell.boys)) for cell in page.scales
            ]
            found.scales = [{} for _cell in page.scales]
        found.answered.setdefault(page.kind, [0, 0])[page.answered is None] += 1
        found.shown[page.node] = [not cell.hidden for cell in page.scales]
        for counted, cell in zip(found.scales, page.scales, strict=True):
            counted.setdefault(page.kind, [0, 0])[bool(cell.hidden)] += 1
    return found


def _in_order(counted: dict[str, list[int]]) -> list[Visible]:
    return [Visible(kind, *counted[kind]) for kind in NodeKind.values if kind in counted]


def _day(moment: datetime) -> str:
    return timezone.localdate(moment).isoformat()
