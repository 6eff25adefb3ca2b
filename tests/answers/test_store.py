"""An open wave's sheets: order of saves, what stays in sight, submit, and commits that fail."""

import sqlite3
from contextlib import contextmanager

import pytest

from kfl.answers import places
from kfl.answers.bulk import counts
from kfl.answers.codes import new_code
from kfl.answers.sheet_rules import WrongAnswer
from kfl.answers.sheets import AlreadySubmitted, NoSuchAttempt, NoSuchScreen, Stale, UnknownCode
from kfl.answers.store import OpenWave
from kfl.answers.writer import NotStored

from .wave import Wave, open_wave, saves_in


@contextmanager
def opened(wave: Wave):
    store = OpenWave(wave.where, wave.key)
    try:
        yield store
    finally:
        store.close()


@pytest.fixture
def wave(tmp_path):
    return open_wave(tmp_path)


@pytest.fixture
def store(wave):
    with opened(wave) as store:
        yield store


def stored(store, pending):
    store.writer.flush()
    assert pending.settled
    assert pending.error is None


def logged(wave):
    with places.reading(wave.where) as connection:
        saves = saves_in(connection, wave.key)
    return [(save.screen, save.lease, save.rev, save.body) for _, save in saves]


def test_save_is_acknowledged_only_after_commit(wave, store):
    attempt = store.start(wave.invited[0].code).attempt
    pending = store.save(attempt, 1, 1, 1, {"a1": 2})
    assert not pending.settled
    assert logged(wave) == []
    stored(store, pending)
    assert logged(wave) == [(1, 1, 1, b'{"a1":2}')]


def test_same_save_again_gives_the_same_and_stores_once(wave, store):
    attempt = store.start(wave.invited[0].code).attempt
    first = store.save(attempt, 1, 1, 1, {"a1": 2, "a2": 3})
    assert store.save(attempt, 1, 1, 1, {"a2": 3, "a1": 2}) is first
    stored(store, first)
    stored(store, store.save(attempt, 1, 1, 1, {"a1": 2, "a2": 3}))
    assert len(logged(wave)) == 1


def test_older_or_contradicting_save_is_refused_with_the_pair_that_the_attempt_made_itself(wave, store):
    attempt = store.start(wave.invited[0].code).attempt
    store.save(attempt, 1, 1, 4, {"a1": 2})
    nothing = (None, None)
    for lease, rev, answer, told in [(1, 3, 2, (1, 4)), (1, 4, 1, (1, 4)), (0, 9, 2, nothing), (2, 1, 2, nothing)]:
        with pytest.raises(Stale) as stale:
            store.save(attempt, 1, lease, rev, {"a1": answer})
        assert (stale.value.lease, stale.value.rev) == told
    for rev in (0, -1, 2_000_000):
        with pytest.raises(Stale) as stale:
            store.save(attempt, 2, 1, rev, {"tall": 3})
        assert (stale.value.lease, stale.value.rev) == (None, None)


def test_another_tab_of_the_browser_takes_over_and_the_older_one_is_told_no_numbers(wave, store):
    attempt = store.start(wave.invited[0].code).attempt
    store.save(attempt, 1, 1, 1, {"a1": 2})
    store.renew(attempt)
    assert (attempt.lease, store.next_rev(attempt, 1)) == (2, 1)
    assert store.save(attempt, 1, 1, 1, {"a1": 2}), "its own save once more has its own reply"
    with pytest.raises(Stale) as stale:
        store.save(attempt, 1, 1, 2, {"a1": 3})
    assert (stale.value.lease, stale.value.rev) == (None, None)
    store.save(attempt, 1, 2, 1, {"a1": 3})
    assert store.typed(attempt, 1) == {"a1": 3}


def test_blank_leaves_an_answer_and_none_takes_it_back(wave, store):
    attempt = store.start(wave.invited[0].code).attempt
    store.save(attempt, 1, 1, 1, {"a1": 2, "a2": 3})
    store.save(attempt, 1, 1, 2, {"a2": 4})
    assert store.typed(attempt, 1) == {"a1": 2, "a2": 4}
    store.save(attempt, 1, 1, 3, {"a1": None})
    assert store.typed(attempt, 1) == {"a2": 4}


