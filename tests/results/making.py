"""A small county with released results, built through the actions that people use.

Ask skole has 8A (14), 8B (12) and 9A (13); Bjørk skole has 8A (20) and 8B (5, too few); both have teachers.
"""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np

from kfl.core.text import text
from kfl.people.models import Unit
from kfl.questionnaires import actions as questionnaires
from kfl.questionnaires.formats import Format, Informant
from kfl.questionnaires.freezing import items_in_order
from kfl.questionnaires.models import Favourable, QuestionnaireVersion
from kfl.questionnaires.written import WrittenItem, WrittenScale
from kfl.results.making.release import release_wave
from kfl.surveys import actions, queries
from kfl.surveys.models import Collection, Wave
from kfl.surveys.waves.draft import WaveDraft
from tests.factories import a_class
from tests.surveys.making import CLOSES, OPENS

SKIPPED = 0.03


class Missing(NamedTuple):
    """Shares of what is left open, and of those who hand in nothing at all."""

    skipped: float = SKIPPED
    away: float = 0.0


SOME = Missing()
ANSWERS = {Format.AGREE4: 4, Format.AGREE5: 5, Format.FREQUENCY5: 5}


def a_pupil_questionnaire(key: str = "elever") -> QuestionnaireVersion:
    """Two open scales (one where low is best), one sensitive, and a single question."""
    version = questionnaires.create_questionnaire(
        key=key, informant=Informant.PUPIL_5_10, title=text("Elever"), by=None
    )
    for name, favourable, format, sensitive in (
        ("trivsel", Favourable.HIGH, Format.AGREE4, False),
        ("stress", Favourable.LOW, Format.AGREE5, False),
        ("mobbing", Favourable.LOW, Format.FREQUENCY5, True),
    ):
        scale = questionnaires.save_scale(
            version=version,
            key=name,
            written=WrittenScale(
                name=text(name.capitalize()),
                description=text(f"Om {name}"),
                heading=text(f"Om {name}"),
                favourable=favourable,
            ),
            by=None,
        )
        for number in range(1, 5):
            questionnaires.save_item(
                version=version,
                scale=scale,
                key=f"{name}{number}",
                written=WrittenItem(
                    text=text(f"Utsagn {number} om {name}"),
                    format=format,
                    reversed=number == 2,
                    sensitive=sensitive,
                    counts_from_code=3 if sensitive else None,
                ),
                by=None,
            )
    questionnaires.save_item(
        version=version,
        scale=None,
        key="rommet",
        written=WrittenItem(text=text("Hvordan er rommet?"), format=Format.AGREE4),
        by=None,
    )
    return version


def a_released_wave(
    world: SimpleNamespace,
    versions: list[QuestionnaireVersion],
    *,
    slug: str = "t1",
    opens: datetime = OPENS,
    closes: datetime = CLOSES,
    seed: int = 1,
    lift: dict[str, float] | None = None,
    missing: Missing = SOME,
) -> Wave:
    """Opened, answered by all, closed and released. `lift` moves a class's answers by so many steps."""
    wave = a_closed_wave(world, versions, slug=slug, opens=opens, closes=closes, seed=seed, lift=lift, missing=missing)
    release_wave(wave=wave, by=world.erik, at=closes)
    return wave


def a_closed_wave(
    world: SimpleNamespace,
    versions: list[QuestionnaireVersion],
    *,
    slug: str = "t1",
    opens: datetime = OPENS,
    closes: datetime = CLOSES,
    seed: int = 1,
    lift: dict[str, float] | None = None,
    missing: Missing = SOME,
) -> Wave:
    wave = actions.create_wave(
        slug=slug,
        draft=WaveDraft(name=f"Kartlegging {slug.upper()}", opens_at=opens, closes_at=closes),
        series="hedmark",
        unit=world.county,
        collection=Collection.IMPORT,
        by=world.erik,
    )
    actions.set_forms(wave=wave, versions=versions, by=world.erik)
    actions.set_units(wave=wave, units=[world.county], by=world.erik)
    wave = actions.open_wave(wave=wave, by=world.erik, at=opens)
    names = dict(wave.nodes.values_list("number", "unit__name"))
    for form, people in queries.rosters(wave=wave).items():
        up = np.array([(lift or {}).get(names[node], 0.0) for node in people.group.tolist()])
        answers = simulated(form, up, seed, missing.skipped)
        answers[:, np.random.default_rng(1000 + seed).random(len(up)) < missing.away] = -1
        actions.import_answers(wave=wave, form=form, people=people, answers=answers, by=world.erik)
    return actions.close_wave(wave=wave, by=world.erik, at=closes, tells=False)


def simulated(form: object, up: np.ndarray, seed: int, skipped: float = SKIPPED) -> np.ndarray:
    """Codes for each row of the form; `skipped` is the share of them that is left open."""
    random = np.random.default_rng(seed)
    rows = []
    for item in (item for _scale, items in items_in_order(form.version) for item in items):
        highest = ANSWERS[Format(item.format)]
        middle = (1 + highest) / 2
        lift = -up if item.reversed else up
        answers = np.clip(np.rint(middle + lift + random.normal(0, 1.1, len(up))), 1, highest).astype(np.int8)
        answers[random.random(len(up)) < skipped] = -1
        rows.append(answers)
    return np.array(rows)


def grown(world: SimpleNamespace) -> SimpleNamespace:
    """The tests' world with some more classes."""
    world.ask_9a = a_class(world.ask, "9A", 9, 13)
    world.bjork_8b = a_class(world.bjork, "8B", 8, 5)
    return world


def number_of(wave: Wave, unit: Unit, *, grade: int | None = None) -> int:
    """The node of a unit (or of one of a school's grades) in the wave's tree."""
    nodes = wave.nodes.filter(unit=unit, kind="grade", grade=grade) if grade else wave.nodes.filter(unit=unit)
    return nodes.exclude(kind="grade").get().number if grade is None else nodes.get().number
