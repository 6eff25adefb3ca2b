"""At close one sheet of a person is taken, and the same one however often the close is repeated (RULES D.10)."""

import random
from contextlib import contextmanager

import pytest

from kfl.answers import alone, fold, places
from kfl.answers.bulk import counts, import_sheets, read_columns, read_texts
from kfl.answers.closing import close_wave_file
from kfl.answers.column_blocks import read_blocks
from kfl.answers.keys import KeyMissing
from kfl.answers.saves import merge
from kfl.answers.sealing import SheetSeal
from kfl.answers.sheet_rules import is_response
from kfl.answers.store import OpenWave
from kfl.answers.withdrawal import withdraw

from .wave import bundle, ends_in, open_wave, saves_in, with_ratings

END = ("hand in", "no", "take back")


@contextmanager
def opened(wave):
    store = OpenWave(wave.where, wave.key)
    try:
        yield store
    finally:
        store.close()


def sheet(store, wave, *steps, person=0):
    """One session's doings: a number is an answer to a1, `blank` a save without any, the rest are ends."""
    code = wave.invited[person].code
    attempt = store.start(code).attempt
    act(store, wave, attempt, *steps, person=person)
    return attempt


def act(store, wave, attempt, *steps, person=0):
    for step in steps:
        screen = 1 if step != "more" else 2
        rev = store.next_rev(attempt, screen)
        if isinstance(step, int):
            store.save(attempt, 1, 1, rev, {"a1": step})
        elif step == "more":
            store.save(attempt, 2, 1, rev, {"tall": 9, "valg": [1]})
        elif step == "blank":
            store.save(attempt, 1, 1, rev, {})
        elif step == "hand in":
            store.submit(attempt)
        elif step == "no":
            store.decline(attempt)
        elif step == "take back":
            store.writer.flush()
            withdraw(wave.place, store, wave.invited[person].code, store.word(attempt))
        store.writer.flush()


def taken(wave, form=1):
    """By person: the answer to a1 and whether the sheet was alone; as a close would take them."""
    with places.reading(wave.where) as connection:
        columns = fold.answered_sheets(connection, wave.bundle, SheetSeal(wave.key))[0][form]
    return {
        pid.tobytes(): (int(row[0]), bool(alone))
        for pid, row, alone in zip(columns.pid, columns.answers.T, columns.alone, strict=True)
    }


HISTORIES = {
    "one, handed in": ([(1, "hand in")], (1, True)),
    "one, not handed in": ([(1,)], (1, True)),
    "nothing": ([()], None),
    "an empty one": ([("blank", "hand in")], None),
    "two handed in: the first": ([(1, "hand in"), (2, "more", "hand in")], (1, False)),
    "one handed in, one with more": ([(1, "hand in"), (2, "more")], (1, True)),
    "an empty one first": ([("blank", "hand in"), (2, "hand in")], (2, False)),
    "handed in empty, another begun": ([("hand in",), (2,)], (2, False)),
    "none handed in: most answers": ([(1,), (2, "more"), (3,)], (2, True)),
    "taken back after handing in, another later": ([(1, "hand in", "take back"), (2, "hand in")], None),
    "taken back before handing in, another later": ([(1, "take back"), (2, "hand in")], None),
    "a no that was taken back, another begun": ([(1, "no", "take back"), (2,)], None),
    "one handed in before another was taken back": ([(1, "hand in"), (2, "take back")], (1, False)),
    "a no and nothing else": ([("no",)], None),
    "a no after saves": ([(1, "no")], None),
    "a no on another sheet after the last save": ([(1,), ("no",)], None),
    "a save after the no": ([(1, "no"), (2,)], (2, True)),
    "a no before it was handed in elsewhere": ([("no",), (1, "hand in")], (1, True)),
    "a no after it was handed in": ([(1, "hand in"), ("no",)], (1, True)),
    "handed in empty, begun, a no": ([("hand in",), (1,), ("no",)], None),
    "refused, and somebody hands in an empty one": ([(1,), ("no",), ("hand in",)], None),
    "refused, and somebody saves a blank": ([(1,), ("no",), ("blank",)], None),
    "refused, and one who thinks better of it": ([(1,), ("no",), (2,)], (2, True)),
    "refused after it was handed in": ([(1, "hand in"), ("no",), ("hand in",)], (1, False)),
}


