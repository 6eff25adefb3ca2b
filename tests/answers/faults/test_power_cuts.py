"""R1: when the page says "lagret", it is saved, also when the power is cut. And the rig would notice if it were not."""

import os

import pytest

from . import rig, shim

PROVE = bool(os.environ.get("KFL_PROVE"))
SEEDS = (1, 2, 3) if PROVE else (1,)
RUNS = 9 if PROVE else 1  # of each seed
SAVES = 4_000 if PROVE else 500
CUTS = 230 if PROVE else 100  # of each run
OFTEN, SELDOM = 40, 1000  # pages after which SQLite moves its log into the file


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return shim.build(tmp_path_factory.mktemp("shim"))


def test_nothing_acknowledged_is_lost_by_a_power_cut(tmp_path, built, promise):
    acked = cuts = 0
    for seed in SEEDS:
        for turn in range(RUNS):
            folder = tmp_path / f"{seed}-{turn}"
            one = rig.run(
                folder,
                built,
                people=SAVES,
                saves=SAVES,
                seed=100 * seed + turn,
                checkpoint_pages=SELDOM if turn % 2 else OFTEN,
            )
            done = rig.cut_power(one, folder, CUTS, seed=100 * seed + turn)
            assert done.first_bad is None, done.first_bad
            acked, cuts = acked + one.saves_acked, cuts + done.cuts
            rig.remove(folder)
    assert acked >= len(SEEDS) * RUNS * SAVES
    figure = f"0 lost, 0 doubled, 0 unsound in {cuts} power cuts over {acked} acknowledged saves (SQLite)"
    promise("R1 power cut", figure, seed=", ".join(map(str, SEEDS)))


@pytest.mark.parametrize("careless", [{"synchronous": "NORMAL"}, {"reply_early": True}], ids=["normal", "early"])
def test_careless_server_is_caught(tmp_path, built, promise, careless):
    one = rig.run(tmp_path, built, saves=500, seed=1, **careless)
    done = rig.cut_power(one, tmp_path, 60, seed=1)
    assert done.cuts_with_loss >= 1  # how many depends on how busy the machine is
    assert done.first_bad is not None
    what = "synchronous=NORMAL" if "synchronous" in careless else "a reply before the commit"
    promise(f"R1 control: {what}", f"loses in {done.cuts_with_loss} of {done.cuts} cuts, as the rig must see", seed=1)
