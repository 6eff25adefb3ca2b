"""The wave's file: its settings, who may read it, and that it is whole or not there."""

import sqlite3

import pytest

from kfl.answers import places, wavefile
from kfl.answers.bundle import WrongBundle
from kfl.answers.folder import Folder
from kfl.answers.wave_tables import NoSuchWave, State, UnsafeSettings
from kfl.answers.wavefile import SETTINGS

from .wave import bundle, open_wave


def test_settings_that_keep_our_promises_are_on(tmp_path):
    wave = open_wave(tmp_path)
    with places.connected(wave.where) as connection:
        assert wavefile.settings(connection) == SETTINGS
        assert (SETTINGS["journal_mode"], SETTINGS["synchronous"], SETTINGS["secure_delete"]) == ("wal", 2, 1)


def test_file_that_does_not_take_the_settings_is_refused(tmp_path, monkeypatch):
    wave = open_wave(tmp_path)
    monkeypatch.setitem(SETTINGS, "synchronous", 3)
    with pytest.raises(UnsafeSettings):
        wavefile.connect(wave.file)


def test_file_is_closed_to_others_and_refused_when_it_is_not(tmp_path):
    wave = open_wave(tmp_path)
    assert wave.file.stat().st_mode & 0o777 == 0o600
    wave.file.chmod(0o644)
    with pytest.raises(UnsafeSettings, match="chmod"):
        wavefile.connect(wave.file)


def test_wave_is_made_once_and_nothing_lies_beside_it(tmp_path):
    wave = open_wave(tmp_path)
    with pytest.raises(FileExistsError):
        wave.place.create(wave.bundle, [])
    assert [path.name for path in wave.place.folder.iterdir()] == ["t3.sqlite3"]
    assert set(wave.place.names()) == {"t3"}
    assert places.wave_bundle(wave.place, "t3") == wave.bundle


def test_opening_that_was_cut_off_is_begun_anew(tmp_path):
    (tmp_path / "t3.new").write_bytes(b"half a file")
    Folder(tmp_path).create(bundle(), [])
    assert places.wave_state(Folder(tmp_path), "t3") is State.OPEN


def test_reader_can_change_nothing(tmp_path):
    wave = open_wave(tmp_path)
    with places.reading(wave.where) as connection, pytest.raises(sqlite3.OperationalError, match="readonly"):
        connection.execute("UPDATE meta SET value = 'closed'")


def test_missing_wave_and_changed_bundle_are_told(tmp_path):
    wave = open_wave(tmp_path)
    with pytest.raises(NoSuchWave):
        places.wave_state(wave.place, "t4")
    with places.connected(wave.where) as connection:
        connection.execute("UPDATE meta SET value = 'another' WHERE key = 'digest'")
    with pytest.raises(WrongBundle):
        places.wave_bundle(wave.place, "t3")


def test_no_table_has_a_time_in_it(tmp_path):
    wave = open_wave(tmp_path)
    with places.reading(wave.where) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        columns = {row[1] for table in tables for row in connection.execute(f"PRAGMA table_info({table})")}
    assert not {name for name in columns if "time" in name or name.endswith(("_at", "_on", "date"))}
