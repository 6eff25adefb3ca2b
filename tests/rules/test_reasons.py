"""Every row is asked for by the portal's own work alone: each `everywhere(why=…)` begins with its kind."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import kfl
from kfl.people.scoping import KINDS_OF_WHY

PACKAGE = Path(kfl.__file__).parent


def _reasons() -> Iterator[tuple[str, str]]:
    """Where every row is asked for, and the reason: written there, or under a name in the same module."""
    for path in sorted(PACKAGE.rglob("*.py")):
        tree = ast.parse(path.read_text())
        constants = {
            target.id: node.value.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "everywhere":
                (why,) = (given.value for given in node.keywords if given.arg == "why")
                text = constants.get(why.id, "") if isinstance(why, ast.Name) else getattr(why, "value", "")
                yield f"{path.relative_to(PACKAGE)}:{node.lineno}", str(text)


def test_each_reason_says_its_kind_and_what_it_is():
    found = list(_reasons())
    assert found
    wrong = {where: why for where, why in found if why.partition(": ")[0] not in KINDS_OF_WHY}
    assert not wrong, f"begin with one of {sorted(KINDS_OF_WHY)}, or ask by visible_to or within"
    assert all(len(why.partition(": ")[2].split()) >= 3 for _where, why in found)


def test_pages_ask_for_their_reader():
    """A view that asks for every row shows what is public, or leaves out by keys that were found for the reader."""
    in_views = Counter(
        why.partition(": ")[0] for where, why in _reasons() if "/views" in where or where.endswith("views.py")
    )
    assert not in_views["system"], in_views
