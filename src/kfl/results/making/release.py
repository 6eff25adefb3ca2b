"""Closed wave → release: reads, computes, decides, checks, then publishes all at once or nothing at all.

Everything is made ready in memory first; `actions.publish_release` then writes it in one transaction. So a run
that is killed leaves nothing behind, and a second run of a released wave finds the release and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from msgspec.structs import replace

from kfl import disclosure, stats
from kfl.disclosure.gate import gate
from kfl.people.models import User
from kfl.questionnaires.formats import Informant
from kfl.surveys.counts import invited_counts
from kfl.surveys.models import NodeKind, Wave, WaveForm, WaveNode, WaveState
from kfl.surveys.queries import thresholds_of
from kfl.surveys.waves.series import earlier_than, in_order
from kfl.surveys.waves.states import LIFE

from .. import actions
from ..models import Part, Reference, Release, ReleasedPage
from ..payload import FormText, NodeBeside, ScaleSpread, ScaleText, SpreadComponents, WaveText, encode, pack, read_page
from . import extract, history, questions, same_measure, sealed_sums
from .compute import compute_form
from .computed import AskedScale, Float, FrozenScale, Results, WaveTree
from .expectation import expected
from .pages import PageWriter
from .prepared import FrozenReference, PreparedForm, PreparedRelease
from .sheet_arrays import Bool

WHY = "system: a release is made of the whole wave"

Report = Callable[[float, str], None]  # share done from 0 to 1, and what is being done


@dataclass(frozen=True)
class Known:
    """What an earlier release froze of a scale."""

    wave: str  # whose release
    measure: FrozenScale


@dataclass(frozen=True, eq=False)
class FrozenWave:
    """The wave's nodes as they were named when it opened, in order of their numbers."""

    wave: Wave
    tree: WaveTree
    places: list[NodeBeside]
    keys: list[history.Key]


def release_wave(*, wave: Wave, by: User | None, at: datetime | None = None, progress: Report | None = None) -> Release:
    """Release part a of a closed wave: everything but what is sensitive.

    Raises
    ------
    NotNow
        Results are made when a wave is closed, never before.
    disclosure.ReleaseRefused
        The gate found something unsafe; nothing is shown.
    """
    done: Release | None = Release.objects.within(wave).filter(part=Part.MAIN).first()
    if done is not None:
        return done
    LIFE.require(wave, WaveState.CLOSED, WaveState.RELEASED)
    report = progress or (lambda share, message: None)
    prepared = prepare(wave, report)
    report(0.85, _("lagrer resultatene"))
    release: Release = actions.publish_release(wave=wave, prepared=prepared, by=by, at=at or timezone.now())
    report(1.0, _("resultatene er klare"))
    return release


def prepare(wave: Wave, report: Report = lambda share, message: None) -> PreparedRelease:
    """Everything that the release will hold, computed and judged but not yet written."""
    frozen = frozen_wave(wave)
    thresholds = thresholds_of(wave)
    erased = extract.erased(settings.KFL_DATA / "answers", wave.slug)  # first: what goes meanwhile went after it
    forms = list(WaveForm.objects.within(wave).select_related("version").order_by("number"))
    prepared = []
    for place, form in enumerate(forms):
        report(0.8 * place / len(forms), str(form.get_informant_display()))
        prepared.append(_prepare_form(frozen, form, thresholds))
    return PreparedRelease(prepared, thresholds, erased)


def erased_since(release: Release) -> bool:
    """Whether anybody was erased from the wave after its release, with answers or without.

    From then on nobody counts the sheets beside the release: what differs would be that person's, and that nothing
    differs would tell too.
    """
    return extract.erased(settings.KFL_DATA / "answers", release.wave.slug) != release.erased_before


