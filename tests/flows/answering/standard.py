"""The questionnaires that a new county has, as forms of a wave: one for each kind of respondent."""

import json
from pathlib import Path

from kfl import questionnaires
from kfl.answers import bundle as bundles
from kfl.answers.bundle import BundleForm, BundleItem, BundlePage, ItemKind, Option
from kfl.questionnaires.formats import STANDARD_ANSWERS, Format, Informant

FIRST_NUMBER = 20  # the invented forms of `wave` have the numbers before


def number_of(informant: str) -> int:
    """The number of an informant's standard form in the wave."""
    return FIRST_NUMBER + Informant(informant).number


def standard_forms() -> list[BundleForm]:
    """All eleven, as they are frozen when a wave opens: a page a scale, faces where every item has them."""
    folder = Path(questionnaires.__path__[0]) / "standard"
    forms = [_form(json.loads(path.read_text())) for path in sorted(folder.glob("*.json"))]
    assert len(forms) == len(Informant)
    return forms


def _form(told: dict) -> BundleForm:
    pages = [
        BundlePage(scale["key"], scale.get("heading") or scale["name"], [_item(scale, item) for item in scale["items"]])
        for scale in told["scales"]
    ]
    faces = all(item.kind is ItemKind.FACES3 for page in pages for item in page.items)
    form = BundleForm(number_of(told["informant"]), told["informant"], told["title"], told["intro"], pages, faces)
    return bundles.with_columns(form)


def _item(scale: dict, item: dict) -> BundleItem:
    kind = Format(item.get("format", scale["format"]))
    options = [Option(answer.code, dict(answer.label)) for answer in STANDARD_ANSWERS[kind]]
    return BundleItem(item["key"], -1, item["text"], ItemKind(kind.value), options)
