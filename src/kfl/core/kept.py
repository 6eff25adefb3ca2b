"""Bodies that are drawn once and kept for all who are to see the same: pages cut at their slots, PDFs.

Everything that a body is made of stands in one frozen value. The key is a digest of it, the language, the code and the
static files; the drawing gets that value and nothing else. So what is not in the key cannot be in the body:

    body("results.page", ShownPage(seen, tab), draw)

Nothing else uses this cache (a rule test).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import is_dataclass
from functools import cache
from pathlib import Path
from types import FunctionType
from typing import Any, TypeVar

import msgspec
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.cache import caches
from django.utils.translation import get_language

import kfl

Of = TypeVar("Of")
Body = TypeVar("Body")

KEEP_S = 7 * 24 * 3600  # what is kept can never be wrong; what nobody reads any more makes way
NAME = "kept"
SHAPES = {".py", ".html", ".mo", ".typ", ".css", ".js"}  # what a body is drawn by

_ENCODER = msgspec.msgpack.Encoder(order="deterministic")


class NotPlain(TypeError):
    """A drawing, or what it is made of, could bring something in that the key does not hold."""


def body(kind: str, of: Of, draw: Callable[[Of], Body]) -> Body:
    """What `draw` makes of `of`, kept: `of` is a frozen dataclass of plain values, `draw` a function of a module."""
    _check(of, draw)
    key = f"{kind}:{_digest(of)}:{get_language()}:{code_version()}:{static_version()}"
    made: Body | None = _found(key)
    if made is None:
        made = draw(of)
        caches[NAME].set(key, made, KEEP_S)
    return made


def _found(key: str) -> Any:
    """What is kept under a key; nothing where the file is damaged, for it can be drawn anew."""
    try:
        return caches[NAME].get(key)
    except Exception:  # pickle and zlib fail in as many ways as a file can be damaged
        return None


def _check(of: Any, draw: Any) -> None:
    if not is_dataclass(of) or not getattr(type(of), "__dataclass_params__").frozen:  # noqa: B009
        raise NotPlain(f"a kept body is made of a frozen dataclass, not of {type(of).__name__}")
    if not isinstance(draw, FunctionType) or draw.__closure__ or draw.__defaults__ or "<" in draw.__qualname__:
        raise NotPlain(f"{draw} is no function of a module: it may know more than the key holds")


def _digest(of: Any) -> str:
    try:
        told = _ENCODER.encode((type(of).__qualname__, of))
    except TypeError as error:  # a row of a table, a request, a lazy text
        raise NotPlain(str(error)) from error
    return hashlib.blake2b(told, digest_size=20).hexdigest()


def clear() -> None:
    """Throw away all that is kept; an installation does so as it starts, for nothing of another version is read."""
    caches[NAME].clear()


@cache
def code_version() -> str:
    """A digest of the code, templates and texts of this process: what another version drew is never served."""
    root = Path(kfl.__file__).parent
    told = hashlib.blake2b(digest_size=8)
    for path in sorted(root.rglob("*")):
        if path.suffix in SHAPES and path.is_file():
            state = path.stat()
            told.update(f"{path.relative_to(root)} {state.st_size} {state.st_mtime_ns}\n".encode())
    return told.hexdigest()


def static_version() -> str:
    """The digest of the list of static files that addresses in pages are made by."""
    return str(getattr(staticfiles_storage, "manifest_hash", ""))
