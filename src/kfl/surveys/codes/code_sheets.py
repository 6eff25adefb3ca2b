"""Code sheets as tagged PDF: slips for pupils and children with name, code and QR, to cut out and hand out.

Adults get no slip: theirs is a letter that is sealed (`link_letters`).
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

import segno
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from kfl.answers.codes import display
from kfl.answers.drawings import strip
from kfl.core.templatetags.core import day_and_hour
from kfl.documents import handouts
from kfl.documents.pdf import as_pdf
from kfl.questionnaires.formats import Informant

from .. import store
from ..letters import to_parents
from ..models import Code, Wave, WaveNode
from ..waves import windows
from .code_holders import label_of, labelled

LANGUAGE = "nb"
SCALE = 4  # of a QR's modules in its drawing; the page decides how large it is printed
CANNOT_READ_YET = frozenset({Informant.PUPIL_1_4, Informant.CHILD})


@dataclass(frozen=True)
class CodeSlip:
    """What one slip shows: whom it is for, where, and the code as it is typed, without a dash."""

    node: WaveNode
    informant: Informant
    label: str
    code: str
    closes_at: datetime | None = None  # where its class has other hours than the wave

    @property
    def shown(self) -> str:
        return display(self.code)

    def link(self, address: str) -> str:
        """What the QR holds; browsers do not send what follows the #."""
        return f"{address}#{self.code}"


def slips(wave: Wave, codes: QuerySet[Code]) -> list[CodeSlip]:
    """Codes of an open wave, opened with its key, by informant, class and name."""
    key = store.code_key(wave.slug)
    rows = labelled(codes.select_related("node__parent", "node__unit__parent"))
    ends: dict[int, datetime] = {}
    return [
        CodeSlip(
            row.node,
            Informant(row.form.informant),
            row.label,
            key.open_for_reprint(bytes(row.sealed)),
            ends.get(row.node_id) or ends.setdefault(row.node_id, windows.closes_at(wave, row.node.unit)),
        )
        for row in rows
    ]


def whose(wave: Wave, codes: QuerySet[Code], code: str) -> Code | None:
    """Whose of these a code is, as it was typed and normalised; it tells nothing of whether the code was used."""
    key = store.code_key(wave.slug)
    rows = codes.select_related("wave", "form", "node__unit__parent", "pupil", "parents_of", "holder").order_by("pk")
    for row in rows:
        if key.open_for_reprint(bytes(row.sealed)) == code:
            row.called(label_of(row))
            return row
    return None


def pdf(wave: Wave, found: list[CodeSlip], address: str) -> bytes:
    """The sheet. `address` is where one answers, such as `https://kfl.example.no/svar/`."""
    with translation.override(LANGUAGE):
        sheet = handouts.Slips(
            language=LANGUAGE,
            title=_("Koder til {wave}").format(wave=wave.name),
            code_words=_("Koden din:"),
            address_words=_("Skann QR-koden, eller skriv koden på"),
            address=address.split("://", 1)[-1].rstrip("/"),
            picture_words=_("Koden som bilder"),
            qr_words=_("Firkantkode som åpner skjemaet"),
            groups=[
                _group(wave, node, informant, list(its_slips), address)
                for (informant, node), its_slips in groupby(found, key=lambda slip: (slip.informant, slip.node))
            ],
        )
    return as_pdf(sheet)


def _group(
    wave: Wave, node: WaveNode, informant: Informant, its_slips: list[CodeSlip], address: str
) -> handouts.SlipGroup:
    place = place_of(node)
    notice = _(
        "Klipp opp arket, gi hver sin lapp, og makuler resten. Ikke ta bilde av arket. Kodene slettes når "
        "kartleggingen stenger {day}. Da finnes det ikke lenger noen kode som åpner skjemaet."
    )
    return handouts.SlipGroup(
        title=f"{place} – {wave.name} – {informant.label}",
        notice=notice.format(day=day_and_hour(its_slips[0].closes_at or wave.closes_at)),
        slips=[
            handouts.Slip(
                label=slip.label,
                place=place,
                code=slip.shown,
                qr=qr(slip.link(address)),
                pictures=strip(slip.code) if informant in CANNOT_READ_YET else None,
            )
            for slip in its_slips
        ],
    )


def place_of(node: WaveNode) -> str:
    """8A, Ask skole."""
    return to_parents.place_of(node.unit)


def qr(text: str) -> str:
    """A QR code as SVG."""
    image = io.BytesIO()
    segno.make(text, error="m", micro=False).save(image, kind="svg", border=2, scale=SCALE, xmldecl=False)
    return image.getvalue().decode()
