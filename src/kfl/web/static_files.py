"""Static files straight from the server, before Django: a style sheet should not wait for sessions and middleware.

WhiteNoise keeps the table of files, their compressed twins and their headers; here they meet ASGI.
"""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

from whitenoise import WhiteNoise

HASHED = re.compile(r"\.[0-9a-f]{12}\.[A-Za-z0-9]+$")  # the content's digest is in the name: cache for ever
PASSED_ON = (b"accept-encoding", b"if-modified-since", b"if-none-match", b"range")


class StaticFiles:
    """Answers what is under `prefix` and exists; leaves the rest to `app`."""

    def __init__(self, app: Any, *, root: Path, prefix: str, max_age_s: int) -> None:
        self._app = app
        self._files = WhiteNoise(
            None,
            root=str(root),
            prefix=prefix,
            max_age=max_age_s,
            allow_all_origins=False,
            immutable_file_test=lambda path, url: bool(HASHED.search(url)),
            add_headers_function=lambda headers, path, url: headers.add_header("X-Content-Type-Options", "nosniff"),
        ).files

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        found = self._files.get(scope.get("path", "")) if scope["type"] == "http" else None
        if found is None or scope["method"] not in {"GET", "HEAD"}:
            await self._app(scope, receive, send)
            return
        asked = {
            f"HTTP_{name.decode().upper().replace('-', '_')}": value.decode("latin-1")
            for name, value in scope["headers"]
            if name in PASSED_ON
        }
        answer = found.get_response(scope["method"], asked)
        headers = [(name.lower().encode(), str(value).encode("latin-1")) for name, value in answer.headers]
        body = b""
        if answer.file is not None:
            with answer.file as file:
                body = await asyncio.to_thread(file.read)
        await send({"type": "http.response.start", "status": int(answer.status), "headers": headers})
        await send({"type": "http.response.body", "body": body})
