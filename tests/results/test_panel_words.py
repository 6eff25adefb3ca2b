"""The sentence about those who answered in two waves."""

from __future__ import annotations

from django.utils.translation import override

from kfl.results.payload import Panel, PanelGap, ScaleResult, Then, Value
from kfl.results.reading import panel_words
from kfl.results.reading.parts import Past, ScaleRow

PANEL = Panel(wave=1, n=412, then=506, now=491, half=12, only_then=539, only_now=506, matched=43)


def test_all_numbers_stand_in_one_sentence():
    assert panel_words.told(PANEL, PanelGap.NONE, "T1") == (
        "De 412 som svarte begge ganger på samme sted, gikk fra 506 poeng til 491 (−15 ± 12). De er 43 prosent av dem "
        "som svarte i T1. 539 andre svarte da og 506 andre nå: bare den ene gangen, på en annen skole eller barnehage, "
        "eller ikke på alle spørsmålene."
    )


def test_why_there_is_nothing_is_told_where_somebody_would_look_for_it():
    assert "er slettet" in panel_words.told(None, PanelGap.DELETED, "")
    assert "for få her eller ved siden av" in panel_words.told(None, PanelGap.PROTECTED, "")
    assert panel_words.told(None, PanelGap.NONE, "") == ""


def test_every_gap_has_words_in_every_language():
    for language in ("nb", "nn", "en"):
        with override(language):
            assert {gap for gap in PanelGap if not panel_words.told(None, gap, "")} == {PanelGap.NONE}


def test_the_wave_is_the_one_that_the_panel_is_with():
    row, past = ScaleRow.__new__(ScaleRow), Past.__new__(Past)
    object.__setattr__(row, "result", ScaleResult(value=Value(900, 495, 9), panel=PANEL))
    object.__setattr__(past, "row", row)
    object.__setattr__(past, "then", [("T0", Then(0, "", 500, 9), ""), ("T1", Then(1, "", 500, 9), "")])
    assert "svarte i T1" in past.panel
