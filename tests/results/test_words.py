"""What is said about a number: sizes only where the difference is certain, and never more than it holds."""

from __future__ import annotations

import pytest

from kfl.results.payload import ScaleText
from kfl.results.reading import result_words


def a_scale(favourable: str = "high") -> ScaleText:
    return ScaleText("calm", {"nb": "Ro"}, {}, "calm", favourable, "d", True, False, 1, 4, [])


@pytest.mark.parametrize(
    ("points", "difference", "change"),
    [
        (9, "ingen forskjell å legge vekt på", "ingen endring å legge vekt på"),
        (10, "liten tendens", "liten tendens"),
        (-19, "liten tendens", "liten tendens"),
        (20, "merkbar forskjell", "merkbar endring"),
        (-49, "merkbar forskjell", "merkbar endring"),
        (50, "tydelig forskjell", "tydelig endring"),
        (79, "tydelig forskjell", "tydelig endring"),
        (-80, "svært stor forskjell", "svært stor endring"),
    ],
)
def test_sizes_are_those_of_the_convention(points, difference, change):
    assert result_words.size(points) == difference
    assert result_words.change_size(points) == change


@pytest.mark.parametrize("points", [120, -120, 0])
def test_what_is_uncertain_is_said_to_be_so_and_has_no_size(points):
    assert result_words.difference_word(points, False, "Ask skole") == "ingen sikker forskjell"
    assert result_words.change_word(points, False) == "ingen sikker endring"
    assert result_words.between_word(points, False) == "ingen sikker forskjell"


def test_what_is_certain_has_a_direction():
    assert result_words.difference_word(30, True, "Ask skole") == "sikkert over Ask skole"
    assert result_words.difference_word(-30, True, "Ask skole") == "sikkert under Ask skole"
    assert result_words.change_word(30, True) == "økt, merkbar endring"
    assert result_words.change_word(-60, True) == "gått ned, tydelig endring"
    assert result_words.between_word(30, True) == "jentene sikkert høyere, merkbar forskjell"
    assert result_words.between_word(-80, True) == "guttene sikkert høyere, svært stor forskjell"


def test_a_certain_difference_of_nothing_is_none():
    assert result_words.mark(0, True) == result_words.ALIKE
    assert result_words.difference_word(0, True, "Ask skole") == "ingen sikker forskjell"


def test_the_sentence_tells_the_difference_with_its_interval():
    told = result_words.against_rest(a_scale(), "Ask skole", -66, 30)
    assert told == "Ro ligger sikkert under resten av Ask skole (66 ± 30 poeng, tydelig forskjell). En utfordring."
    old = result_words.against_rest(a_scale("low"), "Ask skole", -66, None)
    assert old == (
        "Ro ligger sikkert under resten av Ask skole (66 poeng, tydelig forskjell). Her er lavt best: en styrke."
    )


def test_a_certain_difference_of_no_weight_is_neither_strength_nor_challenge():
    told = result_words.against_rest(a_scale(), "Hedmark", 6, 4)
    assert told == "Ro ligger sikkert over resten av Hedmark (6 ± 4 poeng, ingen forskjell å legge vekt på)."


def test_the_sentence_about_change_has_its_interval_and_size():
    told = result_words.since_then(a_scale(), "T1", -31, 14)
    assert told == "Ro har gått sikkert ned siden T1 (31 ± 14 poeng, merkbar endring)."
