"""Static files are answered before Django, compressed where asked for; the rest is Django's."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from kfl.web.static_files import StaticFiles


@pytest.fixture
def files(tmp_path):
    (tmp_path / "a.css").write_text("body{}" * 50)
    (tmp_path / "a.css.gz").write_bytes(b"compressed")
    (tmp_path / "a.0123456789ab.css").write_text("body{}")

    async def rest(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 299, "headers": []})
        await send({"type": "http.response.body", "body": b"the rest"})

    return StaticFiles(rest, root=tmp_path, prefix="/static/", max_age_s=60)


def ask(app, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    lines = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    asyncio.run(app({"type": "http", "path": path, "method": method, "headers": lines}, None, send))
    start, body = sent
    return start["status"], {k.decode(): v.decode() for k, v in start["headers"]}, body["body"]


def test_file_is_served_with_its_type_and_age(files):
    status, headers, body = ask(files, "/static/a.css")
    assert (status, body) == (200, b"body{}" * 50)
    assert headers["content-type"].startswith("text/css")
    assert headers["cache-control"] == "max-age=60, public"
    assert headers["x-content-type-options"] == "nosniff"
    assert "access-control-allow-origin" not in headers


def test_file_with_its_digest_in_the_name_is_kept_for_ever(files):
    assert "immutable" in ask(files, "/static/a.0123456789ab.css")[1]["cache-control"]


def test_compressed_twin_is_sent_only_where_it_is_understood(files):
    _, headers, body = ask(files, "/static/a.css", accept_encoding="gzip")
    assert (headers["content-encoding"], body) == ("gzip", b"compressed")
    assert "content-encoding" not in ask(files, "/static/a.css")[1]


def test_file_that_the_browser_has_is_not_sent_again(files):
    etag = ask(files, "/static/a.css")[1]["etag"]
    assert ask(files, "/static/a.css", if_none_match=etag)[0] == 304


@pytest.mark.parametrize(
    ("path", "method"),
    [("/static/missing.css", "GET"), ("/static/../secret", "GET"), ("/konto/", "GET"), ("/static/a.css", "POST")],
)
def test_everything_else_is_left_to_the_app(files, path, method):
    assert ask(files, path, method)[0] == 299
