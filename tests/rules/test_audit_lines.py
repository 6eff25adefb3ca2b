"""Every action says which row it changes and at which unit, or why there is none."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import models

from kfl.people.audit import unit_path
from kfl.people.audit_heads import ANCHORED
from kfl.people.audit_words import every
from kfl.people.models import Unit
from tests.rules.test_code import PACKAGE


def _actions() -> dict[str, Callable[..., Any]]:
    """Every function under @action in the package, private ones too, by what the log calls it."""
    found: dict[str, Callable[..., Any]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        if "@action(" not in path.read_text() or path.name == "audit.py":
            continue
        name = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
        module = importlib.import_module(name.removesuffix(".__init__"))
        for one in vars(module).values():
            if getattr(one, "audited_as", None) and inspect.unwrap(one).__module__ == module.__name__:
                found[one.audited_as] = one
    return found


ACTIONS = _actions()


def _rows(function: Callable[..., Any]) -> list[type[models.Model]]:
    """The models that the action gives back or is given, as its signature says."""
    said = dict(inspect.unwrap(function).__annotations__)
    said.pop("by", None)
    order = [said.pop("return", None), *said.values()]
    names = vars(importlib.import_module(function.__module__))
    found = [names.get(getattr(word, "__name__", str(word)).removesuffix(" | None")) for word in order]
    return [hint for hint in found if inspect.isclass(hint) and issubclass(hint, models.Model)]


def _names_its_rows(function: Callable[..., Any]) -> bool:
    """Whether `touched` is called in the action, or in a function of the same module that it calls."""
    module = importlib.import_module(function.__module__)
    tellers = [
        name for name, one in vars(module).items()
        if inspect.isfunction(one) and one.__module__ == module.__name__ and "touched(" in inspect.getsource(one)
    ]  # fmt: skip
    source = inspect.getsource(inspect.unwrap(function))
    return "touched(" in source or any(f"{name}(" in source for name in tellers if name != function.__name__)


def _says_unit(row: type[models.Model]) -> bool:
    return row is Unit or unit_path(row) is not None or any(hasattr(row, name) for name in ("unit", "wave", "release"))


def test_there_are_actions():
    assert len(ACTIONS) > 40


@pytest.mark.parametrize("what", sorted(ACTIONS))
def test_an_action_names_its_row_and_unit(what):
    function = ACTIONS[what]
    names_them = _names_its_rows(function)
    if function.of_many:
        assert names_them, f"{what} changes many rows and names none: call touched() for each"
        return
    rows = _rows(function)
    assert rows or names_them, f"{what} neither gives back a row nor names one by touched()"
    assert names_them or function.unitless or any(_says_unit(row) for row in rows), f"{what} names no unit"


@pytest.mark.parametrize("what", [what for what, function in ACTIONS.items() if function.unitless is not None])
def test_an_action_without_a_unit_says_why(what):
    assert len(ACTIONS[what].unitless.split()) >= 4


def test_every_handling_has_words():
    """The log's page would else show the name that the code has for it."""
    looks = {
        match
        for path in PACKAGE.rglob("*.py")
        for match in re.findall(r"\brecord(?:_view)?\(\s*\"([a-z_.]+)\"", path.read_text())
    }
    assert len(looks) > 8
    silent = sorted((ACTIONS.keys() | looks | {ANCHORED}) - every().keys())
    assert not silent, f"say what these are called, by declare(…) in the room's audit_words.py: {', '.join(silent)}"
    idle = sorted(every().keys() - ACTIONS.keys() - looks - {ANCHORED})
    assert not idle, f"take the words of these out of audit_words.py, as nothing does them: {', '.join(idle)}"
