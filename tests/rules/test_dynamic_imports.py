"""What is imported by a name in a text passes every import contract: it stands where it is listed, with a reason."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import kfl
from tests.rules.house import House

PACKAGE = Path(kfl.__file__).parent
BY_NAME = {
    *("import_module", "__import__", "import_string", "autodiscover_modules", "exec", "eval", "compile"),
    *("run_module", "run_path", "module_from_spec", "spec_from_file_location", "find_spec", "resolve_name"),
    *("get_app_config", "get_app_configs", "iter_modules", "walk_packages"),
    *("cached_import", "load_module", "exec_module"),
}
NO_CODE = {"importlib.resources", "importlib.metadata"}  # the files and the version of a package
MODULES = {"importlib", "imp", "runpy", "pkgutil", "zipimport", "code", "codeop"}
# Files of a fixed name, in the rooms that web/rooms.py lists.
ROOMS_FILES = {"core/offers.py", "core/jobs.py", "core/happenings.py", "core/chores.py", "core/mail/letters.py",
               "core/lifecycle.py", "people/apps.py", "people/rosters/ties.py"}  # fmt: skip
LISTED = {name: "files of a fixed name in the listed rooms" for name in ROOMS_FILES} | {
    "web/rooms.py": "the listed rooms' home pages",
    "cli/main.py": "each file of cli is a subcommand",
    "disclosure/__init__.py": "its own modules, when they are asked for",
    "analysis/engines/spark.py": "asks whether Spark is installed, and loads nothing",
    "cli/analyse.py": "asks whether polars and pyreadstat are installed, and loads nothing",
    "disclosure/published.py": "asks whether numpy is loaded, and loads nothing",
}


def _by_name(tree: ast.Module) -> list[str]:
    """What could import by a name, wherever it stands: also given on as a value, or fetched by getattr."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [one.name for one in node.names if one.name.split(".")[0] in MODULES]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            module = (node.module or "").split(".")[0]
            taken = {one.name for one in node.names}
            found += [node.module or ""] if module in MODULES and node.module not in NO_CODE else []
            found += sorted(taken & BY_NAME) + (["sys.modules"] if module == "sys" and "modules" in taken else [])
        elif isinstance(node, ast.Attribute):
            found += ["sys.modules"] if node.attr == "modules" and ast.unparse(node.value) == "sys" else []
            # `re.compile` and the like are no imports; of a module, these names are.
            found += [node.attr] if node.attr in BY_NAME - {"compile", "eval"} else []
        elif isinstance(node, ast.Name):
            found += [node.id] if node.id in BY_NAME | {"__builtins__", "__loader__"} else []
        elif isinstance(node, ast.Constant) and node.value in BY_NAME - {"compile", "eval", "exec"}:
            found.append(str(node.value))
    return found


def _names_answers(tree: ast.Module) -> bool:
    return any(
        isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("kfl.answers")
        for node in ast.walk(tree)
    )


def _trees() -> dict[str, ast.Module]:
    paths = sorted(PACKAGE.rglob("*.py"))
    return {path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_text("utf-8")) for path in paths}


def test_only_those_listed_import_by_name():
    found = {name: said for name, tree in _trees().items() if (said := _by_name(tree))}
    assert {name: said for name, said in found.items() if name not in LISTED} == {}
    assert set(LISTED) == set(found), "a reason that is no longer needed"


def test_answers_are_named_in_a_text_only_by_whoever_may_import_them():
    may = [*House().contract("answers")["allowed_importers"], "kfl.answers"]
    for name, tree in _trees().items():
        module = "kfl." + name.removesuffix(".py").replace("/", ".")
        if not any(module == one or module.startswith(f"{one}.") for one in may):
            assert not _names_answers(tree), name


@pytest.mark.parametrize(
    "attack",
    [
        "import importlib; importlib.import_module('kfl.answers.store')",
        "from importlib import import_module as bring; bring('kfl.' + 'answers')",
        "import importlib.util as u",
        "__import__('kfl.answers')",
        "bring = __import__",
        "getattr(builtins, '__import__')('kfl.answers')",
        "from django.apps import apps; apps.get_app_config('surveys').module",
        "import sys; sys.modules['kfl.answers.store']",
        "from sys import modules",
        "exec('import kfl.answers')",
        "eval('kfl')",
        "from django.utils.module_loading import import_string",
        "__builtins__['__import__']",
        "from runpy import run_module",
        "import pkgutil; pkgutil.resolve_name('kfl.answers:store')",
    ],
)
def test_the_rule_sees_each_way_around_the_contracts(attack):
    assert _by_name(ast.parse(attack))


def test_the_rule_sees_a_text_and_lets_plain_code_be():
    assert _names_answers(ast.parse("bring('kfl.answers.store')"))
    assert not _by_name(ast.parse("import re, sys; re.compile('x'); sys.argv; from importlib.resources import files"))
