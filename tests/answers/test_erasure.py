"""Erasure by the data controller: nothing is left in any file, others lose nothing, and a restore cannot undo it.

Promise P7: in how many places of the files the person stood before and after.
"""

import asyncio
import shutil
from dataclasses import replace

import numpy as np
import pytest

from kfl.answers import tombstones
from kfl.answers.bulk import counts, read_columns
from kfl.answers.changes import add_invitation, replace_code
from kfl.answers.closing import close_wave_file
from kfl.answers.codes import new_code
from kfl.answers.erasure import came_back, erase_again, erase_person, erase_sheets, let_back
from kfl.answers.places import reading
from kfl.answers.sealing import SheetSeal
from kfl.answers.sheets import NoSuchAttempt, UnknownCode
from kfl.answers.store import OpenWave
from kfl.answers.wave_tables import WaveNotClosed, WaveNotOpen
from tests.intake.served import enter, put, served

from .wave import bundle, open_wave, sealed_saves, with_ratings

CANARY = "kanarifugl-som-skal-bort"


@pytest.fixture
def wave(tmp_path):
    return open_wave(tmp_path, form=2)


def answer(wave, *people):
    """Each of these answers and hands in; the first with a text that is easy to find."""
    store = OpenWave(wave.where, wave.key)
    for person in people:
        attempt = store.start(wave.invited[person].code).attempt
        for rev in range(1, 30):
            word = CANARY if person == people[0] else "annet"
            store.save(attempt, 1, 1, rev, {"p1": 1 + (person + rev) % 4, "ord": f"{word} {rev}"})
        store.submit(attempt)
    store.writer.flush()
    store.close()


def traces(wave, *people):
    """All that stands in an open wave's file of these people, sealed as it is, with the names it is found under."""
    seal = SheetSeal(wave.key)
    with reading(wave.where) as connection:
        rows = connection.execute("SELECT sheet, sealed, attempt, word FROM attempts").fetchall()
    gone = {wave.invited[person].pid for person in people}
    needles = [n for sheet, *row in rows if seal.open_who(sheet, row[0]).pid in gone for n in row]
    needles += [wave.key.lookup(wave.invited[person].code) for person in people]
    return needles + sealed_saves(wave, *people)


def found(folder, *needles):
    files = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".sock"]
    return sum(path.read_bytes().count(needle) for path in files for needle in needles)


def pids(wave):
    return {pid.tobytes() for pid in read_columns(wave.place, "t3", 2).pid}


@pytest.mark.files
def test_an_open_wave_holds_nothing_of_a_sheet_that_was_erased(wave, promise):
    answer(wave, 0, 1, 2)
    gone = wave.invited[0]
    needles = traces(wave, 0)
    assert found(wave.place.folder, CANARY.encode(), gone.pid) == 0, "an open wave is sealed"
    before = found(wave.place.folder, *needles)
    erase_sheets(wave.place, wave.key, [gone.code])
    after = found(wave.place.folder, *needles)
    assert before > 30
    assert after == 0
    promise("P7 erased, open", f"{after} places in any file, write-ahead log and free pages too ({before} before)")
    assert counts(wave.place, "t3") == {(3, 2): 2, (4, 2): 1}, "an open wave's number never falls"
    store = OpenWave(wave.where, wave.key)
    with pytest.raises(UnknownCode):
        store.start(gone.code)
    store.close()
    close_wave_file(wave.place, wave.keys_dir, "t3")
    assert pids(wave) == {one.pid for one in wave.invited[1:3]}


def test_nobody_can_tell_whether_there_was_an_answer_and_twice_is_once(wave):
    answer(wave, 1)
    before = counts(wave.place, "t3")
    for _ in range(2):
        assert erase_sheets(wave.place, wave.key, [wave.invited[0].code]) is None
        assert erase_sheets(wave.place, wave.key, [wave.invited[1].code]) is None
    assert counts(wave.place, "t3") == before == {(4, 2): 1}
    close_wave_file(wave.place, wave.keys_dir, "t3")
    assert counts(wave.place, "t3") == {}


@pytest.mark.files
def test_every_sheet_of_a_person_goes_whichever_session_wrote_it(wave):
    answer(wave, 0, 0, 1, 0)
    store = OpenWave(wave.where, wave.key)
    begun = store.start(wave.invited[0].code)
    store.save(begun.attempt, 1, 1, 1, {"p1": 2})
    store.close()
    needles = traces(wave, 0)
    erase_sheets(wave.place, wave.key, [wave.invited[0].code])
    assert found(wave.place.folder, *needles) == 0
    store = OpenWave(wave.where, wave.key)
    with pytest.raises(NoSuchAttempt):
        store.find(begun.attempt.name, begun.session)
    store.close()
    close_wave_file(wave.place, wave.keys_dir, "t3")
    assert pids(wave) == {wave.invited[1].pid}


