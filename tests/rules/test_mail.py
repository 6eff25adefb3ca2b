"""Mail is sent by the worker and never within a request."""

from __future__ import annotations

import ast
from pathlib import Path

import allauth

from tests.rules.test_code import PACKAGE

# What may speak to a mail server: it runs in the worker alone.
SENDERS = {"core/mail/sending.py"}
SENDING = {"send_mail", "send_mass_mail", "mail_admins", "mail_managers", "send_messages", "email_user"}


def _sends(tree: ast.AST) -> list[int]:
    """Where mail is sent: by Django's shortcuts, or by `.send()` of a message."""
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in SENDING or (name == "send" and not node.args and not node.keywords):
            found.append(node.lineno)
    return found


def test_only_the_worker_speaks_to_a_mail_server():
    found = {
        path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py") if _sends(ast.parse(path.read_text()))
    }
    assert found <= SENDERS
    assert found == SENDERS, "else the rule looks for nothing"


def test_only_the_outbox_asks_for_a_connection():
    """A database's connection has the same name; the mail server's comes from this module."""
    users = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom)
        if (node.module or "").startswith("django.core.mail")
    }
    assert users == SENDERS


def test_the_sign_in_library_sends_by_its_adapter_alone():
    """Whose `send_mail` is ours (people/signin.py)."""
    root = Path(allauth.__file__).parent
    found = set()
    for path in root.rglob("*.py"):
        source = path.read_text()
        if "tests" not in path.parts and ("EmailMessage" in source or "django.core.mail" in source):
            found.add(path.relative_to(root).as_posix())
    assert found == {"account/adapter.py"}
