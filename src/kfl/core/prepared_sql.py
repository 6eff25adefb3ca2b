"""A query whose SQL is written once: for the few that are asked at every look at a page.

Django writes a query's SQL anew each time it is asked, and for a query over several tables that costs many times
what the database needs to answer it. Here the same queryset is compiled once, with an example of each value, and
later asked again with other values in their places. Rows come as `values_list` gives them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet


class NotPreparable(ValueError):
    """An example does not stand in the compiled query exactly as it was given, or two are alike."""


class PreparedQuery:
    """A `values_list` queryset with gaps.

    `build` makes it from keyword arguments; `examples` has one for each, all different. They must be compared as they
    stand (`=`, not `IS NULL`, no patterns), so that any other value of the same type gives the same SQL.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], **examples: int | str) -> None:
        if len(set(examples.values())) < len(examples):
            raise NotPreparable("two examples are alike")
        self.build = build
        self.examples = examples
        self._made: dict[str, _Made] = {}  # by the kind of database

    def rows(self, **values: int | str) -> list[tuple[Any, ...]]:
        """The rows for these values."""
        connection = connections[DEFAULT_DB_ALIAS]
        made = self._made.get(connection.vendor) or self._make(connection.vendor)
        with connection.cursor() as cursor:
            cursor.execute(made.sql, [values[part] if is_gap else part for is_gap, part in made.parts])
            found: list[tuple[Any, ...]] = cursor.fetchall()
        if not made.converters:
            return found
        rows = [list(row) for row in found]
        for place, (converters, expression) in made.converters.items():
            for row in rows:
                for convert in converters:
                    row[place] = convert(row[place], expression, connection)
        return [tuple(row) for row in rows]

    def _make(self, vendor: str) -> _Made:
        compiler = self.build(**self.examples).query.get_compiler(DEFAULT_DB_ALIAS)
        sql, parameters = compiler.as_sql()
        names = {example: name for name, example in self.examples.items()}
        parts = [(True, names[part]) if part in names else (False, part) for part in parameters]
        found = {name for is_gap, name in parts if is_gap}
        if found != set(self.examples):
            raise NotPreparable(f"{sorted(set(self.examples) - found)} do not stand in the query as they were given")
        made = _Made(sql, parts, compiler.get_converters([column[0] for column in compiler.select]))
        self._made[vendor] = made
        return made


@dataclass(frozen=True)
class _Made:
    """SQL for one kind of database."""

    sql: str
    parts: list[tuple[bool, Any]]  # whether it is a gap; then its name, else the value itself
    converters: dict[int, Any]  # by the column's place
