"""One line of `kfl check`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One promised setting: what it is now, and whether that is what was promised."""

    name: str
    value: object
    holds: bool
