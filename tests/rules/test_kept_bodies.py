"""What is kept for many readers is kept through one function, which gives the drawing what stands in the key."""

from __future__ import annotations

import ast
from pathlib import Path

import kfl

PACKAGE = Path(kfl.__file__).parent
# Who knows the cache: the one function, and counts that keep somebody from asking too often.
KNOW = {"core/kept.py": "bodies", "people/views/address.py": "a count", "surveys/reminders/views/links.py": "a count"}
# The bodies that are kept, and the test that each is another where what it is made of is.
BODIES = {
    "results.page": "tests/results/test_kept_pages.py",
    "research.pdf": "tests/research/test_kept_report.py",
}
COUNTS = {"add", "incr"}  # the methods of a count: it holds a number


def _trees() -> list[tuple[str, ast.Module]]:
    paths = sorted(PACKAGE.rglob("*.py"))
    return [(path.relative_to(PACKAGE).as_posix(), ast.parse(path.read_text("utf-8"))) for path in paths]


def _knows_the_cache(node: ast.AST) -> bool:
    if isinstance(node, ast.ImportFrom):
        told = [f"{node.module}.{one.name}" for one in node.names]
        return any(name.startswith("django.core.cache") or name.endswith("cache_page") for name in told)
    return isinstance(node, ast.Import) and any(one.name.startswith("django.core.cache") for one in node.names)


def test_nobody_else_knows_the_cache():
    assert {name for name, tree in _trees() for node in ast.walk(tree) if _knows_the_cache(node)} == set(KNOW)


def test_who_counts_keeps_numbers_alone():
    for name, tree in _trees():
        if KNOW.get(name) == "a count":
            used = {
                node.func.attr
                for node in ast.walk(tree)
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
                and isinstance(node.func.value, ast.Name) and node.func.value.id == "cache"
            }  # fmt: skip
            assert used, name
            assert used <= COUNTS, name


def test_no_template_keeps_a_part_of_itself():
    found = [path for path in PACKAGE.rglob("*.html") if "{% cache " in path.read_text("utf-8")]
    assert not found


def test_each_kept_body_has_a_test_that_varies_what_it_is_made_of():
    found = [
        node.args[0].value
        for _name, tree in _trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) == "kept.body"
        and isinstance(node.args[0], ast.Constant)
    ]
    assert sorted(found) == sorted(BODIES), "each under a name of its own, written where it is drawn"
    for path in BODIES.values():
        assert "varied(" in (PACKAGE.parents[1] / path).read_text("utf-8")
