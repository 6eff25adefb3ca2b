"""`tools/same_pages.py` finds what differs, and still knows the tables that it reads."""

from collections import Counter

import pytest
from django.apps import apps

from tools import same_pages

PAGE = {"name": "1A", "grade": 1, "scales": [{"value": [23, 512, 14], "effect": 1.37, "hidden": "", "before": []}]}


def _with(**changed: object) -> dict[str, object]:
    return {**PAGE, "scales": [{**PAGE["scales"][0], **changed}]}  # type: ignore[index]


def test_equal_pages_differ_nowhere_and_all_values_are_counted() -> None:
    counted: Counter[str] = Counter()
    assert list(same_pages.differences(PAGE, _with(effect=1.37 * (1 + 1e-10)), counted=counted)) == []
    assert counted == {"numbers": 5, "other values": 2}


@pytest.mark.parametrize(
    ("other", "line"),
    [
        (_with(effect=1.370000014), ".scales[0].effect: 1.37 → 1.370000014"),
        (_with(value=[23, 513, 14]), ".scales[0].value[1]: 512 → 513"),
        (_with(value=[23, 512]), ".scales[0].value: 3 values → 2 values"),
        (_with(value=None), ".scales[0].value: 3 values → null"),
        (_with(hidden="few"), '.scales[0].hidden: "" → "few"'),
        (_with(effect="1.37"), '.scales[0].effect: 1.37 → "1.37"'),
        (_with(change=None), ".scales[0].change: only in b"),
        ({**PAGE, "grade": True}, ".grade: 1 → true"),
        ({"name": "1A", "scales": PAGE["scales"]}, ".grade: only in a"),
        (same_pages.MISSING, "all: only in a"),
    ],
)
def test_a_difference_is_told_with_its_place(other: object, line: str) -> None:
    assert list(same_pages.differences(PAGE, other)) == [line]


def test_a_difference_is_told_by_the_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    before = same_pages.Released("a", content={"pages": {"t1 r1a teacher, node 0 Innlandet": PAGE}})
    after = same_pages.Released("b", content={"pages": {"t1 r1a teacher, node 0 Innlandet": _with(hidden="few")}})
    gone = same_pages.Released("c", content={"pages": {}})
    assert [same_pages.report(before, one) for one in (before, after, gone)] == [0, 1, 1]
    assert '.scales[0].hidden: "" → "few"' in capsys.readouterr().out


def test_every_table_is_known_by_its_columns() -> None:
    columns = {model._meta.db_table: {one.column for one in model._meta.local_fields} for model in apps.get_models()}
    found = same_pages.tables_of(columns)
    assert set(found) == set(same_pages.COLUMNS)
    assert len(set(found.values())) == len(found)
