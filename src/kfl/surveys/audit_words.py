"""What the log's handlings in this room are called by people."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from kfl.core.templatetags.core import number
from kfl.people.audit_words import FactWords, RowWords, declare, declare_facts, declare_rows

from .models import ConsentState

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

declare_facts(
    {
        "accepted": FactWords(_("tatt imot av e-posttjeneren"), written=number),
        "address_hash": _("adresse, uleselig"),
        "answered": FactWords(_("har svart"), written=number),
        "answers_until": _("svarene slettes"),
        "asked_on": _("bedt om"),
        "closed_at": _("stengt"),
        "close_within_days": _("stenger seg selv, dager etter at tiden er ute"),
        "closes_at": _("stenger"),
        "Code.sealed": _("selve koden, uleselig"),
        "collection": _("innsamling"),
        "consent_mode": _("hva slags samtykke"),
        "contact": _("kontakt"),
        "controller": _("behandlingsansvarlig"),
        "count": FactWords(_("antall"), written=number),
        "done_on": _("gjort"),
        "fingerprint": _("fingeravtrykk"),
        "finished_at": _("ferdig"),
        "first_used_on": _("først brukt"),
        "from_hour": FactWords(_("fra klokka"), written=lambda hour: f"{hour}.00"),
        "given_up": FactWords(_("ikke sendt"), written=number),
        "help": _("hjelp til barn og elever"),
        "help_adults": _("hjelp til voksne"),
        "holder": FactWords(_("voksen som svarer"), rows="Holder"),
        "ImportedConsents.at": _("lagt inn"),
        "invited": FactWords(_("inviterte"), written=number),
        "is_same": _("samme person"),
        "k": _("minste gruppe"),
        "most": _("høyst så mange runder"),
        "most_at_once": FactWords(_("flest på én gang"), written=number),
        "NightlyCount.place": FactWords(_("sted i kartleggingen"), rows="FollowedNode"),
        "of": FactWords(_("øver til"), rows="Wave"),
        "on_holidays": _("også søndager og helligdager"),
        "opened_at": _("åpnet"),
        "opened_by": FactWords(_("åpnet for vurdering av"), rows="User"),
        "opens_at": _("åpner"),
        "opted_out": FactWords(_("vil ikke ha"), written=number),
        "ordered_at": _("bestilt"),
        "other": FactWords(_("den andre med samme navn"), rows="Pupil"),
        "parents_of": FactWords(_("foreldre til"), rows="Pupil"),
        "place": FactWords(_("sted i kartleggingen"), rows="WaveNode"),
        "portal": _("portalens adresse"),
        "refused": FactWords(_("avvist"), written=number),
        "released_at": _("publisert"),
        "replies": FactWords(_("svar fra tjeneren"), written=number),
        "sheets": FactWords(_("svarark"), written=number),
        "slowest_ms": FactWords(_("tregeste svar, tusendels sekunder"), written=number),
        "slug": _("kjennetegn"),
        "state": FactWords(_("samtykke"), values=dict(ConsentState.choices)),
        "taken_at": _("talt"),
        "to_hour": FactWords(_("til klokka"), written=lambda hour: f"{hour}.00"),
        "told": FactWords(_("fortalt"), written=number),
        "topic": _("hva det gjelder"),
        "units": FactWords(_("enheter"), rows="Unit"),
        "unsure": FactWords(_("uvisst"), written=number),
        "versions": FactWords(_("spørreskjemaer"), rows="QuestionnaireVersion"),
        "wave": FactWords(_("kartlegging"), rows="Wave"),
        "Wave.state": _("tilstand"),
        "Wave.unit": FactWords(_("fylke"), rows="Unit"),
    }
)


def _wave(row: Any) -> str:
    return str(row.wave)


declare_rows(
    {
        "BroughtUnit": RowWords(_("enhet fra en fil")),
        "Code": RowWords(_("kode")),
        "Consent": RowWords(_("samtykke")),
        "ErasureRequest": RowWords(_("ønske om sletting")),
        "Extension": RowWords(_("mer tid"), _wave, ("wave",)),
        "FollowedNode": RowWords(_("sted som følges")),
        "Holder": RowWords(_("voksen som svarer")),
        "ImportedConsents": RowWords(_("samtykkeliste som er lagt inn"), _wave, ("wave",)),
        "Invited": RowWords(_("tall på inviterte")),
        "KnownLinkKey": RowWords(_("lenkenøkkel")),
        "LetterFacts": RowWords(_("brev til foreldre"), _wave, ("wave",)),
        "Namesake": RowWords(_("to med samme navn")),
        "NightlyCount": RowWords(_("tall fra natta")),
        "Rehearsal": RowWords(_("generalprøve"), _wave, ("wave",)),
        "Reminder": RowWords(
            _("utsending"),
            lambda row: _("{wave}, runde {number}").format(wave=row.wave, number=row.number),
            ("wave",),
        ),
        "ReminderRules": RowWords(_("regler for påminnelser"), _wave, ("wave",)),
        "Wave": RowWords(_("kartlegging"), str),
        "WaveForm": RowWords(_("skjema i en kartlegging"), lambda row: row.get_informant_display()),
        "WaveNode": RowWords(_("sted i en kartlegging"), str),
        "WaveUnit": RowWords(_("enhet i en kartlegging"), _wave, ("wave",)),
    }
)
