"""Slower replies to those who guess codes; never a door that is shut. And an alarm when many guess at once.

How long one waits must tell nothing of what others do. Tries are counted by network and code, so that nobody's tries
on other codes show. Where others try the same code, or a whole network does far more than a school, it is drawn by
lot at which try the waiting begins, once for each minute, and how long each one lasts: one try more moves it by no
more than the lot does.
"""

import hashlib
import ipaddress
import logging
import secrets
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

WINDOW_S = 60.0
FREE_MISTAKES = 10  # a minute, network and code; and so many that the lot may add twice as many
FREE_IN_A_NETWORK = 200  # a minute: several classes behind one address mistype too
LONGEST_DELAY_S = 5.0
ALARM = 200  # a minute, from all networks together
_MOST_NAMES = 10_000

log = logging.getLogger(__name__)
_lots = secrets.SystemRandom()


def network_of(address: str | None) -> str:
    """The network an address belongs to: /24, or /64 of IPv6."""
    try:
        ip = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    return str(ipaddress.ip_network(f"{ip}/{24 if ip.version == 4 else 64}", strict=False))


class Throttle:
    """Remembers mistakes of a minute, in memory only, under names that nobody can make without this process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, *, of: str = "wrong codes") -> None:
        self._clock, self._of = clock, of
        self._key = secrets.token_bytes(32)
        self._codes, self._networks = _Minutes(), _Minutes()
        self._all: deque[float] = deque(maxlen=ALARM)
        self._quiet_until = float("-inf")

    def mistake(self, network: str, code: str) -> float:
        """Note a mistake with this code, or what was typed for one; how many seconds its reply should wait."""
        now = self._clock()
        self._watch(now)
        is_over = self._codes.is_over(self._name(network, code), now, FREE_MISTAKES)
        is_over |= self._networks.is_over(self._name(network), now, FREE_IN_A_NETWORK)
        return LONGEST_DELAY_S * _lots.random() if is_over else 0.0

    def _name(self, *parts: str) -> bytes:
        text = "\0".join(parts).encode("utf-8", "surrogatepass")
        return hashlib.blake2b(text, key=self._key, digest_size=16).digest()

    def _watch(self, now: float) -> None:
        """Sound the alarm at most once a minute. It tells no code and no network."""
        self._all.append(now)
        if len(self._all) == ALARM and self._all[0] > now - WINDOW_S and now >= self._quiet_until:
            self._quiet_until = now + WINDOW_S
            log.warning("%d %s within a minute: somebody may be guessing", ALARM, self._of)


@dataclass(slots=True)
class _Minute:
    """One name's tries in a minute, and how many are free in it."""

    number: int
    first: float
    free: int
    tries: int = 0


class _Minutes:
    """The names that were tried a short while ago, in the order of their first tries.

    Whose minute begins when is in its name: where it began with the first try, its end would tell of that one.
    """

    def __init__(self) -> None:
        self._by_name: dict[bytes, _Minute] = {}

    def is_over(self, name: bytes, now: float, free: int) -> bool:
        """Count one more try; whether it is beyond those that are free, which are from once to three times as many.

        A minute that is over leaves nothing to the next one, which draws its own lot: so each shows one lot, once.
        """
        number = int(now / WINDOW_S + int.from_bytes(name[:4], "big") / 2**32)
        if name in self._by_name and self._by_name[name].number != number:
            del self._by_name[name]
        while self._by_name:
            oldest, minute = next(iter(self._by_name.items()))
            if minute.first > now - WINDOW_S and len(self._by_name) < _MOST_NAMES:
                break
            del self._by_name[oldest]
        minute = self._by_name.setdefault(name, _Minute(number, now, _lots.randint(free, 3 * free)))
        minute.tries += 1
        return minute.tries > minute.free
