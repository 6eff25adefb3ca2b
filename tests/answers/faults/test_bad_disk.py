"""R7: a disk that is full or broken. We stop honestly: nothing is called stored that is not, and then we go on."""

import os

import pytest

from kfl.answers.store import OpenWave

from . import rig, shim
from .ledger import compare

PROVE = bool(os.environ.get("KFL_PROVE"))
FAULTS = 200 if PROVE else 12
CUTS = 400 if PROVE else 40
SEED = 7


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return shim.build(tmp_path_factory.mktemp("shim"))


@pytest.mark.parametrize(
    "kind, word, points",
    [
        ("full", "disk full", [1 + 7 * n % 60 for n in range(FAULTS)]),
        ("sync", "sync fails", [1 + n % 200 for n in range(FAULTS)]),
    ],
    ids=["full", "sync"],
)
def test_broken_disk_gives_no_false_word_and_service_goes_on(tmp_path, built, promise, kind, word, points):
    """Each fault is told, mended and lived down: three fresh saves, then the next fault."""
    plan = {"people": 30 * FAULTS, "saves": 10**6, "clients": 8, "seed": SEED, "checkpoint_pages": 25}
    one = rig.run(tmp_path, built, faults=[(kind, point) for point in points], **plan)
    assert one.said["repaired"] == FAULTS
    assert one.said["statuses"]["503"] >= FAULTS / 2  # some are met while nobody waits for them
    assert compare(one.wave.file, one.wave.key, one.ledger()).is_good
    # The power goes too, before or after the repair: what a failed sync left behind is not counted on.
    done = rig.cut_power(one, tmp_path, CUTS, seed=SEED)
    assert done.first_bad is None, done.first_bad
    again = OpenWave(one.wave.where, one.wave.key)  # and a restart finds all in order
    try:
        started = again.start(one.wave.invited[-1].code)
        again.writer.flush()
        assert started.pending.error is None
    finally:
        again.close()
    told, saves = one.said["statuses"]["503"], one.saves_acked
    figure = f'0 false "lagret" at {FAULTS} points ({told} replies 503, {saves} saves); sound after {done.cuts} cuts'
    promise(f"R7 {word}", figure, seed=SEED)
