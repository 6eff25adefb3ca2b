"""Which released pages a reader may see: asked in SQL and asked of one row at a time, the answer is the same."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser

from kfl.people import actions as people
from kfl.people import scopes
from kfl.people.roles import ROLES, Permission
from kfl.results.models import ReleasedPage
from kfl.results.queries import pages_for
from tests.factories import a_user

WHY = "a test"
DAYS = (date(2026, 11, 1), date(2026, 12, 24), date(2027, 8, 1))


def by_sql(user) -> set[int]:
    return set(pages_for(user).values_list("pk", flat=True)) if not user.is_anonymous else set()


def one_by_one(user) -> set[int]:
    keeps = scopes.keeper(user, Permission.RESULTS_VIEW)
    rows = ReleasedPage.objects.everywhere(why=WHY).values_list(
        "pk", "node__unit__path", "node__unit__kind", "node__unit_id", "release__wave__opened_at"
    )
    return {pk for pk, path, kind, unit, moment in rows if keeps(path, kind, unit, moment)}


@pytest.fixture
def readers(county):
    """Everybody of the world, and one for each role, at each unit, for three spans of days."""
    found = [county.bob, county.alice, county.charlie, county.dina, county.erik, county.frida, county.nobody]
    spans = ((date(2026, 1, 1), None), (date(2026, 1, 1), date(2026, 11, 30)), (date(2026, 12, 1), date(2027, 1, 31)))
    roles = []
    for number, role in enumerate(ROLES):
        for place, unit in enumerate((county.ask_8a, county.ask, county.hamar, county.region, county.county)):
            user = a_user(f"Reader {number} {place}")
            roles.append((user, role, unit, *spans[(number + place) % 3]))
            found.append(user)
    people.give_roles(roles=[row for row in roles if row[2].kind in ROLES[row[1]].kinds], by=county.erik)
    return found


@pytest.mark.parametrize("day", DAYS)
def test_asking_of_one_row_gives_what_sql_gives(county, readers, day):
    with time_machine.travel(day):
        seen = [(by_sql(user), one_by_one(user)) for user in readers]
    assert all(sql == single for sql, single in seen)
    assert any(sql for sql, _single in seen)
    assert any(not sql for sql, _single in seen)


def test_an_inactive_account_and_a_stranger_see_nothing(county):
    county.alice.is_active = False
    assert one_by_one(county.alice) == by_sql(county.alice) == set()
    assert one_by_one(AnonymousUser()) == set()
