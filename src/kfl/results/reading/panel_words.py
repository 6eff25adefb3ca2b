"""Those who answered in two waves, in words: how they changed, how many answered once only, or why nothing is told."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from ..payload import Panel, PanelGap
from .result_words import signed

WHAT_IT_IS = gettext_lazy(
    "Endringen over gjelder alle som svarte hver gang. «Svarte begge ganger» er de samme personene på samme skole "
    "eller barnehage. Hvem de er, er ikke tilfeldig: den som har flyttet, sluttet eller ikke svart, er ikke med. "
    "Her står ± for hvert område for seg (95 %)."
)
CHANGED = gettext_lazy(
    "De {n} som svarte begge ganger på samme sted, gikk fra {then} poeng til {now} ({change} ± {half}). De er "
    "{matched} prosent av dem som svarte i {wave}. {only_then} andre svarte da og {only_now} andre nå: bare den ene "
    "gangen, på en annen skole eller barnehage, eller ikke på alle spørsmålene."
)
WHY_NOT: dict[PanelGap, Promise] = {
    PanelGap.DELETED: gettext_lazy(
        "Vi kan ikke vise dem som svarte begge ganger: svarene fra forrige kartlegging er slettet, eller kan ikke "
        "leses."
    ),
    PanelGap.TAKEN: gettext_lazy(
        "Vi kan ikke vise dem som svarte begge ganger: de samme svarene står i en annen kartlegging eller "
        "sammenligning."
    ),
    PanelGap.PROTECTED: gettext_lazy("De som svarte begge ganger, vises ikke her: for få her eller ved siden av."),
}


def told(panel: Panel | None, gap: PanelGap, wave: str) -> str:
    """One sentence about a scale; "" where nobody would look for one. `wave`: the earlier one's title."""
    if panel is None:
        return str(WHY_NOT.get(gap, ""))
    return CHANGED.format(
        n=panel.n,
        then=panel.then,
        now=panel.now,
        change=signed(panel.change),
        half=panel.half,
        only_then=panel.only_then,
        only_now=panel.only_now,
        wave=wave,
        matched=panel.matched,
    )
