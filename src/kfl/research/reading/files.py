"""The report as a file: tagged PDF, with the same sections and blocks as the pages, and JSON."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import msgspec
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kfl.documents.pdf import laid_out

from ..models import TechnicalReport
from ..payload import encode
from . import chapter, overview
from .blocks import Block, Section

TEMPLATE = Path(__file__).resolve().parent / "report.typ"


def as_pdf(row: TechnicalReport) -> bytes:
    """The whole report in the language that is active, laid out by typst."""
    published = row.read()
    report = published.numbers
    data = {
        "title": _("Teknisk rapport: {wave}").format(wave=report.wave),
        "lead": _("Hvor godt kartleggingen ble besvart, og hvor godt den måler."),
        "contents": _("Innhold"),
        "edition": _("Utgave {release}, laget med kfl {version}").format(
            release=report.release, version=report.made_with
        ),
        "language": get_language() or "nb",
        "sections": [
            *(_section(section) for section in overview.sections(published, row.digest, row.created_at)),
            *(
                {
                    "title": overview.informant_name(form).capitalize(),
                    "chapter": True,
                    "blocks": [],
                    "sections": [_section(section) for section in chapter.sections(published, form.informant)],
                }
                for form in report.forms
            ),
        ],
    }
    return laid_out(TEMPLATE, data)


def as_json(row: TechnicalReport) -> bytes:
    """All that is stored, as it was stored; with the sums that models can be fitted to anew, where these stand."""
    return msgspec.json.format(encode(row.read()), indent=1)


def _section(section: Section) -> dict[str, Any]:
    return {
        "title": section.title,
        "chapter": False,
        "blocks": [_block(block) for block in section.blocks],
        "sections": [],
    }


def _block(block: Block) -> dict[str, Any]:
    return {"kind": block.kind, **json.loads(json.dumps(asdict(block), default=str))}
