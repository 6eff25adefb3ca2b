"""Static files are collected when they changed, and not otherwise."""

from __future__ import annotations

import pytest

from kfl.cli import _static


@pytest.fixture
def calls(monkeypatch, settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    made: list[str] = []
    monkeypatch.setattr("django.core.management.call_command", lambda name, **options: made.append(name))
    return made


def test_files_are_collected_once(calls):
    assert _static.collect()
    assert not _static.collect()
    assert calls == ["collectstatic"]


def test_files_are_collected_again_when_one_changed(calls, monkeypatch):
    _static.collect()
    monkeypatch.setattr(_static, "fingerprint", lambda: "another")
    assert _static.collect()


def test_collecting_that_failed_is_done_again(calls, monkeypatch):
    _static.collect()
    monkeypatch.setattr(_static, "fingerprint", lambda: "another")

    def broken(name: str, **options: object) -> None:
        raise OSError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr("django.core.management.call_command", broken)
        with pytest.raises(OSError, match="disk full"):
            _static.collect()
    assert _static.collect()


def test_fingerprint_covers_the_rooms_own_files_and_does_not_wander():
    assert _static.fingerprint() == _static.fingerprint()
