"""Answers that a wave holds already are not published a second time unless nobody is singled out by it (RULES B.9).

Asked before answers from a file are stored, again before a wave of such answers closes, of what is released by `kfl
release audit`, and before those who answered in two waves are shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from django.db.models import Q
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from kfl.answers.bundle import BundleForm, BundleItem, ItemKind
from kfl.core.cannot_be_done import CannotBeDone
from kfl.disclosure import Tree
from kfl.disclosure.recoded import NOT_ANSWERED
from kfl.disclosure.twice import Again, Complete, FormSheets, again

from .. import store
from ..models import Collection, ErasureRequest, NodeKind, Wave, WaveForm
from ..queries import thresholds_of
from ..waves import stored

WHY = "whether: answers are compared with those of earlier waves; nobody reads the outcome but yes or no"
OWNS_SHEETS = {NodeKind.SCHOOL, NodeKind.KINDERGARTEN}
ONE_ROW = frozenset(ItemKind) - {ItemKind.MULTIPLE, ItemKind.TEXT}


class SameAnswersTwice(CannotBeDone):
    """These answers are in another wave already, and a few persons could be told from the difference."""


@dataclass(frozen=True, eq=False)
class Given:
    """Answers of one form that are to be published. `pid`: as they would be in a series and informant."""

    form: WaveForm
    asked: BundleForm
    group: NDArray[np.int32]
    split: NDArray[np.int8]
    pid: Callable[[str, str], NDArray[np.uint8]]
    answers: NDArray[np.signedinteger]


class CommonNumbers:
    """Numbers for units, and for classes, grades and departments, that are the same in every wave."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[int, int | None], int] = {}

    def tree_of(self, wave: Wave) -> tuple[Tree, NDArray[np.int64], NDArray[np.int64]]:
        """The frozen tree, and by node the number of its school or kindergarten and of the node itself."""
        rows = list(wave.nodes.order_by("number").values_list("parent__number", "kind", "unit_id", "grade"))
        parent = np.array([-1 if row[0] is None else row[0] for row in rows], dtype=np.int64)
        place = np.array([self._number(unit, grade) for _parent, _kind, unit, grade in rows], dtype=np.int64)
        unit = place.copy()
        for node, (above, kind, _unit, _grade) in enumerate(rows):
            if above is not None and kind not in OWNS_SHEETS:
                unit[node] = unit[above]
        return Tree(parent), unit, place

    def _number(self, unit: int, grade: int | None) -> int:
        return self._numbers.setdefault((unit, grade), len(self._numbers))


def check(given: Given) -> None:
    """Raise `SameAnswersTwice` where the answers stand in a closed wave, and it is not safe that they stand here too.

    The reason names the wave and no number: how many sheets differ would itself tell.
    """
    for found, other, form in _beside_each(given, _closed_waves(given.form.wave)):
        _refuse(found, other, form, given.form)


def stand_elsewhere(wave: Wave, informant: str, *, but: Wave | None = None) -> bool:
    """Whether one informant group's answers of a closed wave stand in another closed wave, too; `but`: not asked of.

    Two waves that were both answered with codes hold no sheet in common: only a file brings one a second time.
    """
    form = wave.forms.select_related("wave", "version").get(informant=informant)
    columns, asked = store.closed_columns(wave.slug, form.number), store.bundle(wave.slug).form(form.number)
    given = Given(form, asked, columns.group, columns.split, _stored(columns.pid), columns.answers)
    others = [
        other
        for other in _closed_waves(wave)
        if other != but and Collection.IMPORT in {wave.collection, other.collection}
    ]
    return any(found is not Again.OTHER_ANSWERS for found, _other, _form in _beside_each(given, others))


def audit(wave: Wave) -> tuple[list[str], list[str]]:
    """Of a released wave beside each other one: which single out a few together, and which cannot be compared.

    The wave itself has lost no sheet since its release. What another has lost, also meanwhile, would be somebody's.
    """
    refused, left_out = [], []
    for other in _closed_waves(wave, stored.has_results()):
        close = [] if _has_lost_sheets(other) else list(_nearly_the_same(wave, other))
        if _has_lost_sheets(other):
            left_out.append(f"not compared with {other.slug}, since an erasure was carried out there")
        else:
            refused += close
    return refused, left_out


def _nearly_the_same(wave: Wave, other: Wave) -> Iterator[str]:
    if not store.has_answers(wave.slug):
        return
    for form in wave.forms.select_related("wave", "version").order_by("number"):
        columns, asked = store.closed_columns(wave.slug, form.number), store.bundle(wave.slug).form(form.number)
        given = Given(form, asked, columns.group, columns.split, _stored(columns.pid), columns.answers)
        for found, _other, theirs in _beside_each(given, [other]):
            if found is Again.SINGLES_OUT:
                yield f"{form.informant}: nearly the same answers as {other.slug}/{theirs.informant}"


