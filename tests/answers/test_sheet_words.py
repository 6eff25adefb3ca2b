"""The word of a sheet: with the code it leads to an unseen copy, and to nothing else."""

from contextlib import contextmanager

import pytest

from kfl.answers import places
from kfl.answers.bulk import counts, read_columns
from kfl.answers.closing import close_wave_file
from kfl.answers.codes import ALPHABET
from kfl.answers.sheet_words import BadWord, display, normalise_word
from kfl.answers.store import OpenWave

from .wave import open_wave


@pytest.fixture
def wave(tmp_path):
    return open_wave(tmp_path)


@contextmanager
def opened(wave):
    store = OpenWave(wave.where, wave.key)
    try:
        yield store
    finally:
        store.close()


def begun(store, code):
    """A pupil who saved the first of two screens, twice, and took one answer back."""
    attempt = store.start(code).attempt
    store.save(attempt, 1, 1, 1, {"a1": 2, "a2": 3})
    store.save(attempt, 1, 1, 2, {"a2": None})
    store.writer.flush()
    return attempt


def closed(wave):
    close_wave_file(wave.place, wave.keys_dir, "t3")
    columns = read_columns(wave.place, "t3", 1)
    return {pid.tobytes(): row.tolist() for pid, row in zip(columns.pid, columns.answers.T, strict=True)}


def test_a_word_is_eight_characters_of_its_sheet_alone_and_the_same_after_a_restart(wave):
    with opened(wave) as store:
        started = [store.start(wave.invited[0].code) for _ in range(50)]
        words = [store.word(one.attempt) for one in started]
    assert len(set(words)) == 50
    assert all(len(word) == 8 and set(word) <= set(ALPHABET) for word in words)
    assert len({character for word in words for character in word}) == 32
    with opened(wave) as store:
        assert [store.word(store.find(one.attempt.name, one.session)) for one in started] == words


def test_a_word_is_read_as_it_is_shown_and_as_people_type_it():
    assert normalise_word(display("01ABCDEZ")) == "01ABCDEZ"
    assert normalise_word(" ol ab cd-ez ") == "01ABCDEZ"
    for text in ("", "0123456", "012345678", "ABCDEFGU", "å" * 8, "0" * 900):
        with pytest.raises(BadWord) as refused:
            normalise_word(text)
        assert not text or text not in str(refused.value)


def test_code_and_word_go_on_at_the_first_unsaved_screen_and_show_nothing(wave):
    code = wave.invited[0].code
    with opened(wave) as store:
        word = store.word(begun(store, code))
        other = store.start(code, word=word).attempt
        assert other.first_unsaved == 2
        assert (store.typed(other, 1), store.next_rev(other, 1)) == ({}, 1)
        store.save(other, 2, 1, 1, {"tall": 7})
        store.submit(other)
    assert closed(wave) == {wave.invited[0].pid: [2, -1, -1, -1, -1, 7]}


def test_a_copy_is_a_copy_also_after_a_restart_before_its_first_save(wave):
    code = wave.invited[0].code
    with opened(wave) as store:
        word = store.word(begun(store, code))
        begun_elsewhere = store.start(code, word=word)
    with opened(wave) as store:
        copy = store.find(begun_elsewhere.attempt.name, begun_elsewhere.session)
        assert (copy.first_unsaved, store.typed(copy, 1)) == (2, {})
        again = store.start(code, word=store.word(copy)).attempt
        assert again.first_unsaved == 2, "a copy of a copy that nothing was saved on"
        store.save(copy, 2, 1, 1, {"tall": 7})
    with opened(wave) as store:
        copy = store.find(begun_elsewhere.attempt.name, begun_elsewhere.session)
        assert (copy.first_unsaved, store.typed(copy, 1), store.typed(copy, 2)) == (2, {}, {"tall": 7})
        store.submit(copy)
    assert closed(wave) == {wave.invited[0].pid: [2, -1, -1, -1, -1, 7]}


def test_what_a_copy_began_with_cannot_be_asked_for_by_repeating_it(wave):
    """The oracle of repeats once more, by one who has code and word: every pair that the first sheet used."""
    code = wave.invited[0].code
    with opened(wave) as store:
        word = store.word(begun(store, code))
        told = set()
        for guess in ({"a1": 2, "a2": 3}, {"a1": 2}, {"a2": None}, {"a1": 1}):
            copy = store.start(code, word=word).attempt
            for lease, rev in [(0, 0), (0, 1), (1, 0), (2, 1)]:
                with pytest.raises(Exception, match="another save") as stale:
                    store.save(copy, 1, lease, rev, guess)
                told.add((stale.value.lease, stale.value.rev))
            assert not store.save(copy, 1, 1, 1, guess).settled, "any body is kept as the first save"
        assert told == {(None, None)}


def test_the_first_sheet_goes_on_by_itself(wave):
    code = wave.invited[0].code
    with opened(wave) as store:
        first = begun(store, code)
        copy = store.start(code, word=store.word(first)).attempt
        store.save(copy, 1, 1, 1, {"a1": 4})
        store.save(first, 2, 1, 1, {"tall": 1})
        store.submit(first)
        store.submit(copy)
    assert closed(wave) == {wave.invited[0].pid: [2, -1, -1, -1, -1, 1]}


@pytest.mark.parametrize("tried", ["wrong", "somebody else's", "handed in", "said no", "nonsense"])
def test_any_other_word_gives_an_empty_sheet_by_the_same_write(wave, tried):
    code = wave.invited[0].code
    with opened(wave) as store:
        attempt = begun(store, code)
        word = {"wrong": "ZZZZZZZZ", "nonsense": "å\0 😀" * 50}.get(tried) or store.word(attempt)
        if tried == "somebody else's":
            code = wave.invited[1].code
        elif tried == "handed in":
            store.submit(attempt)
        elif tried == "said no":
            store.decline(attempt)
        store.writer.flush()
        started = store.start(code, word=word)
        assert store.writer.waiting == 1
        store.writer.flush()
        assert (started.attempt.first_unsaved, started.attempt.lease) == (1, 1)
        assert not started.attempt.is_ended


def test_guessing_words_is_not_limited_by_others_and_changes_nothing(wave):
    """A limit would let whoever holds the code lock its owner out; 2^40 words need none."""
    code = wave.invited[0].code
    with opened(wave) as store:
        word = store.word(begun(store, code))
        for number in range(200):
            assert store.start(code, word=f"{number:08d}").attempt.first_unsaved == 1
        assert store.start(code, word=word).attempt.first_unsaved == 2
        store.writer.flush()
    assert counts(wave.place, "t3") == {}


def test_words_lie_nowhere_in_the_file(wave):
    with opened(wave) as store:
        attempts = [begun(store, one.code) for one in wave.invited]
        words = [store.word(attempt) for attempt in attempts]
        receipts = [store.submit(attempt)[0] for attempt in attempts]
    files = b"".join(path.read_bytes() for path in sorted(wave.data_dir.rglob("*")) if path.is_file())
    assert not [word for word in words + receipts if word.encode() in files]
    with places.reading(wave.where) as connection:
        names = [bytes(name) for (name,) in connection.execute("SELECT word FROM attempts").fetchall()]
    assert len(set(names)) == len(wave.invited)
