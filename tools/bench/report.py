"""The lines of docs/benchmarks.md: a name, a blank, a ratio; date and ingredients beside it."""

import os
import platform
from dataclasses import dataclass
from datetime import date
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs/benchmarks.md"
HEAD = """# Benchmarks

Appended by `make bench`. Absolute figures drift with the machine; a ratio's two parts were measured in the same run.
Each line: name, ratio (what is smaller or larger than what stands beside it), date, ingredients.
"""


@dataclass(frozen=True)
class Line:
    """One figure."""

    name: str
    ratio: float
    ingredients: str

    def __str__(self) -> str:
        machine = f"{os.cpu_count()} cores, Python {platform.python_version()}"
        return f"{self.name} {self.ratio:.2f} – {date.today().isoformat()}, {machine}: {self.ingredients}"


def append(lines: list[Line]) -> None:
    """Print the lines and put them at the end of the page."""
    text = PAGE.read_text() if PAGE.exists() else HEAD
    text = text.rstrip("\n") + "\n\n" + "\n\n".join(str(line) for line in lines) + "\n"
    PAGE.write_text(text)
    print("\n".join(str(line) for line in lines))
