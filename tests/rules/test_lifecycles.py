"""Every life of a row is drawn in docs, and moved in one way."""

from __future__ import annotations

import ast
from pathlib import Path

from kfl.core import lifecycle
from tools import lifecycles

PACKAGE = Path(__file__).resolve().parents[2] / "src/kfl"


def test_the_page_of_lives_is_drawn_from_the_tables():
    assert lifecycles.PAGE.read_text("utf-8") == lifecycles.page(), "run python -m tools.lifecycles"


def test_the_lives_of_waves_and_questionnaires_are_among_them():
    assert {"wave", "wave-by-the-clock", "questionnaire-edition"} <= {life.name for life in lifecycle.every()}


def _states_with_a_life() -> set[str]:
    return {life.states.__name__ for life in lifecycle.every() if life.field}


def test_nobody_writes_a_state_that_has_a_life_but_its_lifecycle():
    """`row.state = WaveState.OPEN` and `.update(state=WaveState.OPEN)` go round the table."""
    having = _states_with_a_life()
    found = []
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            for value in _written(node):
                named = {part.id for part in ast.walk(value) if isinstance(part, ast.Name)}
                if named & having:
                    found.append(f"{path.relative_to(PACKAGE)}:{value.lineno}")
    assert not found, f"move these by LIFE.move: {found}"


def _written(node: ast.AST) -> list[ast.expr]:
    """Values that an assignment gives to a `state`, and those that an update gives."""
    if isinstance(node, ast.Assign):
        return [value for target in node.targets for value in _given(target, node.value)]
    is_update = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "update"
    return [word.value for word in node.keywords if word.arg == "state"] if is_update else []


def _given(target: ast.expr, value: ast.expr) -> list[ast.expr]:
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        return [one for left, right in zip(target.elts, value.elts, strict=True) for one in _given(left, right)]
    return [value] if isinstance(target, ast.Attribute) and target.attr == "state" else []
