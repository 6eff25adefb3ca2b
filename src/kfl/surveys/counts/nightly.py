"""What is told of adults' answering while a wave is open: decided at the opening, counted once a day.

A live number of a few grown-up colleagues tells who has just answered. So theirs stands still from one night to the
next, in steps of three, never everybody, and only where enough are invited, there and in what is hidden beside it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from kfl import disclosure
from kfl.questionnaires.formats import Informant

from .. import store
from ..models import Collection, FollowedNode, NightlyCount, Wave, WaveForm, WaveNode
from ..waves import stored

BATCH = 5000


def decide(wave: Wave, nodes: list[WaveNode], counts: Mapping[WaveForm, Counter[int]]) -> None:
    """As the wave opens: at which nodes the numbers of adults may be told, on nothing but who is invited."""
    number_of = {node.pk: number for number, node in enumerate(nodes)}
    parent = np.array([number_of[node.parent_id] if node.parent_id else -1 for node in nodes])
    tree = disclosure.Tree(parent)
    rows = []
    for form, counted in counts.items():
        if not Informant(form.informant).is_adult:
            continue
        own = np.zeros(len(nodes), dtype=np.int64)
        for number, count in counted.items():
            own[number] = count
        everybody = tree.totals(own)
        shown = np.flatnonzero(disclosure.followed(tree, own, wave.k))
        rows += [FollowedNode(node=nodes[number], form=form, invited=everybody[number]) for number in shown.tolist()]
    FollowedNode.objects.bulk_create(rows, batch_size=BATCH)


def count_all(at: datetime) -> list[Wave]:
    """Count every open wave that has not been counted today; gives those that were. Safe to be called every hour."""
    waves = Wave.objects.everywhere(why="system: a chore counts open waves").filter(
        stored.is_under_way(), collection=Collection.CODES
    )
    return [wave for wave in waves.order_by("pk") if count(wave, at)]


def count(wave: Wave, at: datetime) -> bool:
    """Take the numbers of one wave, unless it opened today or was counted today; says whether it was done."""
    before = {place: (when, told) for place, when, told in _latest(wave)}
    days = {timezone.localdate(when) for when, _told in before.values()}
    today = timezone.localdate(at)
    if wave.opened_at is None or timezone.localdate(wave.opened_at) >= today or any(day >= today for day in days):
        return False
    places = FollowedNode.objects.within(wave, by="node__wave")
    sheets = _sheets_below(wave)
    rows = []
    for place in places.select_related("node", "form").order_by("pk"):
        told = disclosure.in_steps(sheets[place.node.number, place.form.number], place.invited)
        rows.append(NightlyCount(place=place, taken_at=at, told=max(told, before.get(place.pk, (at, 0))[1])))
    with transaction.atomic():
        NightlyCount.objects.bulk_create(rows, batch_size=BATCH)
    return True


def told(wave: Wave, units: list[int]) -> dict[tuple[int, int], tuple[datetime, int] | None]:
    """By unit and form's number: when it was counted last and what is told; None before the first night.

    What is not among the keys is hidden.
    """
    places = FollowedNode.objects.within(wave, by="node__wave").filter(node__unit__in=units)
    last = {place: (when, number) for place, when, number in _latest(wave)}
    rows = places.exclude(node__kind="grade").values_list("pk", "node__unit", "form__number")
    return {(unit, form): last.get(place) for place, unit, form in rows}


@dataclass(frozen=True)
class Followed:
    """All that was ever told of one form's nodes, in the order of their numbers."""

    informant: str
    parent: list[int]  # place among these, -1 for the root or where the node above is not among them
    invited: list[int]  # when the wave opened, with everything below
    nights: list[list[tuple[datetime, int]]]  # oldest first


def history(wave: Wave) -> list[Followed]:
    """What is stored of a wave's nights, for whoever audits what somebody could work out from it."""
    nights: dict[int, list[tuple[datetime, int]]] = defaultdict(list)
    rows = NightlyCount.objects.within(wave, by="place__node__wave").order_by("taken_at")
    for place, when, number in rows.values_list("place", "taken_at", "told"):
        nights[place].append((when, number))
    found = []
    for form in wave.forms.order_by("number"):
        places = FollowedNode.objects.within(form).order_by("node__number")
        stored = list(places.values_list("pk", "node", "node__parent", "invited"))
        at = {node: place for place, (_pk, node, _above, _n) in enumerate(stored)}
        if stored:
            parent = [at.get(above, -1) for _pk, _node, above, _n in stored]
            invited = [n for *_, n in stored]
            found.append(Followed(form.informant, parent, invited, [nights[pk] for pk, *_ in stored]))
    return found


def _latest(wave: Wave) -> list[tuple[int, datetime, int]]:
    """Each place's newest count; all of a wave are taken at one moment."""
    rows = NightlyCount.objects.within(wave, by="place__node__wave").order_by()
    newest = rows.aggregate(newest=Max("taken_at"))["newest"]
    return list(rows.filter(taken_at=newest).values_list("place", "taken_at", "told")) if newest else []


def _sheets_below(wave: Wave) -> dict[tuple[int, int], int]:
    """Sheets at each node and everything below it, by number of node and form."""
    above = dict(wave.nodes.values_list("number", "parent__number"))
    found: dict[tuple[int, int], int] = defaultdict(int)
    for (number, form), sheets in store.answered_counts(wave.slug).items():
        at: int | None = number
        while at is not None:
            found[at, form] += sheets
            at = above[at]
    return found
