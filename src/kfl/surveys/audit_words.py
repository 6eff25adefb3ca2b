"""What the log's handlings in this room are called by people."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kfl.people.audit_words import declare

declare(
    {
        "answers.deleted": _("svarene i en kartlegging er slettet"),
        "answers.imported": _("svar er lest inn fra en fil"),
        "code.replaced": _("kode er byttet"),
        "code.shown": _("kode er vist"),
        "codes.printed": _("koder er skrevet ut"),
        "consent.recorded": _("samtykker og reservasjoner er ført"),
        "erasure.asked": _("sletting er ønsket"),
        "letter.written": _("brev til foreldre er skrevet"),
        "link.sent_anew": _("lenke er sendt på nytt"),
        "link_key.known": _("lenkenøkkelen er tatt i bruk"),
        "links.ordered": _("utsending av lenker er bestilt"),
        "namesake.answered": _("det er svart på om to med samme navn er den samme"),
        "paper.entered": _("svar på papir er ført inn"),
        "paper.opened": _("svar på papir er åpnet for innføring"),
        "paper.refused": _("svar på papir er avvist"),
        "person.erased": _("en persons svar er slettet"),
        "pupil.invited_late": _("elev er bedt med etter åpningen"),
        "rating.opened": _("vurdering av en elev eller et barn er åpnet"),
        "rehearsal.closed": _("generalprøve er avsluttet"),
        "rehearsal.made": _("generalprøve er laget"),
        "reminder.ordered": _("påminnelse er bestilt"),
        "reminders.declined": _("noen vil ikke ha påminnelser"),
        "reminders.ruled": _("reglene for påminnelser er endret"),
        "reminders.wanted": _("noen vil ha påminnelser igjen"),
        "unit.extended": _("enhet har fått mer tid"),
        "wave.annulled": _("kartlegging er annullert"),
        "wave.closed": _("kartlegging er lukket"),
        "wave.created": _("kartlegging er opprettet"),
        "wave.edited": _("kartlegging er endret"),
        "wave.extended": _("kartlegging er forlenget"),
        "wave.forms_chosen": _("skjemaer i en kartlegging er valgt"),
        "wave.help_written": _("hjelpeteksten i en kartlegging er skrevet"),
        "wave.imported": _("kartlegging er lest inn fra en fil"),
        "wave.opened": _("kartlegging er åpnet"),
        "wave.released": _("kartlegging er satt til publisert"),
        "wave.units_chosen": _("enheter i en kartlegging er valgt"),
    }
)
