"""Who belongs to a wave is asked in one place, and a pupil without a place in it is never passed over in silence."""

from __future__ import annotations

import ast
from pathlib import Path

import kfl
from tests.rules.house import House

PACKAGE = Path(kfl.__file__).parent
OWN = {"people", "demo"}  # where pupils are enrolled, and where invented ones are
ROOMS = sorted(House().rooms - OWN)
# The one answer, and what it rests on: the rosters of the opening day.
MAY_ASK = {"surveys/waves/membership.py", "surveys/waves/invited.py"}


def _sources() -> list[tuple[str, ast.Module]]:
    paths = [path for room in ROOMS for path in sorted((PACKAGE / room).rglob("*.py"))]
    written = [path for path in paths if "migrations" not in path.parts]
    return [(str(path.relative_to(PACKAGE)), ast.parse(path.read_text())) for path in written]


def _asks_for_enrolments(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute):
        return node.attr == "enrolments"
    if isinstance(node, ast.keyword):
        return (node.arg or "").startswith("enrolments__")
    return isinstance(node, ast.Name) and node.id == "Enrolment"


def test_only_one_module_asks_which_pupils_are_in_a_class():
    found = {name for name, tree in _sources() for node in ast.walk(tree) if _asks_for_enrolments(node)}
    assert found == MAY_ASK


def test_no_name_is_kept_with_a_code():
    """A copy would go on being printed after the name has changed."""
    from kfl.surveys.models import Code

    text = {"CharField", "TextField", "JSONField"}
    assert not [field.name for field in Code._meta.fields if field.get_internal_type() in text]


def _names(node: ast.AST | None) -> set[str]:
    parts = list(ast.walk(node)) if node is not None else []
    attributes = {part.attr for part in parts if isinstance(part, ast.Attribute)}
    return attributes | {part.id for part in parts if isinstance(part, ast.Name)}


def test_a_pupil_without_a_place_is_neither_passed_over_nor_a_fault():
    """Whoever catches it does something about it; every page that invites catches it."""
    suppressed, silent, unhandled = [], [], []
    for name, tree in _sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and "suppress" in _names(node.func):
                suppressed += [name for part in node.args if _names(part) & {"NoPlaceInWave", "LookupError"}]
            if isinstance(node, ast.ExceptHandler) and "NoPlaceInWave" in _names(node.type):
                does = [part for part in node.body if not isinstance(part, ast.Pass | ast.Continue)]
                silent += [] if does else [name]
        if name.startswith("surveys/views/"):
            unhandled += _unhandled(name, tree)
    assert (suppressed, silent, unhandled) == ([], [], [])


def _unhandled(name: str, tree: ast.Module) -> list[str]:
    """Calls of `invite_late` in a module that catches `NoPlaceInWave` nowhere."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and "invite_late" in _names(node.func)]
    handlers = [node for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler)]
    catches = any("NoPlaceInWave" in _names(one.type) for one in handlers)
    return [] if catches else [name for _call in calls]
