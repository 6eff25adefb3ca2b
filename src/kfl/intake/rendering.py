"""Making pages: templates, the reader's language, and the few files they need."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from kfl.answers import faces

from . import http
from .drawings import file_of_drawings
from .texts import LANGUAGES, NAMES, SOURCE, chosen_language, direction, own_words, translations, words

LANGUAGE_COOKIE = "svar-lang"
AGAIN = "again"  # asks a page to say what it means where one begins, to whoever typed a word, right or wrong
FOR_GOOD = "public, max-age=31536000, immutable"

_HERE = Path(__file__).resolve().parent
_templates = Environment(
    loader=FileSystemLoader(_HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_SCRIPT = "text/javascript; charset=utf-8"
_FILES = {
    "intake.css": "text/css; charset=utf-8",
    "code.js": _SCRIPT,
    "answering.js": _SCRIPT,
    "screens.js": _SCRIPT,
    "queue.js": _SCRIPT,
    "aloud.js": _SCRIPT,
    "icon.svg": "image/svg+xml",
    "drawings.svg": "image/svg+xml",
}


def language_of(request: Request, offered: list[str] | None = None) -> str:
    """The language chosen on these pages, if the wave has it; else bokmål."""
    wanted = http.cookie(http.headers_of(request.scope), LANGUAGE_COOKIE)
    return chosen_language(wanted, offered or list(LANGUAGES))


def page(
    request: Request,
    template: str,
    *,
    status: int = 200,
    offered: list[str] | None = None,
    language: str = "",
    **more: Any,
) -> HTMLResponse:
    """One page in the reader's language, which is `language` where it was asked for with this very request.

    A questionnaire may speak a language that our own words don't: then those are in bokmål, and each text says
    what it is in and which way it runs.
    """
    reader = chosen_language(language, offered or list(LANGUAGES)) if language else language_of(request, offered)
    lang = reader if reader in LANGUAGES else SOURCE
    text = _templates.get_template(template).render(
        _=translations(lang).gettext,
        lang=lang,
        direction=direction,
        reader=reader,
        languages={code: name for code, name in NAMES.items() if code in (offered or LANGUAGES)},
        say=lambda text: words(text, reader),
        say_own=lambda text: own_words(text, reader, lang),
        prefix=http.PREFIX,
        file=file_address,
        has_faces=faces.has_faces,
        face=_face,
        path=http.PREFIX + request.url.path,
        **more,
    )
    reply = HTMLResponse(text, status_code=status)
    if language:
        _remember(reply, request, language)
    return reply


def _face(place: int, count: int) -> Markup:
    return Markup(faces.face(place, count))


def choose_language(request: Request) -> Response | None:
    """Remember the language when the address asks for one, and go on without it in the address."""
    wanted = request.query_params.get("lang")
    if wanted is None:
        return None
    kept = f"?{AGAIN}" if AGAIN in request.query_params else ""
    reply = RedirectResponse(f"{http.PREFIX}{request.url.path}{kept}", status_code=303)
    _remember(reply, request, wanted)
    return reply


def _remember(reply: Response, request: Request, wanted: str) -> None:
    if wanted in NAMES:
        secure = request.scope.get("scheme") == "https"
        reply.set_cookie(LANGUAGE_COOKIE, wanted, path=http.PREFIX, secure=secure, httponly=True, samesite="lax")


@cache
def _file(name: str) -> bytes:
    return file_of_drawings() if name == "drawings.svg" else (_HERE / "static" / name).read_bytes()


@cache
def _digest() -> str:
    """Of all files together: scripts name each other by their place beside them."""
    return hashlib.sha256(b"".join(_file(name) for name in sorted(_FILES))).hexdigest()[:12]


def file_address(name: str) -> str:
    """Where a file lies, with the files' digest, so that browsers may keep it for good."""
    return f"{http.PREFIX}/-/{_digest()}/{name}"


def static_file(request: Request) -> Response:
    """One of the few files; only under the digest of their content."""
    name = request.path_params["name"]
    if name not in _FILES or request.path_params["digest"] != _digest():
        return Response("", status_code=404)
    return Response(_file(name), headers={"content-type": _FILES[name], "cache-control": FOR_GOOD})
