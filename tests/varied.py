"""A value with each of its parts changed, for tests that nothing of it is overlooked."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

import msgspec


def varied(of: Any) -> list[tuple[str, Any]]:
    """The same with each of its parts changed, one at a time."""
    if isinstance(of, msgspec.Struct):
        return [
            (f".{name}{way}", msgspec.structs.replace(of, **{name: other}))
            for name in of.__struct_fields__
            for way, other in varied(getattr(of, name))
        ]
    if hasattr(of, "__dataclass_fields__"):
        return [
            (f".{name}{way}", replace(of, **{name: other}))
            for name in of.__dataclass_fields__
            for way, other in varied(getattr(of, name))
        ]
    match of:
        case Enum():
            return [("", next(one for one in type(of) if one is not of))]
        case bool():
            return [("", not of)]
        case list():
            return [(name, list(other)) for name, other in varied(tuple(of))]
        case tuple():
            parts = [
                (f"[{n}]{way}", (*of[:n], other, *of[n + 1 :]))
                for n, one in enumerate(of)
                for way, other in varied(one)
            ]
            return [*parts, ("less", of[:-1])] if of else [("more", (1,))]
        case frozenset():
            return [("more", of | {99_999})]
        case datetime():
            return [("", of + timedelta(seconds=1))]
        case None:
            return [("", 1)]
        case bytes():
            return [("", of + b"x")]
        case str():
            return [("", of + "x")]
        case int() | float():
            return [("", of + 1)]
    raise AssertionError(type(of))
