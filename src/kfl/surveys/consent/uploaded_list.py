"""A list of what the parents have said: one row a pupil, by the school's own key; read and checked whole."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from django.utils.translation import gettext as _

from kfl.core.alphabet import alphabetical
from kfl.core.lists import Columns, Faults, Line, LineChange, Plan, Row, Table, read_list, said
from kfl.people.models import Pupil, Unit
from kfl.people.rosters.matches import same_key
from kfl.people.same_names import pupils_told_apart

from ..models import Consent, ConsentMode, ConsentState, Wave
from ..waves.membership import may_answer, pupils_at

COLUMNS = Columns(("elevnøkkel", "samtykke"), ("navn",))
CHOICES = {
    ConsentMode.PASSIVE: (ConsentState.NOT_INFORMED, ConsentState.INFORMED, ConsentState.RESERVED),
    ConsentMode.ACTIVE: tuple(ConsentState),
}
# As people write it, in bokmål, nynorsk and English.
WORDS = {
    "ikke informert": ConsentState.NOT_INFORMED,
    "ikkje informert": ConsentState.NOT_INFORMED,
    "not informed": ConsentState.NOT_INFORMED,
    "informert": ConsentState.INFORMED,
    "informed": ConsentState.INFORMED,
    "ja": ConsentState.MAY_TAKE_PART,
    "kan delta": ConsentState.MAY_TAKE_PART,
    "may take part": ConsentState.MAY_TAKE_PART,
    "nei": ConsentState.RESERVED,
    "reservert": ConsentState.RESERVED,
    "reserved": ConsentState.RESERVED,
}
_WRITABLE = {
    ConsentState.NOT_INFORMED: "ikke informert",
    ConsentState.INFORMED: "informert",
    ConsentState.MAY_TAKE_PART: "kan delta",
    ConsentState.RESERVED: "reservert",
}


@dataclass(frozen=True)
class ConsentChange:
    """One pupil whose state the list changes."""

    pupil: Pupil
    name: str  # told apart from others of that name here
    before: ConsentState
    after: ConsentState

    @property
    def line(self) -> Line:
        """The change as the preview says it."""
        sort = LineChange.UNCHANGED if self.after is self.before else LineChange.CHANGED
        words = _("nå: {before}, blir: {after}").format(before=self.before.label, after=self.after.label)
        return Line(sort, self.name, "", words)


@dataclass(kw_only=True)
class ConsentPlan(Plan):
    """What a list would change, by name; and the rows that say what is known already."""

    changes: tuple[ConsentChange, ...] = ()

    @property
    def by_state(self) -> dict[ConsentState, list[Pupil]]:
        """Whom it gives which state."""
        found: dict[ConsentState, list[Pupil]] = {}
        for change in self.changes:
            found.setdefault(change.after, []).append(change.pupil)
        return found

    @property
    def reserved(self) -> int:
        """How many would be out of the wave from now on."""
        return len(self.by_state.get(ConsentState.RESERVED, ()))

    def ending(self, wave: Wave) -> list[str]:
        """Names of those who may take part now and would not any more."""
        return [
            change.name
            for change in self.changes
            if may_answer(wave, change.before) and not may_answer(wave, change.after)
        ]


def states_of(wave: Wave, pupils: list[Pupil]) -> dict[int, ConsentState]:
    """What is known of each, by key."""
    rows = Consent.objects.within(wave)
    known = {pupil: ConsentState(state) for pupil, state in rows.values_list("pupil_id", "state")}
    return {pupil.pk: known.get(pupil.pk, ConsentState.NOT_INFORMED) for pupil in pupils}


def read_consents(content: bytes, name: str) -> Table:
    """The rows of a list as they stand; raises `WrongFile` where they cannot be read."""
    return read_list(content, name, COLUMNS)


def plan_of(content: bytes, wave: Wave, unit: Unit, *, name: str = "") -> ConsentPlan:
    """What the list would change at or below a unit; raises `WrongFile` with all that is wrong, by row."""
    table = read_consents(content, name)
    pupils = pupils_at(wave, unit)
    states, names = states_of(wave, pupils), pupils_told_apart(pupils)
    by_key: dict[str, list[Pupil]] = {}
    for pupil in pupils:
        by_key.setdefault(same_key(pupil.source_key), []).append(pupil)
    faults = Faults(name)
    seen: dict[str, int] = {}
    rows = []
    for row in table.rows:
        found = _pupil(row, by_key, seen, faults)
        state = _state(row, ConsentMode(wave.consent_mode), faults)
        if found is not None and state is not None:
            rows.append(ConsentChange(found, names[found.pk], states[found.pk], state))
    faults.refuse()
    rows.sort(key=lambda change: (alphabetical(change.name), change.pupil.pk))
    changes = tuple(change for change in rows if change.after is not change.before)
    warnings = [said(one).reason for one in table.notices]
    return ConsentPlan(changes=changes, lines=[change.line for change in rows], warnings=warnings)


def _pupil(row: Row, by_key: dict[str, list[Pupil]], seen: dict[str, int], faults: Faults) -> Pupil | None:
    written, key, column = row["elevnøkkel"], same_key(row["elevnøkkel"]), "elevnøkkel"
    reason = ""
    if not written:
        reason = _("Elevnøkkelen mangler.")
    elif key in seen:
        reason = _("Eleven står også i rad {row}.").format(row=seen[key])
    elif key not in by_key:
        reason = _("Ingen elev her har denne nøkkelen.")
    elif (found := _one(written, by_key[key])) is None:
        reason = _("Flere elever har denne nøkkelen. Velg én skole om gangen.")
    elif row["navn"] and not _is_the_name(row["navn"], found.name):
        column, reason = "navn", _("Denne nøkkelen har {name}. Er radene sortert hver for seg?").format(name=found.name)
    else:
        seen[key] = row.number
        return found
    faults.add(row.number, column, reason)
    return None


def _one(written: str, pupils: list[Pupil]) -> Pupil | None:
    """The pupil whom the key means: the one who has it as it is written, else the only one who has nearly it."""
    exactly = [pupil for pupil in pupils if pupil.source_key == written]
    found = exactly or pupils
    return found[0] if len(found) == 1 else None


def _is_the_name(written: str, name: str) -> bool:
    """Whether a name on the list is the pupil's: in any order, with or without a comma or a middle name."""
    ours, theirs = _words(name), _words(written)
    return ours <= theirs or theirs <= ours


def _words(name: str) -> set[str]:
    return set(unicodedata.normalize("NFC", name).casefold().replace(",", " ").split())


def _state(row: Row, mode: ConsentMode, faults: Faults) -> ConsentState | None:
    state = WORDS.get(row["samtykke"].casefold())
    if state in CHOICES[mode]:
        return state
    words = _("Skriv én av disse: {words}.").format(words=", ".join(_WRITABLE[choice] for choice in CHOICES[mode]))
    if state is not None:
        passive = _("I denne kartleggingen er samtykket passivt.")
        words = f"{passive} {words}"
    faults.add(row.number, "samtykke", words)
    return None
