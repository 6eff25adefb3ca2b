"""Nobody asks in which of the two stores answers lie: they differ behind `places.Place` and `places.Where` alone."""

import ast
from pathlib import Path

import kfl

SRC = Path(kfl.__file__).parent
STORES = ("folder", "database")


def test_only_places_knows_the_two_stores():
    """Whoever imports one of them could ask for it; each is read alone, without the other."""
    answers = SRC / "answers"
    knows = {
        path.relative_to(SRC).as_posix()
        for path in SRC.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom)
        for module in STORES
        if (node.module or "").endswith(f"answers.{module}")
        or (path.parent == answers and node.level == 1 and node.module == module)
        or (path.parent == answers and node.level == 1 and not node.module and module in {a.name for a in node.names})
    }
    assert knows == {"answers/places.py"}
