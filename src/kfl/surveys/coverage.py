"""How many have answered: by unit and form, never who."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from kfl.people.models import Unit

from . import store
from .formats import Informant
from .models import Invited, Wave


@dataclass(frozen=True)
class Response:
    """Answered of invited, for one informant group.

    `is_counted` is False for fewer than k adults: "1 av 1" among a school's leaders would tell who has answered.
    Of a class its teacher needs to know how many are left, however small it is; so does a rater of the own ratings.
    """

    informant: Informant
    answered: int
    invited: int
    is_counted: bool = True


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
        return Response(lines[0].informant, sum(x.answered for x in lines), sum(x.invited for x in lines))


def of_unit(wave: Wave, unit: Unit) -> UnitResponse:
    """The response at a unit with everything below it."""
    return of_units(wave, unit, [unit])[0]


def of_units(wave: Wave, above: Unit, units: list[Unit]) -> list[UnitResponse]:
    """The response of each of these units, all of them at or below `above`."""
    invited = Invited.objects.everywhere(why="counts below a unit that its reader may follow")
    rows = invited.filter(node__wave=wave, node__unit__path__startswith=above.path)
    answered = store.answered_counts(wave.slug)
    sums: dict[tuple[int, int], list[int]] = defaultdict(lambda: [0, 0])
    wanted = {unit.pk for unit in units}
    forms = {}
    for number, path, form, informant, count in rows.values_list(
        "node__number", "node__unit__path", "form__number", "form__informant", "count"
    ):
        forms[form] = Informant(informant)
        for key in {int(part) for part in path.split("/")[:-1]} & wanted:
            cell = sums[key, form]
            cell[0] += answered.get((number, form), 0)
            cell[1] += count
    return [
        UnitResponse(
            unit,
            tuple(
                _response(wave, forms[form], *sums[unit.pk, form]) for form in sorted(forms) if sums[unit.pk, form][1]
            ),
        )
        for unit in units
    ]


def _response(wave: Wave, informant: Informant, answered: int, invited: int) -> Response:
    # A pupil who was reserved after answering is invited no more: never show more than all.
    of_children = informant.is_child or informant.is_rater
    return Response(informant, min(answered, invited), invited, of_children or invited >= wave.k)
