"""A stranger's object is 404: every address, for every role, with own, sibling, other and missing objects.

What is expected stands in `policy/`, a file a room. The world is built once; what a test does to it is rolled back.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse
from pypdf import PdfReader

from kfl.people import actions as people
from kfl.people.models import AuditLine
from kfl.people.scoping import ties_of
from tests.rules.county import CODE, NOW, PEOPLE, WORD, County, above, word
from tests.rules.lines import RESULTS, Line, Thing, of, own_words
from tests.rules.policy import POLICY, to_mend

pytestmark = pytest.mark.django_db

EVERYONE = [*PEOPLE, "anonymous"]
UNUSUAL = ("put", "patch", "delete", "options")
# Pages of the account that take an argument; what they do is tested below.
OF_ACCOUNT = {"account_confirm_email", "account_reset_password_from_key", "mfa_remove_webauthn", "mfa_edit_webauthn"}


def _addresses(resolver: URLResolver, space: str = "", above: str = "") -> Iterator[tuple[str, str]]:
    """Name and route of every address."""
    for part in resolver.url_patterns:
        route = above + str(part.pattern)
        if isinstance(part, URLResolver):
            yield from _addresses(part, f"{part.namespace}:" if part.namespace else space, route)
        else:
            yield f"{space}{part.name}", route


def test_every_address_has_a_line():
    """Those of the account (allauth) hold nothing but one's own; the ones with an argument are tested below."""
    found = dict(_addresses(get_resolver()))
    assert not to_mend(name for name in found if ":" in name)
    assert {name for name, route in found.items() if ":" not in name and "<" in route} == OF_ACCOUNT


# Tables of which the county has no rows, or rows of one unit alone; strangers are tried where it says.
OF_THE_COUNTY = "a whole county's; its strangers are those of the other county"
TRIED_ELSEWHERE = {
    "Wave": OF_THE_COUNTY, "WaveForm": OF_THE_COUNTY, "Rehearsal": OF_THE_COUNTY, "TechnicalReport": OF_THE_COUNTY,
    "Release": OF_THE_COUNTY, "ReleasedForm": OF_THE_COUNTY, "Reference": OF_THE_COUNTY,
     "LetterFacts": "tests/surveys/test_letters.py",
    "BroughtUnit": "shown on no page", "Consent": "tests/surveys/test_consent_page.py",
    "ImportedConsents": "tests/surveys/test_consent_list.py", "NightlyCount": "tests/surveys/test_nightly.py",
    "ErasureRequest": "tests/surveys/test_erasing.py", "Extension": "tests/surveys/test_extending.py",
    "Namesake": "tests/surveys/test_namesakes.py", "ReminderRules": "tests/surveys/test_reminders.py",
    "Reminder": "tests/surveys/test_reminders.py", "Organisation": "public", "OrganisationName": "public",
    "KnownLinkKey": "public", "ImportedRoster": "tests/people/test_roster_undo.py",
    "Circle": "tests/people/test_circles.py", "Seat": "tests/people/test_circles.py",
}  # fmt: skip


def untried(units: dict[str, int]) -> list[str]:
    """A sentence for each table of which rows lie at fewer than two units, as its lists would be tried on nothing."""
    return [
        f"{table}: a list of it was tried at {number} units: let a line of tests/rules/policy/<room>.py, or "
        "tests/rules/county.py, make a row at each of two units, so that a stranger's would be seen"
        for table, number in units.items()
        if number < 2 and table not in TRIED_ELSEWHERE
    ]


def test_pages_are_tried_on_rows_of_two_units(county):
    units = {}
    with transaction.atomic():
        for line in POLICY.values():
            line.things(county)
        for model in apps.get_models():
            if ties := ties_of(model):
                rows = model.plumbing.all()
                way = "pk" if ties.unit in {"self", "", None} else ties.unit
                units[model.__name__] = rows.values(way).distinct().count()
        transaction.set_rollback(True)  # each address makes its own when it is tried: one act may end another's
    assert not untried(units), "\n".join(untried(units))


def test_a_table_without_rows_at_two_units_is_named():
    assert untried({"Unit": 16, "Consent": 0}) == []
    assert [line.partition(":")[0] for line in untried({"Remark": 0, "Note": 1, "Plan": 2})] == ["Remark", "Note"]


def text_of(response: HttpResponse) -> str:
    if response["Content-Type"] == "application/pdf":
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(response.content)).pages)
    return response.content.decode()


def refusal(response: HttpResponse) -> str:
    """A refusal without what is new in each answer: the form's token and the address asked for."""
    return re.sub(r'name="(csrfmiddlewaretoken|next)" value="[^"]*"', "", response.content.decode())


def codes_of(county: County, line: Line, person: str) -> set[str]:
    has = line.scope.get(person, set()) if line.codes else set()
    return {
        code.replace("-", "")
        for unit, codes in county.codes.items()
        for _pk, who, code in codes
        if of(who, unit) in has
    }


def asked(county: County, name: str) -> list[tuple[Thing, str]]:
    """The objects to try at an address, looked up once."""
    if name not in county.asked:
        county.asked[name] = [(thing, reverse(name, kwargs=thing.kwargs)) for thing in POLICY[name].things(county)]
    return county.asked[name]


