"""Rules that every part of the code keeps, checked by walking it."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver

import kfl

PACKAGE = Path(kfl.__file__).parent
ROOT = PACKAGE.parent.parent
OUR_MODELS = [model for model in apps.get_models() if model.__module__.startswith("kfl.")]
# Views that are not ours carry no decorator; what may be reached of them is decided here.
FOREIGN = {
    "allauth.account": "public: signing in and out, and one's own account",
    "allauth.mfa": "signed in: one's own second factor and passkeys",
    "django.views.i18n": "public: choosing a language",
}


def _patterns(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for part in resolver.url_patterns:
        route = prefix + str(part.pattern)
        if isinstance(part, URLResolver):
            yield from _patterns(part, route)
        else:
            yield route, part


VIEWS = sorted(_patterns(get_resolver()), key=lambda found: found[0])


def _reader(view: object) -> str | None:
    declared = getattr(view, "reader", None)
    if declared:
        return str(declared)
    module = getattr(view, "view_class", inspect.unwrap(view)).__module__  # type: ignore[arg-type]
    return next((why for name, why in FOREIGN.items() if module.startswith(name)), None)


@pytest.mark.parametrize(("route", "pattern"), VIEWS, ids=[route for route, _ in VIEWS])
def test_every_address_declares_its_reader(route, pattern):
    assert _reader(pattern.callback), f"/{route} declares no reader: use @needs, @signed_in or @open_to_all"


@pytest.mark.parametrize("model", OUR_MODELS, ids=lambda model: model.__name__)
def test_every_field_stands_in_exactly_one_privacy_class(model):
    declared = [*model.Privacy.open, *model.Privacy.personal, *model.Privacy.sealed]
    fields = {field.name for field in [*model._meta.fields, *model._meta.many_to_many]}
    assert sorted(declared) == sorted(set(declared)), "a field stands in two classes"
    assert set(declared) == fields


def _modules(name: str) -> list[str]:
    """The modules of this name, and those in folders of this name, in every room and topic."""
    paths = [*PACKAGE.rglob(f"{name}.py"), *PACKAGE.rglob(f"{name}/[!_]*.py")]
    written = [path for path in paths if "\ndef " in path.read_text()]  # else it lists what other modules have
    return sorted(".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts) for path in written)


@pytest.mark.parametrize("name", _modules("actions"))
def test_every_public_function_of_actions_is_keyword_only_and_writes_its_line(name):
    """A public function is an action, calls one (then it takes `by` and passes it on), or only checks."""
    module = importlib.import_module(name)
    functions = [
        f for _, f in inspect.getmembers(module, inspect.isfunction)
        if inspect.unwrap(f).__module__ == name and not f.__name__.startswith("_")
    ]  # fmt: skip
    assert functions
    for function in functions:
        parameters = inspect.signature(function).parameters
        if function.__name__.startswith(("check_", "reasons_")):
            continue
        assert "by" in parameters, f"{name}.{function.__name__} does not say by whom"
        assert all(p.kind is p.KEYWORD_ONLY for p in parameters.values()), f"{name}.{function.__name__}"
        source = inspect.getsource(inspect.unwrap(function))
        assert getattr(function, "audited_as", None) or "by=by" in source, f"{name}.{function.__name__}: no audit line"


def _sources() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def test_plumbing_is_used_by_the_machinery_of_people_only():
    audit = {"audit.py", "audit_chain.py", "audit_heads.py"}
    machinery = {"scoping.py", "scopes.py", "held.py", "actions.py", "signin.py", *audit}
    users = [
        path.relative_to(PACKAGE)
        for path in _sources()
        if ".plumbing" in path.read_text() and not (path.parent.name == "people" and path.name in machinery)
    ]
    assert not users


def test_the_link_key_is_read_and_made_where_its_fingerprint_is_asked_for():
    """A door beside `surveys.waves.link_keys` could use a key that the portal never worked with (RULES D.9)."""
    doors = {Path("surveys/waves/link_keys.py"), Path("cli/keys.py")}
    pattern = re.compile(r"LinkKey\.(load|create)\(")
    assert {path.relative_to(PACKAGE) for path in _sources() if pattern.search(path.read_text())} == doors
    assert "LinkKey.load(keys_of(args), told" in (cli := (PACKAGE / "cli/keys.py").read_text())
    assert "LinkKey.load(keys_of(args))" not in cli


def test_one_module_writes_tables():
    """Elsewhere a cell that could be a formula would go out as one."""
    pattern = re.compile(
        r"csv\.(writer|DictWriter)\b|\b(write_csv|to_csv|sink_csv|write_excel|to_excel)\(|(import|from) xlsxwriter"
    )
    assert [path.relative_to(PACKAGE) for path in _sources() if pattern.search(path.read_text())] == [
        Path("tables/writing.py")
    ]


def test_one_room_reads_tables():
    """Elsewhere a list would be read in another way: other encodings, other separators, other bounds of a workbook."""
    modules = r"^\s*(import|from) (csv|openpyxl|pandas|python_calamine)\b"
    pattern = re.compile(rf"{modules}|\b(read_csv|scan_csv|read_excel)\(", re.MULTILINE)
    readers = {path.relative_to(PACKAGE) for path in _sources() if pattern.search(path.read_text())}
    assert {path.parts[0] for path in readers} == {"tables", "analysis"}
    assert {path for path in readers if path.parts[0] == "analysis"} == {Path("analysis/reading/text_files.py")}


def test_every_scoped_table_has_plumbing_first():
    """Else Django's own work (cascades, unique checks) would meet a manager that refuses."""
    for model in OUR_MODELS:
        if hasattr(model, "plumbing"):
            assert model._meta.default_manager.name == "plumbing", model.__name__


