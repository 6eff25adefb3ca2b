"""Making pages: templates, the reader's language, and the few files they need."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from . import http
from .texts import LANGUAGES, chosen_language, translations, words

LANGUAGE_COOKIE = "svar-lang"

_HERE = Path(__file__).resolve().parent
_templates = Environment(
    loader=FileSystemLoader(_HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_FILES = {
    "intake.css": "text/css; charset=utf-8",
    "intake.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}


def language_of(request: Request, offered: list[str] | None = None) -> str:
    """The language chosen on these pages, if the wave has it; else bokmål."""
    wanted = http.cookie(http.headers_of(request.scope), LANGUAGE_COOKIE)
    return chosen_language(wanted, offered or list(LANGUAGES))


def page(
    request: Request, template: str, *, status: int = 200, offered: list[str] | None = None, **more: Any
) -> HTMLResponse:
    """One page in the reader's language."""
    lang = language_of(request, offered)
    text = _templates.get_template(template).render(
        _=translations(lang).gettext,
        lang=lang,
        languages={code: name for code, name in LANGUAGES.items() if offered is None or code in offered},
        say=lambda text: words(text, lang),
        prefix=http.PREFIX,
        file=file_address,
        path=http.PREFIX + request.url.path,
        **more,
    )
    return HTMLResponse(text, status_code=status)


def choose_language(request: Request) -> Response | None:
    """Remember the language when the address asks for one, and go on without it in the address."""
    wanted = request.query_params.get("lang")
    if wanted is None:
        return None
    reply = RedirectResponse(http.PREFIX + request.url.path, status_code=303)
    if wanted in LANGUAGES:
        secure = request.scope.get("scheme") == "https"
        reply.set_cookie(LANGUAGE_COOKIE, wanted, path=http.PREFIX, secure=secure, httponly=True, samesite="lax")
    return reply


@cache
def _file(name: str) -> tuple[bytes, str]:
    body = (_HERE / "static" / name).read_bytes()
    return body, hashlib.sha256(body).hexdigest()[:12]


def file_address(name: str) -> str:
    """Where a file lies, with its content's digest, so that browsers may keep it for good."""
    return f"{http.PREFIX}/-/{_file(name)[1]}/{name}"


def static_file(request: Request) -> Response:
    """One of the few files; only under the digest of its content."""
    name = request.path_params["name"]
    if name not in _FILES or request.path_params["digest"] != _file(name)[1]:
        return Response("", status_code=404)
    return Response(
        _file(name)[0],
        headers={"content-type": _FILES[name], "cache-control": "public, max-age=31536000, immutable"},
    )
