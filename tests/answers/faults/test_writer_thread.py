"""Whatever goes wrong in the writer's thread, who waits is told so, and the thread goes on."""

import queue

from kfl.answers.store import OpenWave
from kfl.answers.writer import NotStored
from tests.answers.wave import open_wave


class _Odd:
    """A connection that fails as none should."""

    def __init__(self, connection):
        self.connection = connection

    def execute(self, sql, *values):
        if sql == "COMMIT":
            raise RuntimeError("nobody thought of this")
        return self.connection.execute(sql, *values)

    @property
    def in_transaction(self):
        return self.connection.in_transaction


def test_unforeseen_failure_is_told_and_the_thread_lives_on(tmp_path):
    wave = open_wave(tmp_path)
    store = OpenWave(wave.where, wave.key)
    outcomes: queue.Queue = queue.Queue()
    store.writer.start(outcomes.put)
    whole, store.writer._connection = store.writer._connection, _Odd(store.writer._connection)
    failed = store.start(wave.invited[0].code).pending
    outcomes.get(timeout=60)()
    assert isinstance(failed.error, NotStored)
    store.writer._connection = whole
    stored = store.start(wave.invited[0].code).pending
    outcomes.get(timeout=60)()
    assert (stored.settled, stored.error) == (True, None)
    store.close()