@pytest.mark.parametrize("history", list(HISTORIES))
def test_one_sheet_is_taken(tmp_path, history):
    sheets, expected = HISTORIES[history]
    wave = open_wave(tmp_path, people=2)
    with opened(wave) as store:
        for steps in sheets:
            sheet(store, wave, *steps)
        sheet(store, wave, 4, "hand in", person=1)
    found = taken(wave)
    assert found.pop(wave.invited[1].pid) == (4, True), "another person is untouched"
    assert found == ({} if expected is None else {wave.invited[0].pid: expected})
    close_wave_file(wave.place, wave.keys_dir, "t3")
    columns = read_columns(wave.place, "t3", 1, keys_dir=wave.keys_dir)
    closed = {
        p.tobytes(): (int(r[0]), bool(a)) for p, r, a in zip(columns.pid, columns.answers.T, columns.alone, strict=True)
    }
    assert closed == taken_with(found, wave)
    assert sum(counts(wave.place, "t3").values()) == len(closed)


def taken_with(found, wave):
    return {**found, wave.invited[1].pid: (4, True)}


def test_of_two_sheets_with_as_many_answers_the_same_one_is_taken_every_time(tmp_path):
    """Neither the first nor the last: by the number under K_code, so that a close that is repeated takes the same."""
    wave = open_wave(tmp_path, people=40)
    with opened(wave) as store:
        for person in range(40):
            for answer in (1, 2):
                sheet(store, wave, answer, person=person)
    first = taken(wave)
    assert all(taken(wave) == first for _ in range(3))
    assert {answer for answer, _alone in first.values()} == {1, 2}


def test_which_of_many_sheets_is_taken_follows_the_rule_in_any_order(tmp_path):
    """Random doings of up to four sessions in between each other, held against the rule read off the log."""
    chance = random.Random(8)
    wave = open_wave(tmp_path, people=60)
    with opened(wave) as store:
        for person in range(60):
            attempts = [store.start(wave.invited[person].code).attempt for _ in range(chance.randint(1, 4))]
            for _ in range(chance.randint(1, 9)):
                attempt = chance.choice(attempts)
                step = chance.choice([1, 2, 3, 4, "blank", "more", *END])
                if step == "take back" or not attempt.is_ended:
                    act(store, wave, attempt, step, person=person)
        expected = {}
        for person, one in enumerate(wave.invited):
            found = by_the_rule(store, wave, one.pid)
            if found is not None:
                expected[wave.invited[person].pid] = found
    assert {pid: answer for pid, (answer, _alone) in taken(wave).items()} == expected
    assert 20 < len(expected) < 60


def by_the_rule(store, wave, pid):
    """RULES D.10 said once more, slowly: the answer to a1 on the sheet that counts."""
    seal = SheetSeal(wave.key)
    with places.reading(wave.where) as connection:
        owners = connection.execute("SELECT sheet, sealed FROM attempts").fetchall()
        mine = {number for number, sealed in owners if seal.open_who(number, sealed).pid == pid}
        order = [number for (number,) in connection.execute("SELECT sheet FROM log ORDER BY seq").fetchall()]
        ends = [(number, end.name) for number, end in ends_in(connection, wave.key) if number in mine]
        saves = saves_in(connection, wave.key)
    answers = {number: {} for number in mine}
    for number, save in saves:
        if number in mine:
            merge(answers[number], save.body)
    handed = list(dict.fromkeys(number for number, end in ends if end != "NO"))
    gone = {number for number, end in ends if end == "WITHDRAWN"}
    refused = {number for number, end in ends if end == "NO"} - gone
    form = wave.bundle.form(1)
    for number in handed:
        if number in gone or is_response(form, answers[number]):
            return answers[number].get("a1", -1) if number not in gone else None
    last_save = {number: place for place, number in enumerate(order) if number in mine}
    last_no = max(
        (place for place, n in enumerate(order) if n in {seal.end_number(one) for one in refused}), default=-1
    )
    left = [number for number in mine - refused if is_response(form, answers[number]) and last_save[number] > last_no]
    if not left:
        return None
    best = min(left, key=lambda n: (-sum(v is not None for v in answers[n].values()), seal.tie(n)))
    return answers[best].get("a1", -1)


