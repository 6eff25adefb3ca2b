"""Who meets what: one line for each address of the portal. An address without a line fails the build.

A line says in which set of `lines.py` a person must have the object, which objects there are to try, and whose names
may stand on the page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kfl.surveys.reminding import token_of
from tests.rules.county import IN_T2, PEOPLE, County, above
from tests.rules.lines import (
    ADULTS,
    CHOOSABLE,
    CODES,
    CONSENT,
    EDITS,
    EVERYBODY,
    EXTENDS,
    FORMS,
    HANDLES,
    JOBS,
    NOBODY,
    PLACES,
    RATES,
    RATINGS,
    RESPONSE,
    RESULTS,
    SIGNED_IN,
    WAVES,
    WHOSE,
    Line,
    Thing,
    adults_at,
)  # fmt: skip

OF_ADULTS = {"leader", "parent"}


def _one(county: County) -> list[Thing]:
    return [Thing({}, "there")]


def _released(county: County) -> list[Thing]:
    pages = [page for page in county.pages if page[1] == "pupil_5_10" or page[2] in {"ask", "granli", "tun", "eng_a"}]
    there = [Thing({"wave": "t1", "number": n, "informant": who}, at) for n, who, at in pages]
    wrong = [("t1", 999, "leader"), ("t1", 0, "parent"), ("t2", 0, "leader"), ("t3", 0, "leader"), ("t9", 0, "leader")]
    return there + [Thing({"wave": w, "number": n, "informant": i}, "") for w, n, i in wrong]


def _some_released(county: County) -> list[Thing]:
    """The other tabs find their page in the same way: one of each sort is enough."""
    sorts = {"ask_a", "ask_b", "granli_a", "bjork", "hamar", "county"}
    found = {thing.at: thing for thing in _released(county) if thing.at in {*sorts, ""}}
    return list(found.values())


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


def _of(informant: str, key: str) -> str:
    """What one must have to meet such a code at a unit."""
    return adults_at(key) if informant in OF_ADULTS else key


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
            found.append(Thing(kwargs, _of(informant, key) if (informant, key) in having else ""))
    return [*found, Thing({"slug": "t1", "key": county.units["ask_a"].pk, "informant": "pupil_5_10"}, "")]


def _papers(county: County) -> list[Thing]:
    """Pupils, children and parents answer on paper; leaders on screens only."""
    sheets = [thing for thing in _sheets(county) if thing.kwargs["key"] != county.units["county"].pk]
    return [Thing(one.kwargs, "" if one.kwargs["informant"] == "leader" else one.at) for one in sheets]


def _slips(county: County) -> list[Thing]:
    """A code at its own unit, a child's and an adult's; and each at a class that it does not belong to."""
    found = []
    for key in ("ask", "ask_a", "ask_b", "bjork_a", "tun_a"):
        firsts = {
            _of(informant, key): pk for pk, informant, _code in reversed(county.codes[key]) if "rater" not in informant
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
    return [Thing({"token": token_of("noen@example.org")}, "there"), Thing({"token": "noen:galt"}, "")]


def _asked(county: County) -> list[Thing]:
    return [Thing({"slug": slug}, "there" if slug in {"t1", "t2"} else "") for slug in (*county.waves, "t9")]


def _forms(*, draft_only: bool = False, part: str = "") -> Callable[[County], list[Thing]]:
    """Questionnaires; with `part` each with its own scale or item, with another's, and with none."""

    def parts(county: County) -> Iterator[tuple[str, str, int | None]]:
        for key in county.forms:
            if part:
                rows = {other: getattr(form, f"{part}s").all()[0].pk for other, form in county.forms.items()}
                yield from ((key, other, pk) for other, pk in rows.items())
            yield (key, "", 99999) if part else (key, key, None)

    def things(county: County) -> list[Thing]:
        found = [Thing({"key": "t9", **({part: 1} if part else {})}, "")]
        for key, other, pk in parts(county):
            kwargs = {"key": county.forms[key].questionnaire.key, **({part: pk} if part else {})}
            found.append(Thing(kwargs, "forms" if key == other and (key == "draft" or not draft_only) else ""))
        return found

    return things


def _sounds(county: County) -> list[Thing]:
    """No question of these has a sound; that one who may is given it, is tested in tests/surveys/test_media.py."""
    key = county.forms["draft"].questionnaire.key
    return [Thing({"key": key, "digest": digest}, "") for digest in ("0" * 64, "portal")]


def _jobs(county: County) -> list[Thing]:
    return [*(Thing({"key": job.pk}, at) for at, job in county.jobs.items()), Thing({"key": 99999}, "")]


