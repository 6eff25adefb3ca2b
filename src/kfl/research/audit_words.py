"""What the log's handlings in this room are called by people."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kfl.people.audit_words import RowWords, declare, declare_rows

declare(
    {
        "research.report_made": _("teknisk rapport er laget"),
        "research.report_taken_out": _("teknisk rapport er lastet ned"),
        "research.report_viewed": _("teknisk rapport er lest"),
    }
)

declare_rows({"TechnicalReport": RowWords(_("teknisk rapport"), lambda row: str(row.release.wave), ("release__wave",))})
