"""What the log's handlings in this room are called by people."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kfl.people.audit_words import declare

declare(
    {
        "results.released": _("resultater er publisert"),
        "results.report_made": _("teknisk rapport er laget"),
        "results.report_taken_out": _("teknisk rapport er lastet ned"),
        "results.report_viewed": _("teknisk rapport er lest"),
        "results.viewed": _("resultater er lest"),
    }
)
