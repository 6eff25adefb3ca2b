"""A write that is on its way to the disk."""

from collections.abc import Callable, Sequence
from functools import partial


class Pending:
    """A write on its way to the disk. Used by the owner's thread only."""

    __slots__ = ("_callbacks", "error", "settled")

    def __init__(self, *, settled: bool = False) -> None:
        self.settled = settled
        self.error: Exception | None = None
        self._callbacks: list[Callable[[], None]] = []

    def then(self, callback: Callable[[], None]) -> None:
        """Call back once it is settled; at once when it is already."""
        if self.settled:
            callback()
        else:
            self._callbacks.append(callback)

    def settle(self, error: Exception | None) -> None:
        """It is on disk (`error` is None), or never will be."""
        self.settled, self.error = True, error
        callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            callback()


def all_of(pendings: Sequence[Pending]) -> Pending:
    """Several writes as one, which is on disk when each of them is."""
    left, whole = len(pendings), Pending()

    def settle(one: Pending) -> None:
        nonlocal left
        left -= 1
        whole.error = whole.error or one.error
        if not left:
            whole.settle(whole.error)

    for one in pendings:
        one.then(partial(settle, one))
    return whole
