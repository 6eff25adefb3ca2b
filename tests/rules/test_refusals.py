"""What an action refuses on purpose is said in words: a `CannotBeDone`; what else may be raised has a reason here."""

from __future__ import annotations

import ast
import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.test import RequestFactory

import kfl
from kfl.core.cannot_be_done import CannotBeDone
from kfl.people.models import User
from kfl.web.unfit import unfit_values

PACKAGE = Path(kfl.__file__).parent
ROOMS = ("core", "people", "questionnaires", "surveys", "results", "research")
NOBODY_CAN_CAUSE = "a mistake in the code; no form and no list can bring it about"
CAUGHT = "its reader catches it; it is no answer to anybody by itself"
FAULTS = {
    "AuditKeyMissing": "whoever runs the server must find the key; health says so",
    "AnswersErased": "a report's page shows it in place of the report",
    "CarriesOther": NOBODY_CAN_CAUSE,
    "DoublesUnknown": "a job's: it is in the log of the worker",
    "FileTooLarge": "whoever looked into the file has let it through",
    "HangsOnNothing": NOBODY_CAN_CAUSE,
    "MailServerBusy": "the worker's: it tries again",
    "NamesNoRow": NOBODY_CAN_CAUSE,
    "NeverAllowed": "rules of hours, which their form has checked",
    "NoKey": "whoever runs the server must find the key; health says so",
    "NoReader": NOBODY_CAN_CAUSE,
    "NoSuchIcon": NOBODY_CAN_CAUSE,
    "NoSuchJobKind": NOBODY_CAN_CAUSE,
    "NoSuchLetter": NOBODY_CAN_CAUSE,
    "NoSuchPlace": CAUGHT,
    "NoSuchRelease": "a command's",
    "NoSuchUnit": "a command's",
    "NotDeclared": NOBODY_CAN_CAUSE,
    "NotOfTheRelease": "a report's page shows it in place of the report",
    "NotPlain": NOBODY_CAN_CAUSE,
    "NotPreparable": NOBODY_CAN_CAUSE,
    "NotReleased": "a command's",
    "NothingWaits": CAUGHT,
    "OtherSheets": "a report's page shows it in place of the report",
    "OutsideTransaction": NOBODY_CAN_CAUSE,
    "ReleaseIsFrozen": NOBODY_CAN_CAUSE,
    "ReleasedMeanwhile": CAUGHT,
    "SumsShut": "a job's: its page says which key must be put in place",
    "UnitNotInWave": CAUGHT,
    "WrongCell": CAUGHT,
    "WrongNumber": CAUGHT,
    "WrongTable": NOBODY_CAN_CAUSE,
    "WrongTree": "a job's: it is in the log of the worker",
    "_HasChanged": CAUGHT,
    "_NotAgreedTo": CAUGHT,
}
# What actions raise that no room has declared.
RAISED = {
    "surveys.erasures.actions: ValueError": "the work of a job that asks for what is due",
    "surveys.letters.actions: ValueError": "the work of the clock, which asks for what is due",
    "questionnaires.actions.media: KeyError": "the form knows the languages there are",
}


def _modules(*rooms: str) -> Iterator[str]:
    for room in rooms:
        for path in sorted((PACKAGE / room).rglob("*.py")):
            if "migrations" not in path.parts:
                yield ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")


def _errors() -> dict[str, type[BaseException]]:
    """Every error class of the rooms that know Django."""
    found = {}
    for name in _modules(*ROOMS):
        tree = ast.parse(_source(name))
        if any(isinstance(node, ast.ClassDef) and node.bases for node in tree.body):
            for one, what in inspect.getmembers(importlib.import_module(f"kfl.{name}"), inspect.isclass):
                if issubclass(what, BaseException) and what.__module__ == f"kfl.{name}":
                    found[one] = what
    return found


def _source(name: str) -> str:
    path = PACKAGE.joinpath(*name.split("."))
    return (path / "__init__.py" if path.is_dir() else path.with_suffix(".py")).read_text()


def _raised() -> Iterator[tuple[str, object]]:
    """What the modules of actions raise: the name as written, and what it is there."""
    for name in _modules(*ROOMS):
        if "actions" not in name.split("."):
            continue
        module = importlib.import_module(f"kfl.{name}")
        for node in ast.walk(ast.parse(_source(name))):
            if isinstance(node, ast.Raise) and node.exc is not None:
                called = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
                written = ast.unparse(called)
                yield f"{name}: {written}", eval(written, vars(module), {**__builtins__})


ERRORS = _errors()


def test_every_error_class_of_the_rooms_is_a_refusal_in_words_or_says_why_not():
    assert {name for name, one in ERRORS.items() if not issubclass(one, CannotBeDone)} == set(FAULTS)


def test_actions_raise_refusals():
    raised = dict(_raised())
    assert len(raised) > 15
    others = {
        where
        for where, one in raised.items()
        if not (isinstance(one, type) and issubclass(one, CannotBeDone)) and where.rpartition(" ")[2] not in FAULTS
    }
    assert others == set(RAISED)


def _asked(problem: Exception, method: str) -> HttpResponse | None:
    request = getattr(RequestFactory(), method)("/")
    request.user = User()
    return unfit_values(lambda _request: HttpResponse()).process_exception(request, problem)


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_refusal_that_no_view_catches_is_a_page_that_says_why(db, method):
    answer = _asked(CannotBeDone("Lenken er alt på vei."), method)
    assert answer.status_code == 409
    assert "Lenken er alt på vei." in answer.content.decode()
    assert "Ingenting er lagret denne gangen" in answer.content.decode()


def test_a_row_that_does_not_fit_is_one_too_where_something_was_sent(db):
    odd = ValidationError({"name": ValidationError("Navnet er for langt.", code="max_length")})
    assert "Navnet er for langt." in _asked(odd, "post").content.decode()
    double = ValidationError({"slug": ValidationError("Wave med Slug finnes.", code="unique")})
    answer = _asked(double, "post")
    assert (answer.status_code, "finnes alt" in answer.content.decode()) == (409, True)
    assert "Slug" not in answer.content.decode()
    assert _asked(odd, "get") is None
