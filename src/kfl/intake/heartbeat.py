"""How late the server is: work that has come in waits for its turn in the event loop, and so does this heartbeat."""

import asyncio
import time

EVERY_S = 0.05
_KEPT = 0.5  # of what it was at the beat before, so that one quick turn amid slow ones says little


FEW = 50  # requests under way: then whatever made the heartbeat late is over, and nobody need be turned away


class Heartbeat:
    """Beats while the server runs."""

    def __init__(self) -> None:
        self.under_way = 0  # requests that we have looked at and not answered
        self._late_s = 0.0
        self._beating: asyncio.Task[None] | None = None

    @property
    def late_s(self) -> float:
        """How long a request that comes now waits before we look at it; nothing when few are under way."""
        return self._late_s if self.under_way > FEW else 0.0

    def start(self) -> None:
        """Beat from now on."""
        self._beating = asyncio.create_task(self._beat())

    async def stop(self) -> None:
        """Beat no more."""
        if self._beating is not None:
            self._beating.cancel()
            await asyncio.gather(self._beating, return_exceptions=True)
            self._beating = None

    async def _beat(self) -> None:
        while True:
            due = time.monotonic() + EVERY_S
            await asyncio.sleep(EVERY_S)
            self._late_s = max(time.monotonic() - due, _KEPT * self._late_s)
