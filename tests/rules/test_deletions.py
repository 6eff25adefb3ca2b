"""What is deleted is listed. A pupil's key is the only way back to the child's answers, and goes by one door."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

from django.apps import apps
from django.db import models

import kfl
from kfl.people.models import AuditLine, Pupil, User

PACKAGE = Path(kfl.__file__).parent
NAMES = {"delete", "_raw_delete", "adelete"}
TO_PUPILS = {
    "core/lists/taking_back.py": "rows that a list made, where no wave holds them and nothing hangs there",
}
# By file: how many places, and what goes. Whoever adds one says that no pupil and no account can be among the rows.
OTHERS = {
    "core/mail/sending.py": (3, "mails"),
    "people/actions/accounts.py": (1, "the sign-in library's copy of an address"),
    "people/actions/pupils.py": (1, "places in classes that never began"),
    "people/actions/removed_units.py": (1, "units that nothing points at"),
    "people/circles/actions.py": (1, "seats that never began"),
    "questionnaires/actions/editing.py": (2, "scales and items of a draft"),
    "surveys/consent/actions.py": (1, "codes, with their sheets"),
    "surveys/imports/actions/annulling.py": (3, "a wave from a file, and its questionnaire"),
    "surveys/imports/file_tree.py": (1, "that a file brought a unit"),
    "surveys/reminders/actions/rounds.py": (1, "that an address wants no reminders"),
    "surveys/waves/actions/closing.py": (1, "codes"),
    "surveys/waves/actions/rehearsals.py": (1, "codes"),
    "surveys/waves/actions/setup.py": (2, "forms and units of a draft"),
}


def deletions() -> Counter[str]:
    found: Counter[str] = Counter()
    for path in sorted(PACKAGE.rglob("*.py")):
        if (
            "migrations" in path.parts or path.relative_to(PACKAGE).parts[0] == "answers"
        ):  # it knows no rows of Django's
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            named = isinstance(node, ast.Attribute) and node.attr in NAMES
            if named or (isinstance(node, ast.Constant) and node.value in NAMES):
                found[path.relative_to(PACKAGE).as_posix()] += 1
    return found


def test_every_deletion_is_listed_with_what_goes():
    assert deletions() == {**dict.fromkeys(TO_PUPILS, 1), **{name: count for name, (count, _what) in OTHERS.items()}}


def test_no_table_of_pupils_or_accounts_is_emptied_in_sql():
    tables = {model._meta.db_table for model in (Pupil, User)}
    for path in sorted(PACKAGE.rglob("*.py")):
        text = path.read_text().lower()
        assert not [one for one in tables if f"delete from {one}" in text or f'delete from "{one}' in text], path


def test_nothing_takes_a_pupil_with_it():
    """A row goes by cascade with what it points at: a pupil points at nothing that way."""
    pointing = [field for field in Pupil._meta.concrete_fields if isinstance(field, models.ForeignKey)]
    assert pointing
    assert {field.remote_field.on_delete for field in pointing} == {models.PROTECT}


def test_no_account_goes_that_the_log_names():
    """The digest of a line covers the account's key; every key into it that would be emptied is in the way (below)."""
    assert AuditLine._meta.get_field("by").remote_field.on_delete is models.PROTECT


def test_keys_to_pupils_and_accounts_say_what_happens():
    """Taking back sees cascades, emptied keys and refusals. One that does nothing would be missed."""
    seen = {models.CASCADE, models.SET_NULL, models.PROTECT, models.RESTRICT}
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.concrete_fields:
            if isinstance(field, models.ForeignKey) and field.related_model in {Pupil, User}:
                assert field.remote_field.on_delete in seen, field