def frozen_wave(wave: Wave) -> FrozenWave:
    """The wave's tree as arrays."""
    nodes = WaveNode.objects.within(wave).order_by("number")
    rows = list(nodes.values_list("number", "parent__number", "kind", "unit_id", "grade", "name"))
    parent = np.array([-1 if row[1] is None else row[1] for row in rows], dtype=np.int64)
    tree = WaveTree(parent, np.array([row[2] for row in rows]))
    places = [NodeBeside(number, kind, name, grade) for number, _, kind, _, grade, name in rows]
    return FrozenWave(wave, tree, places, [_key(kind, unit, grade) for _, _, kind, unit, grade, _ in rows])


def _key(kind: str, unit: int, grade: int | None) -> history.Key:
    """A grade is found again by its school and its number; everything else by its unit."""
    return unit, grade if kind == NodeKind.GRADE else None


def results_of(
    frozen: FrozenWave, form: WaveForm, thresholds: disclosure.Thresholds
) -> tuple[Results, list[AskedScale], list[ScaleText], dict[str, Known]]:
    """One form's numbers, what was asked, and the references that were frozen before."""
    wave = frozen.wave
    answers, rows = extract.answers(settings.KFL_DATA / "answers", wave.slug, form.number)
    pairs = questions.asked(form, rows)
    asked, texts = [one for one, _ in pairs], [text for _, text in pairs]
    asked_here = np.zeros(len(frozen.places), dtype=np.int64)
    for number, count in invited_counts.of_form(form).items():
        asked_here[number] = count
    references = _frozen_references(wave.series, form.informant)
    known = {digest: one.measure for digest, one in references.items()}
    adults = Informant(form.informant).is_adult
    results = compute_form(frozen.tree, asked_here, answers, asked, known, thresholds, silence_tells=adults)
    return results, asked, texts, references


def _prepare_form(frozen: FrozenWave, form: WaveForm, thresholds: disclosure.Thresholds) -> PreparedForm:
    wave = frozen.wave
    results, asked, texts, references = results_of(frozen, form, thresholds)
    earlier, earlier_texts, measures = _earlier(frozen, form.informant, results, texts)
    own = {scale.digest: sums for scale, sums in zip(asked, results.sums, strict=True) if sums is not None}
    same = same_measure.judge(asked, own, measures)
    places = [frozen.places[node] for node in results.nodes.tolist()]
    writer = PageWriter(results, asked, places, earlier, same_measure.comparable(same))
    pages = list(writer.pages())
    gate(results.tree, results.direct, results.rules, writer.shown(), thresholds, results.alone, results.presence)
    stored = replace(
        _form_text(wave, form, results, texts, references, thresholds),
        earlier=earlier_texts,
        expected=expected(results, writer.changes.then),
        same_measure=same,
    )
    text = encode(stored)
    fresh = [FrozenReference(scale.digest, _measure(results, n)) for n, scale in enumerate(asked) if results.fresh[n]]
    return PreparedForm(form.informant, text, pack(text), pages, fresh, sealed_sums.seal(own, text))


def _frozen_references(series: str, informant: str) -> dict[str, Known]:
    """What was frozen of each scale, by its digest."""
    rows = Reference.objects.everywhere(why=WHY).filter(series=series, informant=informant)
    found = rows.values_list("scale_digest", "release__wave__name", "mu", "sigma", "c", *Reference.BETWEEN)
    return {
        digest: Known(wave, FrozenScale(mu, sigma, c, tuple(between))) for digest, wave, mu, sigma, c, *between in found
    }


def _measure(results: Results, scale: int) -> FrozenScale:
    """What this wave measures a scale with, to be frozen."""
    made, spread = results.measure.reference, results.measure.spread
    c, between = float(spread.c[scale]), tuple(spread.between[:, scale].tolist())
    return FrozenScale(float(made.mu[scale]), float(made.sigma[scale]), c, between)


