"""R4: a whole county begins at nine o'clock. What is asserted is that nothing is lost; how long it took is printed."""

import os

import pytest

from tools.bench import morning

PROVE = bool(os.environ.get("KFL_PROVE"))
SHARE = 1.0 if PROVE else 0.02


@pytest.mark.parametrize("name", morning.MORNINGS)
def test_morning_loses_nothing(promise, name):
    full = morning.MORNINGS[name]
    pupils, think_s = int(SHARE * full.pupils), full.think_s if PROVE else 0.1
    load = morning.run(morning.Morning(pupils, SHARE * full.within_s, full.pages, think_s, full.goal_s))
    starts, saves = (1000 * morning.p99(load.waits_s[method]) for method in ("POST", "PUT"))
    assert load.statuses.keys() <= {200, 201, 503}
    assert load.bare_503 == 0
    figure = (
        f"{pupils} pupils, {load.acked} saves, 0 lost, 0 errors; {load.statuses[503]} told to come again; "
        f"p99 {saves:.0f} ms for saves, {starts:.0f} ms for starts and submits, with the load on the same machine"
    )
    promise(f"R4 {name}", figure, seed=1)
