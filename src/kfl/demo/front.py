"""What the front page of a demo shows: a few people of each role to be, one click away."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from kfl.people.roles import ROLES, Role

from . import mark, queries

A_ROLE = 3


@dataclass(frozen=True)
class RoleGroup:
    """A role and the first few who hold it."""

    role: Role
    people: list[queries.DemoPerson]
    more: bool


def context() -> dict[str, object]:
    """For `demo/_sign_in.html`."""
    first = mark.read(Path(settings.KFL_DATA)).first
    groups = []
    for key, role in ROLES.items():
        people = queries.shown_first(key, first.get(key, []), A_ROLE + 1)
        if people:
            groups.append(RoleGroup(role, people[:A_ROLE], len(people) > A_ROLE))
    return {"demo_roles": groups}
