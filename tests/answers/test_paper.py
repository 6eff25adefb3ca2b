"""Forms on paper go the same way as on a screen: checked whole, stored once, handed in, never read back."""

import asyncio
from datetime import UTC, datetime

import pytest

from kfl.answers import fold, places
from kfl.answers.bulk import counts, read_columns
from kfl.answers.closing import close_wave_file
from kfl.answers.codes import new_code
from kfl.answers.paper import Refused, enter
from kfl.answers.sealing import SheetSeal
from kfl.answers.sheet_rules import WrongAnswer
from kfl.answers.store import OpenWave
from kfl.answers.writer import NotStored
from tests.intake.served import enter as type_code
from tests.intake.served import put, served

from .wave import bundle, open_wave, with_ratings

WHOLE = {"a1": 2, "a2": 4, "valg": [1, 3], "tall": 12}
EVERYWHERE = range(10)


@pytest.fixture
def wave(tmp_path):
    return open_wave(tmp_path)


def entered(wave, person, answers, *, form=1, groups=EVERYWHERE, code=None):
    code = code or wave.invited[person].code
    return enter(wave.place, wave.keys_dir, "t3", code, form, groups, answers)


def stored(wave):
    with places.reading(wave.where) as connection:
        columns, _texts = fold.answered_sheets(connection, wave.bundle, SheetSeal(wave.key))
    return {pid.tobytes(): row.tolist() for pid, row in zip(columns[1].pid, columns[1].answers.T, strict=True)}


def test_a_paper_is_stored_as_if_it_had_been_typed_and_handed_in(wave):
    receipt = entered(wave, 0, WHOLE)
    assert len(receipt) == 8
    assert stored(wave) == {wave.invited[0].pid: [2, 4, 1, 0, 1, 12]}
    close_wave_file(wave.place, wave.keys_dir, "t3")
    assert len(read_columns(wave.place, "t3", 1).pid) == 1


@pytest.mark.parametrize(
    "more",
    [{"code": new_code()}, {"form": 2}, {"groups": [4]}, {"groups": []}],
    ids=["unknown", "another form", "another class", "nowhere"],
)
def test_what_may_not_be_entered_is_refused_in_one_way(wave, more):
    with pytest.raises(Refused) as caught:
        entered(wave, 0, WHOLE, **more)
    assert str(caught.value) in {"", "no such form is opened by that code here"}
    assert counts(wave.place, "t3") == {}


def test_a_second_paper_is_kept_like_any_other_and_the_first_counts(wave):
    for answers in (WHOLE, {"a1": 1}, {}):
        assert len(entered(wave, 0, answers)) == 8
    assert stored(wave) == {wave.invited[0].pid: [2, 4, 1, 0, 1, 12]}


@pytest.mark.parametrize("wrong", [{"a1": 7}, {"a1": "2"}, {"valg": [9]}, {"tall": 301}, {"ord": "hei"}, {"a1": True}])
def test_one_wrong_answer_and_nothing_is_stored(wave, wrong):
    with pytest.raises(WrongAnswer):
        entered(wave, 0, {**WHOLE, **wrong})
    assert counts(wave.place, "t3") == {}
    entered(wave, 0, WHOLE)


@pytest.mark.parametrize(("hands_in", "expected"), [(False, [4, -1, -1, -1, -1, -1]), (True, [1, 3, -1, -1, -1, -1])])
def test_a_paper_is_a_sheet_of_its_own_whether_the_code_was_used_or_not(wave, hands_in, expected):
    store = OpenWave(wave.where, wave.key)
    attempt = store.start(wave.invited[0].code).attempt
    store.save(attempt, 1, 1, 1, {"a1": 1, "a2": 3})
    if hands_in:
        store.submit(attempt)
    store.close()
    entered(wave, 0, {"a1": 4})
    assert stored(wave) == {wave.invited[0].pid: expected}


def test_a_blank_paper_counts_as_handed_in_and_is_no_answer(wave):
    entered(wave, 0, {})
    assert counts(wave.place, "t3") == {(3, 1): 1}
    entered(wave, 0, WHOLE)
    assert stored(wave) == {wave.invited[0].pid: [2, 4, 1, 0, 1, 12]}


def test_a_rating_on_paper_is_refused_once_it_was_delivered(tmp_path):
    wave = open_wave(tmp_path, frozen=with_ratings(bundle()))
    entered(wave, 0, WHOLE)
    with pytest.raises(Refused):
        entered(wave, 0, {"a1": 1})
    assert stored(wave) == {wave.invited[0].pid: [2, 4, 1, 0, 1, 12]}


def test_outside_its_window_a_wave_takes_no_paper(tmp_path):
    wave = open_wave(tmp_path, closes_at=datetime(2020, 1, 1, tzinfo=UTC))
    with pytest.raises(Refused):
        entered(wave, 0, WHOLE)


def test_where_intake_runs_it_keeps_the_paper_and_the_others_go_on(wave):
    async def story():
        async with served(wave.data_dir) as (_app, client), client() as other:
            begun = await type_code(other, wave.invited[1].code)
            paper = asyncio.to_thread(entered, wave, 0, WHOLE)
            receipt, reply = await asyncio.gather(paper, put(other, begun["attempt"], 1, 1, 1, {"a1": 3}))
            assert len(receipt) == 8
            assert reply.status_code == 200
            for code, wrong, error in [(None, {"a1": 9}, WrongAnswer), (new_code(), WHOLE, Refused)]:
                with pytest.raises(error):
                    await asyncio.to_thread(entered, wave, 2, wrong, code=code)
            assert (await put(other, begun["attempt"], 1, 1, 2, {"a1": 4})).status_code == 200

    asyncio.run(story())
    assert stored(wave) == {wave.invited[0].pid: [2, 4, 1, 0, 1, 12], wave.invited[1].pid: [4, -1, -1, -1, -1, -1]}


def test_a_disk_that_refuses_is_told(wave, monkeypatch):
    def full(self, batch):
        for write in batch:
            write.error = NotStored("the answers could not be written")

    monkeypatch.setattr("kfl.answers.writer.Writer._commit", full)
    with pytest.raises(NotStored):
        entered(wave, 0, WHOLE)
