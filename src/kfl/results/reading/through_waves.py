"""The tab "Endring": each scale through the waves of its series."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.utils.translation import gettext as _
from markupsafe import Markup

from kfl.documents import figures

from ..payload import FormText, SameMeasure, ScaleText, Then, Value
from . import measure_sentences, result_words
from .parts import Past, ScaleRow


def pasts(rows: Sequence[ScaleRow], form: FormText) -> list[Past]:
    """The scales with waves before this one."""
    return [_past(row, form) for row in rows if row.result.before]


def _past(row: ScaleRow, form: FormText) -> Past:
    waves = form.earlier
    then = [(waves[t.wave].title, t, str(result_words.GAPS[t.gap]) if t.gap else "") for t in row.result.before]
    change = row.result.change
    measure = measure_sentences.another_measure(*_measure(row, form))
    if change is None:
        told = _("kan ikke sammenlignes")
    else:
        told = _("ingen sikker endring") if measure else result_words.change_word(change)
    return Past(
        row=row,
        then=then,
        mark=result_words.mark(change.points, change.certainty) if change else "",
        told=told,
        figure=_trend(f"{row.title}: {told}", then, row.value, form.wave),
        measure=measure,
    )


def not_examined(found: Sequence[Past], form: FormText) -> list[str]:
    """Of which scales nobody examined whether they are the same measure as before, and why."""
    return measure_sentences.not_examined(_measure(past.row, form) for past in found)


def _measure(row: ScaleRow, form: FormText) -> tuple[ScaleText, SameMeasure | None, str]:
    """Whether the change shown is one of the same measure, and since which wave."""
    change = row.result.change
    if change is None:
        return row.scale, None, ""
    same = form.same_measure[form.scales.index(row.scale)][change.wave]
    return row.scale, same, form.earlier[change.wave].title


def _trend(title: str, then: list[tuple[str, Then, str]], value: Value | None, wave: str) -> Markup | str:
    points: list[figures.TrendPoint] = []
    broken = False  # the point before was measured with other questions
    for label, t, _why in then:
        there = not t.gap
        points.append(
            figures.TrendPoint(
                label,
                t.points if there else None,
                t.points - t.half if there else None,
                t.points + t.half if there else None,
                break_before=broken and t.gap not in {"changed", "not_asked"},
            )
        )
        # A wave that did not ask lies on neither side: the break stands before the next that did.
        broken = t.gap == "changed" or (broken and t.gap == "not_asked")
    now = figures.TrendPoint(wave, None, break_before=broken)
    if value:
        now = replace(now, value=value.points, low=value.low, high=value.high)
    points.append(now)
    if all(point.value is None for point in points):
        return ""
    return figures.trend(points, title=title)
