"""Hedmark's 22 real municipalities with both sets of codes; for the nation, invented ones beside them.

`municipalities.csv` is a table of our own making from public facts. Sources: Statistics Norway, population
1 January 2013; the official municipality numbers before and after 1 January 2020; the county's own list of
municipalities and regions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files

from kfl.tables import read_table

from .names import place_names
from .streams import stream


@dataclass(frozen=True)
class Municipality:
    """A municipality; invented ones have no official number."""

    name: str
    region: str
    population: int
    number_until_2019: str = ""
    number_from_2020: str = ""
    own_code: str = ""

    @property
    def short(self) -> str:
        """What codes of its schools are made from."""
        return self.number_from_2020 or self.own_code


def hedmark() -> list[Municipality]:
    """The 22 municipalities, by their number."""
    table = read_table(files(__package__).joinpath("municipalities.csv").read_bytes())
    return [
        Municipality(
            name=row["name"],
            region=row["region"],
            population=int(row["population_2013"]),
            number_until_2019=row["number_until_2019"],
            number_from_2020=row["number_from_2020"],
        )
        for row in table.rows
    ]


def invented(regions: int) -> Iterator[Municipality]:
    """Regions of ten invented municipalities each, as unlike in size as the real ones."""
    rng = stream("invented municipalities")
    names = place_names(regions * 11)
    for region in range(regions):
        name = f"{names.pop()} (oppdiktet)"
        for number in range(10):
            population = int(min(60_000, 1_200 + rng.lognormal(9.0, 0.9)))
            yield Municipality(names.pop(), name, population, own_code=f"X{region + 1:02d}{number:02d}")
