"""Waves, codes, consent, paper, ratings and reminders."""

from __future__ import annotations

from collections.abc import Callable

from kfl.core.mail.refusals import token_of
from kfl.surveys.reminders.mails import TOPIC
from tests.rules.county import IN_T2, County, above
from tests.rules.lines import (
    ADULTS,
    CHOOSABLE,
    CODES,
    CONSENT,
    EVERYBODY,
    EXTENDS,
    HANDLES,
    RATES,
    RATINGS,
    RESPONSE,
    SIGNED_IN,
    WAVES,
    WHOSE,
    Line,
    Thing,
    of,
    one,
)


def _at_units(*slugs: str) -> Callable[[County], list[Thing]]:
    """Every unit in the last of these waves, some in the others; and one in the waves where none is there."""

    def things(county: County) -> list[Thing]:
        ask_a = county.units["ask_a"].pk
        found = [Thing({"slug": slug, "key": ask_a}, "") for slug in (*county.waves, "t9") if slug not in slugs]
        for slug in slugs:
            for key, unit in county.units.items():
                if slug != slugs[-1] and key not in {"granli", "granli_a", "ask_a"}:
                    continue
                is_there = key != "far_county" and (slug != "t2" or _in_t2(key))
                found.append(Thing({"slug": slug, "key": unit.pk}, key if is_there else ""))
        return [*found, Thing({"slug": slugs[0], "key": 99999}, "")]

    return things


def _in_t2(key: str) -> bool:
    return key in IN_T2 or any(key in above(one) or one in above(key) for one in IN_T2)


def _sheets(county: County) -> list[Thing]:
    having = {(informant, key) for key, codes in county.codes.items() for _pk, informant, _code in codes}
    having |= {(informant, up) for informant, key in having for up in above(key)}
    found = []
    for key in ("county", "hamar", "granli", "bjork", "ask", "ask_a", "ask_b", "bjork_a", "tun"):
        asked = (
            ("pupil_5_10", "leader", "parent", "child") if key in {"ask", "ask_a", "tun"} else ("pupil_5_10", "parent")
        )
        for informant in asked:
            kwargs = {"slug": "t2", "key": county.units[key].pk, "informant": informant}
            found.append(Thing(kwargs, of(informant, key) if (informant, key) in having else ""))
    return [*found, Thing({"slug": "t1", "key": county.units["ask_a"].pk, "informant": "pupil_5_10"}, "")]


def _papers(county: County) -> list[Thing]:
    """Pupils, children and parents answer on paper; leaders on screens only."""
    sheets = [thing for thing in _sheets(county) if thing.kwargs["key"] != county.units["county"].pk]
    return [Thing(sheet.kwargs, "" if sheet.kwargs["informant"] == "leader" else sheet.at) for sheet in sheets]


def _slips(county: County) -> list[Thing]:
    """A code at its own unit, a child's and an adult's; and each at a class that it does not belong to."""
    found = []
    for key in ("ask", "ask_a", "ask_b", "bjork_a", "tun_a"):
        firsts = {
            of(informant, key): pk for pk, informant, _code in reversed(county.codes[key]) if "rater" not in informant
        }
        for at, pk in firsts.items():
            for unit in {key, "ask_a"}:
                kwargs = {"slug": "t2", "key": county.units[unit].pk, "code": pk}
                found.append(Thing(kwargs, at if unit == key else ""))
    return [*found, Thing({"slug": "t2", "key": county.units["ask_a"].pk, "code": 99999}, "")]


def _ratings(county: County) -> list[Thing]:
    """A place to rate a child at its own group; each at another group; and a pupil's own code, which is none."""
    found = []
    for key in ("ask_a", "ask_b", "bjork_a", "tun_a", "eng_a"):
        rated = next(pk for pk, informant, _code in county.codes[key] if informant.startswith("rater"))
        for at in {key, "ask_a"}:
            kwargs = {"slug": "t2", "key": county.units[at].pk, "code": rated}
            found.append(Thing(kwargs, key if at == key else ""))
    own = next(pk for pk, informant, _code in county.codes["ask_a"] if informant == "pupil_5_10")
    return [*found, Thing({"slug": "t2", "key": county.units["ask_a"].pk, "code": own}, "")]


