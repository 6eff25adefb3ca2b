"""`kfl release audit`: is what lies in the database what was released, and can anybody work out more than it shows?

Four questions about one release, its pages and its technical report: do the digests still fit what is stored; do the
gate's closed form and the door hold for it; does the linear attacker find a group of too few; and does another released
wave hold nearly the same sheets. The attacker reads the whole tree where that is small, else every part of it that is.

After an erasure the last three count nothing anew, whether there were answers or not: what differs would be somebody's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from kfl import disclosure
from kfl.disclosure.attacker import Matrix, Released, counts_matrix, find_leaks, matrices
from kfl.disclosure.decision import Shown
from kfl.disclosure.gate import gate
from kfl.results.making import prepared
from kfl.results.making import release as releases
from kfl.results.making.closed_forms import FrozenWave, closed_form, frozen_wave
from kfl.results.making.computed import Results
from kfl.results.making.sheet_arrays import Int
from kfl.results.models import Release, ReleasedForm, ReleasedPage
from kfl.results.payload import read_page, unpack
from kfl.surveys.counts import nightly
from kfl.surveys.imports import same_answers
from kfl.surveys.models import WaveForm

from . import audit_counts
from .making import auditing, panel_audit
from .making import report as making
from .making.from_pages import page_numbers
from .making.told_pages import shown_pages
from .models import TechnicalReport
from .payload import Report

SMALL = 400  # nodes that the attacker takes at a time


@dataclass
class Audit:
    """What was found; clean when nothing was."""

    digest_fits: bool
    refused: list[str] = field(default_factory=list)  # by the closed form
    leaks: list[str] = field(default_factory=list)  # by the attacker
    left_out: list[str] = field(default_factory=list)  # what cannot be counted anew
    attacked: int = 0  # matrices that the attacker went through

    @property
    def is_clean(self) -> bool:
        return self.digest_fits and not self.refused and not self.leaks


def stored_digest(release: Release) -> str:
    """The digest of what is stored now, made the same way as at the release."""
    parts: list[bytes] = []
    for form in ReleasedForm.objects.within(release).order_by("pk"):
        parts += [form.informant.encode(), unpack(form.payload)]
        pages = ReleasedPage.objects.within(form).order_by("node__number")
        parts += [unpack(stored) for stored in pages.values_list("payload", flat=True)]
    return prepared.digest_of(parts)


def audit_release(release: Release) -> Audit:
    """Go through one release."""
    frozen, thresholds = frozen_wave(release.wave), disclosure.Thresholds(**release.thresholds)
    found = Audit(stored_digest(release) == release.digest)
    row = TechnicalReport.objects.within(release).first()
    report, wrong = auditing.read_or_refuse(row) if row else (None, [])
    for told in nightly.history(release.wave):
        found.refused += audit_counts.faults(release.wave, told)
        if (followed := audit_counts.matrix(release.wave, told)) is not None:
            found.attacked += 1
            found.leaks += [f"{leak.about}: {leak.people} invited" for leak in find_leaks(followed)]
    found.refused += wrong
    if report is not None:
        found.refused += _of_pages(release, report)
    anew = Audit(True)
    if not releases.erased_since(release):
        _count_anew(release, frozen, thresholds, anew)
        if report is not None:
            _report(release, frozen, thresholds, report, anew)
        beside, not_compared = same_answers.audit(release.wave)
        anew.refused += beside
        anew.left_out += not_compared
    if releases.erased_since(release):  # also meanwhile; and what came of counting is the same as if none had been
        found.left_out.append("pages and report: not counted again, since an erasure was carried out after the release")
    else:
        found.refused += anew.refused
        found.leaks += anew.leaks
        found.left_out += anew.left_out
        found.attacked += anew.attacked
    return found


def _count_anew(release: Release, frozen: FrozenWave, thresholds: disclosure.Thresholds, found: Audit) -> None:
    """The pages: the closed form, and the attacker, over sheets that are counted anew."""
    forms = WaveForm.objects.within(release.wave).select_related("version")
    for form in forms.order_by("number"):
        sheets = closed_form(frozen, form)
        results = releases.results_of(sheets, thresholds)[0]
        shown = _stored_marks(release, form.informant, results)
        try:
            gate(results.tree, results.direct, results.rules, shown, thresholds, results.alone, results.presence)
        except disclosure.ReleaseRefused as problem:
            found.refused.append(f"{form.informant}: {problem}")
        name = f"{release.wave.slug}/{form.informant}"
        for top, nodes, tree in _parts(results.tree):
            marks = Shown(shown.scale[nodes], shown.items[nodes], shown.split[nodes])
            direct, alone = results.direct[nodes], results.alone[nodes]
            part = Released(f"{name}/{top}", tree, direct, results.rules, marks, alone)
            counted = _counts(results, shown, nodes, part, thresholds.k)
            _attack([counted, *matrices([part], thresholds.k, thresholds.k_share)], found)
        for panels in panel_audit.told_panels(release, sheets):
            _panels(panels, results, shown, thresholds, name, found)


def _panels(
    panels: panel_audit.ToldPanels,
    results: Results,
    shown: Shown,
    thresholds: disclosure.Thresholds,
    name: str,
    found: Audit,
) -> None:
    """Those who answered in two waves beside all others, as far as the answers of the other waves are there."""
    keys = ", ".join(results.rules[scale].key for scale in panels.scales)
    if not panels.can_be_counted:
        found.left_out.append(f"{name}: the panel of {keys}, since answers of another wave are gone")
        return
    there = np.zeros(len(panels.form.tree), dtype=bool)
    there[results.nodes] = shown.scale[:, panels.scales].all(axis=1)
    try:
        panels.check(there, thresholds.k)
    except disclosure.ReleaseRefused as problem:
        found.refused.append(f"{name}: {problem}")
    for top, nodes, tree in _parts(results.tree):
        marks = panel_audit.shown_at(shown, nodes, panels.scales)
        counts, alone, rules, totals = panels.attacked(results.nodes[nodes], marks.split)
        part = Released(f"{name}/{top} with panels", tree, counts, rules, marks, alone, totals)
        _attack(matrices([part], thresholds.k, thresholds.k_share), found)


def _attack(attacked: Sequence[Matrix], found: Audit) -> None:
    for matrix in attacked:
        found.attacked += 1
        found.leaks += [f"{leak.about}: {leak.people} in {', '.join(leak.cells)}" for leak in find_leaks(matrix)]


def _of_pages(release: Release, report: Report) -> Iterator[str]:
    """What the report makes of the pages' numbers, made anew of the stored pages: nobody's answers are read."""
    told = {part.informant: part for part in report.forms}
    for text in ReleasedForm.objects.within(release):
        if text.informant in told:
            pages = shown_pages(text)
            if told[text.informant].of_pages != page_numbers(pages, text.read()):
                yield f"technical report: what it says of {text.informant} is not what the pages show"


def _report(
    release: Release, frozen: FrozenWave, thresholds: disclosure.Thresholds, report: Report, found: Audit
) -> None:
    """The technical report: the sets of sheets behind its numbers, counted anew."""
    texts = {text.informant: text for text in ReleasedForm.objects.within(release)}
    forms = WaveForm.objects.within(release.wave).select_related("version__questionnaire")
    told = {part.informant: part for part in report.forms}
    for form in forms.order_by("number"):
        if form.informant in told:
            try:
                made_of = making.form_of(frozen, form, texts[form.informant], thresholds)
            except making.OtherSheets as problem:
                found.refused.append(f"technical report: {problem}")
                continue
            for matrix in auditing.attack(made_of, told[form.informant]):
                found.attacked += 1
                found.leaks += auditing.found_in(matrix)


def _stored_marks(release: Release, informant: str, results: Results) -> Shown:
    """Which numbers the stored pages hold."""
    scale, items, split = marks = [np.zeros(results.n.shape, dtype=bool) for _ in range(3)]
    counted = np.zeros(len(results.nodes), dtype=bool)
    place = {number: row for row, number in enumerate(results.nodes.tolist())}
    pages = ReleasedPage.objects.within(release).filter(informant=informant)
    for stored in pages.values_list("payload", flat=True).iterator(chunk_size=2000):
        page = read_page(stored)
        row = place[page.node]
        counted[row] = page.answered is not None
        for number, cell in enumerate(page.scales):
            marks[0][row, number] = not cell.hidden or cell.value is not None
            marks[1][row, number] = bool(cell.items)
            marks[2][row, number] = cell.girls is not None or cell.boys is not None
    return Shown(scale, items, split, counted)


def _counts(results: Results, shown: Shown, nodes: Int, part: Released, k: int) -> Matrix:
    """How many answered at all, in a part of the tree."""
    told = np.zeros(len(nodes), dtype=bool) if shown.answered is None else shown.answered[nodes]
    return counts_matrix(f"{part.name} svar", part.tree, told, results.presence.of(nodes), k)


def _parts(whole: disclosure.Tree) -> Iterator[tuple[int, Int, disclosure.Tree]]:
    """The tree, or its largest parts that are small enough: the node on top, the numbers of all, and their tree."""
    parent: Int = whole.parent
    size = whole.totals(np.ones(len(parent), dtype=np.int64))
    small = size <= SMALL
    tops = np.flatnonzero(small & ((parent < 0) | ~small[np.maximum(parent, 0)]))
    root = np.full(len(parent), -1)
    root[tops] = tops
    for node in range(len(parent)):
        if root[node] < 0 and parent[node] >= 0:
            root[node] = root[parent[node]]
    for top in tops.tolist():
        nodes = np.flatnonzero(root == top)
        local = np.full(len(parent), -1)
        local[nodes] = np.arange(len(nodes))
        above = np.where(nodes == top, -1, local[parent[nodes]])
        yield top, nodes, disclosure.Tree(above)
