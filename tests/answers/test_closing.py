"""Closing: the answers stay, the way to persons is gone, and a kill at any step does no harm."""

import os
import subprocess
import sys

import numpy as np
import pytest

from kfl.answers import alone
from kfl.answers.bulk import counts, read_columns, read_texts
from kfl.answers.closing import CloseStep, close_wave_file
from kfl.answers.keys import CodeKey, KeyMissing
from kfl.answers.places import wave_state
from kfl.answers.store import OpenWave
from kfl.answers.wave_tables import State, WaveNotOpen

from .wave import Wave, open_wave

KILLED = 9
CLOSE_AND_DIE = """
import os, sys
from pathlib import Path
from kfl.answers import alone, places
from kfl.answers.closing import close_wave_file
answers, keys, step = sys.argv[1:]
close_wave_file(places.at(Path(answers)), Path(keys), "t3", after=lambda now: now == step and os._exit(9))
"""


def answer(wave: Wave, *, submit: bool = True) -> dict[bytes, tuple[int, ...]]:
    """Everybody but the last answers, one after another; what each one's row must be."""
    expected = {}
    store = OpenWave(wave.where, wave.key)
    for number, one in enumerate(wave.invited[:-1]):
        attempt = store.start(one.code).attempt
        store.save(attempt, 1, 1, 1, {"a1": 1, "a2": 4})
        store.save(attempt, 1, 1, 2, {"a1": 1 + number % 4})
        store.save(attempt, 2, 1, 1, {"valg": [1, 3], "tall": number})
        store.save(attempt, 1, 1, 3, {"a2": None})
        expected[one.pid] = (1 + number % 4, -1, 1, 0, 1, number)
        if submit:
            store.submit(attempt)
    store.start(wave.invited[-1].code)
    store.close()
    return expected


def rows(wave: Wave) -> dict[bytes, tuple[int, ...]]:
    columns = read_columns(wave.place, "t3", 1)
    return {pid.tobytes(): tuple(row) for pid, row in zip(columns.pid, columns.answers.T.tolist(), strict=True)}


def test_closed_wave_holds_everybodys_last_word(tmp_path):
    wave = open_wave(tmp_path, people=9)
    expected = answer(wave)
    before = counts(wave.place, "t3")
    close_wave_file(wave.place, wave.keys_dir, "t3")
    assert rows(wave) == expected
    assert counts(wave.place, "t3") == before == {(3, 1): 4, (4, 1): 4}, "all of them were handed in"
    columns = read_columns(wave.place, "t3", 1)
    who = {one.pid: (one.group, one.split) for one in wave.invited}
    for pid, group, split in zip(columns.pid, columns.group, columns.split, strict=True):
        assert who[pid.tobytes()] == (group, split)


def test_sheet_that_was_not_handed_in_counts_as_far_as_it_goes(tmp_path):
    wave = open_wave(tmp_path, people=3)
    expected = answer(wave, submit=False)
    close_wave_file(wave.place, wave.keys_dir, "t3")
    assert rows(wave) == expected


def test_texts_of_adults_lie_apart_without_person(tmp_path):
    wave = open_wave(tmp_path, people=3, form=2)
    store = OpenWave(wave.where, wave.key)
    for number, one in enumerate(wave.invited):
        store.save(store.start(one.code).attempt, 1, 1, 1, {"p1": 2, "ord": f"Tekst {number}"})
    store.close()
    close_wave_file(wave.place, wave.keys_dir, "t3")
    assert sorted(read_texts(wave.place, "t3", 2)) == [("ord", f"Tekst {number}") for number in range(3)]
    assert read_columns(wave.place, "t3", 2).answers.tolist() == [[2, 2, 2]]


@pytest.mark.parametrize("step", list(CloseStep))
def test_close_that_was_killed_is_brought_to_its_end(tmp_path, step):
    wave = open_wave(tmp_path, people=5)
    expected = answer(wave)
    folders = wave.place.folder, wave.keys_dir
    killed = subprocess.run([sys.executable, "-c", CLOSE_AND_DIE, *folders, step], check=False)
    assert killed.returncode == KILLED
    if wave_state(wave.place, "t3") is not State.CLOSED:
        with pytest.raises(WaveNotOpen):
            OpenWave(wave.where, wave.key)
    close_wave_file(wave.place, wave.keys_dir, "t3")
    assert rows(wave) == expected
    assert_nothing_leads_to_persons(tmp_path, wave)