def _earlier(
    frozen: FrozenWave, informant: str, results: Results, texts: Sequence[ScaleText]
) -> tuple[list[history.Earlier], list[WaveText], list[same_measure.EarlierWave]]:
    """What earlier waves of the series showed at this wave's nodes, and the sums sealed with them, oldest first."""
    wave = frozen.wave
    earlier = Release.objects.everywhere(why=WHY).filter(
        earlier_than(wave, of="wave__"), part=Part.MAIN, forms__informant=informant
    )
    keys = [frozen.keys[node] for node in results.nodes.tolist()]
    scales = [(scale.key, scale.digest) for scale in texts]
    waves, wave_texts, measures = [], [], []
    for release in earlier.select_related("wave").order_by(*in_order(of="wave__")):
        row = release.forms.get(informant=informant)
        form = row.read()
        then = [(scale.key, scale.digest) for scale in form.scales]
        pages = ReleasedPage.objects.within(release).filter(informant=informant)
        stored = pages.values_list("node__kind", "node__unit_id", "node__grade", "payload").iterator(chunk_size=2000)
        by_unit = {_key(kind, unit, grade): read_page(text) for kind, unit, grade, text in stored}
        waves.append(history.earlier(keys, scales, then, by_unit))
        wave_texts.append(WaveText(form.wave, form.opened, dict(then)))
        asked = frozenset(digest for _key, digest in then)
        measures.append(same_measure.EarlierWave(asked, sealed_sums.sums_of(row)))
    return waves, wave_texts, measures


def _form_text(
    wave: Wave,
    form: WaveForm,
    results: Results,
    texts: list[ScaleText],
    references: dict[str, Known],
    thresholds: disclosure.Thresholds,
) -> FormText:
    pairs = zip(results.reference.mu.tolist(), results.reference.sigma.tolist(), strict=True)
    makers = [wave.name if fresh else "" for fresh in results.fresh.tolist()]
    return FormText(
        informant=form.informant,
        wave=wave.name,
        series=wave.series,
        opened=_day(wave.opened_at or wave.opens_at),
        closed=_day(wave.closed_at or wave.closes_at),
        scales=texts,
        earlier=[],
        thresholds={"k": thresholds.k, "k_share": thresholds.k_share, "band": thresholds.band},
        references=[[mu, sigma] if np.isfinite(sigma) else None for mu, sigma in pairs],
        reference_waves=[
            references[text.digest].wave if text.digest in references else maker
            for text, maker in zip(texts, makers, strict=True)
        ],
        split=results.girls is not None,
        reliability=results.reliability,
        spread=[_spread(results, number) for number in range(len(texts))],
        icc2={kind: _known(found, results.decision.scale[0] == 0) for kind, found in results.icc2.items()},
        expected={},
        same_measure=[],
    )


def _spread(results: Results, scale: int) -> ScaleSpread | None:
    """In points."""
    if not (np.isfinite(results.reference.sigma[scale]) and results.decision.scale[0, scale] == 0):
        return None
    used, own = results.measure.in_points, results.measure.own
    unit = float(results.reference.sigma[scale]) / stats.SPREAD
    fitted = [float(one) / unit**2 for one in own.fitted[:, scale]]
    return ScaleSpread(
        low=float(used.low[scale]),
        high=float(used.high[scale]),
        frozen=SpreadComponents(float(used.c[scale]), used.between[:, scale].tolist()),
        own=SpreadComponents(float(own.spread.c[scale]), (own.spread.between[:, scale] / unit**2).tolist()),
        fitted=[one if np.isfinite(one) else None for one in fitted],
        blocks=own.blocks[:, scale].tolist(),
    )


def _known(found: Float, shown: Bool) -> list[float | None]:
    """To three decimals; None where it cannot be estimated, and for scales that nothing is shown of."""
    told = shown & np.isfinite(found)
    return [round(value, 3) if there else None for value, there in zip(found.tolist(), told.tolist(), strict=True)]


def _day(moment: datetime) -> str:
    return timezone.localdate(moment).isoformat()
