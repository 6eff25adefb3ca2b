"""What rooms tell and what they listen for: each name once, and none in vain."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from kfl.core import happenings

PACKAGE = Path(__file__).resolve().parents[2] / "src/kfl"
SPOKEN = {"declare", "tell", "on"}


def _names() -> Iterator[tuple[str, str, str]]:
    """Every call of the three, with the name that it gives: (call, name, where)."""
    for path in sorted(PACKAGE.rglob("*.py")):
        text = path.read_text("utf-8")
        if "happenings" not in text or path.parent.name == "core":
            continue
        for node in ast.walk(ast.parse(text)):
            if not isinstance(node, ast.Call):
                continue
            call = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if call in SPOKEN and node.args:
                first = node.args[0]
                where = f"{path.relative_to(PACKAGE)}:{node.lineno}"
                assert isinstance(first, ast.Constant), f"{where}: say the name of the happening as it is"
                yield call, str(first.value), where


def test_every_name_is_declared_once_and_told_and_every_listener_hears_one():
    by_call: dict[str, list[str]] = {call: [] for call in SPOKEN}
    for call, name, _where in _names():
        by_call[call].append(name)
    declared = {happening.name for happening in happenings.every()}
    assert Counter(by_call["declare"]) == Counter(declared)
    assert set(by_call["tell"]) == declared, "what is declared is told, and nothing else"
    assert set(by_call["on"]) <= declared


def test_closing_a_wave_leads_to_its_results_and_these_to_the_report():
    assert happenings.listeners_of("wave.closed") == ("results.release",)
    assert happenings.listeners_of("wave.released") == ("research.report",)
    assert happenings.faults() == []


def test_no_room_orders_another_rooms_job_by_name():
    """`enqueue("results.release")` in surveys would know the room above it by a string."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        room = path.relative_to(PACKAGE).parts[0]
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and (other := _ordered(node)) and other.partition(".")[0] != room:
                found.append(f"{path.relative_to(PACKAGE)}:{node.lineno}")
    assert not found


def _ordered(call: ast.Call) -> str:
    """The kind of job that a call puts in the queue, where it says so in so many words."""
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    first = call.args[0] if call.args else None
    return str(first.value) if name == "enqueue" and isinstance(first, ast.Constant) else ""