@pytest.mark.files
def test_a_sheet_that_came_back_under_a_code_that_was_replaced_is_noticed_without_the_key(wave, tmp_path):
    """The envelope of the backup has another name than the one that was erased; its sheet has the same number."""
    answer(wave, 0, 1)
    backup = tmp_path / "backup.sqlite3"
    shutil.copy2(wave.file, backup)
    code = replace_code(wave.place, wave.key, wave.invited[0].code)
    erase_sheets(wave.place, wave.key, [code])
    shutil.copy2(backup, wave.file)
    needles = traces(wave, 0)
    assert came_back(wave.place) == ["t3"]
    assert erase_again(wave.place, wave.keys_dir) == ["t3"]
    gone = [needle for needle in needles if needle != wave.key.lookup(wave.invited[0].code)]
    assert found(wave.place.folder, *gone) == 0
    assert came_back(wave.place) == []


@pytest.mark.files
def test_a_rating_that_was_erased_can_be_made_again_by_who_may_take_part_after_all(tmp_path):
    wave = open_wave(tmp_path, people=1, frozen=with_ratings(bundle()))
    one = wave.invited[0]

    def rate():
        store = OpenWave(wave.where, wave.key)
        store.submit(store.start(one.code).attempt)
        store.close()

    rate()
    erase_sheets(wave.place, wave.key, [one.code])
    again = replace(one, code=new_code())
    add_invitation(wave.place, wave.key, again)
    let_back(wave.place, wave.key, one.pid, one.form)
    one = again
    rate()
    assert came_back(wave.place) == []


@pytest.mark.files
def test_a_closed_wave_holds_nothing_of_a_person_that_was_erased(wave, promise):
    answer(wave, 0, 1, 2, 3)
    close_wave_file(wave.place, wave.keys_dir, "t3")
    gone = wave.invited[1].pid
    before = found(wave.place.folder, gone)
    columns = read_columns(wave.place, "t3", 2)
    kept = (columns.pid != np.frombuffer(gone, dtype=np.uint8)).any(axis=1)
    erase_person(wave.place, "t3", [gone])
    after = found(wave.place.folder, gone)
    assert (before, after) == (1, 0)
    promise("P7 erased, closed", f"{after} places in any file ({before} before)")
    left = read_columns(wave.place, "t3", 2)
    assert np.array_equal(left.pid, columns.pid[kept]), "the others stand in the order they had"
    assert np.array_equal(left.answers, columns.answers[:, kept])
    assert np.array_equal(left.group, columns.group[kept])
    assert counts(wave.place, "t3") == {(3, 2): 2, (4, 2): 1}


def test_each_state_has_its_own_way(wave):
    with pytest.raises(WaveNotClosed):
        erase_person(wave.place, "t3", [wave.invited[0].pid])
    close_wave_file(wave.place, wave.keys_dir, "t3")
    with pytest.raises(WaveNotOpen):
        erase_sheets(wave.place, wave.key, [wave.invited[0].code])


@pytest.mark.files
@pytest.mark.parametrize("closes", [False, True])
def test_a_file_from_a_backup_is_cleaned_again(wave, tmp_path, promise, closes):
    answer(wave, 0, 1)
    if closes:
        close_wave_file(wave.place, wave.keys_dir, "t3")
    backup = tmp_path / "backup.sqlite3"
    shutil.copy2(wave.file, backup)
    gone = wave.invited[0]
    if closes:
        erase_person(wave.place, "t3", [gone.pid])
    else:
        erase_sheets(wave.place, wave.key, [gone.code])
    shutil.copy2(backup, wave.file)
    needles = [gone.pid] if closes else traces(wave, 0)
    before = found(wave.place.folder, *needles)
    assert erase_again(wave.place, wave.keys_dir) == ["t3"]
    after = found(wave.place.folder, *needles, wave.key.lookup(gone.code))
    assert before
    assert after == 0
    promise("P7 restored", f"{after} places after the cleaning ({before} before)")
    assert erase_again(wave.place, wave.keys_dir) == [], "nothing is left to do"
    assert counts(wave.place, "t3") == ({(4, 2): 1} if closes else {(3, 2): 1, (4, 2): 1})


