"""A kept body is served for what it was made of and for nothing else."""

from __future__ import annotations

import pickle
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from typing import Any

import pytest
from django.http import HttpRequest
from django.utils.functional import lazystr
from django.utils.translation import get_language, override

from kfl.core import kept
from tests.varied import varied


class Tab(Enum):
    PAGE = "page"
    OTHERS = "others"


@dataclass(frozen=True)
class Inner:
    number: int = 1
    name: str = "a"


@dataclass(frozen=True)
class Of:
    inner: Inner = Inner()
    body: bytes = b"x"
    tab: Tab = Tab.PAGE
    at: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    below: frozenset[int] = frozenset({1, 2})
    ways: tuple[Inner, ...] = (Inner(), Inner(2))
    share: float = 0.5
    hidden: bool = False
    nothing: int | None = None


@dataclass(frozen=True)
class Twin:
    inner: Inner = Inner()


@dataclass
class Loose:
    number: int = 1


@dataclass(frozen=True)
class Holding:
    it: Any = field(default=None)


drawn: list[Any] = []


def draw(of: Any) -> str:
    drawn.append(of)
    return f"{len(drawn)} {get_language()}"


def draw_with(of: Any, more: int = 1) -> str:
    return str(more)


@pytest.fixture(autouse=True)
def nothing_kept():
    kept.clear()
    drawn.clear()


def test_it_is_drawn_once_for_the_same():
    assert kept.body("a", Of(), draw) == kept.body("a", Of(below=frozenset({2, 1})), draw)
    assert len(drawn) == 1


@pytest.mark.parametrize(("name", "other"), varied(Of()))
def test_whatever_is_changed_in_what_it_is_made_of_it_is_drawn_anew(name, other):
    assert kept.body("a", Of(), draw) != kept.body("a", other, draw), name
    assert drawn == [Of(), other]


@pytest.mark.parametrize("ambient", ["kind", "language", "code", "static", "type"])
def test_so_it_is_for_another_language_code_or_list_of_static_files(monkeypatch, ambient):
    first = kept.body("a", Holding(Inner()), draw)
    if ambient == "code":
        monkeypatch.setattr(kept, "code_version", lambda: "other")
    if ambient == "static":
        monkeypatch.setattr(kept, "static_version", lambda: "other")
    with override("nn" if ambient == "language" else "nb"):
        of = Twin() if ambient == "type" else Holding(Inner())
        assert kept.body("b" if ambient == "kind" else "a", of, draw) != first


def test_the_version_of_the_code_follows_what_stands_in_its_files(monkeypatch, tmp_path):
    before = kept.code_version()
    assert before == kept.code_version.__wrapped__()
    (tmp_path / "kfl").mkdir()
    (tmp_path / "kfl/page.html").write_text("a")
    monkeypatch.setattr(kept.kfl, "__file__", str(tmp_path / "kfl/__init__.py"))
    first = kept.code_version.__wrapped__()
    (tmp_path / "kfl/page.html").write_text("ab")
    assert len({before, first, kept.code_version.__wrapped__()}) == 3


@pytest.mark.parametrize("of", [Loose(), "text", 1, None, Holding(HttpRequest()), Holding(lazystr("x")), Holding(draw)])
def test_what_is_no_plain_value_is_refused(of):
    with pytest.raises(kept.NotPlain):
        kept.body("a", of, draw)


def test_a_drawing_that_may_know_more_is_refused():
    more = 1
    for one in (lambda of: more, lambda of: 1, draw_with, {}.get, kept.NotPlain):
        with pytest.raises(kept.NotPlain):
            kept.body("a", Of(), one)
    assert not drawn


@pytest.mark.parametrize("damage", [b"", b"\x80garbage", pickle.dumps(9e9), pickle.dumps(9e9) + b"zz"])
def test_what_is_damaged_is_drawn_anew_and_kept_again(tmp_path, settings, damage):
    backend = "django.core.cache.backends.filebased.FileBasedCache"
    settings.CACHES = {**settings.CACHES, kept.NAME: {"BACKEND": backend, "LOCATION": str(tmp_path)}}
    first = kept.body("a", Of(), draw)
    (file,) = tmp_path.glob("*.djcache")
    file.write_bytes(damage)
    second = kept.body("a", Of(), draw)
    assert second != first
    assert kept.body("a", Of(), draw) == second
