"""Questions to talk about a result with: a small table by theme, and some that fit any theme."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# The first row whose word is part of the scale's key gives the questions.
BY_THEME: tuple[tuple[tuple[str, ...], tuple[Promise, ...]], ...] = (
    (
        ("ro", "orden", "ledelse", "struktur", "climate"),
        (
            _("Når på dagen er det lettest å arbeide, og hva gjør vi da?"),
            _("Hvilke rutiner er alle voksne enige om, og hvilke har vi hver for oss?"),
        ),
    ),
    (
        ("mobb", "trygg", "unfair", "utrygg"),
        (
            _("Hvor og når er det voksne i nærheten, og hvor mangler de?"),
            _("Hvem går et barn til når noe er galt, og hvordan vet vi det?"),
        ),
    ),
    (
        ("stotte", "laerer", "relasjon", "support", "voksne"),
        (
            _("Hvordan merker hvert enkelt barn at en voksen vil det vel?"),
            _("Hvem har vi snakket minst med denne uken?"),
        ),
    ),
    (
        ("trivsel", "tilhor", "belong", "medelev", "venn", "lek"),
        (
            _("Hvem står alene, og hva kan gruppen gjøre med det?"),
            _("Hva gleder barna seg til når de kommer hit?"),
        ),
    ),
    (
        ("motiv", "innsats", "faglig", "tilpas", "adaptive", "mestr"),
        (
            _("Hvilke oppgaver får flest til å ta i, og hvorfor?"),
            _("Hva gjør vi for dem som synes det er for lett, og for dem som synes det er for vanskelig?"),
        ),
    ),
    (
        ("tilbake", "vurder", "feedback"),
        (
            _("Hva vet eleven om neste steg etter en tilbakemelding fra oss?"),
            _("Når får eleven tid til å bruke den?"),
        ),
    ),
    (
        ("samarb", "kultur", "cooper", "team", "kompet", "utvik"),
        (
            _("Hva har vi lært av hverandre dette halvåret?"),
            _("Hva burde vi bestemme sammen, som vi i dag avgjør hver for oss?"),
        ),
    ),
    (
        ("hjem", "forel", "home", "dialog", "informasjon"),
        (
            _("Hva hører foreldrene fra oss når alt går bra?"),
            _("Hva skulle foreldrene ha spurt oss om, hvis de våget?"),
        ),
    ),
)

ABOUT_STRENGTH: tuple[Promise, ...] = (
    _("Hva gjør vi allerede, som kan forklare dette?"),
    _("Hvordan holder vi fast ved det når det kommer nye folk?"),
)
ABOUT_CHALLENGE: tuple[Promise, ...] = (
    _("Kjenner vi oss igjen i dette? Hva har vi sett selv?"),
    _("Hva kan vi prøve i fire uker, og hvordan ser vi om det virker?"),
)
_ASK_PUPILS = _("Hva vil vi spørre elevene eller de ansatte om før vi trekker slutninger?")
_ASK_CHILDREN = _("Hva vil vi spørre barna eller de ansatte om før vi trekker slutninger?")
ABOUT_ANYTHING: tuple[Promise, ...] = (
    _("Hvilket område overrasker oss mest, og hvorfor?"),
    _ASK_PUPILS,
    _("Hva vil vi skal være annerledes ved neste kartlegging?"),
)


def about_anything(*, in_kindergarten: bool) -> list[str]:
    """What to talk about when nothing stands out."""
    return [str(_ASK_CHILDREN if in_kindergarten and one is _ASK_PUPILS else one) for one in ABOUT_ANYTHING]


def questions(key: str, strength: bool | None) -> list[str]:
    """Two or three questions about one scale."""
    themed = next((found for words, found in BY_THEME if any(word in key for word in words)), ())
    opening = ABOUT_ANYTHING[:1] if strength is None else ABOUT_STRENGTH[:1] if strength else ABOUT_CHALLENGE[:1]
    return [str(question) for question in (*opening, *(themed or ABOUT_CHALLENGE[1:]))]