def _beside_each(given: Given, others: Iterable[Wave]) -> Iterator[tuple[Again, Wave, WaveForm]]:
    places = CommonNumbers()
    wave = given.form.wave
    tree, unit, place = places.tree_of(wave)
    for other in others:
        other_tree, other_unit, other_place = places.tree_of(other)
        bundle = store.bundle(other.slug)
        for form in other.forms.all():
            asked = bundle.form(form.number)
            common = list(_common(given.asked, asked))
            if not common:  # nothing that could be the same
                continue
            columns = store.closed_columns(other.slug, form.number)
            keys = [ours.key for ours, _theirs in common]
            old = FormSheets(
                other_tree, columns.group, other_unit[columns.group], other_place[columns.group], columns.split,
                columns.pid, columns.answers[[theirs.column for _ours, theirs in common]],
                tuple(_complete(form, asked, columns.answers, keys)),
            )  # fmt: skip
            new = FormSheets(
                tree, given.group, unit[given.group], place[given.group], given.split,
                given.pid(other.series, form.informant), given.answers[[ours.column for ours, _theirs in common]],
                tuple(_complete(given.form, given.asked, given.answers, keys)),
            )  # fmt: skip
            k, one_rule = (
                max(thresholds_of(wave).k, thresholds_of(other).k),
                thresholds_of(wave) == thresholds_of(other),
            )
            yield again(old, new, k, one_rule=one_rule), other, form


def check_imported(wave: Wave) -> None:
    """The same for all that an open wave of answers from files holds."""
    for form in wave.forms.select_related("wave", "version"):
        columns = store.imported_columns(wave.slug, form.number)
        asked = store.bundle(wave.slug).form(form.number)
        check(Given(form, asked, columns.group, columns.split, _stored(columns.pid), columns.answers))


def _stored(pid: NDArray[np.uint8]) -> Callable[[str, str], NDArray[np.uint8]]:
    """Those that were made for the wave's own series and informant: whose they are is no longer known."""
    return lambda _series, _informant: pid


def _closed_waves(wave: Wave, which: Q | None = None) -> Iterator[Wave]:
    waves = Wave.objects.everywhere(why=WHY).filter(which or stored.is_closed())
    for other in waves.exclude(pk=wave.pk).filter(rehearsal__isnull=True).order_by("opens_at", "pk"):
        if store.has_answers(other.slug):
            yield other


def _common(ours: BundleForm, theirs: BundleForm) -> Iterator[tuple[BundleItem, BundleItem]]:
    """The items that both ask, and whose answers are one number."""
    known = {item.key: item for item in theirs.items if item.kind in ONE_ROW}
    for item in ours.items:
        if item.kind in ONE_ROW and item.key in known:
            yield item, known[item.key]


def _complete(
    form: WaveForm, asked: BundleForm, answers: NDArray[np.signedinteger], keys: list[str]
) -> Iterator[Complete]:
    """The complete sheets of each scale that holds one of the common items."""
    row, column = {key: row for row, key in enumerate(keys)}, {item.key: item.column for item in asked.items}
    scales: dict[int, list[str]] = {}
    for scale, key in form.version.items.filter(scale__isnull=False).values_list("scale_id", "key"):
        scales.setdefault(scale, []).append(key)
    for items in scales.values():
        if shared := tuple(row[key] for key in items if key in row):
            sheets = (answers[[column[key] for key in items]] != NOT_ANSWERED).all(axis=0)
            yield Complete(frozenset(items), shared, sheets)


def _refuse(found: Again, other: Wave, old: WaveForm, new: WaveForm) -> None:
    if found is Again.OTHER_ANSWERS:
        return
    if found is Again.SINGLES_OUT or _has_lost_sheets(other):
        raise SameAnswersTwice(
            _(
                "Svarene er nesten de samme som i «{wave}». Ble begge vist, kunne forskjellen vise hva noen få har "
                "svart. De samme svarene kan bare vises igjen når de er helt like, med de samme gruppene og "
                "skalaene, og ingen er slettet siden."
            ).format(wave=other.name)
        )
    marks = dict(old.version.items.filter(sensitive=True).values_list("key", "counts_from_code"))
    here = dict(new.version.items.filter(key__in=marks).values_list("key", "counts_from_code"))
    if lost := sorted(key for key, code in here.items() if code != marks[key]):
        raise SameAnswersTwice(
            _("Svarene står i «{wave}» også. Der er dette sensitivt, og det må være merket likt her: {items}.").format(
                wave=other.name, items=", ".join(lost)
            )
        )


def _has_lost_sheets(wave: Wave) -> bool:
    """Whether sheets were erased after the close: the release holds them, and what is left no longer shows that."""
    requests = ErasureRequest.objects.everywhere(why=WHY)
    return bool(requests.filter(wave=wave, done_on__isnull=False).exists())
