"""Sound and picture of a question: judged by content, kept by digest, frozen, and no part of what is asked."""

from __future__ import annotations

import hashlib
import io
import random
import stat

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from kfl.answers.store import OpenWave
from kfl.questionnaires import actions as questionnaires
from kfl.questionnaires import freezing, media
from kfl.questionnaires.picture_files import LONGEST_SIDE, redrawn
from kfl.questionnaires.sound_files import MOST_BYTES, WrongFile, checked_sound
from kfl.surveys import actions, store
from tests.questionnaires.sounds import m4a, mp3, ogg, picture, wav
from tests.surveys.making import OPENS, a_questionnaire, a_wave

pytestmark = [pytest.mark.usefixtures("data_dir"), pytest.mark.django_db]
WHOLE = {"audio/wav": wav(), "audio/mpeg": mp3(), "audio/ogg": ogg(), "audio/mp4": m4a()}
HTML = b"<!doctype html><script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize("kind", WHOLE)
def test_a_whole_sound_is_known_by_its_content(kind):
    assert checked_sound(WHOLE[kind]) == kind


@pytest.mark.parametrize("kind", WHOLE)
def test_a_sound_that_was_cut_off_is_refused_as_such(kind):
    whole = WHOLE[kind]
    for left in (len(whole) // 2, len(whole) - 3):
        if kind == "audio/mpeg" and left > len(whole) // 2:
            continue  # a last frame that lacks three bytes plays
        with pytest.raises(WrongFile, match="skadet"):
            checked_sound(whole[:left])


@pytest.mark.parametrize(
    "body",
    [b"", HTML, SVG, b"MZ" + b"\0" * 500, picture(), b"RIFF\x10\0\0\0AVI " + b"\0" * 32, b"\x1aE\xdf\xa3webm"],
)
def test_what_is_no_sound_is_refused_with_the_reason(body):
    with pytest.raises(WrongFile, match="ikke en lydfil"):
        checked_sound(body)


@pytest.mark.parametrize(
    "body",
    [b"ID3\x04\0\0\0\0\0\x0a" + b"\0" * 10 + HTML, mp3(2), m4a(handler=b"vide"), ogg(head=b"\x80theora"),
     ogg(last=False), wav(0)],
)  # fmt: skip
def test_a_page_or_a_film_behind_a_sounds_first_bytes_is_refused(body):
    with pytest.raises(WrongFile, match="skadet"):
        checked_sound(body)


def test_a_sound_over_one_megabyte_is_refused():
    with pytest.raises(WrongFile, match="1 MB"):
        checked_sound(mp3(MOST_BYTES // 417 + 1))


def test_random_bytes_behind_each_first_bytes_are_refused_and_never_break_the_check():
    chance = random.Random(4)
    refused = 0
    for start in (b"RIFF\x10\0\0\0WAVE", b"OggS", b"\0\0\0\x18ftypM4A ", b"ID3", b"\xff\xfb\x90\x00"):
        for _ in range(40):
            with pytest.raises(WrongFile):
                checked_sound(start + chance.randbytes(chance.randrange(400)))
            refused += 1
    assert refused == 200


def test_a_picture_is_drawn_anew_without_what_else_the_file_held():
    exif = Image.Exif()
    exif[0x010F] = "Hemmelig kamera"
    given = picture("JPEG", exif=exif) + b"PK\x03\x04hidden" + HTML
    kind, body = redrawn(given)
    assert kind == "image/jpeg"
    assert b"Hemmelig" not in body
    assert b"hidden" not in body
    assert b"script" not in body
    kind, body = redrawn(picture("PNG", (3000, 1500)))
    assert kind == "image/png"
    assert Image.open(io.BytesIO(body)).size == (LONGEST_SIDE, LONGEST_SIDE // 2)


@pytest.mark.parametrize("body", [HTML, SVG, b"", picture("GIF"), picture("WEBP"), wav()])
def test_what_is_no_png_or_jpeg_is_refused(body):
    with pytest.raises(WrongFile, match="PNG eller JPEG"):
        redrawn(body)


def test_a_broken_picture_and_one_with_too_many_points_are_refused():
    whole = picture("PNG", (400, 400))
    with pytest.raises(WrongFile, match="skadet"):
        redrawn(whole[: len(whole) // 2])
    with pytest.raises(WrongFile, match="40 millioner"):
        redrawn(picture("PNG", (8000, 8000)))


def test_files_lie_under_their_digest_readable_by_the_owner_only():
    digest = media.keep_sound(wav())
    path = media.folder() / f"{digest}.wav"
    assert digest == hashlib.sha256(wav()).hexdigest()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert media.keep_sound(wav()) == digest
    assert len(list(media.folder().iterdir())) == 1
    path.write_bytes(b"another thing")
    assert media.read(digest) is None
    assert media.read("../../portal") is None
    assert media.keep_sound(wav()) == digest
    assert media.read(digest).body == wav()


def with_media():
    version = a_questionnaire()
    item = version.items.get(key="t1")
    questionnaires.set_media(item=item, sound={"nb": mp3(), "se": wav()}, picture=picture(), by=None)
    return version, item


def test_sound_and_picture_do_not_break_the_series():
    version = a_questionnaire()
    scale, before = version.scales.get(), list(version.items.all())
    digest = freezing.scale_digest(scale, before)
    questionnaires.set_media(item=before[0], sound={"nb": mp3()}, picture=picture(), by=None)
    assert freezing.scale_digest(scale, version.items.all()) == digest


def test_an_opened_wave_serves_them_from_its_own_file_and_they_are_frozen(world):
    version, item = with_media()
    wave = actions.open_wave(wave=a_wave(world.county, [world.ask], [version]), by=None, at=OPENS)
    item.refresh_from_db()
    for path in media.folder().iterdir():
        path.unlink()  # answering knows the answers folder only
    held = OpenWave(store.answers_place().of(wave.slug), store.code_key(wave.slug))
    asked = next(one for one in held.bundle.forms[0].items if one.key == "t1")
    assert (asked.sound, asked.picture) == (item.sound, item.picture)
    assert held.media(asked.sound["nb"]).body == mp3()
    assert held.media(asked.sound["se"]).kind == "audio/wav"
    assert held.media(asked.picture).kind == "image/png"
    held.close()
    with pytest.raises(questionnaires.VersionIsFrozen):
        questionnaires.set_media(item=item, sound={"nb": None}, by=None)
    fresh = questionnaires.next_version(questionnaire=version.questionnaire, by=None)
    assert fresh.items.get(key="t1").sound == item.sound


def test_a_wave_whose_sound_is_gone_does_not_open_and_says_so(world):
    version, _item = with_media()
    wave = a_wave(world.county, [world.ask], [version])
    for path in media.folder().glob("*.mp3"):
        path.unlink()
    with pytest.raises(actions.CannotOpen, match="mangler på serveren"):
        actions.open_wave(wave=wave, by=None, at=OPENS)


@pytest.fixture
def frida(world) -> Client:
    client = Client()
    client.force_login(world.frida)
    return client


def upload(name: str, body: bytes, said: str = "audio/mpeg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, body, content_type=said)


def test_a_researcher_uploads_plays_and_takes_away(frida):
    version = a_questionnaire()
    key, item = version.questionnaire.key, version.items.get(key="t1")
    url = reverse("questionnaires:item-media", kwargs={"key": key, "item": item.pk})
    sent = {"sound_nb": upload("a.mp3", mp3()), "picture": upload("b.png", picture(), "image/png")}
    assert frida.post(url, sent)["Location"].endswith(f"#sporsmal-{item.pk}")
    item.refresh_from_db()
    preview = frida.get(reverse("questionnaires:preview", kwargs={"key": key})).content.decode()
    for digest, kind in ((item.sound["nb"], "audio/mpeg"), (item.picture, "image/png")):
        where = reverse("questionnaires:media", kwargs={"key": key, "digest": digest})
        assert f'src="{where}"' in preview
        reply = frida.get(where)
        assert (reply["Content-Type"], reply["X-Content-Type-Options"]) == (kind, "nosniff")
    frida.post(url, {"without_sound_nb": "on", "without_picture": "on"})
    item.refresh_from_db()
    assert (item.sound, item.picture) == ({}, "")
    assert frida.get(where).status_code == 404, "a file that no question names is not there"


@pytest.mark.parametrize(
    ("field", "body", "words"),
    [("sound_nb", SVG, "ikke en lydfil"), ("sound_se", wav()[:200], "skadet"), ("picture", HTML, "PNG eller JPEG"),
     ("picture", SVG, "PNG eller JPEG"), ("sound_nb", mp3(3000), "1 MB")],
)  # fmt: skip
def test_a_wrong_file_is_told_of_at_its_field_and_nothing_is_kept(frida, field, body, words):
    version = a_questionnaire()
    item = version.items.get(key="t1")
    url = reverse("questionnaires:item-media", kwargs={"key": version.questionnaire.key, "item": item.pk})
    page = frida.post(url, {field: upload("lyd.mp3", body), "sound_en": upload("ok.mp3", mp3())})
    assert page.status_code == 200
    assert words in page.content.decode()
    item.refresh_from_db()
    assert (item.sound, item.picture) == ({}, "")
    assert not media.folder().exists()
