"""The life of a row: its states, what may follow what, and the one way to move it.

A room's `states.py` has a table that names for each state what may follow it, and what makes it follow:

    LIFE = Lifecycle("case", State, first=State.DRAFT, follows={State.DRAFT: {State.SENT: _("sendes")}, State.SENT: {}})

and its actions move rows with `LIFE.move(row, State.SENT, sent_at=at)`. A table that forgets a state is refused where
it is made. docs/lifecycles.md shows every table as a drawing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.conf import settings
from django.db import connections, models, router
from django.utils.functional import Promise
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext as _
from django.utils.translation import override

from .cannot_be_done import CannotBeDone

State = TypeVar("State", bound=models.TextChoices)
Words = str | Promise


class WrongTable(ValueError):
    """The table does not say for every state what may follow it."""


class NotNow(CannotBeDone):
    """This cannot be done with the row in the state that it is in; the words say which."""


class OutsideTransaction(RuntimeError):
    """A row is moved, and what happens is told, by an action: its transaction takes it back where the rest fails."""


@dataclass(frozen=True, eq=False)
class Lifecycle(Generic[State]):
    """States and what may follow each, with the words of what makes it follow. `field` is the model's column.

    Where a state is computed from other columns, or the clock moves rows, there is no field: `read` says how it is
    computed from which `columns`, and `move` refuses.
    """

    name: str
    states: type[State]
    first: State
    follows: Mapping[State, Mapping[State, Words]]
    field: str = "state"
    read: Callable[[Any], State] | None = None
    columns: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        everything = set(self.states)
        if faults := [
            *(f"nothing is said of what may follow {state}" for state in everything - set(self.follows)),
            *(f"{state} is none of the states" for state in self._named() - everything),
            *(f"{state} follows itself" for state in self.follows if state in self.follows[state]),
            *(f"nothing leads to {state}" for state in everything - self._reached()),
        ]:
            raise WrongTable(f"{self.name}: {'; '.join(sorted(faults))}")
        if self.name in _KNOWN and _KNOWN[self.name].states.__qualname__ != self.states.__qualname__:
            raise WrongTable(f"two lifecycles are called {self.name}")
        _KNOWN[self.name] = self

    @property
    def final(self) -> frozenset[State]:
        """States that nothing follows."""
        return frozenset(state for state in self.states if not self.follows[state])

    def may_follow(self, before: State, after: State) -> bool:
        return after in self.follows[before]

    def state_of(self, row: models.Model) -> State:
        """The state that the row has in memory."""
        return self.read(row) if self.read else self.states(getattr(row, self.field))

    def require(self, row: models.Model, *allowed: State, words: str = "") -> None:
        """Raise `NotNow` unless the row, as it stands in the database now, is in one of these states.

        `words` say more than that it is in another state, where there is more to say.
        """
        row.refresh_from_db(fields=[self.field] if self.field else self.columns)
        if self.state_of(row) not in allowed:
            usual = _("«{row}» er {state}. Dette kan ikke gjøres nå.")
            raise NotNow(words or usual.format(row=row, state=self.state_of(row).label))

    def move(self, row: models.Model, to: State, **also: Any) -> State:
        """Move a row within the caller's transaction, and set the fields that belong to the move; the old state.

        Raises `NotNow` where the state in the database, not the one in memory, does not lead there.
        """
        if not self.field:
            raise WrongTable(f"{self.name}: these are computed, and nobody moves them")
        before = self._locked(row)
        if not self.may_follow(before, to):
            raise NotNow(self._why_not(row, before, to))
        for name, value in {self.field: to, **also}.items():
            setattr(row, name, value)
        row.save(update_fields=[self.field, *also])
        return before

    def diagram(self) -> str:
        """The table as a Mermaid state diagram, in bokmål."""
        with override(settings.LANGUAGE_CODE):
            lines = ["stateDiagram-v2", f"    [*] --> {self.first.value}"]
            lines += [f"    {state.value}: {state.label}" for state in self.states]
            lines += [
                f"    {before.value} --> {after.value}: {words}"
                for before in self.states
                for after, words in self.follows[before].items()
            ]
            lines += [f"    {state.value} --> [*]" for state in self.states if state in self.final]
        return "\n".join(lines) + "\n"

    def _named(self) -> set[State]:
        return {self.first, *self.follows, *(after for each in self.follows.values() for after in each)}

    def _reached(self) -> set[State]:
        reached, waiting = set(), [self.first]
        while waiting:
            state = waiting.pop()
            if state not in reached:
                reached.add(state)
                waiting += self.follows.get(state, {})
        return reached

    def _locked(self, row: models.Model) -> State:
        model = type(row)
        if not connections[router.db_for_write(model)].in_atomic_block:
            raise OutsideTransaction(self.name)
        kept = model._base_manager.select_for_update(of=("self",)).filter(pk=row.pk)
        return self.states(kept.values_list(self.field, flat=True).get())

    def _why_not(self, row: models.Model, before: State, to: State) -> str:
        words = _("«{row}» er {state} og kan ikke bli {to}.").format(row=row, state=before.label, to=to.label)
        after = [state.label for state in self.follows[before]]
        if not after:
            return words + " " + _("Det er det siste som skjer med den.")
        return words + " " + _("Det neste kan være: {states}.").format(states=", ".join(map(str, after)))


_KNOWN: dict[str, Lifecycle[Any]] = {}


def every() -> Iterator[Lifecycle[Any]]:
    """The lifecycles of all rooms, by name."""
    autodiscover_modules("states")
    yield from (_KNOWN[name] for name in sorted(_KNOWN))
