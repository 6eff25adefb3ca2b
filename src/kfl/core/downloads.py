"""Answers that are a file: saved by the browser under a name, or shown in it. The only place that writes the header."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.http import content_disposition_header


def attachment(body: bytes | str, *, name: str, media_type: str) -> HttpResponse:
    """A file for the browser to save under this name, whatever letters the name has."""
    return _answer(body, name, media_type, as_attachment=True)


def shown(body: bytes | str, *, name: str, media_type: str) -> HttpResponse:
    """A file that the browser shows (a PDF, a picture), and saves under this name where somebody asks it to."""
    return _answer(body, name, media_type, as_attachment=False)


def _answer(body: bytes | str, name: str, media_type: str, *, as_attachment: bool) -> HttpResponse:
    header = content_disposition_header(as_attachment, name) or ""
    return HttpResponse(body, content_type=media_type, headers={"Content-Disposition": header})