def _slugs(*there: str) -> Callable[[County], list[Thing]]:
    return lambda county: [Thing({"slug": slug}, "county" if slug in there else "") for slug in (*county.waves, "t9")]


def _tokens(county: County) -> list[Thing]:
    return [Thing({"token": token_of(TOPIC, "noen@example.org")}, "there"), Thing({"token": "noen:galt"}, "")]


def _asked(county: County) -> list[Thing]:
    return [Thing({"slug": slug}, "there" if slug in {"t1", "t2"} else "") for slug in (*county.waves, "t9")]


_SETUP = (RESPONSE, CHOOSABLE)

LINES: dict[str, Line] = {
    "followed": Line({key: {"there"} for key in RESPONSE}, one, (RESPONSE,)),
    "response": Line(RESPONSE, _at_units("t2", "t1"), (RESPONSE,)),
    "codes": Line(HANDLES, _at_units("t2"), (HANDLES,)),
    "code-sheet": Line(WHOSE, _sheets, (CODES, ADULTS), codes=True),
    "lost-code": Line(HANDLES, _at_units("t2"), (CODES, ADULTS)),
    "slip": Line(WHOSE, _slips, (CODES, ADULTS), codes=True),
    "slip-pdf": Line(WHOSE, _slips, (CODES, ADULTS), codes=True),
    "extend-unit": Line(EXTENDS, _at_units("t2"), (RESPONSE, EXTENDS)),
    "paper": Line(HANDLES, _at_units("t2"), (HANDLES,)),
    "paper-form": Line(WHOSE, _papers, (HANDLES,)),
    "paper-enter": Line(WHOSE, _papers, (HANDLES,)),
    "consent": Line(CONSENT, _at_units("t2", "t3"), (CODES,)),
    "ratings": Line({key: {"there"} for key in RATES}, one, (CODES,)),
    "rating-list": Line(RATINGS, _at_units("t2"), (CODES,)),
    "rating-open": Line(RATES, _ratings, (CODES,), post_only=True),
    "consent-ask": Line(CONSENT, _at_units("t2", "t3"), (CODES,), post_only=True),
    "consent-list": Line(CONSENT, _at_units("t2", "t3"), (CODES,)),
    "erase": Line(CONSENT, _at_units("t1"), (CODES,)),
    "wave-erase": Line(WAVES, _slugs("t1"), _SETUP, post_only=True),
    "wave-list": Line({key: {"there"} for key in WAVES}, one, _SETUP),
    "wave-new": Line({key: {"there"} for key in WAVES}, one, _SETUP),
    "wave-detail": Line(WAVES, _slugs("t1", "t2", "t3"), _SETUP),
    "wave-edit": Line(WAVES, _slugs("t3"), _SETUP),
    "wave-forms": Line(WAVES, _slugs("t3"), _SETUP),
    "wave-units": Line(WAVES, _slugs("t3"), _SETUP),
    "wave-open": Line(WAVES, _slugs("t3"), _SETUP),
    "wave-extend": Line(WAVES, _slugs("t2"), _SETUP),
    "wave-close": Line(WAVES, _slugs("t2"), _SETUP),
    "wave-annul": Line(WAVES, _slugs(), _SETUP),  # an imported wave is closed at once in this county
    "links": Line(WAVES, _slugs("t2"), _SETUP),
    "own-links": Line(SIGNED_IN, one),
    "reminders": Line(WAVES, _slugs("t2"), _SETUP),
    "reminder-rules": Line(WAVES, _slugs("t2", "t3"), _SETUP),
    "reminders-out": Line(EVERYBODY, _tokens, is_public=True, is_signed=True),
    "rehearse": Line(WAVES, _slugs("t3"), _SETUP),
    "letter": Line(EVERYBODY, _asked, is_public=True),
    "letter-pdf": Line(CONSENT, _at_units("t2", "t3"), (CODES,)),
    "wave-help": Line(WAVES, _slugs("t3"), _SETUP),
    "wave-letter": Line(WAVES, _slugs("t2", "t3"), _SETUP),
    "asked": Line(EVERYBODY, _asked, is_public=True),
}
