"""A page asks for what hangs on a row only where it found that row for its reader, in the very same function."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import kfl

PACKAGE = Path(kfl.__file__).parent
FINDS = {"get_visible_or_404", "unit_or_404", "own_wave_for", "reader"}  # each asks by its reader's rights
# Helpers of views that are given the row, and the one page that asks about somebody it does not show.
GIVEN = {
    ("people/views/roles.py", "_given"): "whoever gets the role: only whether it is kept apart from another",
    ("surveys/consent/views/pupils.py", "carry_out"): "the wave of the page that took the form",
    ("surveys/consent/views/pupils.py", "_tell_of_new_slips"): "the same",
    ("surveys/reminders/views/rounds.py", "_rules"): "the wave of the page",
}


def _views() -> list[tuple[str, ast.Module]]:
    paths = [path for path in sorted(PACKAGE.rglob("*.py")) if "views" in path.parts or path.name == "views.py"]
    return [(path.relative_to(PACKAGE).as_posix(), ast.parse(path.read_text("utf-8"))) for path in paths]


def _not_found_here(function: ast.FunctionDef) -> list[str]:
    """The parents of each `within` that the function did not find itself."""
    found = {
        name.id
        for node in ast.walk(function)
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Call)
        if ast.unparse(node.value.func).rpartition(".")[2] in FINDS
        for name in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(name, ast.Name)
    }
    written = [node.id for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
    sure = {name for name in found if written.count(name) == 1}  # nothing else was put under that name
    return [
        ast.unparse(parent)
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "within"
        for parent in node.args
        if not (isinstance(parent, ast.Name) and parent.id in sure)
    ]


def _functions(tree: ast.Module) -> list[ast.FunctionDef]:
    return [node for node in tree.body if isinstance(node, ast.FunctionDef)]


def test_each_parent_was_found_for_the_reader():
    found = {(name, one.name) for name, tree in _views() for one in _functions(tree) if _not_found_here(one)}
    assert found == set(GIVEN)


@pytest.mark.parametrize(
    "body",
    [
        "rows = Code.objects.within(request.wave)",
        "unit = Unit.objects.everywhere(why='x').get()\n rows = Pupil.objects.within(unit)",
        "unit = get_visible_or_404(Unit)\n unit = unit.parent\n rows = Pupil.objects.within(unit)",
        "unit = get_visible_or_404(Unit)\n rows = Pupil.objects.within(unit, unit.parent)",
        "unit = get_visible_or_404(Unit)\n rows = Pupil.objects.within(*others)",
    ],
)
def test_the_rule_sees_a_row_from_elsewhere(body):
    assert _not_found_here(_functions(ast.parse(f"def view(request):\n {body}"))[0])


def test_the_rule_lets_a_found_row_be():
    body = "unit: Unit = get_visible_or_404(Unit)\n rows = Pupil.objects.within(unit)"
    assert not _not_found_here(_functions(ast.parse(f"def view(request):\n {body}"))[0])