@pytest.mark.parametrize("name", POLICY)
def test_who_may_see_it_does_and_nobody_else_can_tell_that_it_is_there(county, name):
    line, refusals = POLICY[name], {}
    for person in EVERYONE:
        client, words, codes = county.clients[person], line.words(person), codes_of(county, line, person)
        for thing, url in asked(county, name):
            told = f"{person} {url}"
            response = client.get(url)
            assert response.status_code == line.expects(person, thing), told
            if response.status_code == 302 and person == "anonymous":
                assert response["Location"].startswith("/konto/login/"), told
            body = text_of(response)
            met = set(WORD.findall(body))
            if response.status_code == 404:
                assert met <= own_words(person), told
                refusals.setdefault(person, set()).add(refusal(response))
            assert met <= words, told
            assert {one.replace("-", "") for one in CODE.findall(body)} <= codes, told
    assert all(len(bodies) == 1 for bodies in refusals.values()), "a refusal tells why"


def a_visitor(line: Line) -> str:
    """Somebody who may use an address."""
    return "anonymous" if line.is_public else next(person for person in PEOPLE if line.scope.get(person))


@pytest.mark.parametrize("name", POLICY)
def test_head_and_post_of_a_stranger_are_refused_as_get_is(county, name):
    line, lines = POLICY[name], AuditLine.plumbing.count()
    for person in EVERYONE:
        foreign = [url for thing, url in asked(county, name) if thing.at not in line.scope.get(person, ())]
        status = line.missing if line.scope.get(person) else 404
        if person == "anonymous" and not line.is_public:
            status = 302
        for url in foreign[:1]:
            client = county.clients[person]
            assert client.post(url).status_code == status, f"{person} {url}"
            if not line.post_only:
                assert client.head(url).status_code == status, f"{person} {url}"
    assert AuditLine.plumbing.count() == lines


@pytest.mark.parametrize("name", POLICY)
def test_post_without_the_forms_token_changes_nothing(county, name):
    line = POLICY[name]
    if line.is_signed:
        return  # tried beside the view
    person, lines = a_visitor(line), AuditLine.plumbing.count()
    client = Client(enforce_csrf_checks=True)
    client.cookies = county.clients[person].cookies
    own = [url for thing, url in asked(county, name) if thing.at in line.scope.get(person, ())]
    response = client.post(own[0] if own else asked(county, name)[0][1])
    assert response.status_code == 403
    assert "403_csrf.html" in [template.name for template in response.templates]
    assert AuditLine.plumbing.count() == lines


@pytest.mark.parametrize("name", POLICY)
def test_other_methods_do_not_exist(county, name):
    for person in {a_visitor(POLICY[name]), "nobody"}:
        for method in UNUSUAL:
            response = getattr(county.clients[person], method)(asked(county, name)[0][1])
            assert response.status_code == 405, f"{person} {method}"


HOLDERS = [person for person, held in PEOPLE.items() if held]


def _ended(county: County, person: str, *, since: date) -> None:
    """Each role began on this day and ended yesterday; the session goes on."""
    for held in county.people[person].role_assignments.all():
        people.change_role(assignment=held, from_on=since, to_on=None, by=None)
        people.end_role(assignment=held, to_on=NOW.date() - timedelta(days=1), by=None)


@pytest.mark.parametrize("person", HOLDERS)
def test_role_that_ended_yesterday_opens_nothing_today(county, person):
    """In the session that is open. It began after T1 opened, so T1's results go too (RULES G.5)."""
    client = county.clients[person]
    _ended(county, person, since=date(2026, 1, 1))
    for name, line in POLICY.items():
        own = [url for thing, url in asked(county, name) if thing.at in line.scope.get(person, ())]
        for url in own[:2]:
            response = client.get(url)
            assert response.status_code == line.expects("nobody", Thing({}, "there")), url
            assert set(WORD.findall(text_of(response))) <= words_of_oneself(person, name), url


def words_of_oneself(person: str, name: str) -> set[str]:
    """What the page tells of oneself: one's own link says for which place it was given when the wave opened."""
    invited_at = {"principal": "ask", "principal_elsewhere": "bjork"}
    own = {word(f"person_{person}")}
    return own | {word(invited_at[person])} if name == "surveys:own-links" and person in invited_at else own


@pytest.mark.parametrize("person", [person for person in HOLDERS if person in RESULTS])
def test_who_held_the_role_when_the_wave_opened_keeps_that_waves_results_and_no_more(county, person):
    _ended(county, person, since=date(2010, 1, 1))
    client, line = county.clients[person], POLICY["results:page"]
    for thing, url in asked(county, "results:page"):
        response = client.get(url)
        assert response.status_code == line.expects(person, thing), url
        assert set(WORD.findall(text_of(response))) <= line.words(person), url
    assert client.get("/kartlegginger/").status_code == 404


def test_who_reads_a_result_may_read_the_levels_above_it():
    """The kept part of a page is the same for every reader; it shows the levels above."""
    for person, units in RESULTS.items():
        assert all(set(above(unit)) <= units for unit in units), person


@pytest.mark.parametrize("name", ["mfa_remove_webauthn", "mfa_edit_webauthn"])
def test_a_passkey_of_another_is_404(county, name):
    data = {"name": word("passkey"), "credential": {}}
    passkey = Authenticator.objects.create(user=county.people["principal"], type="webauthn", data=data)
    for person, status in (("principal", 200), ("owner", 404)):
        client = Client()
        client.force_login(county.people[person])
        session = client.session  # these pages want a password given just now
        session[AUTHENTICATION_METHODS_SESSION_KEY] = [
            {"method": method, "at": NOW.timestamp(), "reauthenticated": True} for method in ("password", "mfa")
        ]
        session[f"{AUTHENTICATION_METHODS_SESSION_KEY}_user"] = str(county.people[person].pk)
        session.save()
        response = client.get(reverse(name, args=[passkey.pk]))
        assert response.status_code == status, person
        assert person == "principal" or word("passkey") not in text_of(response)
    assert client.post(reverse(name, args=[passkey.pk])).status_code == 404
    assert client.get(reverse(name, args=[99999])).status_code == 404
