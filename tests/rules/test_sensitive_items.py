"""Every way by which an item comes into the portal keeps the mark of a sensitive one (RULES B.5).

A function that makes items must stand in `WAYS` with a trial: a new way (an import of another kind, say) fails here
until it has one.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

import kfl
from kfl.core.text import text
from kfl.questionnaires import actions as questionnaires
from kfl.questionnaires.actions import standard
from kfl.questionnaires.formats import Format, Informant
from kfl.questionnaires.models import Favourable, QuestionnaireVersion
from kfl.questionnaires.written import WrittenItem, WrittenScale
from kfl.surveys import actions
from kfl.surveys.waves.draft import WaveDraft
from tests.surveys import asked as queries
from tests.surveys.making import OPENS
from tests.surveys.test_imports import files, marked, run

PACKAGE = Path(kfl.__file__).parent
MARK = (True, 3)


def by_the_editor(world, folder) -> QuestionnaireVersion:
    version = questionnaires.create_questionnaire(
        key="egen", informant=Informant.PUPIL_5_10, title=text("Eget skjema"), by=world.frida
    )
    scale = questionnaires.save_scale(
        version=version,
        key="trygg",
        written=WrittenScale(name=text("Trygg"), description=text(""), heading=text(""), favourable=Favourable.LOW),
        by=world.frida,
    )
    questionnaires.save_item(
        version=version,
        scale=scale,
        written=WrittenItem(text=text("Sårt"), format=Format.FREQUENCY5, sensitive=True, counts_from_code=3),
        by=world.frida,
    )
    return version


def by_a_copy(world, folder) -> QuestionnaireVersion:
    return questionnaires.copy_questionnaire(
        version=by_the_editor(world, folder), key="kopi", title=text("Kopi"), by=world.frida
    )


def by_the_standard_forms(world, folder) -> QuestionnaireVersion:
    scale = {
        "key": "trygg", "name": {"nb": "Trygg"}, "description": {}, "heading": {}, "format": "frequency5",
        "sensitive": True, "counts_from_code": 3, "items": [{"key": "sart", "text": {"nb": "Sårt"}}],
    }  # fmt: skip
    content = {"key": "standard", "informant": "pupil_5_10", "title": {"nb": "S"}, "intro": {}, "scales": [scale]}
    (folder / "standard.json").write_text(json.dumps(content), "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(standard, "FOLDER", folder)
        (version,) = questionnaires.load_standard_questionnaires(by=None)
    return version


def by_import(world, folder) -> QuestionnaireVersion:
    return run(world, files(folder, book=marked(Q3="3"))).forms.get().version


Way = Callable[[object, Path], QuestionnaireVersion]
WAYS: dict[str, Way] = {
    "questionnaires/actions/editing.py: save_item": by_the_editor,
    "questionnaires/actions/editing.py: _copied": by_a_copy,
    "questionnaires/actions/standard.py: _item": by_the_standard_forms,
    "surveys/imports/actions/importing.py: _version": by_import,
}


def makers() -> Iterator[str]:
    """Functions that make rows of the portal's `Item`, or of whatever kind of row they are given."""
    for path in sorted(PACKAGE.rglob("*.py")):
        tree = ast.parse(path.read_text())
        for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
            calls = (node for node in ast.walk(function) if isinstance(node, ast.Call))
            if any(_makes_items(ast.unparse(call.func), _names(tree)) for call in calls):
                yield f"{path.relative_to(PACKAGE)}: {function.name}"


def _names(tree: ast.Module) -> set[str]:
    """By which names the module knows the model."""
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    inside = [node for node in imports if (node.module or "").split(".")[-1] in {"models", "questionnaires"}]
    return {name.asname or name.name for node in inside for name in node.names if name.name == "Item"}


def _makes_items(called: str, names: set[str]) -> bool:
    makers = {f"{name}{how}" for name in names for how in ("", ".objects.create", ".objects.get_or_create")}
    makers |= {"type(row).objects.create", "models.Item", "version.items.create", "scale.items.create"}
    return called in makers


def test_every_way_is_tried():
    assert set(makers()) == set(WAYS)


@pytest.mark.usefixtures("data_dir")
@pytest.mark.parametrize("way", WAYS.values(), ids=lambda way: way.__name__)
def test_a_sensitive_item_keeps_its_mark(world, tmp_path, way):
    version = way(world, tmp_path)
    marks = [(item.sensitive, item.counts_from_code) for item in version.items.all()]
    assert MARK in marks
    wave = actions.create_wave(
        slug="w", draft=WaveDraft(name="W", opens_at=_day(1), closes_at=_day(9)), series="w", unit=world.county, by=None
    )
    actions.set_forms(wave=wave, versions=[version], by=None)
    asked = queries.form_scales(wave.forms.get())
    assert [scale.is_sensitive for scale in asked].count(True) == 1
    assert MARK in [(item.sensitive, item.counts_from_code) for scale in asked for item in scale.items]


@pytest.mark.usefixtures("data_dir")
def test_the_next_edition_keeps_the_marks(world, tmp_path):
    version = by_import(world, tmp_path)
    following = questionnaires.next_version(questionnaire=version.questionnaire, by=world.frida)
    assert following.number == 2
    assert MARK in [(item.sensitive, item.counts_from_code) for item in following.items.all()]


def _day(number: int) -> datetime:
    return OPENS.replace(day=number)
