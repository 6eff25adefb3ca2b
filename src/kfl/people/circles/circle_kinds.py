"""What each kind of circle is, and what a seat in it gives. Who sits where, and when, is data (Circle, Seat).

The portal shows this table at /roller/, beside the roles.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ..kinds import Kind
from ..roles import Permission


@dataclass(frozen=True)
class CircleKind:
    """One kind of circle: its name, a sentence in plain words, where it can hang, and what a seat in it gives."""

    key: str
    name: str | Promise
    sentence: str | Promise
    units: frozenset[Kind]
    permissions: frozenset[Permission]


FORUM_BODY = CircleKind(
    "forum_body",
    _("organ i Oppvekstforum"),
    _("Medlemmer og varamedlemmer i et av forumets organer. Resultater gir bare en rolle."),
    frozenset({Kind.COUNTY, Kind.REGION}),
    frozenset({Permission.CIRCLE_VIEW}),
)

CIRCLE_KINDS = {kind.key: kind for kind in (FORUM_BODY,)}
# What some seat gives; of other permissions nobody's seats are fetched.
SEATS_GIVE = frozenset[Permission]().union(*(kind.permissions for kind in CIRCLE_KINDS.values()))


def gives(kind: str, permission: Permission) -> bool:
    """Whether a seat in a circle of this kind gives a permission."""
    return kind in CIRCLE_KINDS and permission in CIRCLE_KINDS[kind].permissions
