"""Signing in as an invented person; the county of these tests is no demo."""

from __future__ import annotations

from tests.rules.lines import NOBODY, Line, one

LINES: dict[str, Line] = {
    "sign-in": Line(NOBODY, one, is_public=True, post_only=True),  # this is no demo
    "people": Line(NOBODY, one, is_public=True),
}
