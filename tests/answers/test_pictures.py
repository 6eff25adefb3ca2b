"""The two own pictures: kept once, known again on another device, and no help to who only has the code."""

from itertools import combinations

import pytest

from kfl.answers import pictures, places
from kfl.answers.pictures import MOST_MISSES, PICTURES, WrongPictures, show
from kfl.answers.sheets import AlreadySubmitted, Stale
from kfl.answers.store import OpenWave

from .wave import open_wave


@pytest.fixture
def wave(tmp_path):
    return open_wave(tmp_path)


@pytest.fixture
def store(wave):
    opened = OpenWave(wave.where, wave.key)
    yield opened
    opened.close()


def begun(store, code, mine=(3, 11)):
    """A pupil who chose pictures and saved the first of two screens."""
    attempt = store.start(code).attempt
    assert show(store, attempt, mine).screen == 1
    store.save(attempt, 1, 1, 1, {"a1": 2})
    store.writer.flush()
    return attempt


@pytest.mark.parametrize("numbers", [(), (1,), (1, 1), (1, 2, 3), (-1, 2), (2, PICTURES), (0, 99)])
def test_anything_but_two_pictures_is_refused(store, wave, numbers):
    attempt = store.start(wave.invited[0].code).attempt
    with pytest.raises(WrongPictures):
        show(store, attempt, numbers)


def test_same_pictures_in_any_order_go_on_at_the_first_screen_not_saved(store, wave):
    code = wave.invited[0].code
    begun(store, code)
    other = store.start(code).attempt
    assert show(store, other, [11, 3]).screen == 2
    assert store.typed(other, 1) == {}, "what was typed is shown to nobody else"
    assert other.sheet.answers == {"a1": 2}


def test_other_pictures_lead_to_an_empty_form_and_change_none(store, wave):
    code = wave.invited[0].code
    begun(store, code)
    other = store.start(code).attempt
    assert show(store, other, (3, 12)).screen == 1
    assert show(store, other, (3, 11)).screen == 2


def test_pictures_outlive_a_restart(store, wave):
    code = wave.invited[0].code
    begun(store, code)
    store._forget()
    assert show(store, store.start(code).attempt, (3, 11)).screen == 2


def test_only_who_began_may_choose_afterwards(store, wave):
    code = wave.invited[0].code
    first = store.start(code)
    store.save(first.attempt, 1, 1, 1, {"a1": 2})
    other = store.start(code)
    assert show(store, other.attempt, (0, 1)).screen == 1
    assert other.attempt.sheet.pictures is None
    again = store.start(code, other.session)
    store.save(again.attempt, 2, 3, 1, {"tall": 1})
    assert show(store, again.attempt, (0, 1)).screen == 1
    assert again.attempt.sheet.pictures is not None


def test_handed_in_or_taken_over_asks_nothing_more(store, wave):
    code = wave.invited[0].code
    old = begun(store, code)
    new = store.start(code).attempt
    with pytest.raises(Stale):
        show(store, old, (3, 11))
    store.submit(new)
    with pytest.raises(AlreadySubmitted):
        show(store, new, (3, 11))


def test_pictures_lie_nowhere_in_clear_and_alike_pictures_do_not_look_alike(store, wave):
    for one in wave.invited:
        begun(store, one.code)
    with places.reading(wave.where) as connection:
        rows = connection.execute("SELECT picked FROM pictures").fetchall()
    assert len({row[0] for row in rows}) == len(wave.invited)
    assert all(len(row[0]) == 32 for row in rows)
    assert "picked" not in repr(wave.key)


def test_guessing_stops_after_a_few_also_over_new_sessions_and_restarts(tmp_path):
    """Promise: code without pictures opens nothing. Every pair is tried on every sheet, in order, with restarts."""
    wave = open_wave(tmp_path, people=24)
    pairs = list(combinations(range(PICTURES), 2))
    store = OpenWave(wave.where, wave.key)
    opened = tries = 0
    try:
        for number, who in enumerate(wave.invited):
            begun(store, who.code, pairs[number * 5])
            for turn, guess in enumerate(pairs):
                if turn % 40 == 0:
                    store.writer.flush()
                    store._forget()
                attempt = store.start(who.code).attempt
                opened += show(store, attempt, guess).screen == 2
                tries += 1
        store.writer.flush()
    finally:
        store.close()
    expected = sum(1 for number in range(24) if number * 5 < MOST_MISSES)
    print(f"two pictures, all {len(pairs)} pairs on 24 sheets: {opened} of {tries} guesses opened one (no seed)")
    assert opened == expected
    assert pictures.MOST_MISSES / len(pairs) < 0.05
