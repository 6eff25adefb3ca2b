"""The report as a file: tagged PDF, with the same sections and blocks as the pages, and JSON."""

from __future__ import annotations

import msgspec
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kfl.documents import pdf
from kfl.documents.blocks import Document, Section

from ..models import StoredReport
from ..payload import encode
from . import chapter, overview


def as_pdf(of: StoredReport) -> bytes:
    """The whole report in the language that is active, laid out by typst."""
    published = of.read()
    report = published.numbers
    forms = [
        Section(
            form.informant,
            overview.informant_name(form).capitalize(),
            sections=chapter.sections(published, form.informant),
            new_page=True,
        )
        for form in report.forms
    ]
    document = Document(
        language=get_language() or "nb",
        title=_("Teknisk rapport: {wave}").format(wave=report.wave),
        lead=_("Hvor godt kartleggingen ble besvart, og hvor godt den måler."),
        contents=_("Innhold"),
        edition=_("Utgave {release}, laget med kfl {version}").format(release=report.release, version=report.made_with),
        sections=[*overview.sections(published, of.digest, of.created_at), *forms],
    )
    return pdf.as_pdf(document)


def as_json(of: StoredReport) -> bytes:
    """All that is stored, as it was stored; with the sums that models can be fitted to anew, where these stand."""
    return msgspec.json.format(encode(of.read()), indent=1)
