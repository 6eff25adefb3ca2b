"""Stored files: under the digest of their bytes, through the row that names them, and gone when none does."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection, models
from django.http import Http404
from django.test.utils import isolate_apps
from django.utils import timezone

from kfl.core import files
from kfl.core.files import file_kinds, stored_files, waiting

PICTURE = files.Content(file_kinds.PNG, b"a picture")
SOUND = files.Content(file_kinds.MP3, b"a sound")
OTHER = files.Content(file_kinds.MP3, b"another sound")


@pytest.fixture
def page_model(db, data_dir, monkeypatch):
    """A row as a room may have it: a picture, and a sound by language."""
    with isolate_apps("kfl.core"):

        class Page(models.Model):
            picture = files.StoredFileField()
            sounds = files.StoredFilesField()

            class Meta:
                app_label = "core"

            def __str__(self):
                return self.picture

        table, _values = connection.schema_editor().table_sql(Page)
        with connection.cursor() as cursor:
            cursor.execute(table)
        real = apps.get_models
        monkeypatch.setattr(apps, "get_models", lambda: [*real(), Page])
        yield Page


@pytest.fixture
def page(page_model):
    return page_model.objects.create(picture=files.keep(PICTURE), sounds={"nb": files.keep(SOUND)})


def names():
    return sorted(path.name for path in stored_files.folder().iterdir() if path.name != ".lock")


def make_old():
    for path in stored_files.folder().iterdir():
        os.utime(path, (0, 0))


def test_the_same_bytes_are_kept_once_and_only_their_owner_may_read_the_folder(data_dir):
    first = files.keep(PICTURE)
    assert first == files.keep(PICTURE) == PICTURE.digest
    assert names() == [f"{first}.png"]
    assert (stored_files.folder() / names()[0]).stat().st_mode & 0o777 == 0o600
    assert stored_files.folder().stat().st_mode & 0o777 == 0o700
    assert files.read(first) == PICTURE


@pytest.mark.parametrize("kind", file_kinds.ALL.values(), ids=file_kinds.ALL)
def test_more_than_a_kind_may_have_is_not_kept(data_dir, kind):
    files.keep(files.Content(kind, bytes(kind.most_bytes)))
    with pytest.raises(stored_files.FileTooLarge):
        files.keep(files.Content(kind, bytes(kind.most_bytes + 1)))


@pytest.mark.parametrize("name", ["", "../../portal.sqlite3", "0" * 64, "0" * 63, f"{'0' * 64}\n", "A" * 64])
def test_what_is_no_digest_of_a_file_is_not_there(data_dir, name):
    files.keep(PICTURE)
    assert files.read(name) is None


def test_bytes_that_changed_are_not_given_out_and_can_be_brought_again(page):
    path = stored_files.folder() / f"{page.picture}.png"
    path.write_bytes(b"a picturE")
    assert files.read(page.picture) is None
    assert stored_files.missing() == [page.picture]
    with pytest.raises(Http404):
        files.serve(page, page.picture)
    assert files.keep(PICTURE) == page.picture
    assert files.read(page.picture) == PICTURE
    assert stored_files.missing() == []


def test_a_file_is_served_through_the_row_that_names_it_alone(page, page_model):
    other = page_model.objects.create(picture="", sounds={"nb": files.keep(OTHER), "en": page.sounds["nb"]})
    assert files.serve(page, page.picture).content == PICTURE.body
    assert files.serve(other, SOUND.digest).content == SOUND.body
    for row, digest in [(page, OTHER.digest), (other, PICTURE.digest), (page, ""), (other, "")]:
        with pytest.raises(Http404):
            files.serve(row, digest)


def test_a_browser_is_told_to_run_nothing_in_it(page):
    reply = files.serve(page, page.picture, name="Skolegård")
    assert reply["Content-Type"] == "image/png"
    assert reply["X-Content-Type-Options"] == "nosniff"
    assert reply["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert reply["Content-Disposition"] == "inline; filename*=utf-8''Skoleg%C3%A5rd.png"


def test_a_kind_that_no_page_shows_is_only_saved(page, monkeypatch):
    plain = file_kinds.FileKind("bin", "application/octet-stream", 10, is_shown=False)
    page.picture = files.keep(files.Content(plain, b"\0"))
    assert files.read(page.picture) is None, "a kind that is not on the list is none"
    monkeypatch.setitem(file_kinds.ALL, "bin", plain)
    assert files.serve(page, page.picture)["Content-Disposition"].startswith("attachment; ")


def test_no_kind_that_a_browser_runs_is_shown():
    assert {kind.media_type for kind in file_kinds.ALL.values() if kind.is_shown} <= {
        "audio/wav", "audio/mpeg", "audio/ogg", "audio/mp4", "image/png", "image/jpeg",
    }  # fmt: skip


def test_what_no_row_names_goes_after_a_day_and_what_one_names_stays(page):
    files.keep(OTHER)
    assert stored_files.sweep(timezone.now()) == 0, "its row may still come"
    make_old()
    assert stored_files.sweep(timezone.now()) == 1
    assert names() == sorted([f"{PICTURE.digest}.png", f"{SOUND.digest}.mp3"])
    page.delete()
    assert stored_files.sweep(timezone.now()) == 2
    assert names() == []


def test_what_is_brought_again_just_before_the_sweep_stays(page_model):
    files.keep(OTHER)
    make_old()
    files.keep(OTHER)
    assert stored_files.sweep(timezone.now()) == 0
    assert files.read(OTHER.digest) == OTHER


def test_what_was_cut_off_while_it_was_written_goes(page):
    (stored_files.folder() / "0123.new").write_bytes(b"half")
    make_old()
    assert stored_files.sweep(timezone.now()) == 1


def test_a_waiting_file_is_read_by_its_name_until_it_is_dropped_or_a_day_old(data_dir):
    now = timezone.now()
    first, second = waiting.keep(b"one"), waiting.keep(b"two")
    assert waiting.read(first, now) == b"one"
    waiting.drop(first)
    for name in (first, "../portal.sqlite3", ""):
        with pytest.raises(waiting.NothingWaits):
            waiting.read(name, now)
    with pytest.raises(waiting.NothingWaits):
        waiting.read(second, now + timedelta(hours=25))
    assert waiting.sweep(now) == 0
    assert waiting.sweep(now + timedelta(hours=25)) == 1
