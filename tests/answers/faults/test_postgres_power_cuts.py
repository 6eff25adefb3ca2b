"""R1 on PostgreSQL: what was acknowledged is there after a power cut. And the rig would notice if it were not."""

import os

import pytest

from . import postgres_rig as rig
from . import postgres_writers, shim
from .postgres_server import binaries, short_folder

pytestmark = pytest.mark.skipif(not os.path.exists("/proc/self/task"), reason="reads processes from /proc")
PROVE = bool(os.environ.get("KFL_PROVE"))
SEEDS = (1, 2, 3, 4) if PROVE else (1,)
GROUPS = 400 if PROVE else 60  # of each writer
CUTS = 60 if PROVE else 6  # of each run
WRITERS = 4
OFTEN, SELDOM = "2MB", "64MB"  # of log, after which the server brings its tables up to date


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    binaries()
    return shim.build(tmp_path_factory.mktemp("shim"))


@pytest.fixture
def room():
    with short_folder() as folder:
        yield folder


def _run(room, built, seed, **settings):
    (room / "shim.so").write_bytes(built.read_bytes())  # where the server's user reaches it

    def load(url, ledger):
        module = postgres_writers.__name__
        return [module, url, str(ledger), *map(str, (WRITERS, GROUPS, seed))]

    return rig.run(room, room / "shim.so", load, **settings)


def test_nothing_acknowledged_is_lost_by_a_power_cut(built, promise):
    acked = cuts = 0
    for seed in SEEDS:
        with short_folder() as room:
            one = _run(room, built, seed, max_wal_size=SELDOM if seed % 2 else OFTEN)
            done = rig.cut_power(one, postgres_writers.compare, CUTS, seed)
        assert done.first_bad is None, done.first_bad
        acked, cuts = acked + one.acked, cuts + done.cuts
    assert cuts == len(SEEDS) * CUTS
    figure = f"0 lost, 0 doubled, 0 unsound in {cuts} power cuts over {acked} acknowledged saves (PostgreSQL)"
    promise("R1 power cut, PostgreSQL", figure, seed=", ".join(map(str, SEEDS)))


only_proof = pytest.mark.skipif(not PROVE, reason="one control is enough for a sample: only with KFL_PROVE")


@pytest.mark.parametrize(
    "name, least",
    [
        pytest.param("synchronous_commit", 0.5, id="commit"),
        pytest.param("fsync", 0.8, id="fsync", marks=only_proof),
        # Torn pages: most cuts tear none that is needed.
        pytest.param("full_page_writes", 0.1, id="pages", marks=only_proof),
    ],
)
def test_careless_server_is_caught(room, built, promise, name, least):
    one = _run(room, built, 1, max_wal_size=OFTEN, **{name: "off"})
    done = rig.cut_power(one, postgres_writers.compare, CUTS, seed=1)
    assert done.cuts_with_loss + done.cuts_unsound >= least * CUTS
    figure = f"loses in {done.cuts_with_loss}, breaks in {done.cuts_unsound} of {done.cuts} cuts, as the rig must see"
    promise(f"R1 control: PostgreSQL with {name}=off", figure, seed=1)
