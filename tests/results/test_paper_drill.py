"""The last resort from end to end (R10): printed, ticked by hand, entered by digits, closed, and in the results."""

from __future__ import annotations

import io
import re
from collections import Counter
from datetime import timedelta
from random import Random
from statistics import fmean, stdev

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from kfl.answers.bulk import read_columns
from kfl.people.models import Unit
from kfl.questionnaires.formats import Informant
from kfl.results.making.release import release_wave
from kfl.surveys import actions, store
from kfl.surveys.models import Wave
from kfl.surveys.paper.printed_forms import questions
from tests.results.making import a_pupil_questionnaire
from tests.results.test_release import cell_of
from tests.surveys.making import CLOSES, OPENS, a_wave

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("data_dir")]
SEED = 10
CODE = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{6}\b")
Paper = dict[int, int]  # running number on the paper → the box that is ticked; what is left blank is not there
SCALES = {"trivsel": (range(1, 5), 4), "stress": (range(5, 9), 5)}  # running numbers, and how many boxes each has


def address(name: str, unit: Unit) -> str:
    return reverse(f"surveys:{name}", kwargs={"slug": "t3", "key": unit.pk, "informant": Informant.PUPIL_5_10.value})


def words_of(teacher: Client, url: str) -> str:
    reply = teacher.get(url)
    assert reply["Content-Type"] == "application/pdf"
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(reply.content)).pages)


def ticked(wave: Wave, dice: Random) -> Paper:
    """One pupil with a pencil: most questions, now and then none of the boxes."""
    asked = questions(store.bundle(wave.slug).form(Informant.PUPIL_5_10.number))
    return {one.number: dice.randint(1, len(one.item.options)) for one in asked if dice.random() > 0.04}


def enter(teacher: Client, unit: Unit, code: str, paper: Paper) -> bool:
    """Type one form; whether the page took it."""
    sent = {f"a-{number}": str(box) for number, box in paper.items()}
    return teacher.post(address("paper-enter", unit), {"code": code, "filled_in": "1", **sent}).status_code == 302


def points_by_hand(scale: str, group: list[Paper], everybody: list[Paper]) -> int:
    """RULES C.1 with pencil and paper: 500 + 100 · (m − μ) / σ."""
    numbers, boxes = SCALES[scale]

    def turned(paper: Paper) -> dict[int, int]:
        back = numbers[1]  # the second question of each scale is reversed
        return {n: boxes + 1 - paper[n] if n == back else paper[n] for n in numbers if n in paper}

    def mean_of_means(papers: list[Paper]) -> float:
        answers = [turned(paper) for paper in papers]
        return fmean(fmean(one[n] for one in answers if n in one) for n in numbers)

    persons = [fmean(one.values()) for one in map(turned, everybody) if 2 * len(one) >= len(numbers)]
    return round(500 + 100 * (mean_of_means(group) - mean_of_means(everybody)) / stdev(persons))


def test_two_classes_answer_on_paper_and_find_it_in_their_results(world, promise):
    dice = Random(SEED)
    wave = a_wave(world.county, [world.ask], [a_pupil_questionnaire()])
    with time_machine.travel(OPENS + timedelta(hours=1), tick=False):
        actions.open_wave(wave=wave, by=None, at=OPENS)
        teacher = Client()
        teacher.force_login(world.alice)  # leads the school: both classes
        papers: dict[str, list[Paper]] = {}
        printed = entered = 0
        for unit in (world.ask_8a, world.ask_8b):
            codes = CODE.findall(words_of(teacher, address("code-sheet", unit)))
            form = words_of(teacher, address("paper-form", unit))
            assert "Utsagn 4 om stress" in form
            assert not CODE.search(form), "the pupil writes the code on it"
            papers[unit.name] = [ticked(wave, dice) for _code in codes]
            printed += len(codes)
            assert not enter(teacher, unit, codes[0], papers[unit.name][0] | {2: 9}), "a slip of the finger is told"
            entered += sum(enter(teacher, unit, *one) for one in zip(codes, papers[unit.name], strict=True))
            assert enter(teacher, unit, codes[0], papers[unit.name][1]), "a used code is taken alike; the first counts"
    wave.refresh_from_db()
    actions.close_wave(wave=wave, by=world.erik, at=CLOSES, tells=False)
    wave.refresh_from_db()
    release_wave(wave=wave, by=world.erik, at=CLOSES)

    asked = range(1, 14)
    stored = read_columns(store.answers_place(), "t3", Informant.PUPIL_5_10.number).answers.T.tolist()
    everybody = [paper for group in papers.values() for paper in group]
    on_paper = Counter(tuple(paper.get(number, -1) for number in asked) for paper in everybody)
    differ = sum((on_paper - Counter(map(tuple, stored))).values())
    assert (entered, len(stored), differ) == (printed, printed, 0)
    shown = 0
    for unit in (world.ask_8a, world.ask_8b):
        for scale, (numbers, _boxes) in SCALES.items():
            value = cell_of(wave, unit, scale).value
            group = papers[unit.name]
            assert value.n == min(sum(number in paper for paper in group) for number in numbers)
            assert value.points == points_by_hand(scale, group, everybody)
            shown += 1
    promise(
        "R10 paper",
        f"{entered} forms of {printed} printed and entered, {differ} differ from what was ticked, "
        f"{shown} of {shown} results as worked out by hand",
        seed=SEED,
    )
