"""What a wave is stored as is asked by name: a comparison by hand would forget what the clock says, or a state."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import kfl

PACKAGE = Path(kfl.__file__).parent
# Here the states have their names and their order, and what is asked of them gets a name.
HOME = {"surveys/models/waves.py", "surveys/waves/states.py", "surveys/waves/now.py", "surveys/waves/stored.py"}


def asked_by_hand(tree: ast.Module) -> Iterator[ast.Attribute]:
    """Each state that is named anywhere but for the lifecycle, which moves a row or requires its state."""
    for_the_lifecycle = {
        id(inner)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and ast.unparse(call.func).startswith("LIFE.")
        for inner in ast.walk(call)
    }
    for node in ast.walk(tree):
        named = isinstance(node, ast.Attribute) and ast.unparse(node.value).split(".")[-1] == "WaveState"
        if named and id(node) not in for_the_lifecycle and node.attr.isupper():
            yield node


def written_out(tree: ast.Module) -> Iterator[ast.Compare]:
    """A comparison of a row's state with a text."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and ast.unparse(node.left).endswith("wave.state"):
            yield node


def test_a_state_is_named_in_its_home_and_for_the_lifecycle_alone():
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        here = str(path.relative_to(PACKAGE))
        if here in HOME or "migrations" in path.parts:
            continue
        tree = ast.parse(path.read_text())
        found += [f"{here}:{node.lineno}: {ast.unparse(node)}" for node in (*asked_by_hand(tree), *written_out(tree))]
    assert not found, "ask `now.require`, `wave.is_under_way` or a question of surveys/waves/stored.py"


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("wave.state == WaveState.OPEN", 2),
        ("waves.filter(state=models.WaveState.OPEN)", 1),
        ("LIFE.require(wave, WaveState.OPEN, WaveState.CLOSED)", 0),
        ("wave.state == 'open'", 1),
        ("wave.is_under_way", 0),
    ],
)
def test_the_rule_sees_what_is_written_by_hand(source, found):
    tree = ast.parse(source)
    assert len([*asked_by_hand(tree), *written_out(tree)]) == found