def test_no_module_is_named_after_nothing():
    banned = {"utils", "helpers", "common", "manager", "base", "misc"}
    assert not [path for path in _sources() if path.stem in banned]


def test_every_module_says_what_it_is():
    silent = []
    for path in _sources():
        text = path.read_text()
        exempt = not text.strip() or path.name == "apps.py" or "migrations" in path.parts
        if not exempt and ast.get_docstring(ast.parse(text)) is None:
            silent.append(path.relative_to(PACKAGE))
    assert not silent


def test_no_source_file_is_longer_than_one_can_read():
    written = [path for path in _sources() if "migrations" not in path.parts]
    long = {str(path.relative_to(PACKAGE)): n for path in written if (n := len(path.read_text().splitlines())) > 400}
    assert not long


def test_assert_is_never_validation():
    found = []
    for path in _sources():
        tree = ast.parse(path.read_text())
        found += [f"{path.relative_to(PACKAGE)}:{n.lineno}" for n in ast.walk(tree) if isinstance(n, ast.Assert)]
    assert not found


def test_no_query_is_made_of_user_text():
    """No raw SQL on the portal's tables and no dictionary unpacked into a filter (PROMISES 5.1)."""
    pattern = re.compile(r"\.(raw|extra)\(|(filter|exclude|annotate|Q)\(\*\*request")
    found = [path for path in _sources() if pattern.search(path.read_text())]
    assert not found


def test_templates_hold_no_inline_style_or_script():
    """The Content-Security-Policy would refuse them, and the page would be broken.

    The report of `kfl analyse` is a file of its own, which no server sends: its style has to be inside.
    """
    pattern = re.compile(r"<script(?![^>]*\bsrc=)|\sstyle=|<style|\son[a-z]+=\"|javascript:", re.IGNORECASE)
    found = [
        f"{path.relative_to(PACKAGE)}: {match.group()}"
        for path in PACKAGE.rglob("templates/**/*.html")
        if not path.is_relative_to(PACKAGE / "analysis") and (match := pattern.search(path.read_text()))
    ]
    assert not found


def test_the_glossary_names_every_model():
    glossary = (ROOT / "GLOSSARY.md").read_text()
    assert not [model.__name__ for model in OUR_MODELS if f"`{model.__name__}`" not in glossary]
