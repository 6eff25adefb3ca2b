"""Who meets what: a file a room, and in it a line for each of the room's addresses. One without a line fails the build.

A line says in which set of `lines.py` a person must have the object, which objects there are to try, and whose names
may stand on the page.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

from tests.rules.lines import Line

_FILES = sorted(path.stem for path in Path(__file__).parent.glob("[!_]*.py"))
POLICY: dict[str, Line] = {
    f"{room}:{name}": line for room in _FILES for name, line in import_module(f"{__name__}.{room}").LINES.items()
}


def to_mend(addresses: Iterable[str]) -> list[str]:
    """A sentence for each address that has no line, and for each line whose address is not there."""
    there = set(addresses)

    def file(name: str) -> str:
        return f"tests/rules/policy/{name.partition(':')[0]}.py"

    return [
        *(f"add a line for {name} to {file(name)}" for name in sorted(there - set(POLICY))),
        *(f"take the line for {name} out of {file(name)}" for name in sorted(set(POLICY) - there)),
    ]
