"""Which schools and kindergartens the demo has, how large each is, and where pupils go after grade 7."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .names import kindergarten_names, school_names
from .places import Municipality, hedmark, invented
from .sizes import Size
from .streams import stream

FIRST_SECONDARY_GRADE = 8
LAST_GRADE = 10
FEW_IN_ALL = 350  # a municipality with fewer pupils keeps its lower secondary grades in a school for all grades


@dataclass(frozen=True)
class School:
    """A school to be: `weight` is its share of each year's new pupils (0 for a pure lower secondary school)."""

    name: str
    code: str
    municipality: int
    grades: tuple[int, int]
    weight: float
    goes_on_to: int  # which school its pupils are in from grade 8 on


@dataclass(frozen=True)
class Kindergarten:
    """A kindergarten to be."""

    name: str
    code: str
    municipality: int


@dataclass(frozen=True)
class WorldPlan:
    """The places of a demo world."""

    size: Size
    municipalities: list[Municipality]
    schools: list[School]
    kindergartens: list[Kindergarten]


def make_plan(size: Size) -> WorldPlan:
    """The same plan each time for the same size."""
    municipalities = hedmark() + list(invented(size.invented_regions))
    home = [number for number, place in enumerate(municipalities) if _has_units(place, size)]
    population = np.array([municipalities[number].population for number in home], dtype=float)
    names = iter(school_names(size.schools))
    schools: list[School] = []
    # Large municipalities have larger schools, so schools follow the population more slowly than pupils do.
    for number, count, share in zip(
        home, shares(population**0.8, size.schools), population / population.sum(), strict=True
    ):
        place = municipalities[number]
        chosen = [next(names) for _ in range(count)]
        schools += _schools_of(number, place, chosen, share, share * size.pupils, len(schools))
    hedmark_home = [number for number in home if municipalities[number].number_from_2020]
    kindergartens = _kindergartens(municipalities, hedmark_home, size.kindergartens)
    return WorldPlan(size, municipalities, schools, kindergartens)


def _has_units(place: Municipality, size: Size) -> bool:
    if size.municipalities:
        return place.name in size.municipalities
    return not size.regions or place.region in size.regions


def shares(weights: NDArray[np.float64], total: int) -> list[int]:
    """Whole numbers of at least one that add to `total` and follow the weights (largest remainders)."""
    free = total - len(weights)
    exact = weights / weights.sum() * free
    whole = np.floor(exact).astype(int)
    most_left = np.argsort(whole - exact, kind="stable")[: free - int(whole.sum())]
    whole[most_left] += 1
    return [int(number) + 1 for number in whole]


def _schools_of(
    number: int, place: Municipality, names: list[str], share: float, pupils: float, first: int
) -> list[School]:
    """The schools of one municipality; `first` is the number the first of them gets."""
    rng = stream("schools", place.short)
    count = len(names)
    apart = 0
    if count >= 3 and pupils >= FEW_IN_ALL:
        apart = min(count // 3, max(1, round(0.3 * pupils / 320)))
    primary = count - apart
    weights = rng.dirichlet(np.full(primary, 2.5)) * 0.85 + 0.15 / primary
    weights = np.sort(weights)[::-1] * share
    # The largest school of a municipality without a lower secondary school takes all grades.
    targets = [first + primary + one for one in range(apart)] or [first]
    schools = []
    for one, name in enumerate(names):
        upper = one >= primary
        kind = " ungdomsskole" if upper else " skole"
        whole = not apart and one == 0
        grades = (FIRST_SECONDARY_GRADE, LAST_GRADE) if upper else (1, LAST_GRADE if whole else 7)
        schools.append(
            School(
                name=name + kind,
                code=f"S-{place.short}-{one + 1:02d}",
                municipality=number,
                grades=grades,
                weight=0.0 if upper else float(weights[one]),
                goes_on_to=first + one if upper else targets[one % len(targets)],
            )
        )
    return schools


def _kindergartens(municipalities: list[Municipality], home: list[int], total: int) -> list[Kindergarten]:
    names = iter(kindergarten_names(total))
    population = np.array([municipalities[number].population for number in home], dtype=float)
    return [
        Kindergarten(f"{next(names)} barnehage", f"B-{municipalities[number].short}-{one + 1:02d}", number)
        for number, count in zip(home, shares(population**0.9, total), strict=True)
        for one in range(count)
    ]
