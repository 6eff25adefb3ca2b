"""What the log's handlings in this room are called by people."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from kfl.people.audit_words import FactWords, RowWords, declare, declare_facts, declare_rows

from .formats import Informant

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

declare_facts(
    {
        "counts_from_code": _("teller fra svar nummer"),
        "description": _("hva skalaen måler"),
        "favourable": _("retning"),
        "format": _("svarform"),
        "frozen_at": _("låst"),
        "heading": _("overskrift for den som svarer"),
        "high": _("største tall"),
        "informant": FactWords(_("hvem som svarer"), values=dict(Informant.choices)),
        "intro": _("innledning"),
        "key": _("kjennetegn"),
        "low": _("minste tall"),
        "options": _("svaralternativer"),
        "picture": _("bilde"),
        "position": _("plass i skjemaet"),
        "questionnaire": FactWords(_("spørreskjema"), rows="Questionnaire"),
        "reversed": _("snudd"),
        "scale": FactWords(_("skala"), rows="Scale"),
        "sensitive": _("sensitivt"),
        "sound": _("lyd"),
        "text": _("tekst"),
        "title": _("tittel"),
        "up": _("flyttet oppover"),
        "version": FactWords(_("utgave av spørreskjema"), rows="QuestionnaireVersion"),
    }
)


def _version(row: Any) -> str:
    words = _("{questionnaire}, utgave {number}")
    return str(words.format(questionnaire=row.questionnaire, number=row.number))


declare_rows(
    {
        "Item": RowWords(_("spørsmål"), str),
        "Questionnaire": RowWords(_("spørreskjema"), str),
        "QuestionnaireVersion": RowWords(_("utgave av spørreskjema"), _version, ("questionnaire",)),
        "Scale": RowWords(_("skala"), str),
    }
)
