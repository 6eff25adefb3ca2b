"""The owner: holds open waves, finds new ones, and hands one over to whoever must import or close."""

import asyncio
from pathlib import Path

import pytest

from kfl.answers import places
from kfl.answers.bulk import counts, import_sheets
from kfl.answers.closing import close_wave_file
from kfl.answers.owner import AlreadyOwned, Owner
from kfl.answers.ownership import FileLock, WaveBusy
from kfl.answers.places import wave_state
from kfl.answers.wave_tables import State

from .test_bulk import sheets
from .wave import open_wave


def with_owner(data_dir: Path, story):
    """Run a story in an event loop while an owner holds the folder."""

    async def run():
        owner = Owner(places.at(data_dir / "answers"), data_dir / "keys")
        await owner.start()
        try:
            return await story(owner)
        finally:
            await owner.stop()

    return asyncio.run(run())


async def durable(pending):
    while not pending.settled:
        await asyncio.sleep(0.001)
    assert pending.error is None


def test_owner_takes_waves_that_are_there_and_finds_new_ones(tmp_path):
    open_wave(tmp_path, wave="t1")

    async def story(owner):
        assert set(owner.waves) == {"t1"}
        wave = open_wave(tmp_path, wave="t2")
        owner.look()
        assert set(owner.waves) == {"t1", "t2"}
        started = owner.waves["t2"].start(wave.invited[0].code)
        await durable(started.pending)
        assert not FileLock(tmp_path / "answers", "t2").take()

    with_owner(tmp_path, story)
    assert FileLock(tmp_path / "answers", "t2").take()


def test_wave_without_its_key_is_left_alone(tmp_path, caplog):
    wave = open_wave(tmp_path)
    (wave.keys_dir / "t3.code.key").unlink()

    async def story(owner):
        assert owner.waves == {}
        assert "cannot be answered" in caplog.text

    with_owner(tmp_path, story)


def test_close_from_elsewhere_hands_the_wave_over_and_loses_nothing(tmp_path):
    wave = open_wave(tmp_path)

    async def story(owner):
        store = owner.waves["t3"]
        pending = store.save(store.start(wave.invited[0].code).attempt, 1, 1, 1, {"a1": 2})
        await asyncio.to_thread(close_wave_file, wave.place, wave.keys_dir, "t3")
        assert pending.settled
        assert pending.error is None
        await asyncio.sleep(0.05)
        assert owner.waves == {}
        assert not owner.is_lending

    with_owner(tmp_path, story)
    assert wave_state(wave.place, "t3") is State.CLOSED
    assert counts(wave.place, "t3") == {(3, 1): 1}


def test_import_from_elsewhere_borrows_the_wave_and_gives_it_back(tmp_path):
    wave = open_wave(tmp_path)

    async def story(owner):
        await asyncio.to_thread(import_sheets, wave.place, wave.keys_dir, wave.bundle, 1, *sheets())
        for _ in range(200):
            if "t3" in owner.waves:
                break
            await asyncio.sleep(0.01)
        await durable(owner.waves["t3"].start(wave.invited[0].code).pending)

    with_owner(tmp_path, story)
    assert sum(counts(wave.place, "t3").values()) == 39


def test_second_owner_of_a_folder_is_refused(tmp_path):
    async def story(owner):
        with pytest.raises(AlreadyOwned):
            await Owner(places.at(tmp_path / "answers"), tmp_path / "keys").start()

    with_owner(tmp_path, story)


def test_wave_that_is_held_without_an_owner_is_busy(tmp_path):
    wave = open_wave(tmp_path)
    with wave.place.held("t3"), pytest.raises(WaveBusy), wave.place.held("t3", wait_s=0.05):
        pytest.fail("two hold the same wave")


def test_folder_with_a_long_name_has_a_socket_too(tmp_path):
    deep = tmp_path / ("a" * 60) / ("b" * 60)
    wave = open_wave(deep)

    async def story(owner):
        await asyncio.to_thread(close_wave_file, wave.place, wave.keys_dir, "t3")

    with_owner(deep, story)
    assert wave_state(wave.place, "t3") is State.CLOSED


def test_nonsense_on_the_socket_harms_nobody(tmp_path, caplog):
    open_wave(tmp_path)

    async def story(owner):
        reader, writer = await asyncio.open_unix_connection(str(tmp_path / "answers" / "owner.sock"))
        writer.write(b'{"nonsense": 1}\n')
        assert await reader.read() == b""
        writer.close()
        assert set(owner.waves) == {"t3"}
        assert "no request" in caplog.text

    with_owner(tmp_path, story)
