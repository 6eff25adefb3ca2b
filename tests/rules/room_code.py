"""What the code of a room may do, told in a sentence with file and line: of this tree, or of a copy with a room more.

What is allowed is listed here, never what is forbidden: a room that nobody thought of may nothing of it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from tests.rules.house import ROOT, House

WORK = {"actions", "jobs", "chores", "migrations", "demo", "cli"}  # what these hold is the portal's own work
# Who else asks for every row as the portal's own work; each call says why.
SYSTEM = {
    "people/queries.py", "people/unit_paths.py", "people/rosters", "surveys/imports", "surveys/reminders",
    "research/making", "results/making",
    "results/exports/rows.py", "surveys/consent/undoing.py", "surveys/ties.py", "surveys/counts/nightly.py",
    "surveys/letters/to_parents.py", "surveys/waves/closing_itself.py", "surveys/waves/invited.py",
    "surveys/waves/mails.py", "surveys/waves/membership.py", "surveys/waves/tree.py",
}  # fmt: skip
# Of which tables anybody may know what stands there.
PUBLIC = {
    "Organisation": "stands in an open register",
    "Unit": "names of schools and municipalities are known",
    "UnitCode": "a code is not secret; what it leads to is asked for by its reader",
    "Questionnaire": "what is asked is not secret",
    "QuestionnaireVersion": "what is asked is not secret",
    "Item": "what is asked is not secret",
    "Wave": "what is asked, and what parents are told, is public",
    "KnownLinkKey": "a fingerprint gives nothing away",
}
# Who writes rows beside actions, jobs and chores.
WRITERS = {
    "core/lifecycle.py": "moves a row for the action that asks it to",
    "core/lists/taking_back.py": "puts back what a list changed, within an action",
    "core/mail/outbox.py": "the queue of mails, whose rows are nobody's",
    "core/mail/sending.py": "the queue of mails, whose rows are nobody's",
    "people/audit_chain.py": "writes the lines themselves",
    "people/scoping.py": "the manager through which actions make rows",
    "people/found.py": "the rows through which actions write",
    "people/rosters/importing.py": "what a list changed, within the action that takes it in",
    "people/rosters/undoing.py": "what a list changed, within the action that takes it back",
    "people/unit_paths.py": "what lies under units that an action has moved",
    "questionnaires/freezing.py": "called by the action that opens a wave",
    "results/models.py": "a release is inserted and never changed",
    "surveys/codes/inviting.py": "called by actions that invite",
    "surveys/consent/undoing.py": "what a list changed, within the action that takes it back",
    "surveys/counts/invited_counts.py": "called by actions that invite",
    "surveys/counts/nightly.py": "a chore's counts",
    "surveys/imports/file_tree.py": "called by the action that brings a file in",
    "surveys/reminders/outgoing_rounds.py": "a job's count of what became of its mails",
    "surveys/waves/link_keys.py": "fixes the key's fingerprint at its first use",
    "surveys/waves/tree.py": "called by the action that opens a wave",
    "web/views.py": "a person's own language, which no log needs",
    "core/files/pictures.py": "draws a picture anew into memory",
    "surveys/codes/code_sheets.py": "draws a QR code into memory",
    "surveys/store.py": "makes the key of a wave's codes, which is a file",
}
STATES = {
    "core/jobs.py",
    "core/mail/sending.py",
    "core/lifecycle.py",
}  # queues that nobody's rights hang on, and itself
# Libraries that any room may use; the others stand in `REACHES` with the modules that may.
LIBRARIES = {
    "__future__", "abc", "ast", "base64", "bisect", "collections", "contextlib", "copy", "dataclasses", "datetime",
    "decimal", "enum", "functools", "hashlib", "html", "inspect", "io", "itertools", "json", "math", "operator",
    "random", "re", "secrets", "statistics", "string", "typing", "unicodedata", "uuid",
    "zoneinfo", "django", "kfl", "msgspec",
}  # fmt: skip
REACHES = {
    "PIL": {"core/files"},
    "allauth": {"people/actions", "people/freshness.py", "people/signin.py", "web"},
    "asyncio": {"web"},
    "contextvars": {"people/audit.py", "people/held.py", "surveys/store.py"},
    "cryptography": {"results/making/sealed_sums.py"},
    "csp": {"web"},
    "difflib": {"people/rosters"},
    "fcntl": {"core/files"},
    "hmac": {"people/audit_chain.py"},
    "http": {"web"},
    "huey": {"core/jobs.py"},
    "icalendar": {"core/calendar.py"},
    "importlib": {"research/making", "web/rooms.py"},
    # What is logged leaves the portal's rights: these log keys and names of classes.
    "logging": {
        "core/chores.py", "core/jobs.py", "core/mail", "people/audit_heads.py", "people/audit_reading.py",
        "results/making/panel_partners.py", "web/unfit.py",
    },
    "markupsafe": {"core/templatetags", "results/reading"},
    # Heavy: what readers wait for has none of it at the top.
    "numpy": {"research/making", "research/audit_counts.py", "research/release_audit.py", "results/making",
              "surveys/counts/nightly.py", "surveys/imports", "surveys/waves/invited.py"},
    "os": {"core/files", "core/key_files.py", "people/audit_heads.py", "web"},
    "pathlib": {"core/files", "core/kept.py", "core/key_files.py", "core/templatetags", "people/audit_chain.py",
                "people/audit_heads.py", "questionnaires/actions/standard.py", "research/making", "results/making",
                "surveys/imports", "surveys/store.py", "surveys/waves/link_keys.py", "web"},
    "scipy": {"research/making", "results/making"},
    "segno": {"surveys/codes"},
    "smtplib": {"core/mail"},
    "stat": {"core/key_files.py"},
    "sys": {"core/chores.py"},
    "threading": {"core/chores.py"},
    "time": {"core/chores.py", "core/jobs.py", "core/mail", "people/freshness.py", "people/views/address.py"},
    "types": {"core/kept.py", "web"},
    "urllib": {"core/offers.py", "web"},
    "warnings": {"core/files"},
    "whitenoise": {"web"},
    "zlib": {"research", "results"},
}  # fmt: skip
WRITE = {"save", "create", "update", "delete", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}
NAIVE = {"datetime.now", "datetime.today", "datetime.utcnow", "date.today"}


class Source(NamedTuple):
    """A module of a room that Django knows."""

    name: str
    tree: ast.Module

    @property
    def is_work(self) -> bool:
        return bool(WORK & set(Path(self.name).with_suffix("").parts))

    def stands_in(self, listed: object) -> bool:
        return any(self.name == one or self.name.startswith(f"{one}/") for one in listed)  # type: ignore[attr-defined]

    def calls(self) -> Iterator[tuple[ast.Call, str, str]]:
        """Each call, with the name of what is called and the whole of it as written."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                yield node, name, ast.unparse(node.func)

    def at(self, node: ast.AST) -> str:
        return f"src/kfl/{self.name}:{node.lineno}"  # type: ignore[attr-defined]


