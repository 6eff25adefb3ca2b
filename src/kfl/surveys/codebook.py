"""The codebook of answers collected elsewhere: which column is which item of which scale, and its codes.

Columns: scale, scale_label_nb, scale_label_en (one of them may be missing), favourable (high|low), item, topic,
reverse (0|1), code_1, code_2, … with the words of each code.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation import gettext as _

from kfl.core.text import TranslatedText

from .csv_file import FileProblem, WrongFile, read_table
from .models import Favourable

NEEDED = ("scale", "favourable", "item", "topic", "reverse", "code_1", "code_2")
MOST_CODES = 11


@dataclass(frozen=True)
class BookItem:
    """An item: the column that holds its answers, and the words of codes 1, 2, …"""

    key: str
    topic: str
    reversed: bool
    labels: tuple[str, ...]


@dataclass
class BookScale:
    """A scale and its items."""

    key: str
    name: TranslatedText
    favourable: Favourable
    items: list[BookItem] = field(default_factory=list)


@dataclass(frozen=True)
class Codebook:
    """All scales, in the order of the file."""

    scales: list[BookScale]

    @property
    def items(self) -> list[BookItem]:
        return [item for scale in self.scales for item in scale.items]


def read_codebook(path: Path) -> Codebook:
    """Read a codebook; raises `WrongFile` with everything that is wrong in it."""
    table = read_table(path)
    missing = [column for column in NEEDED if column not in table.columns]
    if missing:
        words = _("kolonnen mangler i kodeboken")
        raise WrongFile(table.name, [FileProblem(1, column, words) for column in missing])
    problems: list[FileProblem] = []
    scales: dict[str, BookScale] = {}
    seen: set[str] = set()
    code_columns = [f"code_{code}" for code in range(1, MOST_CODES + 1) if f"code_{code}" in table.columns]
    for place, number in enumerate(table.rows):
        row = {name: values[place].strip() for name, values in table.columns.items()}
        problems += _row_problems(row, number, code_columns, seen)
        seen.add(row["item"])
        if row["favourable"] not in Favourable.values or not row["scale"]:
            continue
        name = TranslatedText({"nb": row.get("scale_label_nb") or row.get("scale_label_en") or row["scale"]})
        if row.get("scale_label_en"):
            name["en"] = row["scale_label_en"]
        scale = scales.setdefault(row["scale"], BookScale(row["scale"], name, Favourable(row["favourable"])))
        labels = tuple(row[column] for column in code_columns if row[column])
        if scale.favourable != row["favourable"]:
            problems.append(FileProblem(number, "favourable", _("skalaen har en annen retning lenger oppe")))
        if scale.items and len(scale.items[0].labels) != len(labels):
            problems.append(FileProblem(number, "code_1", _("skalaen har et annet antall svartrinn lenger oppe")))
        scale.items.append(BookItem(row["item"], row["topic"] or row["item"], row["reverse"] == "1", labels))
    if problems:
        raise WrongFile(table.name, problems)
    return Codebook(list(scales.values()))


def _row_problems(row: dict[str, str], number: int, code_columns: list[str], seen: set[str]) -> list[FileProblem]:
    found = []
    for column in ("scale", "item"):
        if not row[column]:
            found.append(FileProblem(number, column, _("verdien mangler")))
        elif len(row[column]) > 60:
            found.append(FileProblem(number, column, _("kjennetegnet er lengre enn 60 tegn")))
    if row["item"] in seen:
        found.append(FileProblem(number, "item", _("spørsmålet står to ganger")))
    if row["favourable"] not in Favourable.values:
        found.append(FileProblem(number, "favourable", _("skal være high eller low")))
    if row["reverse"] not in {"0", "1"}:
        found.append(FileProblem(number, "reverse", _("skal være 0 eller 1")))
    given = [bool(row[column]) for column in code_columns]
    if sum(given) < 2 or given != sorted(given, reverse=True):
        found.append(FileProblem(number, "code_1", _("svartrinnene skal stå i rekkefølge fra code_1, minst to")))
    return found
