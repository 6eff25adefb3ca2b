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
from kfl.surveys.models import Wave, WaveForm, WaveState
from kfl.surveys.queries import thresholds_of
from kfl.surveys.waves.states import LIFE

from .. import actions
from ..models import Part, Reference, Release
from ..payload import FormText, ScaleSpread, ScaleText, SpreadComponents, WaveText, encode, pack
from . import extract, history, same_measure, sealed_sums
from .closed_forms import ClosedForm, FrozenWave, closed_form, frozen_wave
from .compute import compute_form
from .computed import Float, FrozenScale, Results
from .expectation import expected
from .pages import PageWriter
from .panel_numbers import Panels, make_panels
from .panel_partners import EarlierRelease, partners, waves_before, waves_of
from .prepared import FrozenReference, PreparedForm, PreparedRelease, releases_so_far
from .sheet_arrays import Bool

WHY = "system: a release is made of the whole wave"

Report = Callable[[float, str], None]  # share done from 0 to 1, and what is being done


@dataclass(frozen=True)
class Known:
    """What an earlier release froze of a scale."""

    wave: str  # whose release
    measure: FrozenScale


def release_wave(*, wave: Wave, by: User | None, at: datetime | None = None, progress: Report | None = None) -> Release:
    """Release part a of a closed wave: everything but what is sensitive.

    Raises
    ------
    NotNow
        Results are made when a wave is closed, never before.
    disclosure.ReleaseRefused
        The gate found something unsafe; nothing is shown.
    SumsShut
        The key to the sums of earlier releases is away, and nobody has said that it is lost.
    """
    done: Release | None = Release.objects.within(wave).filter(part=Part.MAIN).first()
    if done is not None:
        return done
    LIFE.require(wave, WaveState.CLOSED, WaveState.RELEASED)
    report = progress or (lambda share, message: None)
    while True:
        prepared = prepare(wave, report)
        report(0.85, _("lagrer resultatene"))
        try:
            release: Release = actions.publish_release(wave=wave, prepared=prepared, by=by, at=at or timezone.now())
        except actions.ReleasedMeanwhile:
            continue  # what may be shown beside that one must be judged again
        report(1.0, _("resultatene er klare"))
        return release


def prepare(wave: Wave, report: Report = lambda share, message: None) -> PreparedRelease:
    """Everything that the release will hold, computed and judged but not yet written."""
    frozen = frozen_wave(wave)
    thresholds = thresholds_of(wave)
    erased = extract.erased(settings.KFL_DATA / "answers", wave.slug)  # first: what goes meanwhile went after it
    beside = releases_so_far()
    forms = list(WaveForm.objects.within(wave).select_related("version").order_by("number"))
    prepared = []
    for place, form in enumerate(forms):
        report(0.8 * place / len(forms), str(form.get_informant_display()))
        prepared.append(_prepare_form(frozen, form, thresholds))
    return PreparedRelease(prepared, thresholds, erased, beside)


def erased_since(release: Release) -> bool:
    """Whether anybody was erased from the wave after its release, with answers or without.

    From then on nobody counts the sheets beside the release: what differs would be that person's, and that nothing
    differs would tell too.
    """
    return extract.erased(settings.KFL_DATA / "answers", release.wave.slug) != release.erased_before


def results_of(form: ClosedForm, thresholds: disclosure.Thresholds) -> tuple[Results, dict[str, Known]]:
    """One form's numbers, and the references that were frozen before."""
    frozen, informant = form.frozen, form.form.informant
    asked_here = np.zeros(len(frozen.places), dtype=np.int64)
    for number, count in invited_counts.of_form(form.form).items():
        asked_here[number] = count
    references = _frozen_references(frozen.wave.series, informant)
    known = {digest: one.measure for digest, one in references.items()}
    adults = Informant(informant).is_adult
    results = compute_form(
        frozen.tree, asked_here, form.answers, form.asked, known, thresholds, silence_tells=adults
    )  # fmt: skip
    return results, references


def panels_of(form: ClosedForm, results: Results, k: int, waves: Sequence[EarlierRelease]) -> Panels:
    """Those who answered in an earlier wave, too."""
    n = np.zeros((len(form.tree), len(form.asked)), dtype=np.int64)
    n[results.nodes] = np.where(np.isfinite(results.points), results.n, 0)
    others = [one for one in waves_of(form.frozen.wave.series, form.form.informant) if one.wave != form.frozen.wave]
    return make_panels(form, n, k, results.reference, partners(form, waves, others))


def _prepare_form(frozen: FrozenWave, wave_form: WaveForm, thresholds: disclosure.Thresholds) -> PreparedForm:
    form = closed_form(frozen, wave_form)
    results, references = results_of(form, thresholds)
    waves = waves_before(frozen.wave, wave_form.informant)
    earlier, earlier_texts, measures = _earlier(frozen, results, form.texts, waves)
    panels = panels_of(form, results, thresholds.k, waves)
    own = {scale.digest: sums for scale, sums in zip(form.asked, results.sums, strict=True) if sums is not None}
    same = same_measure.judge(form.asked, own, measures)
    places = [frozen.places[node] for node in results.nodes.tolist()]
    writer = PageWriter(results, form.asked, places, earlier, same_measure.comparable(same), panels)
    pages = list(writer.pages())
    gate(results.tree, results.direct, results.rules, writer.shown(), thresholds, results.alone, results.presence)
    panels.gate(writer.panels_shown(len(form.tree)))
    stored = replace(
        _form_text(frozen.wave, wave_form, results, form.texts, references, thresholds),
        earlier=earlier_texts,
        expected=expected(results, writer.changes.then),
        same_measure=same,
        panel_waves=panels.wave.tolist(),
    )
    text = encode(stored)
    fresh = [
        FrozenReference(scale.digest, _measure(results, n)) for n, scale in enumerate(form.asked) if results.fresh[n]
    ]
    return PreparedForm(wave_form.informant, text, pack(text), pages, fresh, sealed_sums.seal(own, text))


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
    frozen: FrozenWave, results: Results, texts: Sequence[ScaleText], waves: Sequence[EarlierRelease]
) -> tuple[list[history.Earlier], list[WaveText], list[same_measure.EarlierWave]]:
    """What earlier waves of the series showed at this wave's nodes, and the sums sealed with them, oldest first."""
    keys = [frozen.keys[node] for node in results.nodes.tolist()]
    scales = [(scale.key, scale.digest) for scale in texts]
    found, wave_texts, measures = [], [], []
    for wave in waves:
        then = [(scale.key, scale.digest) for scale in wave.text.scales]
        found.append(history.earlier(keys, scales, then, wave.read()[0]))
        wave_texts.append(WaveText(wave.wave.slug, wave.text.wave, wave.text.opened, dict(then)))
        asked = frozenset(digest for _key, digest in then)
        measures.append(same_measure.EarlierWave(asked, sealed_sums.sums_or_refuse(wave.row)))
    return found, wave_texts, measures


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
