"""What happens in a room, told to rooms that it does not know: they listen, and each does its part as a job.

The room where it happens declares it in its `happenings.py` and tells it within the action's transaction:

    happenings.declare("wave.closed", carries=("wave",), what="a wave is closed and its keys are destroyed")
    happenings.tell("wave.closed", by=by, wave=wave.slug)

A room that wants to know writes a job that listens, in its `jobs.py`:

    @happenings.on("wave.closed", kind="results.release")
    def release(progress: Progress, *, wave: str) -> None: ...

So what is told is never lost and never early: the jobs lie in the database with what happened, or not at all, and
`core.jobs` takes up again what was cut off. What a happening carries is keys, as JSON; a listener looks up the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.db import connection
from django.utils.module_loading import autodiscover_modules

from . import jobs
from .lifecycle import OutsideTransaction
from .models import Job


class NotDeclared(LookupError):
    """No room says that such a thing happens."""


class CarriesOther(TypeError):
    """It is told with other facts than it was declared to carry."""


@dataclass(frozen=True)
class Happening:
    """A thing that happens: the names of its facts, and in a sentence what is so once it is told."""

    name: str
    carries: tuple[str, ...]
    what: str


_declared: dict[str, Happening] = {}
_listeners: dict[str, list[str]] = {}  # name → kinds of jobs


def declare(name: str, *, carries: tuple[str, ...], what: str) -> Happening:
    """Say that this happens. Once: two rooms never tell the same."""
    happening = Happening(name, carries, what)
    if _declared.setdefault(name, happening) != happening:
        raise ValueError(f"{name} is declared twice")
    return happening


def on(name: str, *, kind: str, followed_by: Any = None) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make a function a kind of job that is put in the queue each time this is told."""

    def decorate(function: Callable[..., None]) -> Callable[..., None]:
        listening = _listeners.setdefault(name, [])
        if kind not in listening:
            listening.append(kind)
        return jobs.job(kind, followed_by=followed_by)(function)

    return decorate


def tell(name: str, *, by: Any, then: str = "", **facts: Any) -> list[Job]:
    """Tell it, within the transaction that makes it so; the jobs of those who listen start when that commits."""
    _load()
    happening = _declared.get(name)
    if happening is None:
        raise NotDeclared(name)
    if set(facts) != set(happening.carries):
        raise CarriesOther(f"{name} carries {', '.join(happening.carries)}, not {', '.join(facts) or 'nothing'}")
    if not connection.in_atomic_block:
        raise OutsideTransaction(name)
    return [jobs.enqueue(kind, by=by, then=then, **facts) for kind in _listeners.get(name, ())]


def every() -> tuple[Happening, ...]:
    """All that is declared, by name."""
    _load()
    return tuple(_declared[name] for name in sorted(_declared))


def listeners_of(name: str) -> tuple[str, ...]:
    """Kinds of jobs that are put in the queue when this is told."""
    _load()
    return tuple(_listeners.get(name, ()))


def faults() -> list[str]:
    """What is wrong between those who tell and those who listen; empty when all is well."""
    _load()
    return [
        f"{kind} listens for {name}, which no room declares"
        for name in sorted(set(_listeners) - set(_declared))
        for kind in _listeners[name]
    ]


def check_all() -> None:
    """At the worker's start: a listener that would never be called is a mistake, not a quiet job."""
    if wrong := faults():
        raise NotDeclared("; ".join(wrong))


@register("happenings")
def system_check(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """The same for `make check` and for each command of Django's that looks over the whole before it begins."""
    return [Error(words, id="kfl.happenings.E001") for words in faults()]


@cache
def _load() -> None:
    autodiscover_modules("happenings", "jobs")