class RoomCode:
    """The modules and templates of rooms that Django knows."""

    def __init__(self, root: Path = ROOT) -> None:
        self.house = House(root)
        self.package = root / "src/kfl"

    @cached_property
    def rooms(self) -> list[str]:
        return sorted({*self.house.listed_rooms, "web"} - {"demo"})

    @cached_property
    def sources(self) -> list[Source]:
        paths = [path for room in self.rooms for path in sorted((self.package / room).rglob("*.py"))]
        written = [path for path in paths if "migrations" not in path.parts]
        return [
            Source(path.relative_to(self.package).as_posix(), ast.parse(path.read_text("utf-8"))) for path in written
        ]

    @cached_property
    def templates(self) -> list[tuple[str, str]]:
        paths = [path for room in self.rooms for path in sorted((self.package / room).rglob("*.html"))]
        return [(path.relative_to(self.package).as_posix(), path.read_text("utf-8")) for path in paths]

    def faults(self) -> Iterator[str]:
        for rule in RULES.values():
            yield from rule(self)


def every_row(code: RoomCode) -> Iterator[str]:
    """Who asks for every row: the portal's own work, and whoever shows what is public."""
    for source in code.sources:
        constants = {
            target.id: ast.unparse(node.value).strip("'\"")
            for node in ast.walk(source.tree) if isinstance(node, ast.Assign)
            for target in node.targets if isinstance(target, ast.Name)
        }  # fmt: skip
        for node, name, whole in source.calls():
            if name != "everywhere" or not node.keywords:
                continue
            why = ast.unparse(node.keywords[0].value).strip("'\"")
            kind, model = constants.get(why, why).partition(":")[0], whole.split(".")[0]
            if kind == "system" and not source.is_work and not source.stands_in(SYSTEM):
                yield f"{source.at(node)}: this runs for a reader: ask {model} by visible_to or within, not everywhere"
            if kind == "public" and model not in PUBLIC:
                yield (
                    f"{source.at(node)}: {model} is not public: ask by visible_to or within, "
                    "or say in tests/rules/room_code.py, PUBLIC, why anybody may know it"
                )


def writing(code: RoomCode) -> Iterator[str]:
    """Rows are written by actions, jobs and chores."""
    for source in code.sources:
        if source.is_work or source.name in WRITERS:
            continue
        for node, name, whole in source.calls():
            is_dictionary = name == "update" and (bool(node.args) or whole.startswith("self."))
            if name in WRITE and not is_dictionary and "." in whole:
                yield f"{source.at(node)}: {whole}() goes past the log: write rows in an action (actions.py, @action)"


