"""A small county in which every unit, pupil and person bears a word that stands nowhere else.

Two municipalities, three schools, two kindergartens; T1 is released, T2 is open with codes, T3 is a draft. A word
begins with Kanari, so that any page can be searched for words that its reader should not meet.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.test import Client

from kfl.core.models import Job
from kfl.people import actions as people
from kfl.people.circles.circle_kinds import FORUM_BODY
from kfl.people.kinds import Kind
from kfl.people.models import Circle, Gender, Pupil, Seat, Unit, User
from kfl.questionnaires.formats import Informant
from kfl.questionnaires.models import QuestionnaireVersion
from kfl.research.making.report import make_report
from kfl.results.making.release import release_wave
from kfl.results.models import ReleasedPage
from kfl.surveys import actions, queries
from kfl.surveys.codes import queries as codes_queries
from kfl.surveys.models import Wave
from kfl.surveys.waves.draft import WaveDraft
from tests.factories import a_unit, a_user
from tests.results.making import a_pupil_questionnaire, simulated
from tests.surveys.making import CLOSES, OPENS, a_questionnaire

WORD = re.compile(r"\bKanari[a-z0-9]+")
# A short code, or the long one of a link: whole, also where it stands in a file without dashes. Not decimals.
_SIGN = "[0-9A-HJKMNP-TV-Z]"
CODE = re.compile(rf"(?<!\.)\b(?:{_SIGN}{{5}}-?|(?:{_SIGN}{{5}}-?){{4}}){_SIGN}{{6}}\b")
EARLIER = timedelta(days=700)  # T1 was two years before T2
NOW = OPENS + timedelta(days=3)
WHY = "a test"

# key: kind and the key of the unit above. `granli` takes no part in T2.
UNITS = {
    "county": (Kind.COUNTY, None),
    "region": (Kind.REGION, "county"),
    "hamar": (Kind.MUNICIPALITY, "region"),
    "stange": (Kind.MUNICIPALITY, "region"),
    "ask": (Kind.SCHOOL, "hamar"),
    "granli": (Kind.SCHOOL, "hamar"),
    "bjork": (Kind.SCHOOL, "stange"),
    "tun": (Kind.KINDERGARTEN, "hamar"),
    "eng": (Kind.KINDERGARTEN, "stange"),
    "ask_a": (Kind.GROUP, "ask"),
    "ask_b": (Kind.GROUP, "ask"),
    "granli_a": (Kind.GROUP, "granli"),
    "bjork_a": (Kind.GROUP, "bjork"),
    "tun_a": (Kind.DEPARTMENT, "tun"),
    "eng_a": (Kind.DEPARTMENT, "eng"),
    "far_county": (Kind.COUNTY, None),
}
PEOPLE: dict[str, tuple[tuple[str, str], ...]] = {
    "nobody": (),
    "teacher": (("teacher", "ask_a"),),
    "teacher_elsewhere": (("teacher", "bjork_a"),),
    "principal": (("principal", "ask"),),
    "principal_elsewhere": (("principal", "bjork"),),
    "head": (("kindergarten_head", "tun"),),
    "head_elsewhere": (("kindergarten_head", "eng"),),
    "pedagogue": (("pedagogical_leader", "tun_a"),),
    "pedagogue_elsewhere": (("pedagogical_leader", "eng_a"),),
    "assistant": (("kindergarten_staff", "tun"),),
    "owner": (("owner", "hamar"),),
    "owner_elsewhere": (("owner", "stange"),),
    "secretariat": (("secretariat", "county"),),
    "secretariat_elsewhere": (("secretariat", "far_county"),),
    "researcher": (("researcher", "county"),),
    "researcher_elsewhere": (("researcher", "far_county"),),
    "adviser": (("adviser", "hamar"),),
    "adviser_elsewhere": (("adviser", "stange"),),
    "ks": (("ks", "county"),),
    "two_roles": (("teacher", "ask_a"), ("owner", "stange")),
    "office": (("office", "ask"),),
    "office_of_kindergarten": (("office", "tun"),),
    "office_of_municipality": (("office", "hamar"),),
    "office_elsewhere": (("office", "bjork"),),
    "office_who_teaches": (("office", "ask"), ("teacher", "ask_b")),  # reads results of the school: no adult's code
    "forum": (("forum_member", "county"),),
    "forum_region": (("forum_member", "region"),),
    "member": (),  # a seat in a circle of the county, and no role: what `nobody` meets, and later the circle's own
}
IN_T2 = ("ask", "bjork", "tun", "eng")


def word(key: str) -> str:
    """ask_a → Kanariaska, which stands nowhere but in that name."""
    return f"Kanari{key.replace('_', '')}"


def above(key: str) -> list[str]:
    """The keys of the units above one."""
    parent = UNITS[key][1]
    return [*above(parent), parent] if parent else []


@dataclass
class County:
    """What there is, by key."""

    units: dict[str, Unit] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)
    waves: dict[str, Wave] = field(default_factory=dict)
    forms: dict[str, QuestionnaireVersion] = field(default_factory=dict)
    jobs: dict[str, Job] = field(default_factory=dict)
    codes: dict[str, list[tuple[int, str, str]]] = field(default_factory=dict)  # by unit: key, informant, as shown
    pages: list[tuple[int, str, str]] = field(default_factory=list)  # of T1: node, informant, key of its unit
    clients: dict[str, Client] = field(default_factory=dict)
    asked: dict[str, list[Any]] = field(default_factory=dict)  # what the tests ask for, by address

    def key_of(self, unit_id: int) -> str:
        return next(key for key, unit in self.units.items() if unit.pk == unit_id)


def build() -> County:
    """Make it, through the actions that people use."""
    county = County()
    for key, (kind, parent) in UNITS.items():
        county.units[key] = a_unit(kind, word(key), county.units[parent] if parent else None, f"U-{key}")
        if kind in {Kind.GROUP, Kind.DEPARTMENT}:
            _enrol(county.units[key], key, 8 if kind is Kind.GROUP else None)
    for key, held in PEOPLE.items():
        county.people[key] = user = a_user(word(f"person_{key}"))
        roles = [(user, role, county.units[unit], date(2010, 1, 1), None) for role, unit in held]
        people.give_roles(roles=roles, by=None)
    circle = Circle.objects.create(kind=FORUM_BODY.key, name="Fagutvalget", unit=county.units["county"])
    Seat.objects.create(circle=circle, person=county.people["member"], from_on=date(2010, 1, 1))
    _waves(county)
    county.jobs = {
        "of_principal": Job.objects.create(kind="results.release", by=county.people["principal"]),
        "of_the_clock": Job.objects.create(kind="results.release"),
    }
    for key, user in county.people.items():
        county.clients[key] = Client()
        county.clients[key].force_login(user)
    county.clients["anonymous"] = Client()
    return county


def _enrol(group: Unit, key: str, grade: int | None) -> None:
    pupils = [
        Pupil(name=word(f"pupil_{key}_{number:02}"), gender=Gender.GIRL if number % 2 else Gender.BOY)
        for number in range(10)
    ]
    since = date(2023, 8, 17)
    people.enrol_pupils(pupils=pupils, enrolments=[(p, group, grade, since, None) for p in pupils], by=None)


def _waves(county: County) -> None:
    pupils = a_pupil_questionnaire()
    county.forms = {"frozen": pupils, "draft": a_pupil_questionnaire("utkast")}
    asked = [pupils, a_questionnaire(Informant.LEADER), a_questionnaire(Informant.CHILD)]
    t1 = _wave(county, "t1", asked, ["county"], EARLIER)
    actions.open_wave(wave=t1, by=None, at=OPENS - EARLIER)
    for form, roster in queries.rosters(wave=t1).items():
        answers = simulated(form, roster.group * 0.0, seed=1)
        actions.import_answers(wave=t1, form=form, people=roster, answers=answers, by=None)
    actions.close_wave(wave=t1, by=None, at=CLOSES - EARLIER, tells=False)
    release_wave(wave=t1, by=None, at=CLOSES - EARLIER)
    make_report(wave=t1, by=None, at=CLOSES - EARLIER)
    rated = [a_questionnaire(Informant.RATER_TEACHER), a_questionnaire(Informant.RATER_KINDERGARTEN)]
    t2 = _wave(county, "t2", [*asked, *rated, a_questionnaire(Informant.PARENT)], list(IN_T2))
    actions.open_wave(wave=t2, by=None, at=OPENS)
    _wave(county, "t3", [county.forms["draft"]], ["county"], -timedelta(days=30))
    for row in ReleasedPage.objects.everywhere(why=WHY).select_related("node"):
        county.pages.append((row.node.number, row.informant, county.key_of(row.node.unit_id)))
    for form in t2.forms.all():
        numbers = list(t2.nodes.values_list("number", flat=True))
        for printed in codes_queries.printed_codes(wave=t2, form=form, nodes=numbers):
            of_unit = county.codes.setdefault(county.key_of(printed.node.unit_id), [])
            of_unit.append((printed.key, form.informant, printed.code))


def _wave(
    county: County, slug: str, versions: list[QuestionnaireVersion], units: list[str], back: timedelta = timedelta(0)
) -> Wave:
    county.waves[slug] = wave = actions.create_wave(
        slug=slug,
        draft=WaveDraft(name=f"Kartlegging {slug.upper()}", opens_at=OPENS - back, closes_at=CLOSES - back),
        series="hedmark",
        unit=county.units["county"],
        by=None,
    )
    actions.set_forms(wave=wave, versions=versions, by=None)
    actions.set_units(wave=wave, units=[county.units[key] for key in units], by=None)
    return wave
