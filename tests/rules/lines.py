"""Whom each part of the portal is for, and what a line of the policy says.

The sets below are written by hand and not computed by the code they judge.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.rules.county import PEOPLE, UNITS, County, above, word

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
    pedagogue="tun_a tun hamar region county",
    pedagogue_elsewhere="eng_a eng stange region county",
    assistant="tun_a tun hamar region county",
    owner="ask_a ask_b granli_a tun_a ask granli tun hamar region county",
    owner_elsewhere="bjork_a eng_a bjork eng stange region county",
    secretariat="hamar stange region county",
    researcher="hamar stange region county",
    adviser="ask granli tun hamar region county",
    adviser_elsewhere="bjork eng stange region county",
    two_roles="ask_a ask hamar bjork_a eng_a bjork eng stange region county",
    office_who_teaches="ask_b ask hamar region county",
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
    pedagogue="tun_a",
    pedagogue_elsewhere="eng_a",
    owner="hamar ask granli tun ask_a ask_b granli_a tun_a",
    owner_elsewhere="stange bjork eng bjork_a eng_a",
    two_roles="ask_a stange bjork eng bjork_a eng_a",
    office_who_teaches="ask_b",
    secretariat="county region hamar stange ask granli bjork tun eng",
    secretariat_elsewhere="far_county",
)
EXTENDS = _scope(
    owner="hamar ask granli tun",
    owner_elsewhere="stange bjork eng",
    two_roles="stange bjork eng",
    secretariat="hamar stange ask granli bjork tun eng",
)
CODES = {key: RESPONSE[key] for key in RESPONSE if key.startswith(("teacher", "principal", "head", "pedagogue"))}
CODES["two_roles"] = {"ask_a"}  # what one role gives at a unit, the other does not
CODES |= _scope(
    office="ask ask_a ask_b",
    office_of_kindergarten="tun tun_a",
    office_of_municipality="hamar ask granli tun ask_a ask_b granli_a tun_a",
    office_elsewhere="bjork bjork_a",
    office_who_teaches="ask ask_a ask_b",
)
# Adults' codes: those who read no results there.
ADULTS = {key: CODES[key] for key in CODES if key.startswith("office") and key != "office_who_teaches"}
ADULTS |= _scope(secretariat="ask granli bjork tun eng ask_a ask_b granli_a bjork_a tun_a eng_a")
HANDLES = {key: CODES.get(key, set()) | ADULTS.get(key, set()) for key in {**CODES, **ADULTS}}


def adults_at(unit: str) -> str:
    """What one must have to meet an adult's code at a unit."""
    return f"adults at {unit}"


OF_ADULTS = {"leader", "parent"}


def of(informant: str, key: str) -> str:
    """What one must have to meet such a code at a unit."""
    return adults_at(key) if informant in OF_ADULTS else key


WHOSE = {key: CODES.get(key, set()) | {adults_at(unit) for unit in ADULTS.get(key, ())} for key in HANDLES}
CONSENT = CODES
# Who rates: the class's or department's own. The head follows how far it has come.
RATES = _scope(
    teacher="ask_a", teacher_elsewhere="bjork_a", pedagogue="tun_a", pedagogue_elsewhere="eng_a", two_roles="ask_a",
    office_who_teaches="ask_b",
)  # fmt: skip
RATINGS = RATES | _scope(principal="ask_a ask_b", principal_elsewhere="bjork_a", head="tun_a", head_elsewhere="eng_a")
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
# The log tells of whoever did something at one's units, from wherever they are.
AUDITS = (
    _scope(
        owner="hamar ask granli tun ask_a ask_b granli_a tun_a",
        owner_elsewhere="stange bjork eng bjork_a eng_a",
        two_roles="stange bjork eng bjork_a eng_a",
    )
    | EDITS
)
PLACES = {key: RESPONSE.get(key, set()) | EDITS.get(key, set()) for key in RESPONSE}
EVERYBODY: Scope = {key: {"there"} for key in [*PEOPLE, "anonymous"]}
SIGNED_IN: Scope = {key: {"there"} for key in PEOPLE}
NOBODY: Scope = {}


@dataclass(frozen=True)
class Thing:
    """An object to ask for: the arguments of the address, and what one must have to meet it ("" = it is not there)."""

    kwargs: dict[str, Any]
    at: str


def one(county: County) -> list[Thing]:
    """For an address without arguments."""
    return [Thing({}, "there")]


@dataclass(frozen=True)
class Line:
    """One address: for whom, with which objects, whose names it may tell, and whether it only takes POST."""

    scope: Scope
    things: Callable[[County], list[Thing]]
    names: tuple[Scope, ...] = ()
    codes: bool = False
    post_only: bool = False
    is_public: bool = False
    is_signed: bool = False  # the address itself is the proof: a POST needs no token of a form
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
        for scope in (CODES, ADULTS):
            if scope in self.names:
                found |= {word(f"pupil_{key}_{n:02}") for key in scope.get(person, ()) for n in range(10)}
        if AUDITS in self.names and AUDITS.get(person):
            found |= {word(f"person_{key}") for key in PEOPLE}
        for scope in (PLACES, ADULTS):
            units = scope.get(person, set()) if scope in self.names else set()
            found |= {word(f"person_{key}") for key, held in PEOPLE.items() if units & {at for _role, at in held}}
        return found


PUBLIC = Line(EVERYBODY, one, is_public=True)


def own_words(person: str) -> set[str]:
    """A person's own name, unit and the units above it; they stand in the head of every page."""
    keys = [key for _role, unit in PEOPLE.get(person, ()) for key in (unit, *above(unit))]
    return {word(f"person_{person}"), *(word(key) for key in keys)}