def _places(county: County) -> list[Thing]:
    return [*(Thing({"key": unit.pk}, key) for key, unit in county.units.items()), Thing({"key": 99999}, "")]


def _role_places(county: County) -> list[Thing]:
    """Every kind of unit has roles that are held there."""
    keys = {"county": "county", "hamar": "hamar", "ask_b": "ask_b", "far_county": "far_county", "tun_a": "tun_a"}
    return [Thing({"key": county.units[key].pk}, at) for key, at in keys.items()]


def _roles(county: County) -> list[Thing]:
    """Each role at its own unit and at another; nobody ends their own."""
    found = []
    for person in ("teacher", "principal_elsewhere", "owner", "secretariat", "researcher_elsewhere"):
        role, unit = PEOPLE[person][0]
        row = county.people[person].role_assignments.get()
        found.append(Thing({"key": row.unit_id, "assignment": row.pk}, "" if role == "secretariat" else unit))
    return [*found, Thing({"key": county.units["granli_a"].pk, "assignment": row.pk}, "")]


def _reports(county: County) -> list[Thing]:
    """Of T1; T2 is open, T3 a draft."""
    return [Thing({"wave": slug}, "county" if slug == "t1" else "") for slug in (*county.waves, "t9")]


def _chapters(county: County) -> list[Thing]:
    there = [Thing({"wave": "t1", "informant": who}, "county") for who in ("pupil_5_10", "leader", "child")]
    return [*there, Thing({"wave": "t1", "informant": "parent"}, ""), Thing({"wave": "t2", "informant": "leader"}, "")]


_PUBLIC = Line(EVERYBODY, _one, is_public=True)
_RESULT = Line(RESULTS, _some_released, (RESULTS,))
_DRAFT = Line(FORMS, _forms(draft_only=True))
_SCALE = Line(FORMS, _forms(draft_only=True, part="scale"))
_ITEM = Line(FORMS, _forms(draft_only=True, part="item"))
_SETUP = (RESPONSE, CHOOSABLE)

