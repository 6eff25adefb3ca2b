"""What a build carries from step to step: the plan, the people, and the rows they became in the portal."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kfl.people.models import User

from .classes import Classes
from .plan import WorldPlan
from .population import Population
from .writing import Places


@dataclass(frozen=True)
class World:
    """A demo county in memory and in the portal. `years` and `places` hold the classes of each wave's school year."""

    plan: WorldPlan
    people: Population
    years: list[Classes]
    places: Places
    users: list[User]
    by: User

    @property
    def schools(self) -> int:
        return len(self.plan.schools)

    def class_units(self, year: int) -> NDArray[np.int64]:
        """The key of each class's unit in the portal."""
        classes = self.years[year]
        places = [("class", classes.school_year, number) for number in range(len(classes))]
        return np.array([self.places[place].pk for place in places], dtype=np.int64)

    def school_units(self) -> NDArray[np.int64]:
        return np.array([self.places["school", number].pk for number in range(self.schools)], dtype=np.int64)
