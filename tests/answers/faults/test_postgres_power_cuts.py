"""R1 on PostgreSQL: what was acknowledged is there after a power cut. And the rig would notice if it were not.

Two loads: respondents over the intake app and its store, and writers that know nothing but SQL and try the server.
"""

import os

import pytest

from . import postgres_rig as rig
from . import postgres_store, postgres_writers, shim
from .postgres_server import binaries, short_folder

pytestmark = pytest.mark.skipif(not os.path.exists("/proc/self/task"), reason="reads processes from /proc")
PROVE = bool(os.environ.get("KFL_PROVE"))
SEEDS = (1, 2, 3, 4) if PROVE else (1,)
SAVES = 4_000 if PROVE else 300  # of respondents
GROUPS = 400 if PROVE else 60  # of each writer
CUTS = 60 if PROVE else 6  # of each run
WRITERS = 4
SYNCS = {1: "fdatasync", 2: "fdatasync", 3: "open_datasync", 4: "fsync"}
OFTEN, SELDOM = "2MB", "64MB"  # of log, after which the server brings its tables up to date
only_proof = pytest.mark.skipif(not PROVE, reason="one of its kind is enough for a sample: only with KFL_PROVE")


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    binaries()
    return shim.build(tmp_path_factory.mktemp("shim"))


def _cut_writers(built, seed, **settings):
    """Writers, their server and many cuts; how many rows were acknowledged, and what the cuts came to."""

    def load(url, disk):
        return [postgres_writers.__name__, url, str(disk / "ledger"), *map(str, (WRITERS, GROUPS, seed))]

    with short_folder() as room:
        one = rig.run(room, built, load, **settings)
        return len(one.ledger().acked), rig.cut_power(one, postgres_writers.compare, CUTS, seed)


def _cut_respondents(built, seed, *, reply_early=False, **settings):
    """Respondents, intake, the server and many cuts; how many saves were acknowledged, and what the cuts came to."""
    load = postgres_store.Respondents(saves=SAVES, people=SAVES, seed=seed, reply_early=reply_early)
    with short_folder() as room:
        one = rig.run(room, built, load, **settings)
        return one.saves_acked, rig.cut_power(one, load.compare, CUTS, seed)


@pytest.mark.parametrize(
    "cut, seeds, who",
    [
        pytest.param(_cut_respondents, SEEDS, "intake on PostgreSQL", id="intake"),
        pytest.param(_cut_writers, SEEDS[:2], "rows in PostgreSQL", id="server", marks=only_proof),
    ],
)
def test_nothing_acknowledged_is_lost_by_a_power_cut(built, promise, cut, seeds, who):
    acked = cuts = 0
    for seed in seeds:
        kept, done = cut(built, seed, max_wal_size=SELDOM if seed % 2 else OFTEN, wal_sync_method=SYNCS[seed])
        assert done.first_bad is None, done.first_bad
        acked, cuts = acked + kept, cuts + done.cuts
    assert cuts == len(seeds) * CUTS
    figure = f"0 lost, 0 doubled, 0 unsound in {cuts} power cuts over {acked} acknowledged saves ({who})"
    promise("R1 power cut, PostgreSQL", figure, seed=", ".join(map(str, seeds)))


@pytest.mark.parametrize(
    "name, least",
    [
        pytest.param("synchronous_commit", 0.5, id="commit"),
        pytest.param("fsync", 0.8, id="fsync", marks=only_proof),
        # Torn pages: most cuts tear none that is needed.
        pytest.param("full_page_writes", 0.1, id="pages", marks=only_proof),
    ],
)
def test_careless_server_is_caught(built, promise, name, least):
    """By writers that know nothing but SQL: our store refuses to work on such a server."""
    _, done = _cut_writers(built, 1, max_wal_size=OFTEN, **{name: "off"})
    assert done.cuts_with_loss + done.cuts_unsound >= least * CUTS
    figure = f"loses in {done.cuts_with_loss}, breaks in {done.cuts_unsound} of {done.cuts} cuts, as the rig must see"
    promise(f"R1 control: PostgreSQL with {name}=off", figure, seed=1)


@only_proof
def test_careless_intake_is_caught(built, promise):
    """Which replies before the commit."""
    _, done = _cut_respondents(built, 1, reply_early=True)
    assert done.cuts_with_loss >= 1  # how many depends on how busy the machine is
    figure = f"loses in {done.cuts_with_loss} of {done.cuts} cuts, as the rig must see"
    promise("R1 control: a reply before the commit, PostgreSQL", figure, seed=1)
