"""What the log's handlings in this room are called by people."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kfl.people.audit_words import declare

declare(
    {
        "item.deleted": _("spørsmål er slettet"),
        "item.media_set": _("spørsmål har fått lyd eller bilde"),
        "item.moved": _("spørsmål er flyttet"),
        "item.saved": _("spørsmål er lagret"),
        "questionnaire.copied": _("spørreskjema er kopiert"),
        "questionnaire.created": _("spørreskjema er opprettet"),
        "questionnaire.edited": _("spørreskjema er endret"),
        "questionnaire.next_version": _("spørreskjema har fått en ny versjon"),
        "questionnaires.added": _("spørreskjemaer er lagt til"),
        "questionnaires.loaded": _("standardskjemaene er lest inn"),
        "scale.deleted": _("skala er slettet"),
        "scale.moved": _("skala er flyttet"),
        "scale.saved": _("skala er lagret"),
    }
)
