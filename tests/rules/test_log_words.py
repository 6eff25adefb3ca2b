"""All that the log may tell has words: each fact of a row, each column of a table, each code, each kind of row."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.utils import translation
from django.utils.functional import Promise

from kfl.people import audit_words
from kfl.people.audit_reading import label_of
from kfl.people.circles.circle_kinds import CIRCLE_KINDS
from kfl.people.roles import ROLES
from kfl.people.rosters import ListKind
from kfl.questionnaires.formats import Informant
from kfl.surveys.models import ConsentState
from tests.rules.test_code import PACKAGE

WRITERS = {"touched", "record", "record_view"}
OF_THE_CALL = {"unit", "by", "at"}  # named parts of the call, and no facts
NO_ACTION_WRITES = {"AuditLine", "AuditedRow", "Job", "OutgoingMail"}  # the log itself, and what the worker does
TABLES = [one for one in apps.get_models() if one.__module__.startswith("kfl.")]
LOGGED = [one for one in TABLES if one._meta.object_name not in NO_ACTION_WRITES]
CODES = {
    ("Pupil", "state"): [one.value for one in ConsentState],
    ("Wave", "informant"): [one.value for one in Informant],
    ("RoleAssignment", "role"): list(ROLES),
    ("Circle", "kind"): list(CIRCLE_KINDS),
}


def _functions(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def _called(node: ast.AST) -> str:
    function = node.func if isinstance(node, ast.Call) else None
    return getattr(function, "id", getattr(function, "attr", ""))


def told_in(source: str) -> set[str]:
    """The names of all facts that some code writes: said in a call, or gathered in a dict that the call unpacks."""
    found: set[str] = set()
    tree = ast.parse(source)
    for function in _functions(tree):
        calls = [node for node in ast.walk(function) if _called(node) in WRITERS and isinstance(node, ast.Call)]
        found |= {word.arg for call in calls for word in call.keywords if word.arg}
        unpacked = [word.value for call in calls for word in call.keywords if word.arg is None]
        makers = [one for one in _functions(tree) if one.name in {_called(value) for value in unpacked}]
        for one in [function, *makers] if unpacked else []:
            found |= set(_gathered(one))
    return found - OF_THE_CALL


def _gathered(function: ast.FunctionDef) -> Iterator[str]:
    for node in ast.walk(function):
        keys = node.keys if isinstance(node, ast.Dict) else []
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
            keys = [node.slice]
        yield from (key.value for key in keys if isinstance(key, ast.Constant) and isinstance(key.value, str))


FACTS = sorted({fact for path in PACKAGE.rglob("*.py") for fact in told_in(path.read_text())})


def test_the_walk_finds_what_is_said_and_what_is_gathered():
    assert told_in("def act():\n    touched(row, unit=None, name=1)") == {"name"}
    assert told_in("def act():\n    facts = {'a': 1}\n    facts['b'] = 2\n    touched(row, unit=1, **facts)") == {
        "a",
        "b",
    }
    assert {"sheets", "new_codes", "is_same", "represents", "dated_codes", "removed", "sought_by", "up"} <= set(FACTS)
    assert len(FACTS) > 40


@pytest.mark.parametrize("fact", FACTS)
def test_a_fact_that_an_action_tells_has_words(fact):
    assert any(key in {fact, *_of_tables(fact)} for key in audit_words.every_fact()), f"declare_facts: {fact}"


def _of_tables(fact: str) -> set[str]:
    return {f"{one._meta.object_name}.{fact}" for one in LOGGED}


@pytest.mark.parametrize("table", LOGGED, ids=lambda one: one._meta.object_name)
def test_a_table_and_each_column_of_it_has_words(table):
    name = table._meta.object_name
    assert audit_words.row_of(name), f"declare_rows: {name}"
    columns = [one for one in table._meta.concrete_fields if not one.primary_key]
    wordless = [
        one.name for one in columns
        if not audit_words.fact_of(name, one.name) and not isinstance(one.verbose_name, Promise)
    ]  # fmt: skip
    assert not wordless, f"declare_facts: {name}: {wordless}"
    codes = [word for one in columns for _code, word in one.flatchoices or ()]
    assert all(isinstance(word, Promise) for word in codes), f"{name}: a code has no word that is translated"


@pytest.mark.parametrize(("where", "codes"), CODES.items(), ids=lambda one: str(one)[:30])
def test_a_code_that_is_told_has_words(where, codes):
    fact = audit_words.fact_of(*where)
    assert fact is not None
    assert not [code for code in codes if not str(fact.values.get(code, ""))]


def test_lists_that_are_put_in_have_words():
    assert not [kind for kind in ListKind if not audit_words.row_of(kind.value)]


def test_a_fact_that_leads_to_rows_leads_to_a_table_that_has_words():
    assert not [
        fact.rows for fact in audit_words.every_fact().values() if fact.rows and not audit_words.row_of(fact.rows)
    ]


def test_words_are_the_readers():
    with translation.override("en"):
        english = {key: str(fact.label) for key, fact in audit_words.every_fact().items()}
    bokmaal = {key: str(fact.label) for key, fact in audit_words.every_fact().items()}
    assert sum(english[key] != bokmaal[key] for key in english) > 0.8 * len(english)


def test_no_child_and_nobody_who_answers_has_a_name_in_the_log():
    for name in ("Pupil", "Enrolment", "Code", "Consent", "Namesake", "ErasureRequest", "Holder"):
        assert audit_words.row_of(name).name is None, name


def test_no_name_of_a_row_is_made_from_a_child():
    rows = [audit_words.row_of(one._meta.object_name) for one in LOGGED]
    for row in rows:
        assert not any("pupil" in part or "holder" in part for part in row.with_)
        if row.name is not None and inspect.isfunction(row.name):
            assert "pupil" not in inspect.getsource(row.name)


def test_labels_are_found_by_table_first():
    assert label_of("Organisation", "number") == "organisasjonsnummer"
    assert label_of("Circle", "number") == "nummer"
    assert label_of("Wave", "no_such") == "no_such"
