"""How far an open wave has come, by unit and form, never who: every page, card and table takes its numbers from here.

Of pupils and children sheets are told live. Of adults only what `nightly` has counted, where it may be told. Once the
wave is closed nothing is told here: results come with their own numbers.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from kfl.people.models import Unit
from kfl.questionnaires.formats import Informant

from .. import store
from ..models import Collection, Wave, WaveForm
from . import count_words, invited_counts, nightly
from .count_words import Counted


@dataclass(frozen=True)
class Response:
    """What is told of one informant group at a unit. `sheets` is None where nothing is told, or nothing yet."""

    informant: Informant
    invited: int
    sheets: int | None
    is_hidden: bool = False
    taken_at: datetime | None = None  # None: live
    from_file: bool = False

    @property
    def counted(self) -> Counted:
        if self.from_file:
            return Counted.READ
        return Counted.RATED if self.informant.is_rater else Counted.OWN

    @property
    def words(self) -> str:
        """A whole sentence's worth."""
        if self.is_hidden:
            return count_words.hidden_of(self.invited)
        if self.sheets is None:
            return count_words.before_first_night(self.invited)
        if self.taken_at is None:
            return count_words.live(self.sheets, self.invited, self.counted)
        return count_words.nightly(self.sheets, self.invited, self.taken_at, self.counted)

    @property
    def cell(self) -> str:
        """The same in a table that says around it what is counted, and when."""
        if self.is_hidden:
            return count_words.hidden()
        return count_words.cell(self.sheets, self.invited, is_least=self.informant.is_adult)


@dataclass(frozen=True)
class UnitResponse:
    """How far a unit has come, one line for each informant group that is invited there."""

    unit: Unit
    lines: tuple[Response, ...]

    @property
    def pupils(self) -> Response | None:
        """Pupils (or children) together; None where none are invited."""
        lines = [line for line in self.lines if line.informant.is_child]
        if not lines:
            return None
        invited, sheets = sum(line.invited for line in lines), sum(line.sheets or 0 for line in lines)
        return Response(lines[0].informant, invited, sheets, from_file=lines[0].from_file)

    @property
    def taken_at(self) -> datetime | None:
        """When the adults were counted; None where none of them are told, or not yet."""
        return next((line.taken_at for line in self.lines if line.taken_at), None)


def of_unit(wave: Wave, unit: Unit) -> UnitResponse:
    """The response at a unit with everything below it."""
    return of_units(wave, unit, [unit])[0]


def of_units(wave: Wave, above: Unit, units: list[Unit]) -> list[UnitResponse]:
    """The response of each of these units, all of them at or below `above`; no lines once the wave is closed."""
    if not wave.is_under_way:
        return [UnitResponse(unit, ()) for unit in units]
    sheets = store.answered_counts(wave.slug)
    told = nightly.told(wave, [unit.pk for unit in units])
    sums: dict[tuple[int, int], list[int]] = defaultdict(lambda: [0, 0])
    wanted = {unit.pk for unit in units}
    forms = {}
    for number, path, form, informant, count in invited_counts.below(wave, above.path):
        forms[form] = Informant(informant)
        for key in {int(part) for part in path.split("/")[:-1]} & wanted:
            cell = sums[key, form]
            cell[0] += sheets.get((number, form), 0)
            cell[1] += count
    from_file = wave.collection == Collection.IMPORT
    found = []
    for unit in units:
        here = [form for form in sorted(forms) if sums[unit.pk, form][1]]
        lines = (_response(forms[form], sums[unit.pk, form], told, (unit.pk, form), from_file) for form in here)
        found.append(UnitResponse(unit, tuple(lines)))
    return found


def _response(
    informant: Informant,
    counted: list[int],
    told: dict[tuple[int, int], tuple[datetime, int] | None],
    key: tuple[int, int],
    from_file: bool,
) -> Response:
    sheets, asked = counted
    if not informant.is_adult:
        return Response(informant, asked, sheets, from_file=from_file)
    if key not in told:
        return Response(informant, asked, None, is_hidden=True)
    night = told[key]
    if night is None:
        return Response(informant, asked, None)
    return Response(informant, asked, night[1], taken_at=night[0])


def nodes_without_sheets(form: WaveForm) -> list[int]:
    """Numbers of the nodes with invited people from which no sheet has come: for showing an invented county."""
    sheets = store.answered_counts(form.wave.slug)
    return [number for number in sorted(invited_counts.of_form(form)) if not sheets.get((number, form.number))]


def sheets_altogether(wave: Wave) -> int:
    """All sheets of a wave as one number: what is kept of a rehearsal, whose answers are destroyed."""
    return sum(store.answered_counts(wave.slug).values())
