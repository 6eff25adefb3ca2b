"""What releases made before a number was added still tell, and that they tell nothing else."""

from __future__ import annotations

import json

import msgspec
import pytest

from kfl.results.payload import FormText, NodeBeside, Page, Value, Versus, encode, pack, read_form, read_page
from kfl.results.reading.presenter import Reading

FIRST_FORM = {
    "informant": "pupil_5_10", "wave": "T1", "series": "s", "opened": "2016-11-01", "closed": "2016-11-30",
    "scales": [
        {
            "key": "calm", "title": {"nb": "Ro"}, "about": {}, "theme": "calm", "favourable": "high", "digest": "d",
            "measured": True, "sensitive": False, "low": 1, "high": 2,
            "items": [
                {"key": "c1", "text": {"nb": "Det er ro"}, "turned": False, "answers": [{"nb": "Nei"}, {"nb": "Ja"}]}
            ],
        }
    ],
    "earlier": [], "thresholds": {"k": 7, "k_share": 10, "band": 3}, "references": [[1.5, 0.5]],
    "reference_waves": ["T1"], "split": True,
}  # fmt: skip
FIRST_PAGE = {
    "node": 3, "kind": "school", "name": "Ask skole", "grade": None, "answered": 25, "invited": 30,
    "trail": [[0, "county", "Hedmark", None]], "below": [[4, "grade", "8. trinn", 8]],
    "scales": [
        {
            "value": [25, 583, 42], "above": [0, 500, 85, True], "top": 500, "items": [[25, 40, 60]],
            "girls": [12, 590, 60], "boys": [13, 577, 58],
        }
    ],
}  # fmt: skip


@pytest.fixture
def old():
    """A page of a release of the first kind, as it lies in the database."""
    page, form = (pack(json.dumps(content).encode()) for content in (FIRST_PAGE, FIRST_FORM))
    return Reading(read_page(page), read_form(form))


def test_an_old_page_is_read_and_told_without_what_it_does_not_hold(old):
    (row,) = old.rows
    assert (row.value.points, row.value.half) == (583, 42)
    assert (row.above_told, row.top_told) == ("500", "500")
    assert row.apart == "85 poeng, svært stor forskjell"
    assert (row.reliability, row.best, row.is_weak, row.best_matters, row.between) == (None, None, False, False, "")
    assert not old.knows_between
    (asked,) = old.asked
    assert asked.half is None
    assert [(share.share, share.low) for share in asked.items[0].shares] == [(40, None), (60, None)]


@pytest.mark.parametrize(
    ("informant", "whom"),
    [("pupil_5_10", "elevene"), ("teacher", "elevene"), ("child", "barna"), ("kindergarten_staff", "barna"),
     ("rater_kindergarten", "barna")],
)  # fmt: skip
def test_where_nothing_stands_out_a_kindergarten_talks_of_its_children(old, informant, whom):
    unsure = msgspec.structs.replace(old.page.scales[0], above=Versus(0, 500, 5, False))
    page = msgspec.structs.replace(old.page, scales=[unsure])
    (talk,) = Reading(page, msgspec.structs.replace(old.form, informant=informant)).talks
    assert f"Hva vil vi spørre {whom} eller" in " ".join(talk.questions)


def test_an_old_class_has_intervals_of_its_shares_all_the_same(old):
    """No group lies below it, so its design effect is 1 whatever the wave was like."""
    page = msgspec.structs.replace(old.page, below=[])
    (asked,) = Reading(page, old.form).asked
    assert (asked.half, asked.items[0].shares[0].low) == (19, 23)


def test_a_small_group_has_a_best_estimate_beside_its_value(old):
    """8B (10 answers, 70 points over its school) is drawn towards the school; the value stands as it was."""
    form = msgspec.structs.replace(old.form, alike={"group": [0.19], "school": [0.1], "county": [None]})
    value, above = Value(10, 570, 60), Versus(3, 500, 85, True, 25, 66)
    cell = msgspec.structs.replace(old.page.scales[0], value=value, above=above)
    trail = [*old.page.trail, NodeBeside(3, "school", "Ask skole", None)]
    page = msgspec.structs.replace(old.page, node=5, kind="group", name="8B", trail=trail, below=[], scales=[cell])
    (row,) = Reading(page, form).rows
    assert (row.value.points, row.best, row.best_matters) == (570, 537, True)  # λ = 1 / 1.9
    assert row.apart == "85 ± 66 poeng, svært stor forskjell"
    unsure = msgspec.structs.replace(cell, above=Versus(3, 500, 85, False, 25, 90))
    (row,) = Reading(msgspec.structs.replace(page, scales=[unsure]), form).rows
    assert (row.best, row.best_matters, row.apart) == (537, False, "")
    large = msgspec.structs.replace(cell, value=Value(30, 570, 35))
    (row,) = Reading(msgspec.structs.replace(page, scales=[large]), form).rows
    assert row.best is None


def test_a_page_written_now_holds_nothing_for_what_is_not_there():
    """Additions cost the pages that lack them no byte."""
    page = msgspec.json.decode(json.dumps(FIRST_PAGE), type=Page)
    stored = json.loads(encode(page))["scales"][0]
    assert set(stored) == set(FIRST_PAGE["scales"][0])


def test_a_form_without_the_new_fields_equals_one_that_has_them_empty():
    form = msgspec.json.decode(json.dumps(FIRST_FORM), type=FormText)
    assert (form.reliability, form.alike) == ([], {})
    assert read_form(pack(encode(form))) == form


def test_a_sentence_about_a_scale_has_a_key_that_other_rooms_can_offer_something_by(old):
    keys = [(sentence.mark, sentence.key) for sentence in old.summary]
    assert keys == [("▲", f"above:{old.form.scales[0].key}")]
