"""The questionnaires that come with the project."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from kfl.core.text import TranslatedText
from kfl.people.audit import action, touched
from kfl.people.models import User

from ..formats import Format, Informant
from ..models import Favourable, Item, Questionnaire, QuestionnaireVersion, Scale

FOLDER = Path(__file__).resolve().parent.parent / "standard"
SHARED = ("format", "sensitive", "counts_from_code")


UNITLESS = "questionnaires hang on no unit"


@action("questionnaires.loaded", of_many=True, unitless=UNITLESS)
def load_standard_questionnaires(*, by: User | None, at: datetime | None = None) -> list[QuestionnaireVersion]:
    """The newest version of each standard questionnaire; those that are not there yet are made."""
    versions = []
    for path in sorted(FOLDER.glob("*.json")):
        content = json.loads(path.read_text("utf-8"))
        every = Questionnaire.objects.everywhere(why="public: it comes with the project")
        there = every.filter(key=content["key"]).first()
        newest = there.versions.order_by("-number").first() if there else None
        versions.append(newest or _written(content))
    return versions


def add_new_standard_questionnaires(*, by: User | None, at: datetime | None = None) -> list[QuestionnaireVersion]:
    """To a county that has questionnaires already: those that have come with the project since.

    What is there, also under a key of ours, stays as it is. A county that has none gets all of them when it is made.
    """
    keys = set(Questionnaire.objects.everywhere(why="public: it comes with the project").values_list("key", flat=True))
    contents = [json.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.json"))]
    new = [content for content in contents if content["key"] not in keys]
    return _add(contents=new, by=by, at=at) if keys and new else []


@action("questionnaires.added", of_many=True, unitless=UNITLESS)
def _add(*, contents: list[dict[str, Any]], by: User | None, at: datetime | None = None) -> list[QuestionnaireVersion]:
    return [_written(content) for content in contents]


def _written(content: dict[str, Any]) -> QuestionnaireVersion:
    questionnaire, _made = Questionnaire.objects.everywhere(why="public: it comes with the project").get_or_create(
        key=content["key"],
        defaults={"informant": Informant(content["informant"]), "title": TranslatedText(content["title"])},
    )
    version: QuestionnaireVersion = QuestionnaireVersion.objects.create(
        questionnaire=questionnaire, number=1, intro=TranslatedText(content["intro"])
    )
    rows = []
    for position, scale in enumerate(content["scales"]):
        made = Scale.objects.create(
            version=version,
            key=scale["key"],
            name=TranslatedText(scale["name"]),
            description=TranslatedText(scale["description"]),
            heading=TranslatedText(scale["heading"]),
            favourable=Favourable(scale.get("favourable", "high")),
            position=position,
        )
        rows += [_item(version, made, item, scale, place) for place, item in enumerate(scale["items"])]
    rows += [_item(version, None, item, {}, place) for place, item in enumerate(content.get("questions", ()))]
    Item.objects.bulk_create(rows)
    touched(version, unit=None, key=questionnaire.key)
    return version


def _item(
    version: QuestionnaireVersion, scale: Scale | None, item: dict[str, Any], shared: dict[str, Any], position: int
) -> Item:
    """An item; format, and what makes it sensitive, may stand once on its scale."""
    given: dict[str, Any] = {name: shared[name] for name in SHARED if name in shared}
    given.update(item)
    return Item(
        version=version,
        scale=scale,
        key=given["key"],
        text=TranslatedText(given["text"]),
        format=Format(given["format"]),
        options=given.get("options", []),
        reversed=given.get("reversed", False),
        sensitive=given.get("sensitive", False),
        counts_from_code=given.get("counts_from_code"),
        low=given.get("low"),
        high=given.get("high"),
        position=position,
    )
