"""The numbers that were promised. Plain values: whoever only reads what was released loads no numpy for them."""

from __future__ import annotations

from dataclasses import dataclass

FEWEST = 7  # promised to parents: nothing about fewer than seven
FEWEST_FOR_SHARES = 10
NARROWEST_BAND = 3
STEP = 3  # snapshots of adults' numbers stand in steps of this


class ThresholdTooLow(ValueError):
    """A threshold was set below the promise. It can be raised, never lowered."""


@dataclass(frozen=True)
class Thresholds:
    """The three numbers of a project.

    Raises
    ------
    ThresholdTooLow
        For a value under the promise, or one that is no whole number.
    """

    k: int = FEWEST  # answers in a group before anything is shown
    k_share: int = FEWEST_FOR_SHARES  # answers before the share of each answer is shown
    band: int = NARROWEST_BAND  # width of the bands in which sensitive counts are shown

    def __post_init__(self) -> None:
        for name, floor in (("k", FEWEST), ("k_share", FEWEST_FOR_SHARES), ("band", NARROWEST_BAND)):
            value = getattr(self, name)
            if type(value) is not int or value < floor:
                raise ThresholdTooLow(f"{name} is {value!r}; it must be a whole number of at least {floor}")
