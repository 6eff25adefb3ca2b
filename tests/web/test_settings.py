"""The settings read and write nothing; what processes of an installation share, they share."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

from kfl.cli.main import make_data_folder
from kfl.web import settings as own


def in_a_process(data: Path, program: str) -> str:
    """What a process of the portal prints that has this data folder."""
    environment = os.environ | {"KFL_DATA": str(data), "DJANGO_SETTINGS_MODULE": "kfl.web.settings"}
    whole = f"import os; os.umask(0o077); import django; django.setup(); {program}"
    return subprocess.run(
        [sys.executable, "-c", whole], env=environment, capture_output=True, text=True, check=True
    ).stdout.strip()


def test_reading_the_settings_writes_nothing(tmp_path):
    key = in_a_process(tmp_path, "from django.conf import settings; print(settings.SECRET_KEY)")
    assert len(key) >= 50
    assert list(tmp_path.iterdir()) == []


def test_whoever_makes_the_folder_makes_the_key_once(tmp_path):
    make_data_folder(tmp_path / "data")
    path = tmp_path / "data/keys/secret.key"
    key = path.read_text()
    make_data_folder(tmp_path / "data")
    assert path.read_text() == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert (
        in_a_process(tmp_path / "data", "from django.conf import settings; print(settings.SECRET_KEY)") == key.strip()
    )


def test_what_one_process_keeps_the_other_has_and_nobody_else_can_read(tmp_path):
    kept = "from django.core.cache import caches; kept = caches['kept']; "
    in_a_process(tmp_path, kept + "kept.set('results:1', '<p>Ærlig</p>')")
    assert in_a_process(tmp_path, kept + "print(kept.get('results:1'), kept.get('results:2'))") == "<p>Ærlig</p> None"
    made = [path for path in tmp_path.rglob("*") if "cache" in path.parts]
    assert made
    assert not [path for path in made if path.stat().st_mode & 0o077]


def test_counts_do_not_lie_among_pages():
    places = {name: cache["LOCATION"] for name, cache in own.CACHES.items()}
    assert set(places) == {"default", "kept"}
    assert places["default"] != places["kept"]
