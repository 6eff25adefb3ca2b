"""Names stand in the order in which people look for them: 8A before 10A and å last, which no database's order is."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import kfl

PACKAGE = Path(kfl.__file__).parent
ALLOWED = {
    "surveys/waves/views/setup.py": "the one county",
    "surveys/waves/invited.py": "the same order at each opening; nobody reads it",
    "people/circles/queries.py": "a set to choose from, whose form sorts it",
    "people/queries.py": "whom the portal writes to",
    "surveys/models/extensions.py": "the same order each time; pages sort by name themselves",
    "people/models/circles.py": "the same order each time; pages sort by name themselves",
    "people/models/units.py": "the same order each time; pages sort by name themselves",
}


def _sorted_by_the_database() -> Iterator[tuple[str, int]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        where = str(path.relative_to(PACKAGE))
        if "migrations" in path.parts or where.startswith("demo/"):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            given: list[ast.expr] = []
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "order_by":
                given = node.args
            elif isinstance(node, ast.Assign) and any(getattr(one, "id", "") == "ordering" for one in node.targets):
                given = list(getattr(node.value, "elts", []))
            for one in given:
                if isinstance(one, ast.Constant) and str(one.value).lstrip("-").rpartition("__")[2] == "name":
                    yield where, node.lineno


def test_names_are_put_in_order_by_people_s_alphabet():
    found = list(_sorted_by_the_database())
    wrong = [f"{where}:{line}" for where, line in found if where not in ALLOWED]
    assert not wrong, f"use kfl.core.alphabet.in_name_order: a database puts 10A before 8A: {wrong}"
    assert {where for where, _line in found} == set(ALLOWED), "take away what is not needed any more"
