"""No number from an address overflows, and nothing that a form doubles is a fault of the portal."""

from __future__ import annotations

import re

import pytest
from django.db import DataError, IntegrityError
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse

from kfl.people import actions
from kfl.people.models import User
from kfl.web.unfit import LARGEST, unfit_values
from tests.rules.test_code import VIEWS

HUGE = [str(10**40), str(LARGEST + 1), "9" * 5000]
GAP = re.compile(r"<(?:(\w+):)?(\w+)>|\(\?P<(\w+)>[^)]*\)")
NUMBERED = sorted({route for route, _pattern in VIEWS if "<int:" in route})
OTHERS = sorted({route for route, _pattern in VIEWS if GAP.search(route)} - set(NUMBERED))


def _with(route: str, number: str, words: str) -> str:
    """The address with a number at each number's place, and `words` at the others'."""
    found = GAP.sub(lambda gap: number if gap[1] == "int" else words, route.replace("^", "").replace("$", ""))
    return "/" + found.replace("\\Z", "")


@pytest.fixture
def everything(world, client):
    """Somebody who has every role that opens addresses, so that nothing is refused before the number is read."""
    roles = [("researcher", world.county), ("principal", world.ask), ("teacher", world.ask_8a), ("owner", world.hamar)]
    rows = [(world.erik, role, unit, world.ask.valid_from, None) for role, unit in roles]
    actions.give_roles(roles=rows, by=None)
    client.force_login(world.erik)
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize("words", ["t1", "1"])
def test_no_number_in_an_address_overflows(everything, words):
    assert len(NUMBERED) > 20
    for route in NUMBERED:
        for number in HUGE:
            url = _with(route, number, words)
            for answer in (everything.get(url), everything.post(url)):
                assert answer.status_code in {302, 404, 405}, (route, number[:50], answer.status_code)


def test_no_word_in_an_address_is_a_fault(everything):
    assert OTHERS
    for route in OTHERS:
        for words in (HUGE[0], "%00", "x%00y", "%F0%9F%8C%B1", "a" * 3000):
            assert everything.get(_with(route, "1", words)).status_code < 500, (route, words[:20])


def test_numbers_that_a_form_names_are_read_as_nothing(everything, world):
    """Keys of rows stand in forms, too; and pages of a list in the query."""
    for route in NUMBERED:
        url = _with(route, str(world.ask_8a.pk), "t1")
        for number in (HUGE[0], HUGE[2], "x", "\0"):
            sent = dict.fromkeys(("pupil", "code", "unit", "units", "wave", "key", "page", "side", "number"), number)
            assert everything.post(url, sent).status_code < 500, (route, number[:20])
            assert everything.get(url, {"side": number, "page": number}).status_code < 500, (route, number[:20])


def _asked(problem: Exception, method: str = "POST") -> HttpResponse | None:
    request = getattr(RequestFactory(), method.lower())("/")
    request.user = User()
    return unfit_values(lambda _request: HttpResponse()).process_exception(request, problem)


@pytest.mark.parametrize("problem", [OverflowError("too large"), DataError("out of range")])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_no_column_holds_is_not_there(db, problem, method):
    assert _asked(problem, method).status_code == 404


def test_what_is_there_already_is_said_in_words(db):
    answer = _asked(IntegrityError("UNIQUE constraint failed"))
    assert (answer.status_code, "Ingenting er lagret" in answer.content.decode()) == (409, True)


@pytest.mark.parametrize("problem", [ValueError("a fault of ours"), KeyError("x"), RuntimeError()])
def test_faults_of_ours_stay_faults(db, problem):
    assert _asked(problem) is None
    assert _asked(IntegrityError("in a page that only reads"), "GET") is None


def test_forms_that_are_sent_twice_at_once_store_once_and_say_so(everything, world, monkeypatch):
    """The second passes the form's own check, since the first is not stored yet; the database refuses it."""
    from kfl.people import addresses

    monkeypatch.setattr(addresses, "is_taken", lambda *args, **kwargs: False)
    monkeypatch.setattr(addresses, "account_of", lambda address: None)
    url = reverse("people:role-give", kwargs={"key": world.bjork.pk})
    sent = {"email": "ny@example.org", "name": "Ny Rektor", "role": "principal", "from_on": "2026-11-01"}
    assert everything.post(url, sent).status_code == 302
    twice = everything.post(url, sent)
    assert (twice.status_code, User.objects.filter(email="ny@example.org").count()) == (409, 1)


def test_a_questionnaire_that_is_made_twice_at_once_is_one(everything, world):
    url = reverse("questionnaires:new")
    sent = {"title_nb": "Trivsel", "title": "Trivsel", "informant": "teacher", "key": "trivsel"}
    assert [everything.post(url, sent).status_code < 500 for _time in range(2)] == [True, True]
