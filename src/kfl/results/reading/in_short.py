"""Kort fortalt: what is certain, then what the answers suggest, then how much of the rest is not to be told apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kfl.disclosure import Hidden

from ..payload import Certainty, FormText
from . import result_words
from .parts import Past, ScaleRow, Sentence

MOST = 3  # sentences of each step (RULES C.4)


@dataclass(frozen=True)
class _Difference:
    """One that is told, from a level above or from an earlier wave."""

    certainty: Certainty
    weight: int  # best estimate
    sentence: Sentence


def in_short(rows: Sequence[ScaleRow], pasts: Sequence[Past], form: FormText) -> list[Sentence]:
    """At most three sentences of each step, the largest best estimate first."""
    found = [*_from_above(rows), *_from_before(pasts, form)]
    told, left = [], 0
    for step in (Certainty.CERTAIN, Certainty.LIKELY):
        own = sorted((one for one in found if one.certainty is step), key=lambda one: -abs(one.weight))
        told += [one.sentence for one in own[:MOST]]
        left += len(own[MOST:])
    if left:
        more = ngettext("{n} forskjell til står i tabellene.", "{n} forskjeller til står i tabellene.", left)
        told.append(Sentence("", more.format(n=left)))
    told += _not_apart(rows)
    if not told:
        told.append(Sentence("", _("Dette er alle svarene sett under ett. Nivåene under måles mot dette.")))
    # What is asked but shown nowhere yet is not hidden here.
    hidden = sum(1 for row in rows if row.result.hidden and row.result.hidden != Hidden.SENSITIVE)
    if hidden:
        text = ngettext("{n} område er skjult her.", "{n} områder er skjult her.", hidden)
        told.append(Sentence("", text.format(n=hidden)))
    return told


def _from_above(rows: Sequence[ScaleRow]) -> Iterator[_Difference]:
    for row in rows:
        for name, against in (("above", row.above), ("top", row.top)):
            if against and against.is_told:
                text = result_words.against_rest(row.scale, against.name, against.found)
                sentence = Sentence(against.mark, text, f"{name}:{row.scale.key}")
                yield _Difference(against.found.certainty, against.weight, sentence)


def _from_before(pasts: Sequence[Past], form: FormText) -> Iterator[_Difference]:
    for past in pasts:
        change = past.change
        if change and past.is_told:
            text = result_words.since_then(past.row.scale, form.earlier[change.wave].title, change)
            sentence = Sentence(past.mark, text, f"change:{past.row.scale.key}")
            yield _Difference(change.certainty, result_words.weight(change), sentence)


def _not_apart(rows: Sequence[ScaleRow]) -> list[Sentence]:
    """How many scales are not to be told apart from the level above."""
    compared = [row.above for row in rows if row.above]
    count = sum(not above.is_told for above in compared)
    if not count:
        return []
    names = {above.name for above in compared}
    where = _("resten av {above}").format(above=names.pop()) if len(names) == 1 else _("resten av nivået over")
    if count == len(compared):
        return [Sentence(result_words.ALIKE, _("Ingen av områdene er til å skille fra {where}.").format(where=where))]
    text = ngettext(
        "{n} område er ikke til å skille fra {where}.", "{n} områder er ikke til å skille fra {where}.", count
    )
    return [Sentence(result_words.ALIKE, text.format(n=count, where=where))]
