"""Sounds and pictures frozen with the questionnaire, and files from before there were any."""

import hashlib
import json
from dataclasses import replace

import msgspec
import pytest

from kfl.answers import places, wave_tables
from kfl.answers.bundle import WrongBundle
from kfl.answers.closing import close_wave_file
from kfl.answers.media import MOST_BYTES, Media
from kfl.answers.store import OpenWave

from .wave import bundle, open_wave

SOUND, PICTURE = Media("audio/mpeg", b"a sound"), Media("image/png", b"a picture")


def with_media(sound: str, picture: str):
    """The invented wave with a sound and a picture on its first face item."""
    whole = bundle()
    form = whole.forms[2]
    item = msgspec.structs.replace(form.pages[0].items[0], sound={"nb": sound}, picture=picture)
    page = msgspec.structs.replace(form.pages[0], items=[item, *form.pages[0].items[1:]])
    return msgspec.structs.replace(whole, forms=[*whole.forms[:2], msgspec.structs.replace(form, pages=[page])])


@pytest.mark.files
def test_media_are_read_from_the_wave_and_gone_at_close(tmp_path):
    wave = open_wave(tmp_path, frozen=with_media(SOUND.digest, PICTURE.digest), media=[SOUND, PICTURE, SOUND])
    store = OpenWave(wave.where, wave.key)
    assert store.media(SOUND.digest) == SOUND
    assert store.media("0" * 64) is None
    store.close()
    close_wave_file(wave.place, wave.keys_dir, "t3")
    assert PICTURE.body not in wave.file.read_bytes()


@pytest.mark.parametrize(
    ("sound", "picture", "media"),
    [
        (SOUND.digest, PICTURE.digest, [SOUND]),
        (PICTURE.digest, PICTURE.digest, [PICTURE]),
        (SOUND.digest, "../../etc/passwd", [SOUND]),
        (SOUND.digest, PICTURE.digest, [SOUND, PICTURE, replace(PICTURE, kind="image/svg+xml")]),
        (SOUND.digest, PICTURE.digest, [SOUND, PICTURE, Media("image/png", b"x" * (MOST_BYTES + 1))]),
    ],
)
def test_media_that_are_missing_or_of_another_kind_open_no_wave(tmp_path, sound, picture, media):
    with pytest.raises(WrongBundle):
        open_wave(tmp_path, frozen=with_media(sound, picture), media=media)
    assert not list((tmp_path / "answers").glob("*"))


@pytest.mark.files
def test_bundle_of_an_earlier_version_is_read_and_kept_as_it_was(tmp_path):
    wave = open_wave(tmp_path)
    with places.connected(wave.where) as connection:
        whole = json.loads(wave_tables.meta(connection, "bundle"))
        for form in whole["forms"]:
            for page in form["pages"]:
                for item in page["items"]:
                    del item["sound"], item["picture"]
        text = json.dumps(whole).encode()
        connection.execute("UPDATE meta SET value = ? WHERE key = 'bundle'", (text,))
        connection.execute("UPDATE meta SET value = ? WHERE key = 'digest'", (hashlib.sha256(text).hexdigest(),))
    assert places.wave_bundle(wave.place, "t3") == wave.bundle
    close_wave_file(wave.place, wave.keys_dir, "t3")
    assert places.wave_bundle(wave.place, "t3") == wave.bundle
