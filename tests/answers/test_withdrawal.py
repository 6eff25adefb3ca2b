"""Taking answers back with code and word: nothing of them is left in any file, and nobody can tell."""

import sqlite3

import pytest

from kfl.answers import places, tombstones
from kfl.answers.bulk import counts, read_columns
from kfl.answers.closing import close_wave_file
from kfl.answers.codes import new_code
from kfl.answers.erasure import came_back, erase_again
from kfl.answers.sealing import End
from kfl.answers.sheets import AlreadySubmitted
from kfl.answers.store import OpenWave
from kfl.answers.withdrawal import withdraw
from kfl.answers.writer import NotStored

from .wave import ends_in, open_wave, saves_in, sealed_saves

OTHERS = "ZZZZZZZZ"
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
    for rev in range(1, 40):
        store.save(attempt, 1, 1, rev, {"p1": 1 + rev % 4, "ord": f"{CANARY} {rev}"})
    if submit:
        store.submit(attempt)
    store.writer.flush()
    return attempt


def found(wave, needles):
    files = [path.read_bytes() for path in wave.place.folder.iterdir() if path.is_file()]
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
    assert counts(wave.place, "t3") == ({(3, 2): 1} if submit else {})
    pending = withdraw(wave.place, store, code, store.word(attempt))
    store.writer.flush()
    assert pending.settled
    assert pending.error is None
    print(f"taken back ({'after' if submit else 'before'} submit): {before} places before, {found(wave, saves)} after")
    assert found(wave, saves) == 0
    assert counts(wave.place, "t3") == {(3, 2): 1}, "it counts as handed in, from now at the latest, and once"
    with pytest.raises(AlreadySubmitted):
        store.save(attempt, 1, 1, 99, {"p1": 1})


def test_saves_in_the_same_batch_are_erased_too(wave, store):
    attempt = store.start(wave.invited[0].code).attempt
    store.writer.flush()
    store.save(attempt, 1, 1, 1, {"p1": 1, "ord": CANARY})
    withdraw(wave.place, store, wave.invited[0].code, store.word(attempt))
    store.writer.flush()
    with places.reading(wave.where) as connection:
        assert saves_in(connection, wave.key) == []
        assert [end for _, end in ends_in(connection, wave.key)] == [End.WITHDRAWN]


def test_other_words_and_other_codes_keep_everything_and_each_is_one_write(wave, store):
    """The word of another, of nobody, of a sheet of the same person that was taken back already; a code of nobody."""
    code = wave.invited[0].code
    word = store.word(answered(store, code))
    gone = store.word(answered(store, code))
    others = store.word(answered(store, wave.invited[1].code))
    withdraw(wave.place, store, code, gone)
    store.writer.flush()
    kept = sealed_saves(wave, 0, 1)
    for tried, guess in [
        (code, OTHERS),
        (code, others),
        (code, gone),
        (new_code(), word),
        (wave.invited[2].code, word),
    ]:
        pending = withdraw(wave.place, store, tried, guess)
        assert (pending.settled, store.writer.waiting) == (False, 1)
        store.writer.flush()
    assert sealed_saves(wave, 0, 1) == kept
    assert counts(wave.place, "t3") == {(3, 2): 2, (4, 2): 1}


def test_what_was_copied_from_it_goes_with_it_and_the_rest_of_the_person_stays(wave, store):
    """Whoever saw the word over a shoulder may have begun a copy, and a copy of that, and have handed it in."""
    code = wave.invited[0].code
    attempt = answered(store, code, submit=False)
    copies = [store.start(code, word=store.word(attempt)) for _ in range(2)]
    store.submit(copies[0].attempt)
    store.save(copies[1].attempt, 1, 1, 1, {"p1": 2})
    store.writer.flush()
    copies.append(store.start(code, word=store.word(copies[1].attempt)))
    store.save(copies[2].attempt, 1, 1, 1, {"p1": 2})
    apart = store.start(code).attempt
    store.save(apart, 1, 1, 1, {"p1": 4})
    store.writer.flush()
    pending = withdraw(wave.place, store, code, store.word(attempt))
    store.writer.flush()
    assert (pending.settled, pending.error) == (True, None)
    assert all(copy.attempt.is_ended for copy in copies)
    with places.reading(wave.where) as connection:
        assert {sheet for sheet, _ in saves_in(connection, wave.key)} == {apart.sheet.number}


