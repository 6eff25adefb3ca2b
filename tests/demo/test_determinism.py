"""Two builds on different days, the second beside other rows, show the same in the waves of the past."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from django.db import transaction

from kfl.demo.build import build
from kfl.demo.progress import Quiet
from kfl.people.kinds import Kind
from kfl.results.models import Release
from tests.factories import a_unit, a_user

pytestmark = pytest.mark.django_db
WHY = "a test looks at everything"


def _digests_of_a_build(data: Path, moment: datetime, *, beside: bool) -> dict[str, str]:
    with transaction.atomic(), time_machine.travel(moment, tick=False):
        if beside:
            a_user("Nils", "researcher", a_unit(Kind.COUNTY, "Et annet fylke", None))
        build("tiny", data, Quiet())
        rows = Release.objects.everywhere(why=WHY).values_list("wave__slug", "digest")
        digests = dict(rows)
        transaction.set_rollback(True)
    return digests


def test_what_the_released_waves_show_depends_neither_on_the_day_nor_on_keys(tmp_path, settings):
    found = []
    for name, moment, beside in (
        ("now", datetime(2026, 11, 20, 12, tzinfo=UTC), False),
        ("later", datetime(2029, 3, 5, 12, tzinfo=UTC), True),
    ):
        settings.KFL_DATA = tmp_path / name
        found.append(_digests_of_a_build(tmp_path / name, moment, beside=beside))
    assert set(found[0]) == {"b1", "t1", "t2"}
    assert found[0] == found[1]
