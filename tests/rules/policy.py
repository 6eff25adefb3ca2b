"""Who meets what: one line for each address of the portal. An address without a line fails the build.

The sets below are written by hand and not computed by the code they judge. A line says in which of them a person
must have the object, which objects there are to try, and whose names may stand on the page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.rules.county import IN_T2, PEOPLE, UNITS, County, above, word

Scope = dict[str, set[str]]


def _scope(**words: str) -> Scope:
    return {key: set(value.split()) for key, value in words.items()}


RESULTS = _scope(
    teacher="ask_a ask hamar region county",
    teacher_elsewhere="bjork_a bjork stange region county",
    principal="ask_a ask_b ask hamar region county",
    principal_elsewhere="bjork_a bjork stange region county",
    head="tun_a tun hamar region county",
    head_elsewhere="eng_a eng stange region county",
    owner="ask_a ask_b granli_a tun_a ask granli tun hamar region county",
    owner_elsewhere="bjork_a eng_a bjork eng stange region county",
    secretariat="hamar stange region county",
    researcher="hamar stange region county",
    adviser="ask granli tun hamar region county",
    adviser_elsewhere="bjork eng stange region county",
    two_roles="ask_a ask hamar bjork_a eng_a bjork eng stange region county",
    forum="region county",
    forum_region="region county",
)
RESPONSE = _scope(
    teacher="ask_a",
    teacher_elsewhere="bjork_a",
    principal="ask ask_a ask_b",
    principal_elsewhere="bjork bjork_a",
    head="tun tun_a",
    head_elsewhere="eng eng_a",
    owner="hamar ask granli tun ask_a ask_b granli_a tun_a",
    owner_elsewhere="stange bjork eng bjork_a eng_a",
    two_roles="ask_a stange bjork eng bjork_a eng_a",
    secretariat="county region hamar stange ask granli bjork tun eng",
    secretariat_elsewhere="far_county",
)
CODES = {key: RESPONSE[key] for key in RESPONSE if key.startswith(("teacher", "principal", "head"))}
CODES["two_roles"] = {"ask_a"}  # what one role gives at a unit, the other does not
CONSENT = CODES
WAVES = _scope(
    secretariat="county", researcher="county", secretariat_elsewhere="far_county", researcher_elsewhere="far_county"
)
# Questionnaires hang on no unit: every researcher writes them. So do jobs, which tell how far work has come.
FORMS = _scope(researcher="forms", researcher_elsewhere="forms")
JOBS = {"principal": {"of_principal"}} | {key: {"of_principal", "of_the_clock"} for key in WAVES}
# Who sets up a wave chooses among the schools and kindergartens of the county.
CHOOSABLE = {
    key: {unit for unit in UNITS if unit not in {"far_county"} and "_a" not in unit and "_b" not in unit}
    for key in ("secretariat", "researcher")
}
EDITS = {"secretariat": set(UNITS) - {"far_county"}, "secretariat_elsewhere": {"far_county"}}
PLACES = {key: RESPONSE.get(key, set()) | EDITS.get(key, set()) for key in RESPONSE}
EVERYBODY: Scope = {key: {"there"} for key in [*PEOPLE, "anonymous"]}
SIGNED_IN: Scope = {key: {"there"} for key in PEOPLE}
NOBODY: Scope = {}


@dataclass(frozen=True)
class Thing:
    """An object to ask for: the arguments of the address, and what one must have to meet it ("" = it is not there)."""

    kwargs: dict[str, Any]
    at: str


@dataclass(frozen=True)
class Line:
    """One address: for whom, with which objects, whose names it may tell, and whether it only takes POST."""

    scope: Scope
    things: Callable[[County], list[Thing]]
    names: tuple[Scope, ...] = ()
    codes: bool = False
    post_only: bool = False
    is_public: bool = False
    missing: int = 404  # what one who may use the address is told about an object that is not there

    def expects(self, person: str, thing: Thing) -> int:
        """The status of a GET."""
        if person == "anonymous" and not self.is_public:
            return 302
        if self.post_only:
            return 405 if self.scope.get(person) else 404
        if not self.scope.get(person):
            return 404
        return 200 if thing.at in self.scope[person] else self.missing

    def words(self, person: str) -> set[str]:
        """The names that may stand on this person's page: own ones, and those of the line."""
        found = own_words(person)
        for scope in self.names:
            found |= {word(key) for key in scope.get(person, ()) if key in UNITS}
        if CODES in self.names:
            found |= {word(f"pupil_{key}_{n:02}") for key in CODES.get(person, ()) for n in range(10)}
        if PLACES in self.names:
            units = PLACES.get(person, set())
            found |= {word(f"person_{key}") for key, held in PEOPLE.items() if units & {at for _role, at in held}}
        return found


