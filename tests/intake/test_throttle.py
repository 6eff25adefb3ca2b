"""Guessing gets slower, nobody is locked out, and one's own delay tells nothing of others."""

from collections import Counter

import pytest

from kfl.intake import throttle as throttles
from kfl.intake.throttle import (
    FREE_IN_A_NETWORK,
    FREE_MISTAKES,
    LONGEST_DELAY_S,
    WINDOW_S,
    Throttle,
    network_of,
)


def test_first_mistakes_with_a_code_cost_nothing_and_all_after_three_times_as_many_something():
    throttle = Throttle(clock=lambda: 100.0)
    delays = [throttle.mistake("net", "code") for _ in range(3 * FREE_MISTAKES + 100)]
    assert delays[:FREE_MISTAKES] == [0.0] * FREE_MISTAKES
    assert all(0 < delay < LONGEST_DELAY_S for delay in delays[3 * FREE_MISTAKES :])
    assert len(set(delays[3 * FREE_MISTAKES :])) > 90, "drawn by lot"


@pytest.mark.parametrize("others", [0, 1, 50, FREE_IN_A_NETWORK - FREE_MISTAKES])
def test_tries_of_neighbours_on_other_codes_delay_nobody(others):
    """The attack: eleven own tries, and a neighbour takes back or does not."""
    throttle = Throttle(clock=lambda: 100.0)
    for number in range(others):
        throttle.mistake("net", f"neighbour {number % 7}")
    assert [throttle.mistake("net", "own") for _ in range(FREE_MISTAKES)] == [0.0] * FREE_MISTAKES


def test_one_try_of_another_with_the_same_code_moves_the_first_delay_no_more_than_the_lot():
    """Over all lots the first delayed try is one of 21, as likely each; one try more shifts that by one place."""
    firsts = []
    for others in (0, 1):
        found = Counter()
        for lot in range(FREE_MISTAKES, 3 * FREE_MISTAKES + 1):
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(throttles._lots, "randint", lambda _low, _high, lot=lot: lot)
                throttle = Throttle(clock=lambda: 100.0)
                for _ in range(others):
                    throttle.mistake("net", "code")
                delays = [throttle.mistake("net", "code") for _ in range(4 * FREE_MISTAKES)]
                found[next(place for place, delay in enumerate(delays) if delay)] += 1
        assert set(found.values()) == {1}
        firsts.append(set(found))
    assert len(firsts[0] - firsts[1]) == len(firsts[1] - firsts[0]) == 1


def test_when_the_waiting_ends_tells_not_when_another_began(monkeypatch):
    """A neighbour tries the same code once, and half a minute later somebody tries it each second."""
    monkeypatch.setattr(throttles._lots, "randint", lambda low, _high: low)
    ends = set()
    for others in (0, 1):
        now = [1000.0]
        throttle = Throttle(clock=lambda now=now: now[0])
        throttle._key = bytes(32)
        for _ in range(others):
            throttle.mistake("net", "code")
        now[0] += WINDOW_S / 2
        waited = []
        for _ in range(150):
            now[0] += 1
            waited.append(throttle.mistake("net", "code") > 0)
        ends.add(tuple(place for place in range(1, 150) if waited[place - 1] and not waited[place]))
    assert len(ends) == 1
    assert ends != {()}


def test_lots_are_drawn_anew_for_each_minute_and_each_code():
    now = [0.0]
    throttle = Throttle(clock=lambda: now[0])

    def first_delayed(code):
        return next(tries for tries in range(1, 100) if throttle.mistake(f"net of {code}", code))

    seen = []
    for _ in range(60):
        seen.append(first_delayed("one"))
        now[0] += WINDOW_S
    assert min(seen) > FREE_MISTAKES
    assert max(seen) <= 3 * FREE_MISTAKES + 1
    assert len(set(seen)) > 5, "a minute that is over tells nothing of the next"
    assert len({first_delayed(f"code {number}") for number in range(60)}) > 5


def test_a_network_that_does_far_more_than_a_school_waits_whatever_codes_it_tries():
    throttle = Throttle(clock=lambda: 100.0)
    delays = [throttle.mistake("guesser", f"code {number}") for number in range(3 * FREE_IN_A_NETWORK + 100)]
    assert delays[:FREE_IN_A_NETWORK] == [0.0] * FREE_IN_A_NETWORK
    assert all(0 < delay < LONGEST_DELAY_S for delay in delays[3 * FREE_IN_A_NETWORK :])
    assert throttle.mistake("school", "code 1") == 0.0


def test_minute_clears_the_slate():
    now = [0.0]
    throttle = Throttle(clock=lambda: now[0])
    for _ in range(50):
        throttle.mistake("net", "code")
    assert throttle.mistake("net", "code") > 0.0
    now[0] += WINDOW_S
    assert throttle.mistake("net", "code") == 0.0


def test_what_is_remembered_is_bounded_forgotten_and_no_code(monkeypatch):
    now = [0.0]
    throttle = Throttle(clock=lambda: now[0])
    monkeypatch.setattr(throttles, "_MOST_NAMES", 20)
    for number in range(100):
        throttle.mistake("net", f"ABCDEFGH{number}")
    names = throttle._codes._by_name
    assert len(names) <= 20
    assert all(len(name) == 16 and b"ABC" not in name for name in names)
    assert throttle._name("net", "code") != Throttle()._name("net", "code"), "a key for each process"
    now[0] = WINDOW_S + 1
    throttle.mistake("net", "code")
    assert len(names) == 1


def test_networks_are_told_apart_by_their_prefix():
    assert network_of("10.1.2.3") == network_of("10.1.2.250") != network_of("10.1.3.3")
    assert network_of("2001:db8::1") == network_of("2001:db8::ffff") != network_of("2001:db8:1::1")
    assert network_of(None) == network_of("testclient") == "unknown"
