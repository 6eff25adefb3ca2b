"""Giving a stored file to a browser: through the row that names it, as its own kind and nothing else."""

from __future__ import annotations

from django.db import models
from django.http import Http404, HttpResponse

from ..downloads import attachment, shown
from .fields import digests_of
from .stored_files import read

# Whatever somebody has hidden in a file: it is not taken for another kind, runs nothing and loads nothing.
SANDBOX = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox"}


def serve(row: models.Model, digest: str, *, name: str = "") -> HttpResponse:
    """A file of a row that the view has found for its reader; 404 for one that this row does not name.

    `name`: what the browser calls it when it is saved, without the end that says its kind.
    """
    found = read(digest) if digest in digests_of(row) else None
    if found is None:
        raise Http404
    answer = shown if found.kind.is_shown else attachment
    reply = answer(found.body, name=f"{name or digest[:12]}.{found.kind.suffix}", media_type=found.kind.media_type)
    for header, value in SANDBOX.items():
        reply[header] = value
    reply["Cache-Control"] = "private, max-age=3600, immutable"
    return reply
