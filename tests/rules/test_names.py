"""One word, one meaning: no two classes of one name, and no two modules but those that a reader meets as one thing."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import kfl

PACKAGE = Path(kfl.__file__).parent
# Files that every room or topic may have (CONTRIBUTING, "The rooms"); a topic stands in each of these folders.
STANDARD = {
    "__init__", "actions", "apps", "audit_words", "chores", "forms", "happenings", "home", "jobs", "lookups", "mails",
    "models", "offers", "queries", "states", "ties", "trails", "urls", "views",
}  # fmt: skip
BY_TOPIC = {"actions", "forms", "models", "views"}
ROOMS_OF_THEIR_OWN = {
    "cli": "a module a subcommand, named as one types it",
    "core/formats": "Django asks for these names",
    "demo": "a module a thing that it invents, named as the thing",
}
SAME_THING = {
    "bundle": "the frozen text of a wave: how it is stored, and how a wave becomes one",
    "codebook": "the one reader of codebooks, and what results need besides",
    "columns": "a table's columns; the kernels' columns keep their place, since compiled code is cached by it",
    "drawings": "of a code's characters: drawn, and named for those who hear",
    "media": "sound and picture of a question: as named by its row, and as frozen for respondents",
    "payload": "what a frozen result holds, each room's its own; read through the room alone",
    "reliability": "of a scale: the estimate, and the estimate over a whole wave made with a release",
    "sounds": "recorded sound: told by its bytes, and given out piece by piece",
    "store": "the store of answers, and the portal's way to it",
    "tree": "of a wave: as it is frozen, and as the rules of disclosure see it",
    "undoing": "of a list that was put in: each kind of list its own",
    "waiting": "for a yes, between file and rows: any files, and the one list",
}


def _modules() -> Iterator[Path]:
    for path in sorted(PACKAGE.rglob("*.py")):
        if "migrations" not in path.parts:
            yield path.relative_to(PACKAGE)


def homonymous_modules() -> dict[str, list[str]]:
    found = defaultdict(list)
    for path in _modules():
        own = any(str(path).startswith(f"{room}/") for room in ROOMS_OF_THEIR_OWN)
        if not own and path.stem not in STANDARD and path.parent.name not in BY_TOPIC:
            found[path.stem].append(str(path))
    return {name: paths for name, paths in found.items() if len(paths) > 1}


def homonymous_classes() -> dict[str, list[str]]:
    found = defaultdict(list)
    for path in _modules():
        for node in ast.parse((PACKAGE / path).read_text()).body:
            if isinstance(node, ast.ClassDef):
                found[node.name].append(str(path))
    return {name: paths for name, paths in found.items() if len(paths) > 1}


def test_two_modules_of_one_name_are_about_one_thing():
    found = homonymous_modules()
    assert {name: paths for name, paths in found.items() if name not in SAME_THING} == {}
    assert set(SAME_THING) <= set(found), "no longer two of these: take the reason out"
    assert all(SAME_THING.values())


def test_two_classes_never_have_one_name():
    assert homonymous_classes() == {}
