"""Letters with adults' links, as tagged PDF: a page each, to fold and seal so that the link is inside.

The name stands on the upper third. The lower third, with the link, is folded up over the words in the middle, and its
edge is glued: whoever hands the letter out sees the name and nothing else.
"""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext as _

from kfl.core.templatetags.core import day_and_hour
from kfl.documents.handouts import FoldedLetter, FoldedLetters
from kfl.documents.pdf import as_pdf

from ..models import Wave
from .code_sheets import CodeSlip, place_of, qr

LANGUAGES = {"nb": "bokmål", "nn": "nynorsk", "en": "English"}


def pdf(wave: Wave, found: list[CodeSlip], address: str, language: str) -> bytes:
    """The letters. `address` is where one answers, such as `https://kfl.example.no/svar/`."""
    with translation.override(language):
        letters = FoldedLetters(
            language=language,
            title=_("Brev med lenker til {wave}").format(wave=wave.name),
            to=_("Til"),
            sealed=_("Åpnes bare av den det gjelder. Er brevet åpnet, så be om et nytt."),
            fold=_("Brett den nederste delen opp langs streken, og lim kanten. Da ligger lenken inni."),
            scan=_("Skann QR-koden, eller skriv koden på"),
            address=address.split("://", 1)[-1].rstrip("/"),
            qr_words=_("Firkantkode som åpner skjemaet"),
            letters=[
                FoldedLetter(
                    label=slip.label,
                    place=place_of(slip.node),
                    heading=wave.name,
                    sentences=_sentences(wave, slip),
                    code=slip.shown,
                    qr=qr(slip.link(address)),
                )
                for slip in found
            ],
        )
    return as_pdf(letters)


def _sentences(wave: Wave, slip: CodeSlip) -> list[str]:
    closes = _("Lenken slutter å virke når kartleggingen stenger {day}.")
    return [
        _("Du er invitert til å svare på skjemaet for {who}. Det er frivillig.").format(who=slip.informant.label),
        _("Lenken nederst er bare din. Den som har den, kan svare i ditt sted. Det som leveres først, teller."),
        closes.format(day=day_and_hour(slip.closes_at or wave.closes_at)),
        _("Når du svarer, kan du få et ord. Med lenken og ordet fortsetter du på en annen maskin, eller tar svarene "
          "tilbake. Ingen andre kjenner ordet."),
        _("Ingen får vite om du har svart, eller hva. Brevet er skrevet ut og limt igjen av noen som ikke kan lese "
          "resultatene herfra."),
    ]  # fmt: skip
