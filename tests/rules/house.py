"""What the lists say that guard the rooms, and what is wrong with them: of this tree, or of a copy with a room more."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
ABOVE = {"web", "cli"}  # what puts the rooms together, and is none of its own list
FOUND_BY_NAME = (
    "models",
    "urls",
    "home",
    "jobs",
    "chores",
    "happenings",
    "offers",
    "audit_words",
)  # read as their room is listed


class House:
    """A tree with `pyproject.toml`, `CONTRIBUTING.md` and the rooms under `src/kfl/`."""

    def __init__(self, root: Path = ROOT) -> None:
        self.root = root
        self.package = root / "src/kfl"
        self.rooms = {path.parent.name for path in self.package.glob("*/__init__.py")}

    @cached_property
    def tools(self) -> dict[str, Any]:
        found: dict[str, Any] = tomllib.loads((self.root / "pyproject.toml").read_text("utf-8"))["tool"]
        return found

    def contract(self, key: str) -> dict[str, Any]:
        return next(one for one in self.tools["importlinter"]["contracts"] if one["id"] == key)

    @property
    def layers(self) -> list[set[str]]:
        """The rooms from top to bottom, those that stand beside each other together."""
        return [set(re.findall(r"\w+", line)) for line in self.contract("layers")["layers"]]

    @property
    def plain_rooms(self) -> set[str]:
        """Those that know no Django."""
        return self.rooms - {name.removeprefix("kfl.") for name in self.contract("django")["allowed_importers"]}

    @cached_property
    def listed_rooms(self) -> list[str]:
        """`ROOMS` of web/rooms.py, as it stands there."""
        tree = ast.parse((self.package / "web/rooms.py").read_text("utf-8"))
        return next(
            list(ast.literal_eval(node.value))
            for node in tree.body
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "ROOMS"
        )

    @property
    def documented_rooms(self) -> set[str]:
        """Those that docstring rules bind."""
        rule = re.compile(r"!src/kfl/\{(.+)\}/\*\*")
        found = [match[1] for name in self.tools["ruff"]["lint"]["per-file-ignores"] if (match := rule.fullmatch(name))]
        return {name for names in found for name in names.split(",")}

    @property
    def contributing(self) -> str:
        text = (self.root / "CONTRIBUTING.md").read_text("utf-8")
        return text.partition("## The rooms")[2].partition("\n## ")[0]

    @property
    def drawn_layers(self) -> list[set[str]]:
        """The diagram of rooms in CONTRIBUTING."""
        return [set(re.findall(r"\w+", line)) for line in self.contributing.split("```")[1].strip().splitlines()]

    @property
    def described_rooms(self) -> set[str]:
        """The table of rooms in CONTRIBUTING."""
        return set(re.findall(r"^\| `(\w+)` \|", self.contributing, re.MULTILINE))

    def faults(self) -> Iterator[str]:
        """A sentence for each list that a room is missing from, or that names one which is not there."""
        yield from self._faults_of_the_list()
        for room in sorted(self.plain_rooms - self.documented_rooms):
            yield f"{room}: knows no Django, so others use it as a library: put it under ruff's docstring rules"
        for room in sorted(self.documented_rooms - self.plain_rooms):
            yield f"{room}: stands under ruff's docstring rules and is no plain room"
        for room in sorted(self.rooms - self.described_rooms):
            yield f"{room}: CONTRIBUTING's table of rooms does not say what it is about"
        for room in sorted(self.described_rooms - self.rooms):
            yield f"{room}: CONTRIBUTING's table describes a room that is not there"
        for room in sorted(self.rooms):
            if not any((self.root / "tests" / room).glob("**/test_*.py")):
                yield f"{room}: has no test: write tests/{room}/test_….py"
        if self.drawn_layers != self.layers:
            yield "CONTRIBUTING's diagram of rooms is not that of the layers in pyproject.toml"

    def _faults_of_the_list(self) -> Iterator[str]:
        listed = self.listed_rooms
        for room in sorted(self.rooms - self.plain_rooms - ABOVE - set(listed)):
            yield f"{room}: may know Django and does not stand in web/rooms.py, so nothing of it is installed"
        for room in listed:
            if room not in self.rooms - self.plain_rooms:
                yield f"{room}: stands in web/rooms.py and is no room that may know Django"
        for room in sorted(self.rooms - ABOVE - set(listed)):
            for name in FOUND_BY_NAME:
                if (self.package / room / f"{name}.py").exists() or (self.package / room / name).is_dir():
                    yield f"{room}: its {name} are never read, as it does not stand in web/rooms.py"
        for room in listed:
            models = [self.package / room / name for name in ("models.py", "models")]
            has_models = any(path.exists() and "(models.Model)" in _text(path) for path in models)
            if has_models and not (self.package / room / "migrations/__init__.py").exists():
                yield f"{room}: has models and no migrations, so that its tables are never made"
        layer_of = {room: number for number, layer in enumerate(self.layers) for room in layer}
        numbers = [layer_of[room] for room in listed if room in layer_of]
        if numbers != sorted(numbers):
            yield "web/rooms.py does not name the rooms from top to bottom, as the layers in pyproject.toml do"


def _text(path: Path) -> str:
    paths = sorted(path.glob("*.py")) if path.is_dir() else [path]
    return "\n".join(one.read_text("utf-8") for one in paths)
