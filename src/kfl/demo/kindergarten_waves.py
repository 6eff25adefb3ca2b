"""The two waves of the kindergartens: the first, of 2017, is released; the second is open around the day of building.

Who answers is taken from the portal's own list of those invited. No child is in both: they have left for school.
"""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import NDArray

from kfl.questionnaires.models import QuestionnaireVersion
from kfl.surveys import actions
from kfl.surveys.models import NodeKind, Wave, WaveForm
from kfl.surveys.waves.invited import Roster

from .asked import instrument
from .progress import ProgressBar
from .simulate import Respondents, answers, who_answered
from .streams import stream
from .waves import STARTED, Answering, Round, hold, open_now
from .world import World

SERIES = "barnehage"
FIRST_YEAR = 2017
FIRST = Round("b1", FIRST_YEAR, date(2017, 10, 16), date(2017, 12, 1), SERIES)


def hold_first(world: World, versions: list[QuestionnaireVersion], progress: ProgressBar) -> Wave:
    """The kindergartens' first wave, answered and released."""
    return hold(world, FIRST, versions, _kindergartens(world, 0), progress)


def open_second(world: World, now: Round, versions: list[QuestionnaireVersion], progress: ProgressBar) -> Wave:
    """The kindergartens' wave of today, in the window of the schools'."""
    held = Round("b2", now.school_year, now.opens, now.closes, SERIES)
    return open_now(world, held, versions, _kindergartens(world, 1, some=True), progress)


def _kindergartens(world: World, year: int, *, some: bool = False) -> Answering:
    count = len(world.plan.kindergartens)

    def answer(wave: Wave, form: WaveForm, roster: Roster) -> None:
        where = _kindergarten_of(wave, count)[roster.group]
        people = Respondents(
            person=np.arange(len(roster), dtype=np.int64),
            school=where,
            group=roster.group,
            split=roster.split,
            grade=np.zeros(len(roster), dtype=np.int16),
        )
        chosen = who_answered(people, form.informant, year, count)
        if some:
            chosen &= (stream("started kindergartens").random(count) < STARTED)[where]
        rows = np.flatnonzero(chosen)
        if len(rows):
            codes = answers(instrument(form), people.chosen(rows), wave=year, schools=count)
            actions.import_answers(wave=wave, form=form, people=roster[rows], answers=codes, by=world.by)

    return answer


def _kindergarten_of(wave: Wave, count: int) -> NDArray[np.int32]:
    """For each node of the tree, which kindergarten it is or lies in, counted from 0; 0 above them."""
    found: list[int] = []
    seen = -1
    number_of: dict[int, int] = {}
    for node in wave.nodes.select_related("parent").order_by("number"):
        if node.kind == NodeKind.KINDERGARTEN:
            seen += 1
            number_of[node.pk] = seen
        found.append(number_of.get(node.pk, number_of.get(node.parent_id or 0, 0)))
    if seen >= count:
        raise ValueError(f"{seen + 1} kindergartens in the tree, {count} in the plan")
    return np.array(found, dtype=np.int32)
