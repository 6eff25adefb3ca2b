"""Statistics leave by one door: whoever writes them takes `Published`, and few may make one (RULES B.8)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "src/kfl"

# Makers say which sets of sheets numbers rest on; a new one is read by somebody who knows why.
MAKERS = {"research/making/report.py", "research/payload.py", "analysis/protection.py"}
# Modules that write statistics, and what their pieces are made of before they have passed.
WRITERS = ("research/reading/files.py", "research/reading/overview.py", "research/reading/chapter.py",
           "research/views.py", "analysis/frames.py", "analysis/report_page.py")  # fmt: skip
UNJUDGED = {"Report", "FormReport", "ScaleReport", "Full", "Tables", "ScaleQuality", "Groups"}
WRITTEN = {"bytes", "HttpResponse", "list[Section]", "pl.DataFrame"}
# Whatever estimates can go wrong in ways of its own; it is tried, so that odd answers stop nothing.
ESTIMATES = {"one_factor", "ordinal_confirmatory", "omega_total", "invariance", "collect_dif", "dif", "alphas",
             "random_intercept", "nested_intercepts"}  # fmt: skip


def trees(*rooms: str) -> Iterator[tuple[str, ast.Module]]:
    for room in rooms:
        for path in sorted((SOURCE / room).rglob("*.py")):
            yield path.relative_to(SOURCE).as_posix(), ast.parse(path.read_text())


def called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def test_only_makers_make_what_is_published():
    found = {
        name
        for name, tree in trees("")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and called(node) == "Published"
    }
    assert found == MAKERS


def test_stored_reports_are_read_through_the_door_alone():
    found = {
        name
        for name, tree in trees("")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and called(node) == "read_report"
    }
    assert found == {"research/models.py"}


def test_writers_take_nothing_that_has_not_passed():
    seen = 0
    for name, tree in trees("results", "research", "analysis"):
        if name not in WRITERS:
            continue
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and node.returns is not None:
                taken = {ast.unparse(one.annotation) for one in node.args.args if one.annotation}
                if ast.unparse(node.returns) in WRITTEN or node.name == "report_html":
                    seen += 1
                    assert not taken & UNJUDGED, f"{name}: {node.name} takes {taken & UNJUDGED}"
    assert seen >= 9


def test_estimates_are_tried_so_that_no_library_stops_a_report():
    """Each call stands inside `attempt(…)`, or in a function that is called there alone."""
    found = 0
    for name, tree in trees("results", "research", "analysis"):
        tried = {
            inner
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and called(node) == "attempt"
            for inner in ast.walk(node)
        }
        wrapped = {called(node) for node in tried if isinstance(node, ast.Call)}
        inside = {
            inner
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef) and node.name in wrapped
            for inner in ast.walk(node)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and called(node) in ESTIMATES:
                found += 1
                assert node in tried or node in inside, f"{name}:{node.lineno} {called(node)} can stop a job"
    assert found > 8
