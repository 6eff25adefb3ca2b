"""The code writes, and tells nothing: what a session learns does not depend on what any other did with the code.

An attacker here holds the code, asks the store itself and counts everything it says, without a network in between.
"""

from contextlib import contextmanager

import pytest

from kfl.answers import places
from kfl.answers.erasure import erase_sheets
from kfl.answers.sheets import AlreadySubmitted, NoSuchAttempt, Stale
from kfl.answers.store import OpenWave

from .wave import bundle, open_wave, saves_in, with_ratings

ANSWERS = {1: {"a1": 2, "a2": 3}, 2: {"tall": 12, "valg": [1]}}


@contextmanager
def opened(wave):
    store = OpenWave(wave.where, wave.key)
    try:
        yield store
    finally:
        store.close()


def nothing(store, attempt):
    """Nobody has begun."""


def begun(store, attempt):
    store.save(attempt, 1, 1, 7, ANSWERS[1])


def changed_often(store, attempt):
    for rev in range(1, 30):
        store.save(attempt, 1, 1, rev, {"a1": 1 + rev % 4})
    store.renew(attempt)


def handed_in(store, attempt):
    for screen, answers in ANSWERS.items():
        store.save(attempt, screen, 1, 1, answers)
    store.submit(attempt)


def said_no(store, attempt):
    begun(store, attempt)
    store.decline(attempt)


BEFORE = [nothing, begun, changed_often, handed_in, said_no]


def outcome(act):
    try:
        found = act()
    except (Stale, AlreadySubmitted, NoSuchAttempt) as problem:
        return type(problem).__name__, getattr(problem, "lease", None), getattr(problem, "rev", None)
    return found if isinstance(found, int | dict | tuple) else "kept"


def all_that_is_told(store, code):
    """Everything that a fresh session can ask, with the answers that were given among the guesses."""
    attempt = store.start(code).attempt
    store.writer.flush()
    told = [attempt.lease, attempt.first_unsaved, attempt.is_ended, len(store.word(attempt))]
    for screen, answers in ANSWERS.items():
        told.append(outcome(lambda screen=screen: store.typed(attempt, screen)))
        told.append(outcome(lambda screen=screen: store.next_rev(attempt, screen)))
        for lease in (-1, 0, 1, 2, 3):
            for rev in (0, 1, 7, 29):
                told.append(outcome(lambda s=screen, n=lease, r=rev, a=answers: store.save(attempt, s, n, r, a)))
    told.append(outcome(lambda: store.renew(attempt)))
    told.append(outcome(lambda: bool(store.submit(attempt)[0])))
    told.append(outcome(lambda: store.save(attempt, 1, 2, 9, ANSWERS[1])))
    return told


@pytest.mark.parametrize("stays", [True, False], ids=["in memory", "after a restart"])
def test_what_a_session_is_told_is_the_same_whatever_lies_on_another_sheet(tmp_path, stays, promise):
    wave = open_wave(tmp_path, people=len(BEFORE))
    with opened(wave) as store:
        for act, one in zip(BEFORE, wave.invited, strict=True):
            act(store, store.start(one.code).attempt)
        store.writer.flush()
        if not stays:
            store._forget()
        told = {act.__name__: all_that_is_told(store, one.code) for act, one in zip(BEFORE, wave.invited, strict=True)}
    assert all(one == told["nothing"] for one in told.values()), told
    assert told["nothing"].count("kept") > 3, (
        "its own saves are kept: an attacker who gets nothing at all tests nothing"
    )
    promise("C1 told", f"0 differences in {len(told['nothing'])} questions over {len(BEFORE)} histories of a code")


def test_what_others_do_with_the_code_neither_stops_nor_changes_a_session(tmp_path):
    wave = open_wave(tmp_path, people=1)
    code = wave.invited[0].code
    with opened(wave) as store:
        mine = store.start(code)
        store.save(mine.attempt, 1, 1, 1, ANSWERS[1])
        for act in BEFORE:
            act(store, store.start(code).attempt)
            store.writer.flush()
            store._forget()
        mine = store.find(mine.attempt.name, mine.session, fresh=True)
        assert (mine.lease, store.typed(mine, 1), mine.first_unsaved) == (1, ANSWERS[1], 2)
        store.save(mine, 2, 1, 1, ANSWERS[2])
        assert store.submit(mine)[0]


def test_a_save_lies_on_the_sheet_of_the_session_that_sent_it(tmp_path):
    wave = open_wave(tmp_path, people=1)
    with opened(wave) as store:
        attempts = [store.start(wave.invited[0].code).attempt for _ in range(3)]
        for number, attempt in enumerate(attempts, start=1):
            store.save(attempt, 1, 1, 1, {"a1": number})
        store.writer.flush()
        with places.reading(wave.where) as connection:
            saves = saves_in(connection, wave.key)
    assert [(sheet, save.body) for sheet, save in saves] == [
        (attempt.sheet.number, b'{"a1":%d}' % number) for number, attempt in enumerate(attempts, start=1)
    ]