@pytest.mark.parametrize("left", [b"", b"00ff"])
def test_a_close_that_was_cut_off_in_making_a_key_makes_it_anew(tmp_path, left):
    wave = open_wave(tmp_path, people=3)
    expected = answer(wave)
    half = alone.path(wave.keys_dir, "t3")
    half.touch(mode=0o600)
    half.write_bytes(left)
    close_wave_file(wave.place, wave.keys_dir, "t3")
    assert rows(wave) == expected
    assert read_columns(wave.place, "t3", 1, keys_dir=wave.keys_dir).alone.all()


@pytest.mark.files
def test_closing_twice_changes_nothing(tmp_path):
    wave = open_wave(tmp_path, people=5)
    answer(wave)
    close_wave_file(wave.place, wave.keys_dir, "t3")
    before = wave.file.read_bytes()
    close_wave_file(wave.place, wave.keys_dir, "t3")
    assert wave.file.read_bytes() == before


@pytest.mark.files
def test_nothing_that_leads_to_persons_is_left_on_disk(tmp_path):
    wave = open_wave(tmp_path, people=9)
    # An opening that was cut off between its last two steps leaves a second name.
    os.link(wave.file, wave.file.with_suffix(".new"))
    answer(wave)
    secrets = canaries(wave)
    assert any(secret in whole(tmp_path) for secret in secrets)
    close_wave_file(wave.place, wave.keys_dir, "t3")
    assert_nothing_leads_to_persons(tmp_path, wave)
    everything = whole(tmp_path)
    assert not [secret for secret in secrets if secret in everything]


def canaries(wave: Wave) -> list[bytes]:
    """Codes, envelopes, sessions, attempts and receipts of an open wave, as they lie on disk."""
    store = OpenWave(wave.where, wave.key)
    read = store._reader.execute
    found = [value for row in read("SELECT lookup, sealed FROM envelopes") for value in row]
    held = "SELECT attempt, session, word, copied, sealed FROM attempts"
    found += [value for row in read(held) for value in row]
    found += [store._seal.word(sheet).encode() for (sheet,) in read("SELECT sheet FROM attempts")]
    store.close()
    return [*found, wave.key.secret, wave.key.secret.hex().encode(), *(one.code.encode() for one in wave.invited)]


def assert_nothing_leads_to_persons(data_dir, wave: Wave) -> None:
    names = {path.name for path in wave.place.folder.glob("*")}
    assert names == (set() if wave.place.is_shared else {"t3.sqlite3", "t3.lock"})
    everything = whole(data_dir)
    for one in wave.invited:
        assert one.code.encode() not in everything
        assert wave.key.lookup(one.code) not in everything
    assert wave.invited[-1].pid not in everything  # came, but answered nothing
    assert wave.key.secret not in everything
    with pytest.raises(KeyMissing):
        CodeKey.load(wave.keys_dir, "t3")


def whole(data_dir) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(data_dir.rglob("*")) if path.is_file())


@pytest.mark.files
def test_order_of_answering_is_gone(tmp_path):
    """An attacker who knows who answered when places people no better than by chance."""
    people, rounds, hits = 25, 12, 0
    for number in range(rounds):
        wave = open_wave(tmp_path / str(number), people=people + 1)
        answer(wave)
        close_wave_file(wave.place, wave.keys_dir, "t3")
        stored = [pid.tobytes() for pid in read_columns(wave.place, "t3", 1).pid]
        hits += sum(pid == one.pid for pid, one in zip(stored, wave.invited, strict=False))
    # Fixed points of random orders: 1 a round on average, variance 1; six standard deviations up.
    assert hits <= rounds + 6 * np.sqrt(rounds)


def test_a_wave_whose_key_is_gone_stays_open(tmp_path):
    """Nobody could read what was saved; bringing the key back is all that helps."""
    wave = open_wave(tmp_path)
    answer(wave)
    path = CodeKey.path(wave.keys_dir, "t3")
    kept = path.read_bytes()
    path.unlink()
    with pytest.raises(KeyMissing):
        close_wave_file(wave.place, wave.keys_dir, "t3")
    assert wave_state(wave.place, "t3") is State.OPEN
    path.touch(mode=0o600)
    path.write_bytes(kept)
    close_wave_file(wave.place, wave.keys_dir, "t3")
    assert wave_state(wave.place, "t3") is State.CLOSED
