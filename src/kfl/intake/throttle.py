"""Slower replies to those who guess codes; never a door that is shut. And an alarm when many guess at once."""

import ipaddress
import logging
import time
from collections import deque
from collections.abc import Callable

WINDOW_S = 60.0
FREE_MISTAKES = 10  # a minute and network: a class behind one address mistypes too
LONGEST_DELAY_S = 5.0
ALARM = 200  # a minute, from all networks together
_MOST_NETWORKS = 10_000

log = logging.getLogger(__name__)


def network_of(address: str | None) -> str:
    """The network an address belongs to: /24, or /64 of IPv6."""
    try:
        ip = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    return str(ipaddress.ip_network(f"{ip}/{24 if ip.version == 4 else 64}", strict=False))


class Throttle:
    """Remembers mistakes of the last minute by network, in memory only."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, *, of: str = "wrong codes") -> None:
        self._clock, self._of = clock, of
        self._mistakes: dict[str, deque[float]] = {}
        self._all: deque[float] = deque(maxlen=ALARM)
        self._quiet_until = float("-inf")

    def mistake(self, network: str) -> float:
        """Note a mistake; how many seconds its reply should wait."""
        now = self._clock()
        self._watch(now)
        if len(self._mistakes) >= _MOST_NETWORKS:
            self._mistakes = {name: times for name, times in self._mistakes.items() if times[-1] > now - WINDOW_S}
        times = self._mistakes.setdefault(network, deque(maxlen=200))
        times.append(now)
        while times[0] <= now - WINDOW_S:
            times.popleft()
        over = len(times) - FREE_MISTAKES
        return 0.0 if over <= 0 else min(LONGEST_DELAY_S, 0.25 * 1.5 ** min(over, 20))

    def _watch(self, now: float) -> None:
        """Sound the alarm at most once a minute. It tells no code and no network."""
        self._all.append(now)
        if len(self._all) == ALARM and self._all[0] > now - WINDOW_S and now >= self._quiet_until:
            self._quiet_until = now + WINDOW_S
            log.warning("%d %s within a minute: somebody may be guessing", ALARM, self._of)