def test_a_sheet_is_there_from_its_first_save(tmp_path):
    wave = open_wave(tmp_path, people=1)
    with opened(wave) as store:
        store.start(wave.invited[0].code)
        store.writer.flush()
        with places.reading(wave.where) as connection:
            assert connection.execute("SELECT count(*) FROM log").fetchone()[0] == 0


def test_rows_of_one_person_do_not_show_that_they_are_and_ends_look_like_saves(tmp_path):
    """Who holds a copy of an open wave sees neither how many sheets a person has, nor which have ended, nor how."""
    wave = open_wave(tmp_path, people=2)
    with opened(wave) as store:
        for act in BEFORE:
            act(store, store.start(wave.invited[0].code).attempt)
        word = store.word(store.start(wave.invited[0].code).attempt)
        store.writer.flush()
        for tried in (word, "ZZZZZZZZ"):
            store.start(wave.invited[0].code, word=tried)
        store.writer.flush()
        with places.reading(wave.where) as connection:
            attempts = connection.execute("SELECT * FROM attempts").fetchall()
            log = connection.execute("SELECT sheet, sealed FROM log").fetchall()
    for row in attempts:
        for other in attempts:
            values = [value for value in row if isinstance(value, bytes)]
            assert row is other or not set(values) & {value for value in other if isinstance(value, bytes)}
    assert len({tuple(len(v) if isinstance(v, bytes) else 0 for v in row) for row in attempts}) == 1
    assert {len(bytes(sealed)) for _sheet, sealed in log} == {256 + 28}
    assert len({sheet for sheet, _sealed in log}) == 4 + 2, "four sheets have saves, and two ends stand by themselves"


@pytest.mark.files
def test_copies_from_before_and_after_a_known_act_tell_that_something_had_been_written(tmp_path, promise):
    """What stays possible: whoever runs the server, and sees a child reserved, sees how many of the file's rows go."""
    wave = open_wave(tmp_path, people=3)
    with opened(wave) as store:
        for act, one in zip((nothing, begun, handed_in), wave.invited, strict=True):
            act(store, store.start(one.code).attempt)
    went = []
    for one in wave.invited:
        before = rows_in(wave)
        erase_sheets(wave.place, wave.key, [one.code])
        went.append(before - rows_in(wave))
    assert went == [0, 1, 3], "the attacker finds what is there to be found"
    promise("D.10 not promised", "whoever has copies from before and after a reservation sees whether rows went")


def rows_in(wave):
    with places.reading(wave.where) as connection:
        return connection.execute("SELECT count(*) FROM log").fetchone()[0]


@pytest.fixture
def ratings(tmp_path):
    return open_wave(tmp_path, people=1, frozen=with_ratings(bundle()))


def test_a_rating_is_one_sheet_and_whoever_opens_it_last_writes_on_it(ratings):
    code = ratings.invited[0].code
    with opened(ratings) as store:
        first = store.start(code)
        store.save(first.attempt, 1, 1, 5, ANSWERS[1])
        store.writer.flush()
        second = store.start(code)
        store.writer.flush()
        assert second.attempt.sheet.number == first.attempt.sheet.number
        with pytest.raises(NoSuchAttempt):
            store.find(first.attempt.name, first.session)
        assert (store.typed(second.attempt, 1), store.next_rev(second.attempt, 1)) == ({}, 1)
        assert second.attempt.first_unsaved == 2
        assert store.word(second.attempt) is None


def test_neither_repeats_nor_numbers_of_a_rating_tell_what_another_wrote(ratings):
    """The answers themselves among the guesses, under every pair that the other may have had."""
    with opened(ratings) as store:
        first = store.start(ratings.invited[0].code)
        store.renew(first.attempt)
        store.save(first.attempt, 1, 2, 5, ANSWERS[1])
        store.writer.flush()
        attempt = store.start(ratings.invited[0].code).attempt
        assert attempt.lease == 1, "its own count"
        for lease in (-2, -1, 0, 2, 3):
            for rev in range(7):
                with pytest.raises(Stale) as stale:
                    store.save(attempt, 1, lease, rev, ANSWERS[1])
                assert (stale.value.lease, stale.value.rev) == (None, None)
        store.save(attempt, 1, 1, 1, {"a1": 1})
        with pytest.raises(Stale) as stale:
            store.save(attempt, 1, 1, 1, {"a1": 2})
        assert (stale.value.lease, stale.value.rev) == (1, 1)


def test_a_rating_that_was_delivered_is_shown_as_delivered_to_whoever_may_rate(ratings):
    with opened(ratings) as store:
        store.submit(store.start(ratings.invited[0].code).attempt)
        store.writer.flush()
        store._forget()
        later = store.start(ratings.invited[0].code).attempt
        assert later.is_ended
        with pytest.raises(AlreadySubmitted):
            store.save(later, 1, 1, 1, ANSWERS[1])