def own_words(person: str) -> set[str]:
    """A person's own name, unit and the units above it; they stand in the head of every page."""
    keys = [key for _role, unit in PEOPLE.get(person, ()) for key in (unit, *above(unit))]
    return {word(f"person_{person}"), *(word(key) for key in keys)}


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


def _sheets(county: County) -> list[Thing]:
    having = {(informant, key) for key, codes in county.codes.items() for _pk, informant, _code in codes}
    having |= {(informant, up) for informant, key in having for up in above(key)}
    found = []
    for key in ("county", "hamar", "granli", "bjork", "ask", "ask_a", "ask_b", "bjork_a", "tun"):
        for informant in ("pupil_5_10", "leader", "child") if key in {"ask", "ask_a", "tun"} else ("pupil_5_10",):
            kwargs = {"slug": "t2", "key": county.units[key].pk, "informant": informant}
            found.append(Thing(kwargs, key if (informant, key) in having else ""))
    return [*found, Thing({"slug": "t1", "key": county.units["ask_a"].pk, "informant": "pupil_5_10"}, "")]


def _slips(county: County) -> list[Thing]:
    """A code at its own unit; and each at a class that it does not belong to."""
    found = []
    for key in ("ask", "ask_a", "ask_b", "bjork_a", "tun_a"):
        for at in {key, "ask_a"}:
            kwargs = {"slug": "t2", "key": county.units[at].pk, "code": county.codes[key][0][0]}
            found.append(Thing(kwargs, key if at == key else ""))
    return [*found, Thing({"slug": "t2", "key": county.units["ask_a"].pk, "code": 99999}, "")]


def _slugs(*there: str) -> Callable[[County], list[Thing]]:
    return lambda county: [Thing({"slug": slug}, "county" if slug in there else "") for slug in (*county.waves, "t9")]


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


def _jobs(county: County) -> list[Thing]:
    return [*(Thing({"key": job.pk}, at) for at, job in county.jobs.items()), Thing({"key": 99999}, "")]


def _places(county: County) -> list[Thing]:
    return [*(Thing({"key": unit.pk}, key) for key, unit in county.units.items()), Thing({"key": 99999}, "")]


def _role_places(county: County) -> list[Thing]:
    """No role is held in a department."""
    keys = {"county": "county", "hamar": "hamar", "ask_b": "ask_b", "far_county": "far_county", "tun_a": ""}
    return [Thing({"key": county.units[key].pk}, at) for key, at in keys.items()]


def _roles(county: County) -> list[Thing]:
    """Each role at its own unit and at another; nobody ends their own."""
    found = []
    for person in ("teacher", "principal_elsewhere", "owner", "secretariat", "researcher_elsewhere"):
        role, unit = PEOPLE[person][0]
        row = county.people[person].role_assignments.get()
        found.append(Thing({"key": row.unit_id, "assignment": row.pk}, "" if role == "secretariat" else unit))
    return [*found, Thing({"key": county.units["granli_a"].pk, "assignment": row.pk}, "")]


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
    "surveys:followed": Line({key: {"there"} for key in RESPONSE}, _one, (RESPONSE,)),
    "surveys:response": Line(RESPONSE, _at_units("t2", "t1"), (RESPONSE,)),
    "surveys:codes": Line(CODES, _at_units("t2"), (CODES,)),
    "surveys:code-sheet": Line(CODES, _sheets, (CODES,), codes=True),
    "surveys:lost-code": Line(CODES, _at_units("t2"), (CODES,)),
    "surveys:slip": Line(CODES, _slips, (CODES,), codes=True),
    "surveys:slip-pdf": Line(CODES, _slips, (CODES,), codes=True),
    "surveys:consent": Line(CONSENT, _at_units("t2", "t3"), (CODES,)),
    "surveys:wave-list": Line({key: {"there"} for key in WAVES}, _one, _SETUP),
    "surveys:wave-new": Line({key: {"there"} for key in WAVES}, _one, _SETUP),
    "surveys:wave-detail": Line(WAVES, _slugs("t1", "t2", "t3"), _SETUP),
    "surveys:wave-edit": Line(WAVES, _slugs("t3"), _SETUP),
    "surveys:wave-forms": Line(WAVES, _slugs("t3"), _SETUP),
    "surveys:wave-units": Line(WAVES, _slugs("t3"), _SETUP),
    "surveys:wave-open": Line(WAVES, _slugs("t3"), _SETUP, post_only=True),
    "surveys:wave-extend": Line(WAVES, _slugs("t2"), _SETUP),
    "surveys:wave-close": Line(WAVES, _slugs("t2"), _SETUP),
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
    "surveys:item-delete": _ITEM,
    "surveys:item-move": Line(FORMS, _forms(draft_only=True, part="item"), post_only=True),
}
