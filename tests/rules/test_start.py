"""The portal starts, and shows what was released, without what only computing and printing need.

Each is asked in a process of its own, as the modules that this one has loaded tell nothing.
"""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
HEAVY = ("scipy", "numba", "polars", "typst", "kfl.stats")

# Says of each unwanted module which modules of ours stood behind the import, the nearest first.
WATCHED = """
import os, sys

unwanted, wanted = os.environ["UNWANTED"].split(), os.environ["WANTED"].split()

class Watch:
    def find_spec(self, name, path=None, target=None):
        if name in unwanted:
            frame, ours = sys._getframe(1), []
            while frame:
                module = frame.f_globals.get("__name__", "")
                if module.startswith("kfl.") and module not in ours:
                    ours.append(module)
                frame = frame.f_back
            print(name, "imported by", " < ".join(ours) or "nobody of ours")

sys.meta_path.insert(0, Watch())
import django
django.setup()
from importlib import import_module
for module in wanted:
    import_module(module)
from django.urls import get_resolver
if "kfl.web.urls" in wanted:
    assert get_resolver().url_patterns
print("loaded", len(sys.modules))
"""


def _imported(wanted: list[str], unwanted: list[str], data: Path) -> list[str]:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "kfl.web.settings", "KFL_DATA": str(data / "none")}
    environment |= {"WANTED": " ".join(wanted), "UNWANTED": " ".join(unwanted)}
    done = subprocess.run(
        [sys.executable, "-c", WATCHED], env=environment, capture_output=True, text=True, check=True, cwd=ROOT
    )
    *found, last = done.stdout.splitlines()
    assert last.startswith("loaded ")
    return found


def _reading() -> list[str]:
    """The modules that read releases, as the import contract names them."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    named: list[str] = next(one["source_modules"] for one in contracts if one.get("id") == "reading")
    return named


def test_addresses_load_nothing_that_computes_or_prints(tmp_path: Path) -> None:
    assert _imported(["kfl.web.urls"], list(HEAVY), tmp_path) == []


def test_reading_a_release_loads_no_numpy(tmp_path: Path) -> None:
    assert _imported(_reading(), ["numpy", *HEAVY], tmp_path) == []


@pytest.mark.parametrize(
    ("module", "behind"),
    [
        ("kfl.results.making.release", "numpy imported by kfl."),
        ("kfl.analysis.quality", "kfl.stats imported by kfl.analysis.quality"),
    ],
)
def test_what_computes_is_seen_to_load_it(module: str, behind: str, tmp_path: Path) -> None:
    """So that the two above would see it too."""
    assert any(line.startswith(behind) for line in _imported([module], ["numpy", *HEAVY], tmp_path))
