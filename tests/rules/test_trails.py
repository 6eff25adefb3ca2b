"""Where a page lies is said once: a step above pages stands in its room's `trails.py`, or in one module alone."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

from tests.rules.test_code import PACKAGE


def steps(source: str) -> set[str]:
    """The addresses of steps: `(_("Enheter"), reverse("people:unit-list"))`, of pages that need no key."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Tuple) and len(node.elts) == 2):
            continue
        words, address = node.elts
        if not (isinstance(words, ast.Call) and isinstance(address, ast.Call) and _name(address) == "reverse"):
            continue
        if len(address.args) == 1 and not address.keywords and isinstance(address.args[0], ast.Constant):
            found.add(str(address.args[0].value))
    return found


def _name(call: ast.Call) -> str:
    return str(getattr(call.func, "id", getattr(call.func, "attr", "")))


def test_a_step_is_found_and_links_that_are_none_are_not():
    assert steps('trail = [(_("Enheter"), reverse("people:unit-list"))]') == {"people:unit-list"}
    assert steps('redirect(reverse("people:unit-list")); x = (1, 2)') == set()


def test_no_two_modules_say_where_the_same_page_lies():
    said: dict[tuple[str, str], set[Path]] = defaultdict(set)
    for path in PACKAGE.rglob("*.py"):
        room = path.relative_to(PACKAGE).parts[0]
        for step in steps(path.read_text()):
            said[room, step].add(path.relative_to(PACKAGE))
    assert len(said) > 5
    assert not {step: paths for step, paths in said.items() if len(paths) > 1}
