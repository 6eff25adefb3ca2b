"""Release → technical report: reads the release and the answers once, computes, and stores it for good."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib.metadata import version

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from kfl import disclosure
from kfl.people.models import User
from kfl.results.making import extract, questions
from kfl.results.making.closed_forms import FrozenWave, frozen_wave
from kfl.results.making.release import erased_since
from kfl.results.making.sealed_sums import sums_of
from kfl.results.models import Part, Release, ReleasedForm
from kfl.results.payload import FormText
from kfl.surveys.models import NodeKind, Wave, WaveForm, WaveUnit
from kfl.surveys.waves.series import earlier_than, in_order

from .. import actions
from ..models import TechnicalReport
from ..payload import FormReport, Report, encode, pack
from .compare import Since
from .form import ReportedForm, form_report
from .from_pages import page_numbers
from .safety import LEAST
from .told_pages import shown_pages

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
    published = prepare(release, report)
    text = encode(published)
    report(0.95, _("lagrer rapporten"))
    stored, digest = pack(text), hashlib.sha256(text).hexdigest()
    made: TechnicalReport = actions.publish_report(
        release=release, payload=stored, digest=digest, by=by, at=at or timezone.now()
    )
    report(1.0, _("rapporten er klar"))
    return made


def prepare(release: Release, progress: Progress = lambda share, message: None) -> disclosure.Published[Report]:
    """Everything that the report will hold, not yet stored; it has passed the door."""
    wave = release.wave
    frozen = frozen_wave(wave)
    thresholds = disclosure.Thresholds(**release.thresholds)
    forms = WaveForm.objects.within(wave).select_related("version__questionnaire")
    texts = {row.informant: row for row in ReleasedForm.objects.within(release)}
    made: list[FormReport] = []
    sets: list[disclosure.Sheets] = []
    with _unless_erased(release):
        for place, form in enumerate(forms.order_by("number")):
            progress(0.95 * place / len(forms), str(form.get_informant_display()))
            part = form_report(form_of(frozen, form, texts[form.informant], thresholds))
            made.append(part.report)
            sets += part.sets
    report = Report(
        wave=wave.name,
        slug=wave.slug,
        series=wave.series,
        opened=_day(wave.opened_at or wave.opens_at),
        closed=_day(wave.closed_at or wave.closes_at),
        collection=wave.collection,
        consent=wave.consent_mode,
        county=wave.unit.name,
        taking_part=_taking_part(wave),
        release=f"r{release.number}{release.part}",
        release_digest=release.digest,
        made_with=version("kfl"),
        thresholds=dict(release.thresholds),
        least=LEAST,
        forms=made,
    )
    return disclosure.Published(sets, report, thresholds)


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


def _since(wave: Wave, informant: str, form: FormText) -> list[Since | None]:
    """For each scale the last earlier wave that asked it: what the release says, and the sums that were sealed then."""
    rows = ReleasedForm.objects.everywhere(why=WHY).filter(
        earlier_than(wave, of="release__wave__"), informant=informant, release__part=Part.MAIN
    )
    sums = [sums_of(row) for row in rows.order_by(*in_order(of="release__wave__"))]
    found: list[Since | None] = []
    for scale, same in zip(form.scales, form.same_measure, strict=True):
        asked = [place for place, one in enumerate(same) if one is not None]
        last = same[asked[-1]] if asked else None
        if last is None:
            found.append(None)
            continue
        then = sums[asked[-1]]
        found.append(Since(form.earlier[asked[-1]].title, last, then.get(scale.digest) if then else None))
    return found


def _taking_part(wave: Wave) -> dict[str, int]:
    """How many units of each kind were chosen, each with all below it; none where it is the whole county."""
    kinds = Counter(
        WaveUnit.objects.within(wave).exclude(unit=wave.unit_id).order_by("pk").values_list("unit__kind", flat=True)
    )
    if WaveUnit.objects.within(wave).filter(unit=wave.unit_id).exists():
        return {}
    return {kind: kinds[kind] for kind in NodeKind.values if kinds[kind]}


def form_of(
    frozen: FrozenWave,
    form: WaveForm,
    text: ReleasedForm,
    thresholds: disclosure.Thresholds,
) -> ReportedForm:
    """What one form's report is made of: its answers, and what its released pages show.

    Raises
    ------
    OtherSheets
        The answers are not those that the release was made of.
    """
    answers, rows = extract.answers(settings.KFL_DATA / "answers", frozen.wave.slug, form.number)
    pages = shown_pages(text)
    sheets = int((answers.codes >= 0).any(axis=0).sum())
    if pages.sheets is not None and sheets != pages.sheets:  # of a hidden number nothing is told either
        raise OtherSheets(f"{frozen.wave.slug}: {form.informant} has other sheets than when it was released")
    released = text.read()
    return ReportedForm(
        informant=form.informant,
        questionnaire=dict(form.version.questionnaire.title),
        version=form.version.number,
        invited=pages.invited,
        answered=pages.sheets,
        answers=answers,
        tree=frozen.tree,
        asked=questions.asked(form, rows),
        shown=pages.of_root(),
        nodes_shown=pages.marks(len(frozen.places)),
        places=pages.places(),
        visible=pages.visible(),
        of_pages=page_numbers(pages, released),
        thresholds=thresholds,
        reliability=released.reliability,
        since=_since(frozen.wave, form.informant, released),
    )


def _day(moment: datetime) -> str:
    return timezone.localdate(moment).isoformat()
