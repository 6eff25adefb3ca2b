"""What the log's handlings in this room are called by people."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kfl.people.audit_words import declare

declare(
    {
        "results.released": _("resultater er publisert"),
        "results.viewed": _("resultater er lest"),
    }
)
