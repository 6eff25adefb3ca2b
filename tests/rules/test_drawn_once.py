"""What is drawn, and what is printed, is made in one place each."""

from __future__ import annotations

import re
from pathlib import Path

import kfl

PACKAGE = Path(kfl.__file__).parent
# Whoever writes SVG, and what: everything else takes its drawings from these.
DRAWERS = {
    "documents/figures.py": "figures of numbers",
    "answers/drawings.py": "the pictures of a code's characters",
    "answers/faces.py": "faces beside answers",
}


def _names(pattern: str, *kinds: str) -> set[str]:
    paths = (path for kind in kinds for path in PACKAGE.rglob(f"*.{kind}") if "vendor" not in path.parts)
    return {path.relative_to(PACKAGE).as_posix() for path in paths if re.search(pattern, path.read_text("utf-8"))}


def test_figures_are_drawn_by_those_who_draw():
    assert _names(r"<svg[^>]* xmlns", "py") == set(DRAWERS)


def test_only_documents_lays_out_pdfs():
    assert _names(r"(?m)^\s*(import|from) typst\b", "py") == {"documents/pdf.py"}
    assert {path.parent for path in PACKAGE.rglob("*.typ")} == {PACKAGE / "documents/layouts"}
