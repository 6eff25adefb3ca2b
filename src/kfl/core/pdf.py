"""PDFs for people: laid out by typst from a template, tagged so that a screen reader can read them (PDF/UA-1)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path


def laid_out(template: Path, data: Mapping[str, object]) -> bytes:
    """One PDF; the template finds the data as JSON under `sys.inputs.data`."""
    import typst  # loaded by whoever prints, so that the portal's start does not wait for it

    made = typst.compile(
        template,
        format="pdf",
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards="ua-1",
    )
    if not isinstance(made, bytes):
        raise TypeError("one PDF was expected")
    return made
