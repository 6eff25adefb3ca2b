"""Whom one can be in a demo, and codes one can answer with: what `kfl demo --print-logins` prints."""

from __future__ import annotations

from pathlib import Path

from django.utils import timezone

from kfl.people.kinds import Kind
from kfl.people.models import RoleAssignment, Unit
from kfl.people.queries import holders
from kfl.people.roles import ROLES
from kfl.questionnaires.formats import Informant
from kfl.results.models import ReleasedPage
from kfl.results.payload import Certainty
from kfl.surveys.codes import queries as surveys
from kfl.surveys.counts import coverage
from kfl.surveys.models import NodeKind, Wave
from kfl.surveys.waves import stored
from kfl.surveys.waves.series import in_order

from . import mark, queries

LOOKED_AT = 300  # classes looked through for those with the most to show
SHOWN_FIRST = 3
CODES_A_GROUP = 5

ABOVE = {
    "principal": Kind.SCHOOL,
    "office": Kind.SCHOOL,
    "owner": Kind.MUNICIPALITY,
    "adviser": Kind.MUNICIPALITY,
    "kindergarten_head": Kind.MUNICIPALITY,
    "forum_member": Kind.REGION,
}

WHY = "system: the demo's own people and classes, to begin with those who have most to show"

Login = dict[str, str]


def logins(data: Path) -> dict[str, list[Login]]:
    """People with their roles, those with most to show first in each role, and unused codes of the open wave."""
    sign = mark.read(data)
    held = queries.described(queries.held_roles())
    order = {role: number for number, role in enumerate(ROLES)}
    first = {(role, name): number for role, names in sign.first.items() for number, name in enumerate(names)}
    held.sort(key=lambda person: (order[person.role], first.get((person.role, person.username), len(first))))
    people = [{"username": one.username, "name": one.name, "role": one.role, "unit": one.unit} for one in held]
    return {"people": people, "codes": [one for wave in _open_waves(sign.open_wave) for one in unused_codes(wave)]}


def _open_waves(first: str) -> list[Wave]:
    """The waves that can be answered, the schools' own first."""
    waves = Wave.objects.everywhere(why=WHY).filter(stored.is_under_way()).order_by("slug")
    return sorted(waves, key=lambda wave: wave.slug != first)


def _wave(slug: str) -> Wave:
    wave: Wave = Wave.objects.everywhere(why=WHY).get(slug=slug)
    return wave


def unused_codes(wave: Wave) -> list[Login]:
    """A few codes for each informant group, of classes and schools from which no answer has come."""
    if not wave.is_under_way:
        return []
    found: list[Login] = []
    for form in wave.forms.order_by("number"):
        silent = coverage.nodes_without_sheets(form)
        for printed in surveys.printed_codes(wave=wave, form=form, nodes=silent[:CODES_A_GROUP])[:CODES_A_GROUP]:
            group = queries.unit_label(printed.node.unit)
            found.append({"code": printed.code, "informant": form.informant, "group": group})
    return found


def whom_to_show_first(open_wave: str) -> dict[str, list[str]]:
    """Usernames by role: teachers whose class was shown in the newest release and who have a class now, and theirs."""
    released = (
        Wave.objects.everywhere(why=WHY)
        .filter(stored.has_results(), forms__informant=Informant.PUPIL_5_10)
        .order_by(*in_order(newest_first=True))
        .first()
    )
    if released is None:
        return {}
    silent = _silent_classes(_wave(open_wave))
    posts: list[RoleAssignment] = []
    for unit in _most_shown_classes(released):
        teachers = holders("teacher", unit, on=timezone.localdate(released.opened_at))
        now = queries.held_roles("teacher").filter(user__in=teachers, unit__in=silent)
        posts += now[:1]
        if len(posts) >= SHOWN_FIRST:
            break
    first = {"teacher": [post.user.username for post in posts]}
    for role, kind in ABOVE.items():
        names = [
            user.username for post in posts for user in holders(role, _above(post.unit, kind), on=timezone.localdate())
        ]
        first[role] = list(dict.fromkeys(names))[:SHOWN_FIRST]
    return first


def _most_shown_classes(wave: Wave) -> list[Unit]:
    """Classes of the older pupils that are shown: those with most certain differences first, then most scales."""
    pages = (
        ReleasedPage.objects.everywhere(why=WHY)
        .filter(release__wave=wave, informant=Informant.PUPIL_5_10, node__kind=NodeKind.GROUP)
        .select_related("node__unit")
        .order_by("node__number")[:LOOKED_AT]
    )
    found = []
    for row in pages:
        page = row.read()
        shown = [scale for scale in page.scales if scale.value is not None]
        certain = sum(scale.above is not None and scale.above.certainty is Certainty.CERTAIN for scale in shown)
        if shown:
            found.append((-certain, -len(shown), -(page.answered or 0), row.node.unit))
    found.sort(key=lambda one: one[:3])
    return [unit for *_, unit in found]


def _silent_classes(wave: Wave) -> list[int]:
    """Units of the classes of the older pupils from which no answer has come yet."""
    silent = coverage.nodes_without_sheets(wave.forms.get(informant=Informant.PUPIL_5_10))
    return list(wave.nodes.filter(number__in=silent).values_list("unit", flat=True))


def _above(unit: Unit, kind: Kind) -> Unit:
    """The unit of that kind above this one."""
    while unit.kind != kind and unit.parent is not None:
        unit = unit.parent
    return unit
