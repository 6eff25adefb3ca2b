"""The rooms that have models or pages, from top to bottom as they import each other.

From this list alone follow the apps that Django knows (and with them models, templates, jobs and chores), the
addresses, the entries in the page head and the cards on the home page. `web` itself is not in it.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

ROOMS = (
    "demo",
    "research",
    "results",
    "surveys",
    "questionnaires",
    "people",
    "core",
)


def apps() -> list[str]:
    """What Django installs of ours. What stands first may put its template in place of another's."""
    return ["kfl.web", *(f"kfl.{room}" for room in ROOMS)]


def having(module: str) -> list[str]:
    """The full names of the rooms' modules of this name, for those rooms that have one."""
    names = [f"kfl.{room}.{module}" for room in ROOMS]
    return [name for name in names if _is_there(name)]


@cache  # each page asks, and a module that is not there is looked for on disk every time
def _is_there(name: str) -> bool:
    return find_spec(name) is not None


def homes() -> list[ModuleType]:
    """What each room has to say on the home page and in the page head."""
    return [import_module(name) for name in having("home")]
