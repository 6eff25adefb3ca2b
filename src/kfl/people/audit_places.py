"""How the log calls a unit, and which units somebody means who writes a name into its search."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from kfl.core.alphabet import alphabetical

from .kinds import Kind
from .models import Unit, User
from .roles import PLACES, Permission
from .scopes import units_where

MOST_AT_ONCE = 200  # of one name


class NoSuchPlace(LookupError):
    """No unit of the reader's is called that, or too many are; says which in words."""


def place_of(unit: Unit) -> tuple[str, str]:
    """8A, Ask skole; and the municipality. A class of an earlier year is told from today's by its years."""
    municipality: Unit | None = unit.parent if unit.kind in PLACES else None
    if municipality is not None and unit.is_leaf_kind:
        municipality = municipality.parent
    name = unit.name_with_school
    if unit.is_leaf_kind and unit.valid_to is not None:
        name = f"{name} ({unit.valid_from.year}–{unit.valid_to.year})"
    return name, municipality.name if municipality else ""


def is_for_the_whole_portal(user: User) -> bool:
    """Whether the user reads the log of every unit, and so also what is about none. Without a unit, nobody does."""
    every = Unit.objects.everywhere(why="whether: all that lies on top")
    tops = set(every.filter(parent=None).values_list("pk", flat=True))
    return bool(tops) and tops <= set(_readable(user).filter(parent=None).values_list("pk", flat=True))


def has_several_municipalities(user: User) -> bool:
    """Whether a place has to be named with its municipality for this reader."""
    return _readable(user).filter(kind=Kind.MUNICIPALITY)[:2].count() > 1


def suggestions(reader: User) -> list[str]:
    """Names to choose from: what lies above classes and departments, as `found` knows them."""
    units = _readable(reader).exclude(kind__in=[Kind.GROUP, Kind.DEPARTMENT]).select_related("parent__parent")
    return sorted({_full(unit) for unit in units}, key=alphabetical)


def found(reader: User, words: str) -> tuple[Unit, ...]:
    """The reader's units that are called so; "8A, Ask skole" and "8A, Ask skole, Hamar" are one class.

    Whoever writes a whole name means that alone. Raises `NoSuchPlace`.
    """
    parts = [_plain(part) for part in words.split(",") if part.strip()]
    units = list(_readable(reader).select_related("parent__parent"))
    fits = [unit for unit in units if _plain(words) in {_plain(_full(unit)), _plain(place_of(unit)[0])}]
    fits = fits or [unit for unit in units if [_plain(unit.name)] == parts]
    if not fits and parts:
        names = {unit.pk: _plain(unit.name) for unit in units}
        fits = [unit for unit in units if _is_called(unit, parts, names)]
    paths = {unit.path for unit in fits}
    tops = tuple(unit for unit in fits if not any(path != unit.path and unit.path.startswith(path) for path in paths))
    if not tops:
        raise NoSuchPlace(_("Ingen av enhetene dine heter dette."))
    if len(tops) > MOST_AT_ONCE:
        raise NoSuchPlace(_("Mange enheter heter dette. Skriv også skolen eller kommunen, med komma mellom."))
    return tops


def _readable(user: User) -> QuerySet[Unit]:
    return units_where(user, Permission.AUDIT_VIEW)


def _is_called(unit: Unit, parts: list[str], names: dict[int, str]) -> bool:
    first, *above = parts
    over = [names.get(key, "") for key in unit.ancestor_ids()]
    return first in _plain(unit.name) and all(any(part in name for name in over) for part in above)


def _full(unit: Unit) -> str:
    return ", ".join(part for part in place_of(unit) if part)


def _plain(words: str) -> str:
    return " ".join(words.casefold().split())
