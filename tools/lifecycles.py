"""docs/lifecycles.md: every table of states as a drawing. `python -m tools.lifecycles` writes it anew."""

from __future__ import annotations

import os
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent / "docs/lifecycles.md"
HEAD = """# Lives of rows

What may follow what, drawn from the tables in the rooms' `states.py` by `python -m tools.lifecycles`. A row is moved
by an action of its room; what the table does not allow is refused with words (CONTRIBUTING: "To let a row have
states").
"""


def page() -> str:
    """The whole page."""
    from kfl.core import lifecycle

    parts = [HEAD]
    for life in lifecycle.every():
        where = life.states.__module__
        told = "" if life.field else " Computed from other columns and the clock; nobody moves these."
        parts.append(f"## {life.name}\n\n`{where}.{life.states.__name__}`.{told}\n\n```mermaid\n{life.diagram()}```\n")
    return "\n".join(parts)


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kfl.web.settings")
    django.setup()
    PAGE.write_text(page(), "utf-8")
