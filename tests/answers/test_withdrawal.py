"""Taking answers back with code and pictures: nothing of them is left in any file, and nobody can tell."""

import sqlite3

import pytest

from kfl.answers import places, tombstones, wavefile
from kfl.answers.bulk import counts, read_columns
from kfl.answers.closing import close_wave_file
from kfl.answers.codes import new_code
from kfl.answers.erasure import came_back, erase_again
from kfl.answers.pictures import show
from kfl.answers.sheets import AlreadySubmitted, UnknownCode
from kfl.answers.store import OpenWave
from kfl.answers.withdrawal import withdraw
from kfl.answers.writer import NotStored

from .wave import open_wave, sealed_saves

MINE, OTHERS = (3, 11), (3, 12)
CANARY = "kanarifugl-som-skal-bort"


@pytest.fixture
def wave(tmp_path):
    return open_wave(tmp_path, form=2)


@pytest.fixture
def store(wave):
    opened = OpenWave(wave.where, wave.key)
    yield opened
    opened.close()


def answered(store, code, *, submit=True):
    attempt = store.start(code).attempt
    show(store, attempt, MINE)
    for rev in range(1, 40):
        store.save(attempt, 1, 1, rev, {"p1": 1 + rev % 4, "ord": f"{CANARY} {rev}"})
    if submit:
        store.submit(attempt)
    store.writer.flush()
    return attempt


def found(wave, needles):
    files = [path.read_bytes() for path in wave.place.iterdir() if path.is_file()]
    assert not any(CANARY.encode() in file for file in files), "an open wave is sealed"
    return sum(file.count(needle) for file in files for needle in needles)


@pytest.mark.files
@pytest.mark.parametrize("submit", [True, False])
def test_nothing_is_left_in_database_or_log(wave, store, submit):
    """Promise P7: answers taken back are in 0 places on disk as soon as that is said."""
    code = wave.invited[0].code
    attempt = answered(store, code, submit=submit)
    saves = sealed_saves(wave, 0)
    before = found(wave, saves)
    assert before >= len(saves) == 39
    assert counts(wave.place, "t3") == {(3, 2): 1}
    pending = withdraw(wave.place, store, code, MINE)
    store.writer.flush()
    assert pending.settled
    assert pending.error is None
    print(f"taken back ({'after' if submit else 'before'} submit): {before} places before, {found(wave, saves)} after")
    assert found(wave, saves) == 0
    assert counts(wave.place, "t3") == {}
    with pytest.raises(AlreadySubmitted):
        store.save(attempt, 1, 1, 99, {"p1": 1})
    with pytest.raises(UnknownCode):
        store.start(code)


def test_saves_in_the_same_batch_are_erased_too(wave, store):
    attempt = store.start(wave.invited[0].code).attempt
    show(store, attempt, MINE)
    store.save(attempt, 1, 1, 1, {"p1": 1, "ord": CANARY})
    withdraw(wave.place, store, wave.invited[0].code, MINE)
    store.writer.flush()
    with places.reading(wave.where) as connection:
        assert connection.execute("SELECT count(*) FROM log").fetchone() == (0,)


def test_other_pictures_other_codes_and_sheets_without_pictures_keep_everything(wave, store):
    code = wave.invited[0].code
    answered(store, code)
    bare = store.start(wave.invited[1].code).attempt
    store.save(bare, 1, 1, 1, {"p1": 2})
    for tried, pictures in [(code, OTHERS), (new_code(), MINE), (wave.invited[1].code, MINE),
                            (wave.invited[2].code, MINE)]:  # fmt: skip
        pending = withdraw(wave.place, store, tried, pictures)
        assert not pending.settled, "each writes something, so that each takes as long"
    store.writer.flush()
    assert counts(wave.place, "t3") == {(3, 2): 1, (4, 2): 1}


def test_guesses_run_out(wave, store):
    code = wave.invited[0].code
    answered(store, code)
    for _ in range(5):
        withdraw(wave.place, store, code, OTHERS)
    withdraw(wave.place, store, code, MINE)
    store.writer.flush()
    assert counts(wave.place, "t3") == {(3, 2): 1}


@pytest.mark.files
def test_twice_is_once_and_the_closed_wave_lacks_the_sheet(wave, store):
    for one in wave.invited[:2]:
        answered(store, one.code)
    for _ in range(2):
        withdraw(wave.place, store, wave.invited[0].code, MINE)
    store.writer.flush()
    store.close()
    close_wave_file(wave.place, wave.keys_dir, "t3")
    assert len(read_columns(wave.place, "t3", 2).pid) == 1
    assert counts(wave.place, "t3") == {(4, 2): 1}


@pytest.mark.files
def test_withdrawal_outlives_a_restart(wave, store):
    answered(store, wave.invited[0].code)
    saves = sealed_saves(wave, 0)
    store._forget()
    withdraw(wave.place, store, wave.invited[0].code, MINE)
    store.writer.flush()
    store._forget()
    with pytest.raises(UnknownCode):
        store.start(wave.invited[0].code)
    assert found(wave, saves) == 0


@pytest.mark.files
def test_erasure_that_the_disk_refuses_is_not_called_done(wave, store):
    answered(store, wave.invited[0].code)
    saves = sealed_saves(wave, 0)
    real = store.writer._connection

    class Full:
        in_transaction = False

        def execute(self, *_):
            raise sqlite3.OperationalError("database or disk is full")

    store.writer._connection = Full()
    pending = withdraw(wave.place, store, wave.invited[0].code, MINE)
    store.writer.flush()
    assert isinstance(pending.error, NotStored)
    store.writer._connection = real
    assert counts(wave.place, "t3") == {(3, 2): 1}
    withdraw(wave.place, store, wave.invited[0].code, MINE)
    store.writer.flush()
    assert found(wave, saves) == 0


@pytest.mark.files
def test_backup_does_not_bring_the_answers_back(wave, store):
    """A file from before the withdrawal is cleaned when it is put back, and the code stays used up."""
    for one in wave.invited[:2]:
        answered(store, one.code)
    store.writer.flush()
    wavefile.checkpoint(store.writer._connection)
    backup = wave.where.read_bytes()
    mine, others = sealed_saves(wave, 0), sealed_saves(wave, 1)
    withdraw(wave.place, store, wave.invited[0].code, MINE)
    store.close()
    assert came_back(wave.place) == []
    for path in wave.place.glob("t3.sqlite3-*"):
        path.unlink()
    wave.where.write_bytes(backup)
    assert came_back(wave.place) == ["t3"]
    assert erase_again(wave.place, wave.keys_dir) == ["t3"]
    assert (found(wave, mine), found(wave, others)) == (0, 39)
    assert came_back(wave.place) == []
    assert counts(wave.place, "t3") == {(4, 2): 1}
    again = OpenWave(wave.where, wave.key)
    with pytest.raises(UnknownCode):
        again.start(wave.invited[0].code)
    again.close()


def test_tombstone_that_cannot_be_written_erases_nothing(wave, store, monkeypatch):
    answered(store, wave.invited[0].code)

    def full(*_):
        raise OSError("no space left")

    monkeypatch.setattr(tombstones, "add", full)
    with pytest.raises(NotStored):
        withdraw(wave.place, store, wave.invited[0].code, MINE)
    store.writer.flush()
    assert counts(wave.place, "t3") == {(3, 2): 1}
