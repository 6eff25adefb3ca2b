"""Guessing gets slower, and nobody is locked out."""

from kfl.intake.throttle import FREE_MISTAKES, LONGEST_DELAY_S, WINDOW_S, Throttle, network_of


def test_first_mistakes_cost_nothing_and_later_ones_more_and_more():
    throttle = Throttle(clock=lambda: 100.0)
    delays = [throttle.mistake("net") for _ in range(FREE_MISTAKES + 30)]
    assert delays[:FREE_MISTAKES] == [0.0] * FREE_MISTAKES
    later = delays[FREE_MISTAKES:]
    assert later == sorted(later)
    assert 0 < later[0] < later[-1] == LONGEST_DELAY_S


def test_minute_without_mistakes_clears_the_slate():
    now = [0.0]
    throttle = Throttle(clock=lambda: now[0])
    for _ in range(50):
        throttle.mistake("net")
    assert throttle.mistake("other") == 0.0
    now[0] = WINDOW_S + 1
    assert throttle.mistake("net") == 0.0


def test_networks_are_told_apart_by_their_prefix():
    assert network_of("10.1.2.3") == network_of("10.1.2.250") != network_of("10.1.3.3")
    assert network_of("2001:db8::1") == network_of("2001:db8::ffff") != network_of("2001:db8:1::1")
    assert network_of(None) == network_of("testclient") == "unknown"
