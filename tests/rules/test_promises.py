"""docs/promises.md says only what was run: each row is as the tests write it, and its test is still there."""

import ast
from pathlib import Path

from tests import promises

ROOT = Path(__file__).resolve().parents[2]


def _tests_in(path: Path) -> set[str]:
    return {node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)}


def test_each_row_names_a_test_that_prints_it():
    rows = promises.read()
    assert rows
    for row in rows:
        file, _, name = row.test.partition("::")
        assert (ROOT / file).exists(), row
        assert name.partition("[")[0] in _tests_in(ROOT / file), row
        assert "promise(" in (ROOT / file).read_text(), row


def test_page_is_what_its_rows_make():
    """Nothing was typed by hand between them."""
    rows = "\n".join(str(row) for row in sorted(promises.read()))
    assert promises.PAGE.read_text() == f"{promises.HEAD}{rows}\n"


def test_row_replaces_the_one_before(tmp_path, monkeypatch):
    monkeypatch.setattr(promises, "PAGE", tmp_path / "promises.md")
    first = promises.Row("R1 power cut", "0 lost of 10", "1", "tests/x.py::test_x", "2026-01-01")
    other = first._replace(name="R7 disk full")
    promises.write([first, other])
    promises.write([first._replace(figure="0 lost of 20")])
    assert promises.read() == [first._replace(figure="0 lost of 20"), other]