def test_tombstones_tell_not_how_many_sheets_went(wave, store):
    """One sheet without a copy, and one with two copies: the list of what is erased grows as much."""
    path, sizes = wave.place.folder / tombstones.NAME, [0]
    for one, copies in zip(wave.invited[:2], (0, 2), strict=True):
        word = store.word(answered(store, one.code, submit=False))
        for _ in range(copies):
            store.save(store.start(one.code, word=word).attempt, 1, 1, 1, {"p1": 2})
        store.writer.flush()
        withdraw(wave.place, store, one.code, word)
        store.writer.flush()
        sizes.append(len(path.read_text().splitlines()))
    assert sizes == [0, tombstones.STEP, 2 * tombstones.STEP]


def test_a_copy_of_a_handed_in_sheet_cannot_be_begun_and_so_is_not_taken_back_with_it(wave, store):
    code = wave.invited[0].code
    word = store.word(answered(store, code))
    later = store.start(code, word=word).attempt
    store.save(later, 1, 1, 1, {"p1": 3})
    store.writer.flush()
    withdraw(wave.place, store, code, word)
    store.writer.flush()
    assert not later.is_ended


@pytest.mark.files
def test_twice_is_once_and_the_closed_wave_lacks_the_sheet(wave, store):
    words = [store.word(answered(store, one.code)) for one in wave.invited[:2]]
    for _ in range(2):
        withdraw(wave.place, store, wave.invited[0].code, words[0])
    store.writer.flush()
    store.close()
    close_wave_file(wave.place, wave.keys_dir, "t3")
    assert len(read_columns(wave.place, "t3", 2).pid) == 1
    assert counts(wave.place, "t3") == {(4, 2): 1}


@pytest.mark.files
def test_withdrawal_outlives_a_restart(wave, store):
    word = store.word(answered(store, wave.invited[0].code))
    saves = sealed_saves(wave, 0)
    store._forget()
    withdraw(wave.place, store, wave.invited[0].code, word)
    store.writer.flush()
    store._forget()
    assert [sheet.end for sheet in store.sheets_of(wave.invited[0], word)] == [End.WITHDRAWN]
    assert found(wave, saves) == 0


@pytest.mark.files
def test_erasure_that_the_disk_refuses_is_not_called_done(wave, store):
    word = store.word(answered(store, wave.invited[0].code))
    saves = sealed_saves(wave, 0)
    real = store.writer._connection

    class Full:
        in_transaction = False

        def execute(self, *_):
            raise sqlite3.OperationalError("database or disk is full")

    store.writer._connection = Full()
    pending = withdraw(wave.place, store, wave.invited[0].code, word)
    store.writer.flush()
    assert isinstance(pending.error, NotStored)
    store.writer._connection = real
    assert counts(wave.place, "t3") == {(3, 2): 1}
    withdraw(wave.place, store, wave.invited[0].code, word)
    store.writer.flush()
    assert found(wave, saves) == 0


@pytest.mark.files
@pytest.mark.parametrize("submit", [True, False])
def test_backup_does_not_bring_the_answers_back(wave, store, submit):
    """A file from before the withdrawal is cleaned when it is put back, and the sheet keeps its place among others."""
    word, _ = [store.word(answered(store, one.code, submit=submit)) for one in wave.invited[:2]]
    store.writer.flush()
    store.writer._connection.bring_together()
    backup = wave.file.read_bytes()
    mine, others = sealed_saves(wave, 0), sealed_saves(wave, 1)
    withdraw(wave.place, store, wave.invited[0].code, word)
    store.close()
    assert came_back(wave.place) == []
    for path in wave.place.folder.glob("t3.sqlite3-*"):
        path.unlink()
    wave.file.write_bytes(backup)
    assert came_back(wave.place) == ["t3"]
    assert erase_again(wave.place, wave.keys_dir) == ["t3"]
    assert (found(wave, mine), found(wave, others)) == (0, 39)
    assert came_back(wave.place) == []
    assert counts(wave.place, "t3") == ({(3, 2): 1, (4, 2): 1} if submit else {(3, 2): 1})
    close_wave_file(wave.place, wave.keys_dir, "t3")
    assert {pid.tobytes() for pid in read_columns(wave.place, "t3", 2).pid} == {wave.invited[1].pid}


def test_tombstone_that_cannot_be_written_erases_nothing(wave, store, monkeypatch):
    word = store.word(answered(store, wave.invited[0].code))
    kept = sealed_saves(wave, 0)

    def full(*_):
        raise OSError("no space left")

    monkeypatch.setattr(tombstones, "add", full)
    with pytest.raises(NotStored):
        withdraw(wave.place, store, wave.invited[0].code, word)
    store.writer.flush()
    assert sealed_saves(wave, 0) == kept
