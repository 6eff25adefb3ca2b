"""Every text that is to be translated is one that `tools/messages.py` finds, or `make check` could not miss it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import kfl
from tools.messages import KEYWORDS, messages_in

PACKAGE = Path(kfl.__file__).parent
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts)


def _asked_for(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and text of each literal that is given to a function that translates."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name in KEYWORDS:
            for given in node.args:
                if isinstance(given, ast.Constant) and isinstance(given.value, str):
                    yield node.lineno, given.value


def _not_collected(path: Path) -> list[str]:
    collected: set[str] = set()
    for message, context in messages_in(path):
        collected.update([message] if isinstance(message, str) else message)
        collected.add(context or "")
    return [
        f"{path.name}:{line}: {text}" for line, text in _asked_for(ast.parse(path.read_text())) if text not in collected
    ]


def test_each_text_that_is_to_be_translated_is_collected():
    missed = [words for path in MODULES for words in _not_collected(path)]
    assert not missed, f"not collected, and so never translated; take `_()` out of the f-string: {missed}"


@pytest.mark.parametrize("source", ["x = f\"{_('ja')}\"\n", "x = f\"{ngettext('en', 'to', 2)} nå\"\n"])
def test_a_text_inside_an_f_string_is_missed_and_told(tmp_path, monkeypatch, source):
    monkeypatch.setattr("tools.messages.PACKAGE", tmp_path)
    path = tmp_path / "web" / "module.py"
    path.parent.mkdir()
    path.write_text(source)
    assert _not_collected(path)