def states(code: RoomCode) -> Iterator[str]:
    """A row's state is moved by its lifecycle."""
    for source in code.sources:
        if source.name in STATES:
            continue
        for node in ast.walk(source.tree):
            is_first = isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign)
            targets = (node.targets if isinstance(node, ast.Assign) else [node.target]) if is_first else []  # type: ignore[union-attr]
            parts = [part for target in targets for part in ast.walk(target)]
            assigned = any(isinstance(part, ast.Attribute) and part.attr in {"state", "__dict__"} for part in parts)
            if assigned or (isinstance(node, ast.Call) and _sets_state(node)):
                yield f"{source.at(node)}: a state is written by hand: move the row by LIFE.move(row, to, …)"


def _sets_state(node: ast.Call) -> bool:
    name = ast.unparse(node.func)
    if name == "setattr" and len(node.args) > 1:
        return ast.unparse(node.args[1]).strip("'\"") == "state"
    return (".__dict__." in name and not name.endswith(".get")) or (
        name.endswith(".update") and any(word.arg == "state" for word in node.keywords)
    )


def clock_and_addresses(code: RoomCode) -> Iterator[str]:
    """Moments have a zone, addresses a name, and what a page says is translated."""
    for source in code.sources:
        for node, name, whole in source.calls():
            if ".".join(whole.split(".")[-2:]) in NAIVE and not node.args and not node.keywords:
                yield f"{source.at(node)}: {whole}() knows no time zone: use django.utils.timezone.now() or localdate()"
            first = ast.unparse(node.args[0]).lstrip("f").strip("'\"") if node.args else ""
            if name in {"redirect", "HttpResponseRedirect"} and first.startswith("/"):
                yield f'{source.at(node)}: an address by hand: name it, redirect("room:name"), so that it can move'
            if (
                whole.startswith("messages.")
                and len(node.args) > 1
                and isinstance(node.args[1], ast.Constant | ast.JoinedStr)
            ):
                yield f'{source.at(node)}: this is said in one language: put the text into gettext, _("…")'


def libraries(code: RoomCode) -> Iterator[str]:
    """Whatever reaches out of the process, or is heavy, is listed with who may."""
    for source in code.sources:
        for node in ast.walk(source.tree):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module or ""]
            for name in names:
                top = name.split(".")[0]
                if top not in LIBRARIES and not source.stands_in(REACHES.get(top, ())):
                    yield (
                        f"{source.at(node)}: {name} is not for every room (files, network, the log, or heavy)"
                        ": use what core has, or list the module in tests/rules/room_code.py, REACHES"
                    )
        for node, _name, whole in source.calls():
            if whole == "open":
                yield f"{source.at(node)}: opens a file: keep it by kfl.core.files, give it out by core.downloads"


POST_FORM = re.compile(r"<form[^>]*method=\"?post.*?</form>", re.IGNORECASE | re.DOTALL)
NO_TOKEN = {
    "surveys/templates/surveys/rating_open.html": "is sent to intake, which has no session",
    "surveys/templates/surveys/reminders_out.html": "the address itself is the proof",
}
# Names of languages and of kinds of files, and symbols, which are the same in each.
UNTRANSLATED = {"SE", "SE²", "PDF", "CSV", "XLSX", "Excel", "bokmål", "nynorsk", "English", "Bokmål", "Nynorsk"}
TRANSLATED = re.compile(
    r"\{% blocktrans(?:late)?\b.*?\{% endblocktrans(?:late)? %\}|"
    r"\{% comment.*?endcomment %\}|\{% block main_class %\}.*?\{% endblock %\}",
    re.DOTALL,
)
MARKUP = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}|<!--.*?-->|<[^>]*>|&#?\w+;", re.DOTALL)


def templates(code: RoomCode) -> Iterator[str]:
    """Forms that write hold their token, and every word goes through the catalogues."""
    for name, text in code.templates:
        for form in POST_FORM.finditer(text):
            if "csrf_token" not in form[0] and name not in NO_TOKEN:
                line = text.count("\n", 0, form.start()) + 1
                yield f"src/kfl/{name}:{line}: a form that writes has no token: put {{% csrf_token %}} into it"

        def blank(match: re.Match[str]) -> str:
            return "\n" * match[0].count("\n")

        bare = MARKUP.sub(blank, TRANSLATED.sub(blank, text))
        for number, line in enumerate(bare.splitlines(), start=1):
            words = [word for word in re.findall(r"[^\W\d_]{3,}", line) if word not in UNTRANSLATED]
            if words:
                yield f'src/kfl/{name}:{number}: {words[0]!r} is said in one language: put it into {{% trans "…" %}}'


RULES: dict[str, Callable[[RoomCode], Iterator[str]]] = {
    rule.__name__: rule for rule in (every_row, writing, states, clock_and_addresses, libraries, templates)
}
