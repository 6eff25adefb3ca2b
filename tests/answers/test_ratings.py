"""How far a rating has come may be known; who has answered about oneself may not, by this door or any other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kfl.answers import bulk, changes, wave_tables
from kfl.answers.closing import close_wave_file
from kfl.answers.codes import new_code
from kfl.answers.keys import PID_BYTES
from kfl.answers.ratings import NotARating, RatingProgress, progress_of_ratings
from kfl.answers.store import OpenWave
from tests.answers.wave import bundle, open_wave, with_ratings


@pytest.fixture
def wave(tmp_path):
    """Four children, each to be rated (form 1 made a rater's) and each asked (form 2)."""
    found = open_wave(tmp_path, frozen=with_ratings(bundle()))
    own = replace(found.invited[0], code="", form=2)
    code = new_code()
    changes.add_invitation(found.place, found.key, replace(own, code=code))
    found.own_code = code
    return found


def answered(wave):
    """The first rating is handed in, the second begun, the third opened only."""
    held = OpenWave(wave.where, wave.key)
    held.writer.start(lambda settle, *more: settle(*more))
    for number, one in enumerate(wave.invited[:3]):
        attempt = held.start(one.code).attempt
        if number < 2:
            held.save(attempt, 1, attempt.lease, 1, {"a1": 3})
        if number == 0:
            held.submit(attempt)
    held.close()


def test_each_rating_tells_how_far_it_has_come(wave):
    codes = [one.code for one in wave.invited]
    assert progress_of_ratings(wave.place, wave.key, codes) == [RatingProgress.NOT_BEGUN] * 4
    answered(wave)
    assert progress_of_ratings(wave.place, wave.key, codes) == [
        RatingProgress.HANDED_IN, RatingProgress.BEGUN, RatingProgress.NOT_BEGUN, RatingProgress.NOT_BEGUN,
    ]  # fmt: skip


def test_a_rating_that_was_put_in_from_elsewhere_is_done(wave):
    pid = np.frombuffer(wave.invited[1].pid, dtype=np.uint8).reshape(1, PID_BYTES)
    bulk.import_sheets(
        wave.place, wave.keys_dir, wave.bundle, 1, [4], [0], pid, np.full((wave.bundle.form(1).width, 1), 1)
    )
    codes = [one.code for one in wave.invited]
    assert [one is RatingProgress.HANDED_IN for one in progress_of_ratings(wave.place, wave.key, codes)] == [
        False, True, False, False,
    ]  # fmt: skip


def test_a_code_of_a_form_about_oneself_is_refused_whatever_stands_beside_it(wave):
    answered(wave)
    codes = [one.code for one in wave.invited]
    for asked in ([wave.own_code], [*codes, wave.own_code], [wave.own_code, *codes]):
        with pytest.raises(NotARating):
            progress_of_ratings(wave.place, wave.key, asked)


@pytest.mark.parametrize("form", [1, 2, 3])
def test_no_form_of_a_wave_without_ratings_is_told_of(tmp_path, form):
    plain = open_wave(tmp_path, form=form)
    with pytest.raises(NotARating):
        progress_of_ratings(plain.place, plain.key, [plain.invited[0].code])


def test_unknown_codes_and_closed_waves_are_refused(wave):
    with pytest.raises(changes.NoSuchCode):
        progress_of_ratings(wave.place, wave.key, ["00000000000"])
    close_wave_file(wave.place, wave.keys_dir, "t3")
    with pytest.raises(wave_tables.WaveNotOpen):
        progress_of_ratings(wave.place, wave.key, [wave.invited[0].code])
