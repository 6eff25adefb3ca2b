"""How many are invited: written when a wave opens and when somebody comes late, settled when it closes.

While a wave is open the number never falls, whoever is reserved or erased: it would tell of one pupil. What results
are set beside is how many are invited when it closes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from django.db.models import Count, F

from ..models import Code, Collection, Invited, Wave, WaveForm, WaveNode

BATCH = 5000


def save(nodes: list[WaveNode], counts: Mapping[WaveForm, Counter[int]]) -> None:
    """Write how many hang under each node for each form."""
    rows = [
        Invited(node=nodes[number], form=form, count=count)
        for form, counted in counts.items()
        for number, count in sorted(counted.items())
    ]
    Invited.objects.bulk_create(rows, batch_size=BATCH)


def add_one(node: WaveNode, form: WaveForm) -> None:
    """Somebody came after the opening."""
    counted = Invited.objects.within(node).filter(form=form)
    if not counted.update(count=F("count") + 1):
        Invited.objects.create(node=node, form=form, count=1)


def settle(wave: Wave) -> None:
    """As the wave closes, before the codes go: invited is who may take part now."""
    if wave.collection != Collection.CODES:
        return
    codes = Code.objects.within(wave).order_by()
    left = {(node, form): n for node, form, n in codes.values_list("node", "form").annotate(n=Count("pk"))}
    rows = list(Invited.objects.within(wave, by="node__wave"))
    for row in rows:
        row.count = left.get((row.node_id, row.form_id), 0)
    Invited.objects.bulk_update(rows, ["count"], batch_size=BATCH)


def of_form(form: WaveForm) -> dict[int, int]:
    """By number of the node that they hang right under."""
    rows = Invited.objects.within(form)
    return dict(rows.values_list("node__number", "count"))


def below(wave: Wave, path: str) -> list[tuple[int, str, int, str, int]]:
    """Number of the node, path of its unit, number and informant of the form, count: of all under a unit's path."""
    rows = Invited.objects.within(wave, by="node__wave").filter(node__unit__path__startswith=path)
    return list(
        rows.values_list("node__number", "node__unit__path", "form__number", "form__informant", "count")
    )  # fmt: skip