def test_session_that_typed_keeps_its_sheet_when_the_code_is_typed_again(wave, store):
    code = wave.invited[0].code
    first = store.start(code)
    store.save(first.attempt, 1, 1, 1, {"a1": 2})
    store.writer.flush()
    second = store.start(code, first.session)
    assert store.typed(second.attempt, 1) == {"a1": 2}
    assert (second.attempt.name, second.attempt.lease) == (first.attempt.name, 2)
    assert second.session != first.session
    with pytest.raises(NoSuchAttempt):
        store.find(first.attempt.name, first.session)
    assert store.typed(store.start(code, b"another").attempt, 1) == {}


def test_attempt_is_found_by_its_own_session_only_also_after_a_restart(wave):
    with opened(wave) as store:
        one, other = store.start(wave.invited[0].code), store.start(wave.invited[1].code)
        store.save(one.attempt, 1, 1, 1, {"a1": 2, "a2": 1})
        store.save(one.attempt, 1, 1, 2, {"a2": None})
        names = one.attempt.name, other.attempt.name
    with opened(wave) as store:
        found = store.find(names[0], one.session)
        assert (found.lease, store.typed(found, 1), store.next_rev(found, 1)) == (1, {"a1": 2}, 3)
        for name, session in [(names[0], other.session), (names[1], one.session), (b"none", one.session)]:
            with pytest.raises(NoSuchAttempt):
                store.find(name, session)
        with pytest.raises(Stale):
            store.save(found, 1, 1, 2, {"a2": 2})


def test_submit_gives_one_receipt_and_ends_the_sheet(wave):
    code = wave.invited[0].code
    with opened(wave) as store:
        started = store.start(code)
        store.save(started.attempt, 1, 1, 1, {"a1": 2})
        receipt, pending = store.submit(started.attempt)
        assert store.submit(started.attempt)[0] == receipt
        stored(store, pending)
    with opened(wave) as store:
        attempt = store.find(started.attempt.name, started.session)
        assert store.submit(attempt)[0] == receipt
        for rev in (1, 2):
            with pytest.raises(AlreadySubmitted):
                store.save(attempt, 1, 1, rev, {"a1": 2})
        assert store.typed(attempt, 1) == {}
        with pytest.raises(AlreadySubmitted):
            store.renew(attempt)
        again = store.start(code, started.session)
        assert again.attempt.name != started.attempt.name, "the code still writes: on another sheet"
        assert (again.attempt.first_unsaved, again.attempt.is_ended) == (1, False)


def test_unknown_code_opens_nothing(store):
    with pytest.raises(UnknownCode):
        store.start(new_code())


@pytest.mark.parametrize(
    ("screen", "answers"),
    [
        (1, {"a1": 5}), (1, {"a1": 0}), (1, {"a1": "2"}), (1, {"a1": True}), (1, {"a1": 2.0}), (1, {"a1": [2]}),
        (1, {"tall": 3}), (1, {"none": 3}), (2, {"tall": 301}), (2, {"tall": -1}), (2, {"valg": 1}),
        (2, {"valg": [4]}), (2, {"valg": ["1"]}), (2, {"valg": [True]}),
    ],
)  # fmt: skip
def test_wrong_answer_is_refused_and_stores_nothing(wave, store, screen, answers):
    attempt = store.start(wave.invited[0].code).attempt
    with pytest.raises(WrongAnswer):
        store.save(attempt, screen, 1, 1, answers)
    store.writer.flush()
    assert logged(wave) == []


@pytest.mark.parametrize("screen", [0, 3, -1])
def test_screen_that_does_not_exist_is_refused(wave, store, screen):
    with pytest.raises(NoSuchScreen):
        store.save(store.start(wave.invited[0].code).attempt, screen, 1, 1, {})


def test_text_of_an_adult_has_a_length_and_no_nul(tmp_path):
    wave = open_wave(tmp_path, form=2)
    with opened(wave) as store:
        attempt = store.start(wave.invited[0].code).attempt
        for text in ["x" * 2001, "a\0b", 3]:
            with pytest.raises(WrongAnswer):
                store.save(attempt, 1, 1, 1, {"ord": text})
        store.save(attempt, 1, 1, 1, {"ord": "  Bra skole. \u202e😀 "})
        assert store.typed(attempt, 1) == {"ord": "Bra skole. \u202e😀"}


def test_faces_form_has_one_item_a_screen(tmp_path):
    wave = open_wave(tmp_path, form=3)
    with opened(wave) as store:
        attempt = store.start(wave.invited[0].code).attempt
        assert [[item.key for item in screen.items] for screen in attempt.screens] == [["f1"], ["f2"]]