def test_free_texts_are_of_the_sheet_that_is_taken_alone(tmp_path):
    wave = open_wave(tmp_path, people=2, form=2)
    with opened(wave) as store:
        for text in ("first", "second"):
            attempt = store.start(wave.invited[0].code).attempt
            store.save(attempt, 1, 1, 1, {"p1": 2, "ord": text})
            store.submit(attempt)
        store.save(store.start(wave.invited[1].code).attempt, 1, 1, 1, {"ord": "a text alone"})
    close_wave_file(wave.place, wave.keys_dir, "t3")
    assert sorted(read_texts(wave.place, "t3", 2)) == [("ord", "a text alone"), ("ord", "first")]
    assert len(read_columns(wave.place, "t3", 2).pid) == 1


@pytest.mark.parametrize("keeps_the_key", [True, False])
def test_a_second_sheet_puts_no_mark_on_a_chosen_persons_row_without_the_key(tmp_path, promise, keeps_the_key):
    """A teacher hands in a second sheet for one pupil of each class, and gets hold of the closed file."""
    people = 200
    wave = open_wave(tmp_path, people=people)
    marked = {one.pid for one in wave.invited[::20]}
    with opened(wave) as store:
        for person, one in enumerate(wave.invited):
            sheet(store, wave, 1 + person % 4, "hand in", person=person)
            if one.pid in marked:
                sheet(store, wave, 4, "hand in", person=person)
    close_wave_file(wave.place, wave.keys_dir, "t3")
    with places.reading(wave.where) as connection:
        columns = read_blocks(connection, wave.bundle.form(1))
    if keeps_the_key:
        columns = read_columns(wave.place, "t3", 1, keys_dir=wave.keys_dir)
    told = {pid.tobytes() for pid, alone in zip(columns.pid, columns.alone, strict=True) if not alone}
    if keeps_the_key:
        assert told == marked, "who decides what is shown must know"
        return
    # Each bit is as likely turned as not: six standard deviations about the half.
    assert abs(len(told) - people / 2) < 6 * (people / 4) ** 0.5
    none = read_columns(wave.place, "t3", 1).alone
    assert not none.any(), "without the key nobody is known to be alone"
    alone.destroy(wave.keys_dir, "t3")
    with pytest.raises(KeyMissing):
        read_columns(wave.place, "t3", 1, keys_dir=wave.keys_dir)
    promise("D.10 mark in a closed file", f"{len(told)} of {people} rows look marked, where {len(marked)} were")


@pytest.mark.files
def test_what_is_not_taken_is_destroyed(tmp_path):
    wave = open_wave(tmp_path, people=1, form=2)
    with opened(wave) as store:
        for text in ("den-som-teller", "kanarifugl"):
            attempt = store.start(wave.invited[0].code).attempt
            store.save(attempt, 1, 1, 1, {"p1": 2, "ord": text})
            store.submit(attempt)
    close_wave_file(wave.place, wave.keys_dir, "t3")
    files = b"".join(path.read_bytes() for path in sorted(wave.data_dir.rglob("*")) if path.is_file())
    assert b"den-som-teller" in files
    assert b"kanarifugl" not in files


def test_imported_people_are_alone_and_who_took_the_answers_back_is_not_found_among_them(tmp_path):
    wave = open_wave(tmp_path, people=3)
    import_sheets(
        wave.place, wave.keys_dir, wave.bundle, 1, [3, 4, 3], [0, 0, 0],
        [list(one.pid) for one in wave.invited], [[1, 2, 3], [1, 1, 1], *([[0] * 3] * 3), [5, 5, 5]],
    )  # fmt: skip
    with opened(wave) as store:
        sheet(store, wave, 4, "hand in", person=1)
        sheet(store, wave, 4, "take back", person=2)
    assert taken(wave) == {wave.invited[0].pid: (1, True), wave.invited[1].pid: (4, True)}


def test_a_rating_is_taken_as_far_as_it_goes(tmp_path):
    wave = open_wave(tmp_path, people=2, frozen=with_ratings(bundle()))
    with opened(wave) as store:
        for person, end in enumerate(("", "hand in")):
            sheet(store, wave, 1, person=person)
            sheet(store, wave, 3, *([end] if end else []), person=person)
    assert taken(wave) == {one.pid: (3, True) for one in wave.invited}
