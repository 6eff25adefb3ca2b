"""The pupils: when each is born, where each starts, and with whom each shares a home. Plain arrays, a row a pupil."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .names import FAMILIES, given_names
from .plan import FIRST_SECONDARY_GRADE, LAST_GRADE, WorldPlan
from .streams import stream

SIBLINGS = 0.45  # share of pupils with an older sibling two or three years above in the same school
START_AGE = 6
NOT_AT_SCHOOL = -1


@dataclass(frozen=True)
class Population:
    """All pupils of all the school years of a demo, the oldest first."""

    born: NDArray[np.int16]
    start: NDArray[np.int32]  # the school they begin in
    goes_on_to: NDArray[np.int32]  # the school they are in from grade 8
    gender: NDArray[np.int8]  # 0 blank, 1 girl, 2 boy
    household: NDArray[np.int32]
    place: NDArray[np.float32]  # a fixed random number; decides the parallel class
    uuid: NDArray[np.uint8]  # (pupils, 16)
    names: list[str]

    def __len__(self) -> int:
        return len(self.born)

    def grade(self, school_year: int) -> NDArray[np.int16]:
        """The grade of each in the school year that begins in August of `school_year`; -1 outside 1–10."""
        grade = school_year - self.born - START_AGE + 1
        return np.where((grade >= 1) & (grade <= LAST_GRADE), grade, NOT_AT_SCHOOL).astype(np.int16)

    def school(self, school_year: int) -> NDArray[np.int32]:
        """The school of each in that year; meaningless outside grades 1–10."""
        return np.where(self.grade(school_year) >= FIRST_SECONDARY_GRADE, self.goes_on_to, self.start)


def cohorts(school_years: list[int]) -> list[int]:
    """The birth years that are in grades 1–10 in any of the school years, the oldest first."""
    return sorted({year - START_AGE + 1 - grade for year in school_years for grade in range(1, LAST_GRADE + 1)})


def make_population(plan: WorldPlan, school_years: list[int]) -> Population:
    """All pupils; those of a birth year are the same whatever other years there are."""
    weights = np.array([school.weight for school in plan.schools])
    weights /= weights.sum()
    goes_on_to = np.array([school.goes_on_to for school in plan.schools], dtype=np.int32)
    parts: dict[str, list[NDArray[np.generic]]] = {
        key: [] for key in ("born", "start", "gender", "home", "place", "id")
    }
    names: list[str] = []
    homes = _Homes()
    for born in cohorts(school_years):
        rng = stream("pupils", born)
        count = plan.size.pupils_per_grade
        start = np.repeat(np.arange(len(weights), dtype=np.int32), rng.multinomial(count, weights))
        gender = rng.choice(np.array([1, 2, 0], dtype=np.int8), size=count, p=[0.486, 0.504, 0.01])
        household = homes.move_in(born, start, rng)
        parts["born"].append(np.full(count, born, dtype=np.int16))
        parts["start"].append(start)
        parts["gender"].append(gender)
        parts["home"].append(household)
        parts["place"].append(rng.random(count, dtype=np.float32))
        parts["id"].append(rng.integers(0, 256, (count, 16), dtype=np.uint8))
        families = stream("families").integers(0, len(FAMILIES), homes.count)[household].tolist()
        names += [f"{a} {FAMILIES[b]}" for a, b in zip(given_names(gender, rng), families, strict=True)]
    whole = {key: np.concatenate(arrays) for key, arrays in parts.items()}
    return Population(
        born=whole["born"].astype(np.int16),
        start=whole["start"].astype(np.int32),
        goes_on_to=goes_on_to[whole["start"].astype(np.int32)],
        gender=whole["gender"].astype(np.int8),
        household=whole["home"].astype(np.int32),
        place=whole["place"].astype(np.float32),
        uuid=whole["id"].astype(np.uint8),
        names=names,
    )


class _Homes:
    """Gives out households; a younger pupil may move in with one born two or three years earlier."""

    def __init__(self) -> None:
        self.count = 0
        self._open: dict[int, tuple[NDArray[np.int32], NDArray[np.int32]]] = {}  # born -> schools, households

    def move_in(self, born: int, start: NDArray[np.int32], rng: np.random.Generator) -> NDArray[np.int32]:
        household = np.full(len(start), -1, dtype=np.int32)
        for older in (born - 3, born - 2):
            if older not in self._open:
                continue
            schools, there = self._open[older]
            wanting = np.flatnonzero((household < 0) & (rng.random(len(start)) < SIBLINGS / 2))
            seekers, hosts = _pair(start[wanting], schools, rng)
            household[wanting[seekers]] = there[hosts]
            left = np.ones(len(schools), dtype=bool)
            left[hosts] = False
            self._open[older] = schools[left], there[left]
        alone = household < 0
        household[alone] = self.count + np.arange(int(alone.sum()), dtype=np.int32)
        self.count += int(alone.sum())
        self._open[born] = start, household
        return household


def _pair(
    seekers: NDArray[np.int32], hosts: NDArray[np.int32], rng: np.random.Generator
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Pair seekers with hosts of the same school, each at most once, at random; gives both sides' positions."""
    mixed = rng.permutation(len(hosts))
    seek_order = np.argsort(seekers, kind="stable")
    host_order = mixed[np.argsort(hosts[mixed], kind="stable")]
    seek_rank = _rank_within(seekers[seek_order])
    host_rank = _rank_within(hosts[host_order])
    seek_key = seekers[seek_order].astype(np.int64) << 32 | seek_rank
    host_key = hosts[host_order].astype(np.int64) << 32 | host_rank
    _, a, b = np.intersect1d(seek_key, host_key, assume_unique=True, return_indices=True)
    return seek_order[a], host_order[b]


def _rank_within(ordered: NDArray[np.int32]) -> NDArray[np.int64]:
    """0, 1, 2 … within each run of equal numbers."""
    new = np.ones(len(ordered), dtype=bool)
    new[1:] = ordered[1:] != ordered[:-1]
    first = np.flatnonzero(new)
    return np.arange(len(ordered)) - np.repeat(first, np.diff(np.append(first, len(ordered))))
