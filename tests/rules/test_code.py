"""Rules that every part of the code keeps, checked by walking it."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import Model
from django.urls import URLPattern, URLResolver, get_resolver

import kfl
from kfl.people.scoping import ScopedManager

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
    twice = sorted({name for name in declared if declared.count(name) > 1})
    assert not twice, f"{_where(model)}: let {twice} stand in one set of class Privacy, not in two"
    unnamed, gone = sorted(fields - set(declared)), sorted(set(declared) - fields)
    assert not unnamed, f"{_where(model)}: name {unnamed} in class Privacy: open, personal or sealed"
    assert not gone, f"{_where(model)}: take {gone} out of class Privacy, as there is no such field"


def _where(model: type[Model]) -> str:
    """File and line of a model."""
    path = Path(inspect.getsourcefile(model) or "")
    return f"{path.relative_to(ROOT)}:{inspect.getsourcelines(model)[1]} {model.__name__}"


# Tables without a reader of their own, and why.
UNSCOPED = {
    "User": "an account is found by its person, or through a role or seat that was found for the reader",
    "Job": "nobody's row but of whoever began it, whom its page asks for",
    "OutgoingMail": "a queue that no page shows",
}


def test_whatever_tells_of_people_or_hangs_on_units_says_who_may_reach_it():
    scoped = {model for model in OUR_MODELS if isinstance(getattr(model, "objects", None), ScopedManager)}
    open_ones = []
    for model in OUR_MODELS:
        leads = [field.name for field in model._meta.fields if field.is_relation and field.related_model in scoped]
        if (
            model not in scoped
            and model.__name__ not in UNSCOPED
            and (leads or not hasattr(model, "Privacy") or model.Privacy.personal)
        ):
            open_ones.append(f"{_where(model)}: give it objects = ScopedManager(…) after plumbing = models.Manager()")
    assert not open_ones, "\n".join(open_ones)


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
        where = f"{name}:{inspect.getsourcelines(inspect.unwrap(function))[1]} {function.__name__}"
        assert "by" in parameters, f"{where}: say by whom: *, …, by: User | None"
        named = all(p.kind is p.KEYWORD_ONLY for p in parameters.values())
        assert named, f"{where}: put * before its arguments, so that each is given by name"
        source = inspect.getsource(inspect.unwrap(function))
        is_logged = getattr(function, "audited_as", None) or "by=by" in source
        assert is_logged, f'{where}: put @action("noun.done") over it, so that the log has its line'


def _sources() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def _lines_with(pattern: str, paths: Iterable[Path]) -> list[str]:
    """Each line in which a pattern stands."""
    found = []
    for path in paths:
        text = path.read_text("utf-8")
        starts = (match.start() for match in re.finditer(pattern, text, re.MULTILINE))
        found += [f"{path.relative_to(ROOT)}:{text.count(chr(10), 0, start) + 1}" for start in starts]
    return found


def test_plumbing_is_used_by_the_machinery_of_people_only():
    audit = {"audit.py", "audit_chain.py", "audit_heads.py"}
    machinery = {"scoping.py", "scopes.py", "held.py", "actions.py", "signin.py", *audit}
    users = _lines_with(
        r"\.plumbing\b",
        (path for path in _sources() if not (path.parent.name == "people" and path.name in machinery)),
    )
    assert not users, f"ask by visible_to, within or everywhere instead of plumbing: {users}"


def test_the_link_key_is_read_and_made_where_its_fingerprint_is_asked_for():
    """A door beside `surveys.waves.link_keys` could use a key that the portal never worked with (RULES D.9)."""
    doors = {Path("surveys/waves/link_keys.py"), Path("cli/keys.py")}
    pattern = re.compile(r"LinkKey\.(load|create)\(")
    assert {path.relative_to(PACKAGE) for path in _sources() if pattern.search(path.read_text())} == doors
    assert "LinkKey.load(keys_of(args), told" in (cli := (PACKAGE / "cli/keys.py").read_text())
    assert "LinkKey.load(keys_of(args))" not in cli


def test_one_module_writes_tables():
    """Elsewhere a cell that could be a formula would go out as one."""
    pattern = (
        r"csv\.(writer|DictWriter)\b|\b(write_csv|to_csv|sink_csv|write_excel|to_excel)\(|(import|from) xlsxwriter"
    )
    writer = PACKAGE / "tables/writing.py"
    others = _lines_with(pattern, (path for path in _sources() if path != writer))
    assert not others, f"write tables by kfl.tables.writing: {others}"
    assert _lines_with(pattern, [writer]), "the rule sees nothing"


def test_one_room_reads_tables():
    """Elsewhere a list would be read in another way: other encodings, other separators, other bounds of a workbook."""
    modules = r"^\s*(import|from) (csv|openpyxl|pandas|python_calamine)\b"
    pattern = rf"{modules}|\b(read_csv|scan_csv|read_excel)\("
    readers = [path for path in _sources() if path.parent == PACKAGE / "tables"]
    may = [*readers, PACKAGE / "analysis/reading/text_files.py"]
    others = _lines_with(pattern, (path for path in _sources() if path not in may))
    assert not others, f"read lists by kfl.core.lists.read_list: {others}"
    assert _lines_with(pattern, readers), "the rule sees nothing"


def test_every_scoped_table_has_plumbing_first():
    """Else Django's own work (cascades, unique checks) would meet a manager that refuses."""
    for model in OUR_MODELS:
        if hasattr(model, "plumbing"):
            is_first = model._meta.default_manager.name == "plumbing"
            assert is_first, f"{_where(model)}: plumbing = models.Manager() stands before objects"


def test_no_module_is_named_after_nothing():
    banned = {"utils", "helpers", "common", "manager", "base", "misc"}
    found = [str(path.relative_to(ROOT)) for path in _sources() if path.stem in banned]
    assert not found, f"name these by what a stranger finds in them: {found}"


def test_every_module_says_what_it_is():
    silent = []
    for path in _sources():
        text = path.read_text()
        exempt = not text.strip() or path.name == "apps.py" or "migrations" in path.parts
        if not exempt and ast.get_docstring(ast.parse(text)) is None:
            silent.append(f"{path.relative_to(ROOT)}:1")
    assert not silent, f"say in a docstring what these are: {silent}"


def test_no_source_file_is_longer_than_one_can_read():
    written = [path for path in _sources() if "migrations" not in path.parts]
    long = {str(path.relative_to(PACKAGE)): n for path in written if (n := len(path.read_text().splitlines())) > 400}
    assert not long, f"look for a seam and divide these, of more than 400 lines: {long}"


def test_assert_is_never_validation():
    found = []
    for path in _sources():
        tree = ast.parse(path.read_text())
        found += [f"{path.relative_to(ROOT)}:{n.lineno}" for n in ast.walk(tree) if isinstance(n, ast.Assert)]
    assert not found, f"python -O leaves assert out: raise an error that says what is wrong: {found}"


def test_no_query_is_made_of_user_text():
    """No raw SQL on the portal's tables and no dictionary unpacked into a filter (PROMISES 5.1)."""
    found = _lines_with(r"\.(raw|extra)\(|(filter|exclude|annotate|Q)\(\*\*request", _sources())
    assert not found, f"ask by filter() with names that the code writes: {found}"


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
    assert not found, f"put style into a sheet and script into a file under static/: {found}"


def test_the_glossary_names_every_model():
    glossary = (ROOT / "GLOSSARY.md").read_text()
    missing = [_where(model) for model in OUR_MODELS if f"`{model.__name__}`" not in glossary]
    assert not missing, f"give each a line in GLOSSARY.md: {missing}"
