"""What the log's handlings in this room are called by people."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from kfl.people.audit_words import FactWords, RowWords, declare, declare_facts, declare_rows

declare(
    {
        "results.released": _("resultater er publisert"),
        "results.viewed": _("resultater er lest"),
    }
)

declare_facts(
    {
        "between_classes": _("spredning mellom klasser"),
        "between_grades": _("spredning mellom trinn"),
        "between_municipalities": _("spredning mellom kommuner"),
        "between_schools": _("spredning mellom skoler"),
        "c": _("spredning i en klasse, etter hvor tallet ligger"),
        "created_at": _("laget"),
        "erased_before": _("svar som var slettet før"),
        "form": FactWords(_("skjema"), rows="WaveForm"),
        "mu": _("gjennomsnitt i referansen"),
        "node": FactWords(_("sted i kartleggingen"), rows="WaveNode"),
        "part": _("del"),
        "payload": _("innhold"),
        "release": FactWords(_("utgave av resultatene"), rows="Release"),
        "scale_digest": _("skalaens fingeravtrykk"),
        "series": _("serie"),
        "sigma": _("spredning i referansen"),
        "sums": _("tallene bak"),
        "thresholds": _("terskler"),
        "ReleasedPage.form": FactWords(_("skjema"), rows="ReleasedForm"),
    }
)


def _release(row: Any) -> str:
    return str(_("{wave}, utgave {number}{part}").format(wave=row.wave, number=row.number, part=row.part))


def _form(row: Any) -> str:
    return f"{row.get_informant_display()}, {row.release.wave}"


def _page(row: Any) -> str:
    """8A, Ask skole: elever på 5.–10. trinn, høsten 2026; what stands on the page is not read."""
    node = row.node
    if node.unit is not None:
        place = node.unit.name_with_school
    else:
        place = f"{node.name}, {node.parent.name}" if node.parent else node.name
    return f"{place}: {row.get_informant_display()}, {row.release.wave}"


declare_rows(
    {
        "Reference": RowWords(_("referanse"), lambda row: row.series),
        "Release": RowWords(_("utgave av resultatene"), _release, ("wave",)),
        "ReleasedForm": RowWords(_("skjema i en utgave"), _form, ("release__wave",)),
        "ReleasedPage": RowWords(_("resultatside"), _page, ("node__unit__parent", "node__parent", "release__wave")),
    }
)
