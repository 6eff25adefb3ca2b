"""The words that results are told in: how large a difference is, what a mark means, why something is hidden.

Sizes follow the usual convention for standardised differences (0.2, 0.5 and 0.8 SD); one SD is 100 points. They are
said only about differences that are certain or likely, and chosen by the best estimate: what is picked out since it is
large is larger than the truth.
"""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kfl.analysis.judgements import Judgement
from kfl.core.text import TranslatedText
from kfl.disclosure import Hidden

from ..payload import Between, Certainty, NodeBeside, ScaleText, ShownChange, Text, Versus

UP, DOWN, LIKELY_UP, LIKELY_DOWN, ALIKE = "▲", "▼", "△", "▽", "≈"
MARKS = {
    Certainty.CERTAIN: (UP, DOWN),
    Certainty.LIKELY: (LIKELY_UP, LIKELY_DOWN),
    Certainty.NONE: (ALIKE, ALIKE),
}

# What is said of a difference and of a change, by whether it is only likely, and whether it goes up.
AGAINST_REST: dict[tuple[bool, bool], Promise] = {
    (False, True): gettext_lazy("{scale} ligger sikkert over resten av {above} ({points} poeng, {size})."),
    (False, False): gettext_lazy("{scale} ligger sikkert under resten av {above} ({points} poeng, {size})."),
    (True, True): gettext_lazy("Svarene tyder på at {scale} ligger over resten av {above} ({points} poeng, {size})."),
    (True, False): gettext_lazy("Svarene tyder på at {scale} ligger under resten av {above} ({points} poeng, {size})."),
}
DIFFERS: dict[tuple[bool, bool], Promise] = {
    (False, True): gettext_lazy("sikkert over resten av {above}"),
    (False, False): gettext_lazy("sikkert under resten av {above}"),
    (True, True): gettext_lazy("tyder på høyere enn resten av {above}"),
    (True, False): gettext_lazy("tyder på lavere enn resten av {above}"),
}
SINCE_THEN: dict[tuple[bool, bool], Promise] = {
    (False, True): gettext_lazy("{scale} har økt sikkert siden {wave} ({points} poeng, {size})."),
    (False, False): gettext_lazy("{scale} har gått sikkert ned siden {wave} ({points} poeng, {size})."),
    (True, True): gettext_lazy("Svarene tyder på at {scale} har økt siden {wave} ({points} poeng, {size})."),
    (True, False): gettext_lazy("Svarene tyder på at {scale} har gått ned siden {wave} ({points} poeng, {size})."),
}
CHANGED: dict[tuple[bool, bool], Promise] = {
    (False, True): gettext_lazy("sikkert økt, {size}"),
    (False, False): gettext_lazy("sikkert gått ned, {size}"),
    (True, True): gettext_lazy("tyder på økning, {size}"),
    (True, False): gettext_lazy("tyder på nedgang, {size}"),
}

# From how many points each word is used: of a difference, and of a change.
SIZES: tuple[tuple[int, Promise, Promise], ...] = (
    (80, gettext_lazy("svært stor forskjell"), gettext_lazy("svært stor endring")),
    (50, gettext_lazy("tydelig forskjell"), gettext_lazy("tydelig endring")),
    (20, gettext_lazy("merkbar forskjell"), gettext_lazy("merkbar endring")),
    (0, gettext_lazy("liten forskjell"), gettext_lazy("liten endring")),
)
WORTH_NOTICE = 10  # under this a certain difference is neither a strength nor a challenge

GAPS: dict[str, Promise] = {
    "hidden": gettext_lazy("skjult den gangen"),
    "changed": gettext_lazy("spørsmålene er endret, så tallene kan ikke sammenlignes"),
    "not_asked": gettext_lazy("det ble ikke spurt om dette"),
    "not_there": gettext_lazy("enheten var ikke med"),
}

WHY_HIDDEN: dict[str, Promise] = {
    Hidden.PROTECTED: gettext_lazy(
        "Her er det for få svar, eller tallet kunne brukes til å regne ut noe om en liten gruppe."
    ),
    Hidden.NO_ANSWERS: gettext_lazy("Ingen har svart her."),
    Hidden.SENSITIVE: gettext_lazy(
        "Portalen viser ikke svar på sensitive områder ennå. Er du bekymret for et barn, gjelder aktivitetsplikten, "
        "uansett hva en kartlegging viser."
    ),
    Hidden.SPLIT: gettext_lazy("Jenter og gutter kan ikke vises hver for seg her."),
    Hidden.UNKNOWN: gettext_lazy("Dette kan ikke vises."),
}


# How well a scale's questions hold together: in a table, and as a sentence.
HOLDS: dict[Judgement, tuple[Promise, Promise | str]] = {
    Judgement.GOOD: (gettext_lazy("godt"), gettext_lazy("Spørsmålene henger godt sammen.")),
    Judgement.ENOUGH: (gettext_lazy("godt nok"), gettext_lazy("Spørsmålene henger godt nok sammen.")),
    Judgement.WEAK: (
        gettext_lazy("ikke godt nok"),
        gettext_lazy(
            "Spørsmålene henger ikke godt nok sammen til å lese tallet alene. Se på spørsmålene hver for seg."
        ),
    ),
    Judgement.UNKNOWN: (gettext_lazy("ikke regnet ut"), ""),
}


