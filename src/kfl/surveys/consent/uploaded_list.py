"""A list of what the parents have said: one row a pupil, by the school's own key; read and checked whole."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from django.utils.translation import gettext as _

from kfl.core.alphabet import alphabetical
from kfl.people.models import Pupil, Unit
from kfl.people.rosters.matches import same_key
from kfl.people.rosters.table import Columns, Problem, Row, WrongRoster, read_rows
from kfl.people.same_names import pupils_told_apart

from ..models import Consent, ConsentMode, ConsentState, Wave
from ..waves.membership import may_answer, pupils_at
from .form_fields import field_name

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
class Change:
    """One pupil whose state the list changes."""

    pupil: Pupil
    name: str  # told apart from others of that name here
    before: ConsentState
    after: ConsentState

    @property
    def field(self) -> str:
        """The field that asks for it, on the page that shows how it was."""
        return field_name(self.pupil, self.before)


@dataclass(frozen=True)
class Plan:
    """What a list would change, by name; and how many of its rows say what is known already."""

    changes: tuple[Change, ...]
    unchanged: int

    @property
    def reserved(self) -> int:
        """How many would be out of the wave from now on."""
        return sum(1 for change in self.changes if change.after is ConsentState.RESERVED)

    def ending(self, wave: Wave) -> list[str]:
        """Names of those who may take part now and would not any more."""
        return [
            change.name
            for change in self.changes
            if may_answer(wave, change.before) and not may_answer(wave, change.after)
        ]


def states_of(wave: Wave, pupils: list[Pupil]) -> dict[int, ConsentState]:
    """What is known of each, by key."""
    rows = Consent.objects.everywhere(why="pupils that the caller has found for a reader").filter(wave=wave)
    known = {pupil: ConsentState(state) for pupil, state in rows.values_list("pupil_id", "state")}
    return {pupil.pk: known.get(pupil.pk, ConsentState.NOT_INFORMED) for pupil in pupils}


def plan_of(content: bytes, wave: Wave, unit: Unit) -> Plan:
    """What the list would change at or below a unit; raises `WrongRoster` with all that is wrong, by row."""
    rows = read_rows(content, COLUMNS)
    pupils = pupils_at(wave, unit)
    states, names = states_of(wave, pupils), pupils_told_apart(pupils)
    by_key: dict[str, list[Pupil]] = {}
    for pupil in pupils:
        by_key.setdefault(same_key(pupil.source_key), []).append(pupil)
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    changes, unchanged = [], 0
    for row in rows:
        found = _pupil(row, by_key, seen, problems)
        state = _state(row, ConsentMode(wave.consent_mode), problems)
        if found is None or state is None:
            continue
        if state is states[found.pk]:
            unchanged += 1
        else:
            changes.append(Change(found, names[found.pk], states[found.pk], state))
    if problems:
        raise WrongRoster(problems)
    changes.sort(key=lambda change: (alphabetical(change.name), change.pupil.pk))
    return Plan(tuple(changes), unchanged)


def _pupil(row: Row, by_key: dict[str, list[Pupil]], seen: dict[str, int], problems: list[Problem]) -> Pupil | None:
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
    problems.append(Problem(row.number, column, reason))
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


def _state(row: Row, mode: ConsentMode, problems: list[Problem]) -> ConsentState | None:
    state = WORDS.get(row["samtykke"].casefold())
    if state in CHOICES[mode]:
        return state
    words = _("Skriv én av disse: {words}.").format(words=", ".join(_WRITABLE[choice] for choice in CHOICES[mode]))
    if state is not None:
        passive = _("I denne kartleggingen er samtykket passivt.")
        words = f"{passive} {words}"
    problems.append(Problem(row.number, "samtykke", words))
    return None
