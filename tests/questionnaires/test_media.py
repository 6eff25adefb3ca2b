"""Sound and picture of a question: frozen with it, served through it, and no part of what is asked."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from kfl.answers.store import OpenWave
from kfl.core.files import stored_files as stored
from kfl.core.lifecycle import NotNow
from kfl.questionnaires import actions as questionnaires
from kfl.questionnaires import freezing
from kfl.surveys import actions, store
from tests.questionnaires.sounds import mp3, picture, wav
from tests.surveys.making import OPENS, a_questionnaire, a_wave

pytestmark = [pytest.mark.usefixtures("data_dir"), pytest.mark.django_db]
HTML = b"<!doctype html><script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


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
    for path in list(stored.folder().iterdir()):
        path.unlink()  # answering knows the answers folder only
    held = OpenWave(store.answers_place().of(wave.slug), store.code_key(wave.slug))
    asked = next(one for one in held.bundle.forms[0].items if one.key == "t1")
    assert (asked.sound, asked.picture) == (item.sound, item.picture)
    assert held.media(asked.sound["nb"]).body == mp3()
    assert held.media(asked.sound["se"]).kind == "audio/wav"
    assert held.media(asked.picture).kind == "image/png"
    held.close()
    with pytest.raises(NotNow):
        questionnaires.set_media(item=item, sound={"nb": None}, by=None)
    fresh = questionnaires.next_version(questionnaire=version.questionnaire, by=None)
    assert fresh.items.get(key="t1").sound == item.sound


def test_a_wave_whose_sound_is_gone_does_not_open_and_says_so(world):
    version, _item = with_media()
    wave = a_wave(world.county, [world.ask], [version])
    for path in stored.folder().glob("*.mp3"):
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
    assert [path for path in stored.folder().iterdir() if path.name != ".lock"] == []
