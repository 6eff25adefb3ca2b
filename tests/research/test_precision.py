"""How sure a wave's numbers are, as the report says it."""

from __future__ import annotations

import msgspec
import pytest

from kfl.core.templatetags.core import NO_BREAK
from kfl.documents.blocks import Paragraph, Points, TextTable
from kfl.research.making.form import form_report
from kfl.research.page_numbers import (
    ChangeTold,
    LevelSpread,
    MeansReliability,
    PageNumbers,
    PanelTold,
    Smallest,
    SpreadTold,
    TypicalUnit,
)
from kfl.research.payload import Clustering, Estimate
from kfl.research.reading import between_groups, precision
from tests.research.making import a_form, codes

LEVELS = [
    LevelSpread(0, 0.0, 0.0, False, 0, None),
    LevelSpread(1, 0.0, 0.0, False, 0, None),
    LevelSpread(2, 18.3, 20.1, True, 20, 0.04),
    LevelSpread(3, 6.7, 6.8, False, 3, None),
]
TOLD = PageNumbers(
    spreads=[SpreadTold("ro", 503, 202.9, 678.1, 0.173, 0.181, 95, 4.0, 1.44, LEVELS)],
    typical=[TypicalUnit("school", 20, 56, [0.287, 0.0, 0.0])],
    smallest=[Smallest("school", 50, [32, 38, 41], [56, 59, 70], [90, 95, 112], [])],
    likeness=[MeansReliability("ro", "school", 0.43)],
    changes=[ChangeTold("county", 1, [12, 12, 12], 18), ChangeTold("school", 14, [29, 49, 122], 79)],
    panels=[PanelTold("ro", 312, 498, 503, 4, 37)],
)


@pytest.fixture(params=[0, 3], ids=["full", "short"])
def form(request):
    """One scale, told in numbers or, where three skipped a question, in words."""
    return msgspec.structs.replace(form_report(a_form(codes(skipped=request.param))).report, of_pages=TOLD)


def rows(form):
    tables = [block for block in precision.blocks(form) if isinstance(block, TextTable)]
    return [[text.replace(NO_BREAK, " ") for text in row] for table in tables for row in table.rows]


def test_what_intervals_rest_on_stands_frozen_with_the_waves_own_beside_it(form):
    found = rows(form)
    assert ["Ro", "503", "203–678", "0,173 (0,181)", "95", "18,3 (20,1)"] in found
    assert ["Skoler", "20", "56", "–"] in found


def test_the_smallest_difference_stands_by_level_and_size(form):
    assert ["Skole med 50", "38 (32–41)", "59 (56–70)", "95 (90–112)", "–"] in rows(form)


def test_how_well_means_tell_groups_apart_is_a_word_in_a_short_report(form):
    told = "0,43; for svak" if form.scales[0].full else "for svak"
    assert ["Ro", told] in rows(form)
    lines = [line for block in precision.blocks(form) if isinstance(block, Points) for line in block.lines]
    assert "På 1 av 1 områder er skoler så like at små forskjeller mellom dem sier lite." in lines


def test_change_and_panel_are_told_with_how_sure_they_are(form):
    found = rows(form)
    assert ["Fylket", "1", "6,1", "12", "18"] in found
    assert ["Skoler", "14", "25,0", "49 (29–122)", "79"] in found
    assert ["Ro", "312", "37 %", "498", "503", "+5 ± 4"] in found


def test_a_panel_that_is_not_there_says_why(form):
    of_pages = msgspec.structs.replace(TOLD, panels=[], panel_gap="deleted")
    told = precision.blocks(msgspec.structs.replace(form, of_pages=of_pages))
    assert any("er slettet" in block.text for block in told if isinstance(block, Paragraph))


def test_each_scale_says_what_lies_between_groups(form):
    lines = dict(between_groups.level_lines(form, form.scales[0]))
    if form.scales[0].full:
        assert lines["Mellom skoler"] == "SD 20,1 poeng; ICC 0,04; ICC(2) 0,43, for svak; 20 grupper"
    else:
        assert lines == {"Skille mellom skoler": "for svak"}


@pytest.mark.parametrize("form", [0], indirect=True)
def test_intervals_are_told_as_wide_as_schools_as_clusters_make_them(form):
    full = msgspec.structs.replace(
        form.scales[0].full, alpha=Estimate(0.8, 0.75, 0.84), omega=None, clustering=Clustering(20, 4.0, 2.0, 1.5, 0.04)
    )
    scale = msgspec.structs.replace(form.scales[0], full=full)
    told = dict(between_groups.level_lines(form, scale))["Designeffekt, 20 skoler som klynger"]
    assert told.startswith("4,0 for snittet; alfa 4,00, intervall 0,69–0,87; χ² delt på 1,50 er ")  # .2 (.25/.2)², …
    few = msgspec.structs.replace(scale, full=msgspec.structs.replace(full, clustering=None))
    assert "intervallene er 1,2 til 2,0 ganger" in dict(between_groups.level_lines(form, few))["Designeffekt"]


def test_on_how_many_scales_small_differences_say_little(form):
    assert "for svakt på 1 av 1 for skoler" in between_groups.in_short([form])
    nothing = msgspec.structs.replace(form, of_pages=PageNumbers())
    assert between_groups.in_short([nothing]) == ""
    assert list(precision.blocks(nothing)) == []


def test_an_estimate_that_is_the_tables_is_marked(form):
    places = [*form.places, msgspec.structs.replace(form.places[0], kind="municipality")]
    other = msgspec.structs.replace(form, places=places)
    assert "6,7 (6,8*)" in rows(other)[0]
    assert any("* For få grupper" in block.text for block in precision.blocks(other) if isinstance(block, Paragraph))
