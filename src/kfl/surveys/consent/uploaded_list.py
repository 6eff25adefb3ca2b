"""A list of what the parents have said: one row a pupil, by the school's own key; read and checked whole."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext as _

from kfl.core.alphabet import alphabetical
from kfl.core.lists import Columns, Faults, Line, LineChange, Plan, Row, Table, read_list, said
from kfl.core.lists.lost_letters import has_lost_letters, may_be_word, words_of_lost_letters
from kfl.people.models import Pupil, Unit, User
from kfl.people.rosters.matches import same_key
from kfl.people.same_names import pupils_told_apart

from ..models import Consent, ConsentMode, ConsentState, Wave
from ..waves.membership import class_today, classes_of, may_answer, pupils_at

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
    place: str  # the class

    @property
    def lifts(self) -> bool:
        """Whether the parents have said no, and would not have any more."""
        return lifts(self.before, self.after)

    def line(self, lifted_before: Collection[int] | None) -> Line:
        """The change as the preview says it; `lifted_before`: whose reservations an earlier preview showed."""
        if self.after is self.before:
            return Line(LineChange.UNCHANGED, self.name, self.place, str(self.after.label))
        words = _("fra «{before}» til «{after}»").format(before=self.before.label, after=self.after.label)
        mark = ""
        if self.lifts:
            is_new = lifted_before is not None and self.pupil.pk not in lifted_before
            mark = _("reservert etter at du så lista") if is_new else _("reservasjon oppheves")
        return Line(LineChange.CHANGED, self.name, self.place, words, mark=mark)


@dataclass(kw_only=True)
class ConsentPlan(Plan):
    """What a list would change, by name; and the rows that say what is known already."""

    possible: ClassVar[tuple[LineChange, ...]] = (LineChange.CHANGED, LineChange.UNCHANGED)
    changes: tuple[ConsentChange, ...] = ()

    @property
    def lifted(self) -> list[ConsentChange]:
        """Those whose parents have said no, and whom the list would let in again."""
        return [change for change in self.changes if change.lifts]

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


def lifts(before: ConsentState, after: ConsentState) -> bool:
    """Whether a change takes away what the parents have said no to."""
    return before is ConsentState.RESERVED and after is not ConsentState.RESERVED


def states_of(wave: Wave, pupils: list[Pupil]) -> dict[int, ConsentState]:
    """What is known of each, by key."""
    rows = Consent.objects.within(wave)
    known = {pupil: ConsentState(state) for pupil, state in rows.values_list("pupil_id", "state")}
    return {pupil.pk: known.get(pupil.pk, ConsentState.NOT_INFORMED) for pupil in pupils}


def read_consents(content: bytes, name: str) -> Table:
    """The rows of a list as they stand; raises `WrongFile` where they cannot be read."""
    return read_list(content, name, COLUMNS)


def plan_of(
    content: bytes,
    wave: Wave,
    unit: Unit,
    *,
    by: User | None = None,
    name: str = "",
    lifted_before: Collection[int] | None = None,
) -> ConsentPlan:
    """What the list would change at or below a unit; raises `WrongFile` with all that is wrong, by row.

    A list that lifts reservations is in doubt: they are looked at and agreed to by themselves. Those who are not among
    `lifted_before`, the ones that were shown, are marked. Of a key from elsewhere the class is told, where `by` may
    see it.
    """
    table = read_consents(content, name)
    pupils = pupils_at(wave, unit)
    states, names, places = states_of(wave, pupils), pupils_told_apart(pupils), _places(wave, unit, pupils)
    by_key: dict[str, list[Pupil]] = {}
    for pupil in pupils:
        by_key.setdefault(same_key(pupil.source_key), []).append(pupil)
    elsewhere = class_today(by, {row["elevnøkkel"] for row in table.rows if same_key(row["elevnøkkel"]) not in by_key})
    faults = Faults(name)
    seen: dict[str, int] = {}
    rows = []
    for row in table.rows:
        found = _pupil(row, by_key, elsewhere, seen, faults)
        state = _state(row, ConsentMode(wave.consent_mode), faults)
        if found is not None and state is not None:
            rows.append(ConsentChange(found, names[found.pk], states[found.pk], state, places.get(found.pk, "")))
    faults.refuse()
    rows.sort(key=lambda change: (alphabetical(change.name), change.pupil.pk))
    changes = tuple(change for change in rows if change.after is not change.before)
    warnings = [said(one).reason for one in table.notices]
    if lost := [row.number for row in table.rows if has_lost_letters(row["navn"])]:
        warnings.append(words_of_lost_letters(lost))
    lines = [change.line(lifted_before) for change in rows]
    doubts = [", ".join(filter(None, (change.name, change.place))) for change in changes if change.lifts]
    return ConsentPlan(changes=changes, lines=lines, warnings=warnings, doubts=doubts)


def _places(wave: Wave, unit: Unit, pupils: list[Pupil]) -> Mapping[int, str]:
    """Each pupil's class, where it is at or below the unit; of several schools with the school."""
    classes = Unit.objects.within(unit).select_related("parent")
    words = {
        one.pk: one.name
        if one.parent is None or unit.pk in {one.pk, one.parent_id}
        else f"{one.name}, {one.parent.name}"
        for one in classes
    }
    return {pupil: words[group] for pupil, group in classes_of(wave, pupils).items() if group in words}


def _pupil(
    row: Row, by_key: dict[str, list[Pupil]], elsewhere: dict[str, str], seen: dict[str, int], faults: Faults
) -> Pupil | None:
    written, key, column = row["elevnøkkel"], same_key(row["elevnøkkel"]), "elevnøkkel"
    reason = ""
    if not written:
        reason = _("Elevnøkkelen mangler.")
    elif key in seen:
        reason = _("Eleven står også i rad {row}.").format(row=seen[key])
    elif key not in by_key:
        reason = _("Ingen elev her har denne nøkkelen.")
        if group := elsewhere.get(written):
            reason = _("Denne eleven går ikke her, men i {group}.").format(group=group)
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
    if has_lost_letters(written):
        theirs = {next((word for word in ours if may_be_word(one, word)), one) for one in theirs}
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