def test_counts_are_of_sheets_that_ended_each_once_and_never_fall(wave, store):
    attempts = [store.start(one.code).attempt for one in wave.invited]
    for attempt in attempts:
        store.save(attempt, 1, 1, 1, {"a1": 2})
    store.writer.flush()
    assert counts(wave.place, "t3") == {}, "an open sheet is not counted"
    for _ in range(2):
        store.submit(attempts[0])
        store.decline(attempts[1])
    empty = store.start(wave.invited[2].code).attempt
    store.submit(empty)
    store.submit(store.start(wave.invited[0].code).attempt)
    store.writer.flush()
    assert counts(wave.place, "t3") == {(3, 1): 3, (4, 1): 1}


def test_a_no_ends_the_sheet_and_says_so_only_to_itself(wave, store):
    started = store.start(wave.invited[0].code)
    attempt = started.attempt
    store.save(attempt, 1, 1, 1, {"a1": 2})
    stored(store, store.decline(attempt))
    stored(store, store.decline(attempt))
    assert attempt.is_ended
    assert store.typed(attempt, 1) == {}
    with pytest.raises(AlreadySubmitted):
        store.save(attempt, 1, 1, 2, {"a1": 3})
    store._forget()
    assert store.find(attempt.name, started.session).is_ended
    handed_in = store.start(wave.invited[1].code).attempt
    store.submit(handed_in)
    with pytest.raises(AlreadySubmitted):
        store.decline(handed_in)


@pytest.mark.files
def test_failed_commit_acknowledges_nothing_and_leaves_no_trace_in_memory(wave, store, monkeypatch):
    started = store.start(wave.invited[0].code)
    stored(store, started.pending)
    monkeypatch.setattr(store.writer, "_connection", Failing(store.writer._connection))
    failed = store.save(started.attempt, 1, 1, 1, {"a1": 2})
    store.writer.flush()
    assert isinstance(failed.error, NotStored)
    monkeypatch.undo()
    attempt = store.find(started.attempt.name, started.session)
    assert store.typed(attempt, 1) == {}
    assert logged(wave) == []
    stored(store, store.save(attempt, 1, 1, 1, {"a1": 2}))
    assert len(logged(wave)) == 1


def test_what_was_built_on_a_failed_commit_fails_too(wave, store):
    started = store.start(wave.invited[0].code)
    writer = store.writer
    writer._broken = True  # as the writer's thread leaves it after a failed commit
    built_on_it = store.save(started.attempt, 1, 1, 1, {"a1": 2})
    writer.flush()
    assert isinstance(built_on_it.error, NotStored)
    assert isinstance(started.pending.error, NotStored)
    stored(store, store.start(wave.invited[0].code).pending)


class Failing:
    """A connection whose disk is full at COMMIT."""

    def __init__(self, connection):
        self.connection = connection

    def execute(self, sql, *values):
        if sql == "COMMIT":
            raise sqlite3.OperationalError("database or disk is full")
        return self.connection.execute(sql, *values)

    @property
    def in_transaction(self):
        return self.connection.in_transaction


def test_a_session_that_ended_neither_reads_nor_writes_also_after_a_restart(wave, store):
    """Who copied the cookie before "next pupil" holds nothing; the respondent's own code goes on."""
    started = store.start(wave.invited[0].code)
    stored(store, store.save(started.attempt, 1, 1, 1, {"a1": 2}))
    stored(store, store.end(started.session))
    for _ in range(2):
        with pytest.raises(NoSuchAttempt):
            store.find(started.attempt.name, started.session)
        store._forget()
    again = store.start(wave.invited[0].code, started.session)
    assert store.typed(again.attempt, 1) == {}
    assert store.end(started.session).settled, "twice is once"


def test_the_same_code_again_keeps_the_session_that_typed(wave, store):
    started = store.start(wave.invited[0].code)
    stored(store, store.save(started.attempt, 1, 1, 1, {"a1": 2}))
    again = store.start(wave.invited[0].code, started.session)
    assert store.end(started.session, but=again.attempt.sheet).settled
    store.writer.flush()
    assert store.typed(again.attempt, 1) == {"a1": 2}


def test_every_reply_to_a_code_is_one_write_to_the_disk(wave, store):
    """A code that nobody has is written about too, and so is one whose sheet was handed in or taken back."""
    store.submit(store.start(wave.invited[0].code).attempt)
    store.writer.flush()
    for line_up in (
        lambda: store.start(wave.invited[0].code),
        lambda: store.start(wave.invited[1].code),
        store.nothing,
    ):
        line_up()
        assert store.writer.waiting == 1
        store.writer.flush()
