"""What is trusted as HTML: only our own drawings and whole pages, never a text that people's words stand in."""

from __future__ import annotations

import re
from pathlib import Path

import kfl

PACKAGE = Path(kfl.__file__).parent
# Whoever calls something HTML that the template engine has not escaped, and why that is so.
MAKERS = {
    "core/stale.py": "a hidden field by format_html, which escapes what stands in it",
    "core/templatetags/core.py": "icons that ship with the package",
    "core/offers.py": "marks of slots, whose keys are quoted, and rendered bodies that are joined again",
    "documents/html.py": "blocks that its own template rendered, with escaping",
    "intake/rendering.py": "faces, drawn from numbers alone",
    "results/views.py": "parts of pages that the HTML engine rendered, kept by digest",
    "documents/figures.py": "drawings; every text in them is escaped where it enters",
    "analysis/report_page.py": "an empty drawing",
}
TRUSTS = re.compile(r"\bmark_safe\(|\bMarkup\(|\bSafeString\(|\bSafeText\(|__html__")
IN_TEMPLATES = re.compile(r"\|\s*safe(?:seq)?\b|\{%\s*autoescape\s+(?:off|false)", re.IGNORECASE)


def _name(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def _templates() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("templates/**/*") if path.suffix in {".html", ".txt"})


def test_only_known_modules_call_something_html():
    found = {_name(path) for path in PACKAGE.rglob("*.py") if TRUSTS.search(path.read_text())}
    assert found == set(MAKERS), "a module that is new here says why in MAKERS; one that is gone leaves"


def test_no_page_switches_escaping_off():
    assert not [
        _name(path) for path in _templates() if path.suffix == ".html" and IN_TEMPLATES.search(path.read_text())
    ]


def test_texts_of_mails_are_the_only_ones_without_escaping_and_have_one_door():
    """Django calls all that it renders safe. What was rendered without escaping must lose that word at once."""
    bare = {_name(path) for path in _templates() if path.suffix == ".txt"}
    assert bare
    of_accounts = "web/templates/account/email/"  # the account library renders these as plain text
    assert all("/mail/" in name or name.startswith(of_accounts) for name in bare)
    rendered = re.compile(r"(render_to_string|get_template|mail_text|render)\(\s*f?[\"']([^\"']+\.txt)[\"']")
    calls = [
        (_name(path), function) for path in PACKAGE.rglob("*.py") for function, _ in rendered.findall(path.read_text())
    ]
    assert calls
    assert {function for _, function in calls} == {"mail_text"}, calls
