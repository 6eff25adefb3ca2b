"""Collect static files where the server reads them, and only when they have changed: compressing them takes seconds."""

from __future__ import annotations

import hashlib
from pathlib import Path

STAMP = ".collected"


def fingerprint() -> str:
    """A digest of which files there are, how large, and when they were written."""
    from django.contrib.staticfiles.finders import get_finders

    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            state = Path(storage.path(name)).stat()
            digest.update(f"{name} {state.st_size} {state.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def collect() -> bool:
    """Collect if something changed since the last time; whether it did."""
    from django.conf import settings
    from django.core.management import call_command

    stamp = Path(settings.STATIC_ROOT) / STAMP
    now = fingerprint()
    if stamp.exists() and stamp.read_text() == now:
        return False
    stamp.unlink(missing_ok=True)  # collecting that is cut off must not count
    call_command("collectstatic", verbosity=0, interactive=False)
    stamp.write_text(now)
    return True
