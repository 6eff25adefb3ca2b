"""What each list holds, in plain words, for the page where one chooses a file."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kfl.core.lists import Columns

from . import class_list, staff, unit_list
from .roster_plan import ListKind

COLUMNS: dict[ListKind, Columns] = {
    ListKind.UNITS: unit_list.COLUMNS,
    ListKind.PUPILS: class_list.COLUMNS,
    ListKind.STAFF: staff.COLUMNS,
}

WHOLE: dict[ListKind, Promise] = {
    ListKind.UNITS: _("Enheter som ikke står i lista, blir stående. En enhet avsluttes med «gyldig til»."),
    ListKind.PUPILS: _(
        "Lista må ha alle elevene ved hver skole og barnehage den nevner. De som ikke står der, går ut av klassen."
    ),
    ListKind.STAFF: _(
        "Lista må ha alle som har den samme rollen ved enheten. Står én lærer ved skolen der, må alle stå der."
    ),
}


@dataclass(frozen=True)
class ListDescription:
    """A list as the page shows it."""

    label: str
    needed: tuple[str, ...]
    allowed: tuple[str, ...]
    whole: str


def described(kind: ListKind) -> ListDescription:
    """The columns of a list, and what it is the whole truth about."""
    columns = COLUMNS[kind]
    return ListDescription(kind.label, columns.needed, columns.allowed, str(WHOLE[kind]))