@pytest.mark.files
def test_a_kill_between_tombstone_and_erasure_is_made_good_at_the_next_start(wave, monkeypatch):
    answer(wave, 0)

    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("kfl.answers.erasure._erase", killed)
        with pytest.raises(KeyboardInterrupt):
            erase_sheets(wave.place, wave.key, [wave.invited[0].code])
    needles = traces(wave, 0)
    assert found(wave.place.folder, *needles)
    assert erase_again(wave.place, wave.keys_dir) == ["t3"]
    assert found(wave.place.folder, *needles) == 0


def tombstone_lines(wave):
    return set((wave.place.folder / tombstones.NAME).read_text().splitlines())


def test_tombstones_tell_nothing_and_can_be_lifted(wave):
    answer(wave, 0)
    erase_sheets(wave.place, wave.key, [one.code for one in wave.invited])
    path = wave.place.folder / tombstones.NAME
    lines = path.read_text().splitlines()
    assert lines == sorted(lines)
    assert len(lines) == tombstones.STEP * len(wave.invited)
    assert path.stat().st_mode & 0o777 == 0o600
    let_back(wave.place, wave.key, wave.invited[0].pid, 2)
    assert len(path.read_text().splitlines()) == len(lines) - 3
    tombstones.forget_wave(wave.place, "t3")
    assert path.read_text() == ""


def test_how_many_tombstones_there_are_tells_of_nobody_whether_there_was_an_answer(wave):
    """Never used, one sheet, three sheets, erased already; alone and together."""
    answer(wave, 1)
    answer(wave, 2, 2, 2)
    before, grew = set(), []
    for person in (0, 1, 2, 2):
        erase_sheets(wave.place, wave.key, [wave.invited[person].code])
        after = tombstone_lines(wave)
        assert before <= after
        grew.append(len(after - before))
        assert len({len(line) for line in after}) == 1, "of one form"
        before = after
    assert grew == [tombstones.STEP] * 4


def test_as_many_lines_go_when_a_person_is_let_back_whether_there_was_a_rating(tmp_path):
    wave = open_wave(tmp_path, people=2, frozen=with_ratings(bundle()))
    store = OpenWave(wave.where, wave.key)
    store.submit(store.start(wave.invited[0].code).attempt)
    store.close()
    erase_sheets(wave.place, wave.key, [one.code for one in wave.invited])
    went = []
    for one in wave.invited:
        before = tombstone_lines(wave)
        let_back(wave.place, wave.key, one.pid, one.form)
        went.append(len(before - tombstone_lines(wave)))
    assert went[0] == went[1] == 3


def test_a_closed_wave_grows_by_as_many_tombstones_whoever_is_erased(wave):
    answer(wave, 0)
    close_wave_file(wave.place, wave.keys_dir, "t3")
    sizes = []
    for pids in ([wave.invited[0].pid], [wave.invited[1].pid], [wave.invited[0].pid], [wave.invited[2].pid, b"x" * 16]):
        erase_person(wave.place, "t3", pids)
        sizes.append(len(tombstone_lines(wave)))
    assert sizes == [tombstones.STEP * n for n in (1, 2, 3, 4)]


def test_intake_that_runs_forgets_the_sheet_too(wave):
    """A browser that has the form open can save nothing more on it; the others notice nothing."""

    left = []

    async def story():
        async with served(wave.data_dir) as (_app, client), client() as gone, client() as other:
            first = await enter(gone, wave.invited[0].code)
            second = await enter(other, wave.invited[1].code)
            assert (await put(gone, first["attempt"], 1, 1, 1, {"ord": CANARY})).status_code == 200
            left.extend(traces(wave, 0))
            erased = asyncio.to_thread(erase_sheets, wave.place, wave.key, [wave.invited[0].code])
            saved = put(other, second["attempt"], 1, 1, 1, {"p1": 2})
            _none, reply = await asyncio.gather(erased, saved)
            assert reply.status_code == 200
            assert (await put(gone, first["attempt"], 1, 1, 2, {"ord": CANARY})).status_code == 410
            assert (await gone.post("/svar/code", json={"code": wave.invited[0].code})).status_code == 404

    asyncio.run(story())
    assert len(left) == 5
    assert found(wave.place.folder, *left) == 0
    close_wave_file(wave.place, wave.keys_dir, "t3")
    assert pids(wave) == {wave.invited[1].pid}
