"""From a questionnaire of the portal to what the simulation needs to know about it."""

from __future__ import annotations

from kfl.questionnaires.formats import Format
from kfl.questionnaires.freezing import items_in_order
from kfl.questionnaires.models import Favourable, Item
from kfl.surveys.models import WaveForm

from .simulate import AnswerKind, Instrument, SimulatedQuestion


def instrument(form: WaveForm) -> Instrument:
    """The form's scales and the rows of its answers matrix, in their order."""
    good_high: list[bool] = []
    questions: list[SimulatedQuestion] = []
    for scale, items in items_in_order(form.version):
        number = -1
        if scale is not None:
            number = len(good_high)
            good_high.append(scale.favourable == Favourable.HIGH)
        for item in items:
            questions += _rows(item, number)
    return Instrument(form.informant, tuple(good_high), tuple(questions))


def _rows(item: Item, scale: int) -> list[SimulatedQuestion]:
    answers = len(item.answers)
    if item.format == Format.TEXT:
        return []
    if item.format == Format.MULTIPLE:
        return [SimulatedQuestion(AnswerKind.BOX, 1)] * answers
    if item.format == Format.NUMBER:
        return [SimulatedQuestion(AnswerKind.NUMBER, item.high or 0, low=item.low or 0)]
    return [SimulatedQuestion(AnswerKind.STEPS, answers, scale, turned=item.reversed, rare=item.sensitive)]
