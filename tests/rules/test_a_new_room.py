"""A room that nobody has thought of yet: what it forgets turns a guard red, and one that forgets nothing turns none.

The trees are copies of this one with a room more, thrown away afterwards.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.rules.house import ROOT, House
from tests.rules.room_code import RoomCode

LEFT_OUT = shutil.ignore_patterns("__pycache__", "vendor", "locale", ".*cache")
BIN = Path(sys.executable).parent
RULES = (
    "tests/rules/test_code.py",
    "tests/rules/test_guards.py",
    "tests/rules/test_strangers.py::test_every_address_has_a_line",
)


class Copy:
    """A copy of the tree, with what may be done to it and how its guards are asked."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for name in ("pyproject.toml", "CONTRIBUTING.md", "GLOSSARY.md", "Makefile"):
            shutil.copy(ROOT / name, root / name)
        for name in ("src/kfl", "tests", "tools"):
            shutil.copytree(ROOT / name, root / name, ignore=LEFT_OUT)

    def room(self, name: str, **files: str) -> None:
        """A package of this name; each file's text is given by its name, without `.py`."""
        for stem, text in {"__init__": "", **files}.items():
            path = self.root / "src/kfl" / name / f"{stem}.py"
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)

    def say(self, file: str, before: str, line: str) -> None:
        """Put a line before the first one that matches."""
        path = self.root / file
        text, done = re.subn(f"(?m)^(?={before})", line.replace("\\", r"\\"), path.read_text("utf-8"), count=1)
        assert done == 1, f"{file} has no line {before!r}"
        path.write_text(text, "utf-8")

    def place(self, name: str) -> None:
        """Put a Django room into the layers, right over `people`, and into CONTRIBUTING."""
        self.say("pyproject.toml", '    "people",', f'    "{name}",\n')
        self.say("CONTRIBUTING.md", " people\n", f" {name}\n")
        self.say("CONTRIBUTING.md", r"\| `people` \|", f"| `{name}` | a trial |\n")

    def allow_django(self, name: str) -> None:
        path = self.root / "pyproject.toml"
        text, done = re.subn(
            r'(protected_modules = \["django"\]\nallowed_importers = \[)', rf'\1"kfl.{name}", ', path.read_text()
        )
        assert done == 1
        path.write_text(text)

    def faults(self) -> list[str]:
        return list(House(self.root).faults())

    def ask(self, *command: str) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"PYTHONPATH": str(self.root / "src"), "KFL_DATA": str(self.root / "no-data")}
        environment.pop("KFL_DATABASE", None)
        return subprocess.run(
            [str(BIN / command[0]), *command[1:]],
            cwd=self.root, env=environment, capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip

    def contracts(self) -> str:
        """What the import contracts say."""
        done = self.ask("lint-imports", "--no-logo", "--no-cache")
        assert done.returncode in {0, 1}, done.stderr
        return done.stdout

    def broken_rules(self) -> set[str]:
        """The names of the rules that a run of them in the copy finds broken."""
        done = self.ask("python", "-m", "pytest", "-q", "-p", "no:cacheprovider", *RULES)
        assert done.returncode in {0, 1}, done.stdout + done.stderr
        return set(re.findall(r"^FAILED \S+::(\w+)", done.stdout, re.MULTILINE))


@pytest.fixture
def copy(tmp_path) -> Copy:
    return Copy(tmp_path)


VIEWS = """\"\"\"Pages of a trial.\"\"\"

from django.http import HttpRequest, HttpResponse
from kfl.people.scopes import signed_in


@signed_in(why="a trial")
def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("")
"""
URLS = """\"\"\"Addresses of a trial.\"\"\"

from django.urls import path

from . import views

app_name = "trial"
urlpatterns = [path("proving/", views.page, name="page")]
"""
MODELS = """\"\"\"What a trial is.\"\"\"

from django.db import models


class Trial(models.Model):
    name = models.TextField()
    unit = models.ForeignKey("people.Unit", models.PROTECT)
"""
CHORES = """\"\"\"What a trial does by the clock.\"\"\"

from datetime import datetime


def sweep(now: datetime) -> None:
    return None
"""


def test_room_that_forgets_nothing_turns_no_guard_red(copy):
    copy.room("trial", views=VIEWS, urls=URLS)
    copy.place("trial")
    copy.allow_django("trial")
    copy.say("src/kfl/web/rooms.py", '    "people",', '    "trial",\n')
    (copy.root / "tests/rules/policy/trial.py").write_text(
        "from tests.rules.lines import SIGNED_IN, Line, one\n\nLINES = {'page': Line(SIGNED_IN, one)}\n"
    )
    assert copy.faults() == ["trial: has no test: write tests/trial/test_….py"]
    (copy.root / "tests/trial").mkdir()
    (copy.root / "tests/trial/test_pages.py").write_text("")
    assert copy.faults() == []
    assert "0 broken" in copy.contracts()
    assert copy.broken_rules() == set()


CARELESS = """\"\"\"Pages that keep no rule.\"\"\"

import logging
import urllib.request
from datetime import datetime

import numpy
from django.contrib import messages
from django.shortcuts import redirect

from .models import Remark


def page(request, wave):
    Remark.objects.everywhere(why="public: what anybody may know")
    Remark.objects.everywhere(why="system: a card")
    Remark(text="x").save()
    Remark.objects.within(wave).delete()
    wave.state = "open"
    wave.__dict__.update(state="open")
    datetime.now()
    open("x", "w")
    messages.success(request, "Lagret")
    return redirect("/merknader/")
"""
PAGE = """{% extends "core/base.html" %}
<form method="post">
  <button>Lagre</button></form>
"""


def test_room_whose_pages_keep_no_rule_is_told_what_to_do_instead(copy):
    """Also where it is no view that runs for a reader, but a card."""
    for name in ("views", "home"):
        copy.room("trial", **{name: CARELESS})
    copy.say("src/kfl/web/rooms.py", '    "people",', '    "trial",\n')
    template = copy.root / "src/kfl/trial/templates/trial/list.html"
    template.parent.mkdir(parents=True)
    template.write_text(PAGE)
    said = list(RoomCode(copy.root).faults())
    for name in ("views", "home"):
        place = f"src/kfl/trial/{name}.py:"
        lines = sorted(line.removeprefix(place) for line in said if line.startswith(place))
        told = {
            "15: Remark is not public": "visible_to",
            "16: this runs for a reader": "visible_to",
            "17: Remark(text='x').save() goes past the log": "@action",
            "18: Remark.objects.within(wave).delete() goes past the log": "@action",
            "19: a state is written by hand": "LIFE.move",
            "20: a state is written by hand": "LIFE.move",
            "20: wave.__dict__.update() goes past the log": "@action",
            "21: datetime.now() knows no time zone": "django.utils.timezone",
            "22: opens a file": "kfl.core.files",
            "23: this is said in one language": "gettext",
            "24: an address by hand": "room:name",
            "3: logging is not for every room": "REACHES",
            "4: urllib.request is not for every room": "REACHES",
            "7: numpy is not for every room": "REACHES",
        }
        assert len(lines) == len(told), lines
        for line, (fault, instead) in zip(lines, told.items(), strict=True):
            assert line.startswith(fault), line
            assert instead in line
    assert [line for line in said if "/list.html" in line] == [
        "src/kfl/trial/templates/trial/list.html:2: a form that writes has no token: put {% csrf_token %} into it",
        "src/kfl/trial/templates/trial/list.html:3: 'Lagre' is said in one language: put it into {% trans \"…\" %}",
    ]
    assert len(said) == 2 * len(told) + 2, said


def test_room_that_is_listed_nowhere_is_missed_everywhere(copy):
    """Nothing of it is installed, and it reaches for what only those who are named may have."""
    copy.room(
        "trial",
        models='"""A trial."""\n\nimport sqlite3\n\nfrom django.db import models\n\nfrom kfl.answers import store\n',
        chores='"""A trial."""\n',
        urls=URLS,
    )
    copy.room("library", numbers='"""A trial."""\n')
    copy.room("intake", starting='"""A trial."""\n\nfrom kfl.library import numbers\n')
    assert set(copy.faults()) == {
        "library: knows no Django, so others use it as a library: put it under ruff's docstring rules",
        "library: CONTRIBUTING's table of rooms does not say what it is about",
        "library: has no test: write tests/library/test_….py",
        "trial: has no test: write tests/trial/test_….py",
        "trial: knows no Django, so others use it as a library: put it under ruff's docstring rules",
        "trial: CONTRIBUTING's table of rooms does not say what it is about",
        "trial: its models are never read, as it does not stand in web/rooms.py",
        "trial: its urls are never read, as it does not stand in web/rooms.py",
        "trial: its chores are never read, as it does not stand in web/rooms.py",
    }
    said = copy.contracts()
    for broken in ("Rooms import downwards only", "Who may import answers", "Who may know Django",
                   "Who may open a database without Django", "Intake imports answers, and no other room"):  # fmt: skip
        assert re.search(rf"^{broken}.* BROKEN", said, re.MULTILINE), said
    assert "kfl.trial.models -> kfl.answers.store" in said
    assert "kfl.trial" in said.partition("Rooms import downwards only\n")[2]


def test_django_room_that_is_not_in_the_list_of_rooms_is_named(copy):
    copy.room("trial", models='"""A trial."""\n\nfrom django.db import models\n')
    copy.place("trial")
    copy.allow_django("trial")
    assert copy.faults() == [
        "trial: may know Django and does not stand in web/rooms.py, so nothing of it is installed",
        "trial: its models are never read, as it does not stand in web/rooms.py",
        "trial: has no test: write tests/trial/test_….py",
    ]
    copy.say("src/kfl/web/rooms.py", '    "demo",', '    "trial",\n')
    assert copy.faults() == [
        "web/rooms.py does not name the rooms from top to bottom, as the layers in pyproject.toml do",
        "trial: has no test: write tests/trial/test_….py",
    ]


def test_room_that_keeps_no_rule_breaks_each_by_name(copy):
    copy.room(
        "trial",
        models=MODELS,
        actions='"""A trial."""\n\n\ndef begin(name: str) -> None:\n    return None\n',
        views=VIEWS.replace('@signed_in(why="a trial")\n', ""),
        urls=URLS,
        chores=CHORES,
        utils="",
    )
    copy.place("trial")
    copy.allow_django("trial")
    copy.say("src/kfl/web/rooms.py", '    "people",', '    "trial",\n')
    assert copy.broken_rules() == {
        "test_every_address_declares_its_reader",
        "test_every_field_stands_in_exactly_one_privacy_class",
        "test_whatever_tells_of_people_or_hangs_on_units_says_who_may_reach_it",
        "test_every_public_function_of_actions_is_keyword_only_and_writes_its_line",
        "test_every_function_of_a_rooms_chores_is_booked",
        "test_every_address_has_a_line",
        "test_the_glossary_names_every_model",
        "test_no_module_is_named_after_nothing",
        "test_no_list_forgets_a_room",
    }
    assert copy.faults() == [
        "trial: has models and no migrations, so that its tables are never made",
        "trial: has no test: write tests/trial/test_….py",
    ]
    copy.room("trial/migrations")
    changes = copy.ask("django-admin", "makemigrations", "--check", "--dry-run", "--settings", "kfl.web.settings")
    assert (changes.returncode, "Create model Trial" in changes.stdout) == (1, True), changes


def test_library_must_describe_what_it_gives(copy):
    copy.room("library", numbers='"""A trial."""\n\n\ndef double(number: int) -> int:\n    return 2 * number\n')
    path = copy.root / "pyproject.toml"
    path.write_text(path.read_text().replace("!src/kfl/{", "!src/kfl/{library,"))
    assert "library: knows no Django" not in "\n".join(copy.faults())
    said = copy.ask("ruff", "check", "--no-cache", "src/kfl/library").stdout
    assert "D103" in said
