"""Keys: in files of their own, closed to others, and able to do only their own job."""

from uuid import uuid4

import pytest

from kfl.answers.codes import new_code
from kfl.answers.keys import BadWaveName, CodeKey, DoesNotOpen, KeyAway, KeyMissing, KeyTooOpen, LinkKey, OtherKey


def test_code_key_comes_back_from_its_file_closed_to_others(tmp_path):
    key = CodeKey.create(tmp_path, "t3")
    assert CodeKey.load(tmp_path, "t3") == key
    assert CodeKey.path(tmp_path, "t3").stat().st_mode & 0o777 == 0o600
    assert key.secret.hex() not in repr(key)


def test_code_key_is_never_overwritten(tmp_path):
    CodeKey.create(tmp_path, "t3")
    with pytest.raises(FileExistsError):
        CodeKey.create(tmp_path, "t3")


def test_key_that_others_may_read_is_refused(tmp_path):
    CodeKey.create(tmp_path, "t3")
    CodeKey.path(tmp_path, "t3").chmod(0o640)
    with pytest.raises(KeyTooOpen):
        CodeKey.load(tmp_path, "t3")


@pytest.mark.parametrize("text", [b"", b"no hex", b"00" * 31, b"00" * 33])
def test_damaged_key_is_refused(tmp_path, text):
    CodeKey.create(tmp_path, "t3")
    CodeKey.path(tmp_path, "t3").write_bytes(text)
    with pytest.raises(KeyMissing):
        CodeKey.load(tmp_path, "t3")


def test_destroyed_key_is_gone_and_may_be_destroyed_again(tmp_path):
    CodeKey.create(tmp_path, "t3")
    CodeKey.destroy(tmp_path, "t3")
    CodeKey.destroy(tmp_path, "t3")
    with pytest.raises(KeyMissing):
        CodeKey.load(tmp_path, "t3")


@pytest.mark.parametrize("wave", ["", "../t3", "T3", "a/b", "t3\n", "å", "a" * 65])
def test_wave_name_that_is_no_safe_file_name_is_refused(tmp_path, wave):
    with pytest.raises(BadWaveName):
        CodeKey.create(tmp_path, wave)


def test_code_sealed_for_reprint_opens_under_its_own_waves_key_only(tmp_path):
    key, other = CodeKey.create(tmp_path, "t3"), CodeKey.create(tmp_path, "t4")
    code = new_code()
    sealed = key.seal_for_reprint(code)
    assert code.encode() not in sealed
    assert key.open_for_reprint(sealed) == code
    assert key.seal_for_reprint(code) != sealed
    for wrong_key, wrong in [(other, sealed), (key, sealed[:-1]), (key, b""), (key, sealed[::-1])]:
        with pytest.raises(DoesNotOpen):
            wrong_key.open_for_reprint(wrong)


def test_pid_is_the_same_in_each_wave_of_a_project_and_informant_and_another_elsewhere(tmp_path):
    key, person = LinkKey.create(tmp_path), uuid4()
    mine = key.pid("kfl", "child", person)
    assert LinkKey.load(tmp_path).pid("kfl", "child", person) == mine
    assert len(mine) == 16
    elsewhere = LinkKey.create(tmp_path / "elsewhere")
    others = [
        key.pid("other", "child", person), key.pid("kfl", "child", uuid4()),
        key.pid("kfl", "rater_kindergarten", person),
        key.pid("kflc", "hild", person), elsewhere.pid("kfl", "child", person),
    ]  # fmt: skip
    assert len({mine, *others}) == 6


def test_link_key_that_is_away_is_not_replaced_by_a_new_one(tmp_path):
    key = LinkKey.create(tmp_path)
    key.put_away(tmp_path)
    assert not LinkKey.path(tmp_path).exists()
    assert LinkKey.known(tmp_path) == {key.fingerprint}
    with pytest.raises(KeyAway):
        LinkKey.create(tmp_path)
    with pytest.raises(KeyAway):
        LinkKey.load(tmp_path)


def test_only_the_same_link_key_comes_back(tmp_path):
    key = LinkKey.create(tmp_path)
    key.put_away(tmp_path)
    with pytest.raises(OtherKey):
        LinkKey(bytes(32)).store(tmp_path)
    key.store(tmp_path)
    assert LinkKey.load(tmp_path) == key


def test_a_key_whose_fingerprint_file_is_gone_leaves_one_when_it_goes(tmp_path):
    key = LinkKey.create(tmp_path)
    (tmp_path / "link.fingerprint").unlink()
    key.put_away(tmp_path)
    assert LinkKey.known(tmp_path) == {key.fingerprint}


def test_what_the_database_was_told_holds_where_the_folder_of_keys_was_lost(tmp_path):
    key, other = LinkKey.create(tmp_path / "before"), LinkKey.create(tmp_path / "other")
    empty, told = tmp_path / "empty", key.fingerprint
    with pytest.raises(KeyAway):
        LinkKey.create(empty, told)
    with pytest.raises(KeyAway):
        LinkKey.load(empty, told)
    with pytest.raises(OtherKey, match=told):
        LinkKey.load(tmp_path / "other", told)
    with pytest.raises(OtherKey):
        other.store(empty, told)
    assert not empty.exists()
    key.store(empty, told)
    assert LinkKey.load(empty, told) == key


def test_a_key_beside_the_fingerprint_of_another_is_refused(tmp_path):
    LinkKey.create(tmp_path)
    (tmp_path / "link.fingerprint").write_text("0" * 16)
    with pytest.raises(OtherKey, match="0000"):
        LinkKey.load(tmp_path)
