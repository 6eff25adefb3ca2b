"""`kfl keys`: split, put away, bring back – and never a key lost by a slip."""

from __future__ import annotations

import io

import pytest

from kfl.answers.key_parts import split
from kfl.answers.keys import KeyAway, LinkKey
from kfl.cli.main import main
from kfl.surveys.waves import link_keys

pytestmark = pytest.mark.django_db


@pytest.fixture
def data(tmp_path):
    assert main(["keys", "make", "--data", str(tmp_path / "data")]) == 0
    return tmp_path / "data"


def keys(data, *words: str) -> int:
    return main(["keys", *words, "--data", str(data)])


def test_two_parts_bring_back_the_key_that_was_put_away(data, tmp_path, capsys):
    key = LinkKey.load(data / "keys")
    assert keys(data, "split", "--out", str(tmp_path / "parts"), "--away") == 0
    assert not LinkKey.path(data / "keys").exists()
    assert keys(data, "show") == 0
    assert "away" in capsys.readouterr().out
    assert keys(data, "join", str(tmp_path / "parts/part-3.txt"), str(tmp_path / "parts/part-1.txt")) == 0
    assert LinkKey.load(data / "keys") == key
    assert "here" in capsys.readouterr().out


def test_parts_are_for_their_owner_alone_and_hold_no_key(data, tmp_path, capsys):
    keys(data, "split", "--out", str(tmp_path / "parts"))
    secret = LinkKey.load(data / "keys").secret.hex()
    for part in (tmp_path / "parts").iterdir():
        assert part.stat().st_mode & 0o777 == 0o600
        assert secret not in part.read_text()
    assert secret not in capsys.readouterr().out


def test_one_part_twice_brings_nothing_back(data, tmp_path, capsys):
    keys(data, "split", "--out", str(tmp_path / "parts"), "--away")
    part = str(tmp_path / "parts/part-1.txt")
    assert keys(data, "join", part, part) == 1
    assert "same part" in capsys.readouterr().err
    assert not LinkKey.path(data / "keys").exists()


def test_a_file_that_is_there_already_is_not_written_over_and_the_key_stays(data, tmp_path, capsys):
    (tmp_path / "part-2.txt").write_text("something else")
    assert keys(data, "split", "--out", str(tmp_path), "--away") == 1
    assert (tmp_path / "part-2.txt").read_text() == "something else"
    LinkKey.load(data / "keys")


def test_away_asks_for_the_fingerprint(data, monkeypatch, capsys):
    key = LinkKey.load(data / "keys")
    monkeypatch.setattr("sys.stdin", io.StringIO("yes\n"))
    assert keys(data, "away") == 1
    LinkKey.load(data / "keys")
    monkeypatch.setattr("sys.stdin", io.StringIO(key.fingerprint + "\n"))
    assert keys(data, "away") == 0
    with pytest.raises(KeyAway):
        LinkKey.load(data / "keys")


def test_no_second_key_is_made(data, tmp_path, capsys):
    assert keys(data, "make") == 1
    keys(data, "split", "--out", str(tmp_path / "parts"), "--away")
    assert keys(data, "make") == 1
    assert "bring it back" in capsys.readouterr().err


def test_what_the_database_knows_is_told_and_holds(data, capsys):
    key = link_keys.load(data / "keys")
    keys(data, "show")
    assert f"the portal's database knows the link key {key.fingerprint}" in capsys.readouterr().out
    for path in (data / "keys").iterdir():
        path.unlink()
    assert keys(data, "show") == 0
    assert f"link key {key.fingerprint}\naway" in capsys.readouterr().out
    assert keys(data, "make") == 1
    assert "keys/link.key from its own copy" in capsys.readouterr().err
    LinkKey.create(data / "keys")
    assert keys(data, "show") == 1
    assert key.fingerprint in (told := capsys.readouterr().err)
    assert "Put back keys/link.key and keys/link.fingerprint" in told
    assert keys(data, "split", "--out", str(data / "parts")) == 1
    assert not (data / "parts").exists()


def test_parts_of_another_key_are_not_joined(data, tmp_path, capsys):
    link_keys.load(data / "keys")
    assert keys(tmp_path / "other", "make") == 1, "the same database knows a key already"
    other = LinkKey.create(tmp_path / "other" / "keys")
    for part in split(other):
        (tmp_path / f"part-{part.number}.txt").write_text(str(part))
    for path in (data / "keys").iterdir():
        path.unlink()
    assert keys(data, "join", str(tmp_path / "part-1.txt"), str(tmp_path / "part-2.txt")) == 1
    assert "works with the link key" in capsys.readouterr().err
    assert not LinkKey.path(data / "keys").exists()
