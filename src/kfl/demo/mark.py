"""The mark of a demo data folder: the file `demo.json`. One-click sign-in exists only where it lies."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

NAME = "demo.json"
# What an empty folder may hold already: commands that make the folder make this key in it.
HARMLESS = {Path("keys/secret.key")}


class FolderInUse(ValueError):
    """The folder holds data; a demo is built only where there is none."""


class NotADemo(LookupError):
    """The folder was not made by `kfl demo`."""


@dataclass
class Mark:
    """What the demo remembers of itself. `first` lists, for each role, whom to show first."""

    size: str
    built_on: str  # ISO date
    finished: bool = False
    open_wave: str = ""
    first: dict[str, list[str]] = field(default_factory=dict)


def claim(data: Path, mark: Mark) -> None:
    """Mark a new or empty folder as a demo, before anything else is put there.

    Raises
    ------
    FolderInUse
        There is a file in it.
    """
    if data.exists():
        for path in sorted(data.rglob("*")):
            if path.is_file() and path.relative_to(data) not in HARMLESS:
                raise FolderInUse(path.relative_to(data).as_posix())
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    write(data, mark)


def write(data: Path, mark: Mark) -> None:
    """Write the mark; what reads it sees the old or the new one, never half of it."""
    unfinished = data / f"{NAME}.new"
    unfinished.write_text(json.dumps(asdict(mark), ensure_ascii=False, indent=1), encoding="utf-8")
    unfinished.replace(data / NAME)


def read(data: Path) -> Mark:
    """The mark of a demo folder."""
    try:
        return Mark(**json.loads((data / NAME).read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise NotADemo(str(data)) from error
