"""The tree of a wave as it is frozen at the opening: county, region, municipality, school, grade, class."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby

from django.db.models import Q, prefetch_related_objects
from django.utils.translation import gettext as _

from kfl.people.days import VALID, in_force
from kfl.people.kinds import Kind
from kfl.people.models import Unit
from kfl.people.queries import code_of

from ..models import NodeKind, Wave, WaveNode

BATCH = 5000
LARGEST_QUESTION = 5000  # SQLite takes a limited number of values in a question
ROOT = -1


@dataclass(frozen=True)
class NewNode:
    """A node to be: its unit (a grade's is its school) and the number of the node above it."""

    kind: NodeKind
    unit_id: int
    name: str
    code: str
    parent: int
    grade: int | None = None


@dataclass
class NewTree:
    """Places by number, parents first, and the number of each unit."""

    places: list[NewNode] = field(default_factory=list)
    of_unit: dict[int, int] = field(default_factory=dict)

    def add(self, place: NewNode) -> int:
        """Put a place at the end; gives its number."""
        self.places.append(place)
        number = len(self.places) - 1
        if place.kind is not NodeKind.GRADE:
            self.of_unit[place.unit_id] = number
        return number

    def add_unit(self, unit: Unit, parent: int, day: date) -> int:
        return self.add(NewNode(NodeKind(unit.kind), unit.pk, unit.name, code_of(unit, on=day), parent))

    def add_grade(self, school: int, grade: int) -> int:
        """A grade under the school with that number."""
        above = self.places[school]
        name = _("{grade}. trinn").format(grade=grade)
        return self.add(NewNode(NodeKind.GRADE, above.unit_id, name, f"{above.code}-{grade}", school, grade))


def valid_on(day: date) -> Q:
    """Units that exist on a day."""
    return in_force(day, fields=VALID)


def taking_part(wave: Wave, unit: str = "") -> Q:
    """Rows whose unit (`unit` is the lookup to it) is one of the wave's units, or lies below one."""
    condition = Q(pk__in=[])
    for path in wave.units.values_list("unit__path", flat=True):
        condition |= Q(**{f"{unit}path__startswith": path})
    return condition


def build(wave: Wave, day: date, kinds: Iterable[Kind], grades_of: Mapping[int, set[int]]) -> NewTree:
    """The tree of the wave's schools or kindergartens (`kinds`) on a day.

    `grades_of` gives, for each class that has pupils, the grades they are in; other classes are left out.
    """
    units = Unit.objects.everywhere(why="system: a wave freezes the tree of the units that take part")
    schools = list(units.filter(taking_part(wave), valid_on(day), kind__in=list(kinds)))
    above_ids = {key for school in schools for key in school.ancestor_ids()} | {wave.unit_id}
    above = list(units.filter(pk__in=above_ids))
    groups = units.filter(taking_part(wave), valid_on(day), kind__in=[Kind.GROUP, Kind.DEPARTMENT])
    classes = [group for group in groups if group.pk in grades_of]
    for found in (above, schools, classes):
        _fetch_codes(found)

    tree = NewTree()
    for unit in sorted(above, key=lambda unit: (unit.path.count("/"), unit.name, unit.pk)):
        tree.add_unit(unit, tree.of_unit.get(unit.parent_id or 0, ROOT), day)
    for school in sorted(schools, key=lambda school: (tree.of_unit[school.parent_id or 0], school.name, school.pk)):
        tree.add_unit(school, tree.of_unit[school.parent_id or 0], day)
    classes = [group for group in classes if group.parent_id in tree.of_unit]
    classes.sort(key=lambda group: (tree.of_unit[group.parent_id or 0], group.name, group.pk))
    for school_id, its_classes in groupby(classes, key=lambda group: group.parent_id):
        _add_classes(tree, tree.of_unit[school_id or 0], list(its_classes), grades_of, day)
    return tree


def _add_classes(tree: NewTree, school: int, classes: list[Unit], grades_of: Mapping[int, set[int]], day: date) -> None:
    """Each class under its grade; classes of a grade that also sits in a mixed class right under the school.

    A page for a grade of which some pupils sit elsewhere would not be that grade's (RULES A.1).
    """
    mixed = {grade for group in classes if len(grades_of[group.pk]) > 1 for grade in grades_of[group.pk]}
    by_grade: dict[int, list[Unit]] = defaultdict(list)
    others = []
    for group in classes:
        grades = grades_of[group.pk]
        if len(grades) == 1 and not grades & mixed:
            by_grade[min(grades)].append(group)
        else:
            others.append(group)
    for grade in sorted(by_grade):
        number = tree.add_grade(school, grade)
        for group in by_grade[grade]:
            tree.add_unit(group, number, day)
    for group in others:
        tree.add_unit(group, school, day)


def _fetch_codes(units: list[Unit]) -> None:
    """Codes of many units, in parts."""
    for start in range(0, len(units), LARGEST_QUESTION):
        prefetch_related_objects(units[start : start + LARGEST_QUESTION], "codes")


def stored(wave: Wave) -> NewTree:
    """The tree as it was written when the wave opened."""
    tree = NewTree()
    numbers: dict[int, int] = {}
    for node in wave.nodes.order_by("number"):
        parent = numbers[node.parent_id] if node.parent_id else ROOT
        numbers[node.pk] = tree.add(
            NewNode(NodeKind(node.kind), node.unit_id, node.name, node.code, parent, node.grade)
        )
    return tree


def save(wave: Wave, tree: NewTree) -> list[WaveNode]:
    """Write the tree; gives the nodes by number."""
    level: list[int] = []
    for place in tree.places:
        level.append(0 if place.parent == ROOT else level[place.parent] + 1)
    nodes: list[WaveNode] = [
        WaveNode(
            wave=wave, number=number, kind=place.kind, unit_id=place.unit_id, grade=place.grade,
            name=place.name[:120], code=place.code[:60],
        )
        for number, place in enumerate(tree.places)
    ]  # fmt: skip
    for depth in range(max(level, default=-1) + 1):
        rows: list[WaveNode] = []
        for number, place in enumerate(tree.places):
            if level[number] == depth:
                nodes[number].parent = nodes[place.parent] if place.parent != ROOT else None
                rows.append(nodes[number])
        WaveNode.objects.bulk_create(rows, batch_size=BATCH)
    return nodes
