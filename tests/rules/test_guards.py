"""The lists that guard the rooms say who may, name rooms that are there, and forget none."""

from __future__ import annotations

import inspect
import re
from importlib import import_module

import grimp
import pytest

from kfl.core.chores import all_booked
from kfl.web import rooms
from tests.rules.house import ROOT, House
from tools.on_postgres import NOT_RUN, arguments

HOUSE = House()
MACHINERY = {f"kfl.core.chores.{name}" for name in ("every", "at_start", "before_jobs", "all_booked")}
PROTECTED = [
    (contract["id"], importer)
    for contract in HOUSE.tools["importlinter"]["contracts"]
    if contract["type"] == "protected"
    for importer in contract["allowed_importers"]
]


def test_no_list_forgets_a_room():
    assert not list(HOUSE.faults())


@pytest.fixture(scope="module")
def imports() -> grimp.ImportGraph:
    return grimp.build_graph(
        "kfl",
        include_external_packages=True,
        exclude_type_checking_imports=True,
        cache_dir=str(ROOT / ".import_linter_cache"),
    )


@pytest.mark.parametrize(("contract", "importer"), PROTECTED, ids=lambda part: part)
def test_who_may_import_something_does(imports, contract, importer):
    """An allowance that nobody uses is taken back before somebody does by mistake."""
    modules = {importer, *imports.find_descendants(importer)}
    for name in HOUSE.contract(contract)["protected_modules"]:
        protected = {name} if imports.is_module_squashed(name) else {name, *imports.find_descendants(name)}
        if any(modules & imports.find_modules_that_directly_import(one) for one in protected):
            return
    pytest.fail(f"{importer} may import what {contract!r} protects, and does not")


@pytest.mark.parametrize("module", rooms.having("chores"))
def test_every_function_of_a_rooms_chores_is_booked(module):
    """One without `@every`, `@at_start` or `@before_jobs` would never be run."""
    booked = {one.name for one in all_booked()}
    own = [f for _, f in inspect.getmembers(import_module(module), inspect.isfunction) if f.__module__ == module]
    written = {f"{module}.{one.__qualname__}" for one in own if not one.__name__.startswith("_")}
    unbooked = written - booked - (MACHINERY if module == "kfl.core.chores" else set())
    assert not unbooked
    assert written & booked


def test_types_are_checked_strictly_everywhere():
    """What is excused from a rule of mypy stands here too."""
    assert HOUSE.tools["mypy"]["strict"] is True
    excused = {
        module: set(override) - {"module"}
        for override in HOUSE.tools["mypy"]["overrides"]
        for module in override["module"]
        if module.startswith("kfl.")
    }
    assert excused == {"kfl.stats.*": {"disallow_untyped_decorators"}}


def test_whatever_is_not_named_runs_on_postgres():
    assert not [folder for folder in NOT_RUN if not (ROOT / folder).is_dir()]
    assert {argument.partition("=")[2] for argument in arguments(["-x"]) if "=" in argument} == set(NOT_RUN)
    assert arguments(["-x"])[0] == "tests"
    assert arguments(["tests/people", "-x"]) == ["tests/people", "-x"]


def test_make_prove_runs_every_proof_in_full():
    """A test that samples, unless `KFL_PROVE` is set, lies in what is run with it."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    promises = re.search(r"^PROMISES := (.+)$", makefile, re.MULTILINE)
    run = re.search(r"KFL_PROVE=1 \S+ (.+?) \$\(PROMISES\)", makefile)
    assert promises
    assert run
    places = [ROOT / name for name in (*run[1].split(), *promises[1].split())]
    assert not [place for place in places if not place.exists()]
    asking = [
        path for path in (ROOT / "tests").rglob("*.py") if re.search(r"environ\W+get\W+KFL_PROVE", path.read_text())
    ]
    assert len(asking) > 10
    outside = [path for path in asking if not any(path.is_relative_to(place) for place in places)]
    assert [str(path.relative_to(ROOT)) for path in outside if path.name != "promises.py"] == []
