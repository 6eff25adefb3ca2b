"""Every form that changes what is there says what it was made from; a new one without it is red."""

from __future__ import annotations

import importlib
import inspect
import pkgutil

import pytest
from django import forms
from django.urls import get_resolver

import kfl
from kfl.core.stale import CarefulForm
from tests.rules.test_code import _patterns

# Forms that change nothing that is there.
NEW = {
    "RosterForm": "a file; the preview carries a digest of what it would change",
    "ListForm": "a file; the page that asks names its fields for what they show",
    "RoleForm": "adds a role",
    "LogForm": "what one looks for in the log; changes nothing",
    "AddressForm": "one's own address; nothing is changed before the code is typed",
    "CodeForm": "the code",
    "TitleForm": "the title of a questionnaire that is made by copying",
    "NewQuestionnaireForm": "makes a questionnaire",
    "NewWindowForm": "the part that a new wave shares with a draft",
    "NewWaveForm": "makes a wave",
    "RehearsalForm": "makes a rehearsal",
}
# Addresses that take a POST without such a form.
WITHOUT_FORM = {
    "people:address": "nothing is changed before the code is typed",
    "people:address-proof": "the code is for one address",
    "people:log-file": "changes nothing: the log as a file, which is a line of the log itself",
    "web:language": "one's own language",
    "demo:sign-in": "signs in",
    "people:role-give": "adds a role",
    "people:roster-upload": "nothing is changed before the preview is agreed to",
    "people:roster-undo": "refused where anything has changed since",
    "people:roster-preview": "carries a digest of what it would change",
    "surveys:lost-code": "one act on one row, picked from the list as it is now",
    "surveys:consent": "each field's name says what it was shown as (consent_form)",
    "surveys:consent-ask": "each field's name says what it was shown as (consent_form)",
    "surveys:consent-list": "carries a digest of what it would change",
    "surveys:rating-open": "hands a code over",
    "surveys:erase": "adds a request",
    "surveys:wave-erase": "carries out whatever was asked for",
    "surveys:paper-enter": "hands in a sheet of its own",
    "surveys:wave-new": "makes a wave",
    "surveys:wave-open": "refused unless the wave is a draft that fits, and asks first",
    "surveys:rehearse": "makes a rehearsal",
    "surveys:own-links": "one's own link",
    "surveys:wave-annul": "refused unless the wave may be annulled, and asks first",
    "surveys:links": "orders a round of links; each is sent once",
    "surveys:reminders": "orders a round; refused when one was just ordered",
    "surveys:reminders-out": "one's own yes or no",
    "questionnaires:new": "makes a questionnaire",
    "questionnaires:copy": "makes a questionnaire",
    "questionnaires:next-version": "makes a version",
    "questionnaires:scale-move": "one step from where it stands now",
    "questionnaires:item-move": "one step from where it stands now",
}


def _form_classes() -> dict[str, type[forms.BaseForm]]:
    found = {}
    for room in pkgutil.walk_packages(kfl.__path__, "kfl."):
        if room.name.split(".")[-1] in {"forms", "account_forms"} or ".forms." in room.name:
            module = importlib.import_module(room.name)
            for name, one in inspect.getmembers(module, inspect.isclass):
                if issubclass(one, forms.BaseForm) and one.__module__ == room.name:
                    found[name] = one
    return found


FORMS = {name: one for name, one in _form_classes().items() if one.__module__.split(".")[1] != "web"}


def test_every_form_is_careful_or_changes_nothing_that_is_there():
    assert FORMS
    assert {name for name, one in FORMS.items() if not issubclass(one, CarefulForm)} == set(NEW)


def _views() -> dict[str, object]:
    spaces = {}
    for part in get_resolver().url_patterns:
        for _route, pattern in _patterns(part) if hasattr(part, "url_patterns") else [("", part)]:
            if pattern.name and getattr(part, "namespace", None):
                spaces[f"{part.namespace}:{pattern.name}"] = pattern.callback
    return spaces


def _takes_post(source: str) -> bool:
    return '"POST"' in source or "@require_POST" in source


POSTS = {name: view for name, view in _views().items() if _takes_post(inspect.getsource(inspect.unwrap(view)))}
CAREFUL = {name for name, one in FORMS.items() if issubclass(one, CarefulForm)}


@pytest.mark.parametrize("name", sorted(POSTS))
def test_every_page_that_writes_uses_one_or_says_why_not(name):
    source = inspect.getsource(inspect.unwrap(POSTS[name]))
    asks = "stale.is_as_shown(" in source
    uses = any(f"{form}(" in source for form in CAREFUL)
    assert (asks or uses) != (name in WITHOUT_FORM), f"{name}: use a CarefulForm, or give a reason here"


def test_no_reason_is_left_over():
    assert set(WITHOUT_FORM) <= set(POSTS)
