"""Changes in an open wave: a lost code, a late respondent, more time, also while answers come in."""

from datetime import UTC, datetime

import pytest

from kfl.answers.changes import NoSuchCode, add_invitation, extend, replace_code
from kfl.answers.closing import close_wave_file
from kfl.answers.codes import new_code
from kfl.answers.envelopes import Invitation
from kfl.answers.keys import random_pid
from kfl.answers.sheets import UnknownCode
from kfl.answers.store import OpenWave
from kfl.answers.wave_tables import WaveNotOpen

from .wave import open_wave


@pytest.fixture
def wave(tmp_path):
    return open_wave(tmp_path)


@pytest.fixture
def store(wave):
    store = OpenWave(wave.where, wave.key)
    yield store
    store.close()


def test_replaced_code_leads_to_the_same_person_and_word_and_the_old_one_dies(wave, store):
    old = wave.invited[0].code
    first = store.start(old)
    store.save(first.attempt, 1, 1, 1, {"a1": 2})
    store.writer.flush()
    code = replace_code(wave.place, wave.key, old)
    second = store.start(code, word=store.word(first.attempt))
    assert (second.attempt.first_unsaved, store.typed(second.attempt, 1)) == (2, {})
    assert store.start(code, first.session).attempt.name == first.attempt.name, "who has begun goes on"
    store.save(first.attempt, 2, 2, 1, {"tall": 2})
    for attempt in (lambda: store.start(old), lambda: replace_code(wave.place, wave.key, old)):
        with pytest.raises((UnknownCode, NoSuchCode)):
            attempt()


def test_late_respondent_can_start(wave, store):
    late = Invitation(new_code(), random_pid(), 9, 1, 0)
    add_invitation(wave.place, wave.key, late)
    assert store.start(late.code).attempt.sheet.invitation == late


def test_late_respondent_of_an_unknown_group_is_refused(wave):
    with pytest.raises(ValueError, match="group"):
        add_invitation(wave.place, wave.key, Invitation(new_code(), random_pid(), 10, 1, 0))


def test_wave_takes_new_respondents_within_its_window(tmp_path):
    wave = open_wave(tmp_path / "window", closes_at=datetime(2026, 12, 4, tzinfo=UTC))
    store = OpenWave(wave.where, wave.key)
    day = datetime(2026, 12, 5, tzinfo=UTC)
    assert not store.is_taking(day)
    extend(wave.place, "t3", datetime(2026, 12, 11, tzinfo=UTC))
    assert store.is_taking(day)
    assert not store.is_taking(datetime(2026, 12, 11, tzinfo=UTC))
    store.close()


def test_closing_time_without_zone_is_refused(wave):
    with pytest.raises(ValueError, match="zone"):
        extend(wave.place, "t3", datetime(2026, 12, 11))


def test_closed_wave_takes_no_change(wave):
    close_wave_file(wave.place, wave.keys_dir, "t3")
    for change in (
        lambda: replace_code(wave.place, wave.key, wave.invited[0].code),
        lambda: add_invitation(wave.place, wave.key, Invitation(new_code(), random_pid(), 1, 1, 0)),
        lambda: extend(wave.place, "t3", datetime(2100, 1, 1, tzinfo=UTC)),
    ):
        with pytest.raises(WaveNotOpen):
            change()