POLICY: dict[str, Line] = {
    "web:home": Line(EVERYBODY, _one, (RESULTS, RESPONSE, CODES, WAVES), is_public=True),
    "web:health": _PUBLIC,
    "web:privacy": _PUBLIC,
    "web:accessibility": _PUBLIC,
    "web:language": Line(EVERYBODY, _one, is_public=True, post_only=True),
    "web:job": Line(JOBS, _jobs),
    "people:roles": _PUBLIC,
    "people:address": Line(SIGNED_IN, _one),
    "people:address-proof": Line(SIGNED_IN, lambda county: [Thing({}, "")], missing=302),  # nobody has asked for a code
    "people:unit-list": Line({key: {"there"} for key in PLACES}, _one, (PLACES,)),
    "people:unit-detail": Line(PLACES, _places, (PLACES,)),
    "people:role-give": Line(EDITS, _role_places, (PLACES,)),
    "people:role-end": Line(EDITS, _roles, (PLACES,)),
    "people:roster-upload": Line({key: {"there"} for key in EDITS}, _one, (PLACES,)),
    "people:roster-preview": Line(
        {key: {"there"} for key in EDITS}, lambda county: [Thing({"token": "x" * 32}, "")], missing=302
    ),
    "demo:sign-in": Line(NOBODY, _one, is_public=True, post_only=True),  # this is no demo
    "demo:people": Line(NOBODY, _one, is_public=True),
    "results:overview": Line(SIGNED_IN, _one, (RESULTS,)),
    "results:page": Line(RESULTS, _released, (RESULTS,)),
    "results:questions": _RESULT,
    "results:change": _RESULT,
    "results:others": _RESULT,
    "results:about": _RESULT,
    "results:technical": Line(RESULTS, _reports),
    "results:technical-informant": Line(RESULTS, _chapters),
    "results:technical-pdf": Line(RESULTS, _reports),
    "results:technical-data": Line(RESULTS, _reports),
    "surveys:followed": Line({key: {"there"} for key in RESPONSE}, _one, (RESPONSE,)),
    "surveys:response": Line(RESPONSE, _at_units("t2", "t1"), (RESPONSE,)),
    "surveys:codes": Line(HANDLES, _at_units("t2"), (HANDLES,)),
    "surveys:code-sheet": Line(WHOSE, _sheets, (CODES, ADULTS), codes=True),
    "surveys:lost-code": Line(HANDLES, _at_units("t2"), (CODES, ADULTS)),
    "surveys:slip": Line(WHOSE, _slips, (CODES, ADULTS), codes=True),
    "surveys:slip-pdf": Line(WHOSE, _slips, (CODES, ADULTS), codes=True),
    "surveys:extend-unit": Line(EXTENDS, _at_units("t2"), (RESPONSE, EXTENDS)),
    "surveys:paper": Line(HANDLES, _at_units("t2"), (HANDLES,)),
    "surveys:paper-form": Line(WHOSE, _papers, (HANDLES,)),
    "surveys:paper-enter": Line(WHOSE, _papers, (HANDLES,)),
    "surveys:consent": Line(CONSENT, _at_units("t2", "t3"), (CODES,)),
    "surveys:ratings": Line({key: {"there"} for key in RATES}, _one, (CODES,)),
    "surveys:rating-list": Line(RATINGS, _at_units("t2"), (CODES,)),
    "surveys:rating-open": Line(RATES, _ratings, (CODES,), post_only=True),
    "surveys:consent-ask": Line(CONSENT, _at_units("t2", "t3"), (CODES,), post_only=True),
    "surveys:consent-list": Line(CONSENT, _at_units("t2", "t3"), (CODES,)),
    "surveys:erase": Line(CONSENT, _at_units("t1"), (CODES,)),
    "surveys:wave-erase": Line(WAVES, _slugs("t1"), _SETUP, post_only=True),
    "surveys:wave-list": Line({key: {"there"} for key in WAVES}, _one, _SETUP),
    "surveys:wave-new": Line({key: {"there"} for key in WAVES}, _one, _SETUP),
    "surveys:wave-detail": Line(WAVES, _slugs("t1", "t2", "t3"), _SETUP),
    "surveys:wave-edit": Line(WAVES, _slugs("t3"), _SETUP),
    "surveys:wave-forms": Line(WAVES, _slugs("t3"), _SETUP),
    "surveys:wave-units": Line(WAVES, _slugs("t3"), _SETUP),
    "surveys:wave-open": Line(WAVES, _slugs("t3"), _SETUP, post_only=True),
    "surveys:wave-extend": Line(WAVES, _slugs("t2"), _SETUP),
    "surveys:wave-close": Line(WAVES, _slugs("t2"), _SETUP),
    "surveys:wave-annul": Line(WAVES, _slugs(), _SETUP),  # an imported wave is closed at once in this county
    "surveys:links": Line(WAVES, _slugs("t2"), _SETUP),
    "surveys:own-links": Line(SIGNED_IN, _one),
    "surveys:reminders": Line(WAVES, _slugs("t2"), _SETUP),
    "surveys:reminder-rules": Line(WAVES, _slugs("t2", "t3"), _SETUP),
    "surveys:reminders-out": Line(EVERYBODY, _tokens, is_public=True, is_signed=True),
    "surveys:rehearse": Line(WAVES, _slugs("t3"), _SETUP),
    "surveys:letter": Line(EVERYBODY, _asked, is_public=True),
    "surveys:letter-pdf": Line(CONSENT, _at_units("t2", "t3"), (CODES,)),
    "surveys:wave-help": Line(WAVES, _slugs("t3"), _SETUP),
    "surveys:wave-letter": Line(WAVES, _slugs("t2", "t3"), _SETUP),
    "surveys:asked": Line(EVERYBODY, _asked, is_public=True),
    "surveys:questionnaire-list": Line({key: {"there"} for key in FORMS}, _one),
    "surveys:questionnaire-new": Line({key: {"there"} for key in FORMS}, _one),
    "surveys:questionnaire": Line(FORMS, _forms()),
    "surveys:questionnaire-copy": Line(FORMS, _forms()),
    "surveys:questionnaire-next": Line(FORMS, _forms(), post_only=True),
    "surveys:questionnaire-edit": _DRAFT,
    "surveys:preview": Line(FORMS, _forms()),
    "surveys:scale-new": _DRAFT,
    "surveys:scale-edit": _SCALE,
    "surveys:scale-delete": _SCALE,
    "surveys:scale-move": Line(FORMS, _forms(draft_only=True, part="scale"), post_only=True),
    "surveys:item-new": _DRAFT,
    "surveys:scale-item-new": _SCALE,
    "surveys:item-edit": _ITEM,
    "surveys:item-media": _ITEM,
    "surveys:media": Line({key: {"there"} for key in FORMS}, _sounds),
    "surveys:item-delete": _ITEM,
    "surveys:item-move": Line(FORMS, _forms(draft_only=True, part="item"), post_only=True),
}
