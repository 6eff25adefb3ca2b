"""By which names intake may be called: those of KFL_HOSTS, as the portal reads it; else this machine's own."""

import os
from collections.abc import Callable, Sequence
from functools import lru_cache

SETTING = "KFL_HOSTS"
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


def from_environment() -> Sequence[str]:
    """The names that are set, else those of loopback."""
    return tuple(name.strip() for name in os.environ.get(SETTING, ",".join(LOOPBACK)).split(","))


def checker(names: Sequence[str]) -> Callable[[bytes], bool]:
    """Whether a Host header names one of them. `.example.no` means that and all below it, `*` anything."""
    whole = frozenset(name.lower() for name in names)
    endings = tuple(name.lower() for name in names if name.startswith("."))

    @lru_cache(maxsize=256)
    def is_one(header: bytes) -> bool:
        host = name_in(header)
        return bool(host) and ("*" in whole or host in whole or f".{host}" in whole or host.endswith(endings))

    return is_one


def name_in(header: bytes) -> str:
    """The name in a Host header without its port; empty when there is none."""
    text = header.decode("latin-1").lower()
    host, between, port = text.rpartition(":")
    if not between or text.endswith("]"):
        host, port = text, "0"
    is_whole = port.isascii() and port.isdigit() and (":" not in host or host.startswith("["))
    return host.removesuffix(".") if is_whole else ""
