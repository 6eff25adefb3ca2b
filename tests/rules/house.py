"""What the lists say that guard the rooms, and what is wrong with them: of this tree, or of a copy with a room more."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


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
        for room in sorted(self.plain_rooms - self.documented_rooms):
            yield f"{room}: knows no Django, so others use it as a library: put it under ruff's docstring rules"
        for room in sorted(self.documented_rooms - self.plain_rooms):
            yield f"{room}: stands under ruff's docstring rules and is no plain room"
        for room in sorted(self.rooms - self.described_rooms):
            yield f"{room}: CONTRIBUTING's table of rooms does not say what it is about"
        for room in sorted(self.described_rooms - self.rooms):
            yield f"{room}: CONTRIBUTING's table describes a room that is not there"
        if self.drawn_layers != self.layers:
            yield "CONTRIBUTING's diagram of rooms is not that of the layers in pyproject.toml"