def said(text: Text) -> str:
    """A text as asked, in the reader's language, else in bokmål."""
    return str(TranslatedText(text))


def weight(found: Versus | ShownChange) -> int:
    """What the words for its size are chosen by: the best estimate, and of a certain one never less than is certain.

    That is the near end of its interval: it is at least so large, also where nobody knows how much such units differ.
    """
    seen = found.apart if isinstance(found, Versus) else found.points
    sure = max(abs(seen) - found.half, 0) if found.certainty is Certainty.CERTAIN else 0
    size = max(abs(found.best or 0), sure)
    return size if seen > 0 else -size


def size(points: int) -> str:
    """How large a difference is, in words."""
    return str(next(word for least, word, _change in SIZES if abs(points) >= least))


def change_size(points: int) -> str:
    """How large a change is, in words."""
    return str(next(word for least, _difference, word in SIZES if abs(points) >= least))


def give_or_take(points: int, half: int) -> str:
    """`66 ± 30`."""
    return f"{points} ± {half}"


def signed(points: int) -> str:
    """With its sign, as one writes it."""
    return f"+{points}" if points > 0 else f"−{-points}" if points < 0 else "0"


def mark(points: int, certainty: Certainty) -> str:
    """The mark of a difference: filled where it is certain, open where the answers suggest it."""
    up, down = MARKS[certainty]
    return ALIKE if points == 0 else up if points > 0 else down


def is_good(scale: ScaleText, points: int) -> bool | None:
    """Whether more (or less) of it is good news; None where neither is better."""
    if scale.favourable not in {"high", "low"}:
        return None
    return (points > 0) == (scale.favourable == "high")


def why_hidden(reason: str) -> str:
    """In words a reader can use; what is not known is hidden without a reason."""
    return str(WHY_HIDDEN.get(reason, WHY_HIDDEN[Hidden.UNKNOWN]))


def place_name(place: NodeBeside, trail: list[NodeBeside]) -> str:
    """`8B, Furuly skole`: classes, departments and grades need their school's name."""
    schools = [above.name for above in trail if above.kind in {"school", "kindergarten"}]
    if place.kind in {"group", "grade", "department"} and schools:
        return f"{place.name}, {schools[-1]}"
    return place.name


def against_rest(scale: ScaleText, above: str, found: Versus) -> str:
    """`Ro og orden ligger sikkert under resten av Furuly skole (66 ± 30 poeng, tydelig forskjell).`"""
    over, likely = found.apart > 0, found.certainty is Certainty.LIKELY
    template = AGAINST_REST[likely, over]
    told = str(template).format(
        scale=said(scale.title),
        above=above,
        points=give_or_take(abs(found.apart), found.half),
        size=size(weight(found)),
    )
    return f"{told} {'' if likely else verdict(scale, weight(found))}".strip()


def verdict(scale: ScaleText, points: int) -> str:
    """Whether that is a strength, where one end of the scale is better and the difference is worth notice."""
    good = is_good(scale, points)
    if good is None or abs(points) < WORTH_NOTICE:
        return ""
    if scale.favourable == "low":
        return _("Her er lavt best: en styrke.") if good else _("Her er lavt best: en utfordring.")
    return _("En styrke.") if good else _("En utfordring.")


def since_then(scale: ScaleText, wave: str, found: ShownChange) -> str:
    """`Ro og orden har økt sikkert siden T1 (31 ± 14 poeng, merkbar endring).`"""
    template = SINCE_THEN[found.certainty is Certainty.LIKELY, found.points > 0]
    return str(template).format(
        scale=said(scale.title),
        wave=wave,
        points=give_or_take(abs(found.points), found.half),
        size=change_size(weight(found)),
    )


def change_word(found: ShownChange) -> str:
    """`sikkert økt, merkbar endring`, `tyder på økning, liten endring` or `ikke til å skille`."""
    if mark(found.points, found.certainty) == ALIKE:
        return _("ikke til å skille")
    template = CHANGED[found.certainty is Certainty.LIKELY, found.points > 0]
    return str(template).format(size=change_size(weight(found)))


def difference_word(points: int, certainty: Certainty, above: str) -> str:
    """`sikkert over resten av Furuly skole`, `tyder på …` or `ikke til å skille fra …`."""
    if mark(points, certainty) == ALIKE:
        return _("ikke til å skille fra resten av {above}").format(above=above)
    return str(DIFFERS[certainty is Certainty.LIKELY, points > 0]).format(above=above)


def between_word(found: Between) -> str:
    """Who has more points, girls or boys, and by how much at least."""
    if not found.certain or found.points == 0:
        return _("ikke til å skille")
    template = _("jentene sikkert høyere, {size}") if found.points > 0 else _("guttene sikkert høyere, {size}")
    return template.format(size=size(max(abs(found.points) - found.half, 0)))
