"""What can happen to results: a release is published, once and for all."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from kfl.core.in_line import OneAtATime, stand_in_line
from kfl.people.audit import action
from kfl.people.models import User
from kfl.surveys import actions as surveys
from kfl.surveys.models import Wave, WaveNode

from .models import Reference, Release, ReleasedForm, ReleasedPage

if TYPE_CHECKING:
    from .making.prepared import PreparedRelease

BATCH = 1000


class ReleasedMeanwhile(RuntimeError):
    """Another wave was released while this one was made ready, so it was not judged beside that."""


@action("results.released")
def publish_release(*, wave: Wave, prepared: PreparedRelease, by: User | None, at: datetime) -> Release:
    """Write a prepared release and make it visible: all of it or nothing."""
    stand_in_line(OneAtATime.RELEASES)
    if prepared.was_overtaken:
        raise ReleasedMeanwhile(wave.slug)
    thresholds = prepared.thresholds
    release: Release = Release.objects.create(
        wave=wave,
        digest=prepared.digest,
        created_at=at,
        thresholds={"k": thresholds.k, "k_share": thresholds.k_share, "band": thresholds.band},
        erased_before=prepared.erased_before,
    )
    nodes = WaveNode.objects.within(wave)
    pks = dict(nodes.values_list("number", "pk"))
    for form in prepared.forms:
        texts = ReleasedForm.objects.create(
            release=release, informant=form.informant, payload=form.stored, sums=form.sums
        )
        pages = (
            ReleasedPage(
                release_id=release.pk,
                form_id=texts.pk,
                node_id=pks[page.node],
                informant=form.informant,
                payload=page.stored,
            )
            for page in form.pages
        )
        ReleasedPage.objects.bulk_create(pages, batch_size=BATCH)
        Reference.objects.bulk_create(
            Reference(
                series=wave.series,
                informant=form.informant,
                scale_digest=made.scale_digest,
                mu=made.measure.mu,
                sigma=made.measure.sigma,
                c=made.measure.c,
                **dict(zip(Reference.BETWEEN, made.measure.between, strict=True)),
                release=release,
            )
            for made in form.references
        )
    surveys.release_wave(wave=wave, by=by, at=at)
    return release
