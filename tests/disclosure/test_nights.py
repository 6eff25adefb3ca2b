"""What adults' nightly numbers tell an attacker who adds, subtracts and compares nights, in random counties."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from kfl.disclosure import Presence, Tree, followed, in_steps
from kfl.disclosure.attacker import counts_matrix, find_leaks

K = 7
SEEDS = 60 if os.environ.get("KFL_PROVE") else 6


def a_county(seed: int) -> tuple[Tree, np.ndarray]:
    """Municipalities with schools of few and many teachers, some of them empty."""
    random = np.random.default_rng(seed)
    parent, invited = [-1], [0]
    for _ in range(int(random.integers(1, 4))):
        municipality = len(parent)
        parent.append(0)
        invited.append(int(random.choice([0, 0, 2])))
        for _ in range(int(random.integers(1, 6))):
            parent.append(municipality)
            invited.append(int(random.choice([0, 1, 3, 4, 6, 7, 8, 10, 14, 25])))
    return Tree(np.array(parent)), np.array(invited)


def nights(tree: Tree, invited: np.ndarray, seed: int) -> list[np.ndarray]:
    """Three nights, each with more sheets than the one before."""
    random = np.random.default_rng(seed + 10_000)
    own, found = np.zeros_like(invited), []
    for _ in range(3):
        own = own + random.binomial(invited - own, random.choice([0, 0.3, 0.7, 1]))
        found.append(tree.totals(own))
    return found


def each_by_itself(tree: Tree, invited: np.ndarray) -> np.ndarray:
    """The way that was: a number is hidden where few are invited, whatever stands beside it."""
    return np.asarray(tree.totals(invited) >= K)


def leaks(tree: Tree, invited: np.ndarray, shown: np.ndarray) -> int:
    presence = Presence(invited, invited, invited, silence_tells=False)
    return len(find_leaks(counts_matrix("nights", tree, shown, presence, K)))


@dataclass(frozen=True, eq=False)
class Known:
    """What the attacker holds: for each night, what numbers every told node can have; and that none ever falls."""

    tree: Tree
    invited: np.ndarray
    told: list[dict[int, tuple[int, int]]]

    def range_of(self, group: list[int], night: int) -> tuple[int, int]:
        """Fewest and most sheets that the people right under these nodes can have handed in."""
        nodes, nights = len(self.tree), len(self.told)
        under = np.eye(nodes, dtype=int)
        for node in range(nodes - 1, 0, -1):
            under[self.tree.parent[node]] += under[node]
        rows = []
        for at, told in enumerate(self.told):
            for node, (low, high) in told.items():
                rows.append(LinearConstraint(_at(at, under[node], nights), low, high))
            for node in range(nodes if at else 0):
                one = np.eye(nodes, dtype=int)[node]
                rows.append(LinearConstraint(_at(at, one, nights) - _at(at - 1, one, nights), 0, np.inf))
        wanted = _at(night, np.isin(np.arange(nodes), group).astype(int), nights)
        bounds = Bounds(0, np.tile(self.invited, nights))
        ends = []
        for sign in (1, -1):
            answer = milp(sign * wanted, integrality=np.ones(nodes * nights), bounds=bounds, constraints=rows)
            assert answer.status == 0
            ends.append(round(sign * answer.fun))
        return ends[0], ends[1]

    def persons_known(self, shown: np.ndarray) -> list[str]:
        """Who is known to have kept silent; and groups of few, shown nowhere, whose number is known."""
        found = []
        for node in np.flatnonzero(self.invited).tolist():
            for night in range(len(self.told)):
                fewest, most = self.range_of([node], night)
                if most == 0:
                    found.append(f"nobody at {node} has answered by night {night}")
                if fewest == most and self.invited[node] < K and not shown[node]:
                    found.append(f"{fewest} of {self.invited[node]} at {node} have answered by night {night}")
        return found


def _at(night: int, row: np.ndarray, nights: int) -> np.ndarray:
    return np.concatenate([row if night == at else np.zeros_like(row) for at in range(nights)])


def in_threes(number: int, invited: int) -> tuple[int, int]:
    """All numbers of sheets that are told like this one."""
    alike = [n for n in range(invited + 1) if in_steps(n, invited) == in_steps(number, invited)]
    return alike[0], alike[-1]


def exactly(number: int, invited: int) -> tuple[int, int]:
    """The way that was."""
    return number, number


def attacked(seed: int, where: Callable[..., np.ndarray], how: Callable[[int, int], tuple[int, int]]) -> list[str]:
    tree, invited = a_county(seed)
    shown, everybody = where(tree, invited), tree.totals(invited)
    told = [
        {node: how(totals[node], everybody[node]) for node in np.flatnonzero(shown).tolist()}
        for totals in nights(tree, invited, seed)
    ]
    return Known(tree, invited, told).persons_known(shown)


def the_rule(tree: Tree, invited: np.ndarray) -> np.ndarray:
    return followed(tree, invited, K)


def test_nobody_is_known_to_have_kept_silent_and_no_number_of_few_follows(promise):
    found, nights_told, old, without_steps, alone = 0, 0, 0, 0, 0
    for seed in range(SEEDS):
        tree, invited = a_county(seed)
        found += leaks(tree, invited, the_rule(tree, invited)) + len(attacked(seed, the_rule, in_threes))
        nights_told += 3 * int(the_rule(tree, invited).sum())
        old += leaks(tree, invited, each_by_itself(tree, invited)) > 0
        alone += bool(attacked(seed, each_by_itself, exactly))
        without_steps += bool(attacked(seed, the_rule, exactly))
    assert found == 0
    assert nights_told > SEEDS
    assert old > SEEDS / 3, "the way that was must be seen to leak in the same rig"
    assert alone > SEEDS / 3
    assert without_steps, "hiding without steps is not enough"
    promise(
        "P2 adults by night",
        f"{SEEDS} random counties, {nights_told} numbers told in three nights: 0 groups of too few, 0 known to have "
        f"kept silent; each cell by itself, live and exact: {alone} of {SEEDS} leak",
        seed=f"0–{SEEDS - 1}",
    )
