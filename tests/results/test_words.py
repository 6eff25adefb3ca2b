"""What is said about a number: sizes only where the difference is certain or likely, never more than it holds."""

from __future__ import annotations

import pytest

from kfl.results.payload import Between, Certainty, ScaleText, ShownChange, Versus
from kfl.results.reading import result_words


def a_scale(favourable: str = "high") -> ScaleText:
    return ScaleText("calm", {"nb": "Ro"}, {}, "calm", favourable, "d", True, False, 1, 4, [])


@pytest.mark.parametrize(
    ("points", "difference", "change"),
    [
        (9, "liten forskjell", "liten endring"),
        (10, "liten forskjell", "liten endring"),
        (-19, "liten forskjell", "liten endring"),
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


def a_difference(points: int, step: Certainty, best: int | None = None, half: int = 30) -> Versus:
    return Versus(3, 500, 14, points, half, step, best, 505)


def a_change(points: int, step: Certainty, best: int | None = None) -> ShownChange:
    return ShownChange(0, points, 14, step, best)


@pytest.mark.parametrize("points", [120, -120, 0])
def test_what_is_uncertain_is_said_to_be_so_and_has_no_size(points):
    assert result_words.difference_word(points, Certainty.NONE, "Ask") == "ikke til å skille fra resten av Ask"
    assert result_words.change_word(a_change(points, Certainty.NONE)) == "ikke til å skille"
    assert result_words.between_word(Between(points, 30, False)) == "ikke til å skille"


def test_what_is_certain_has_a_direction():
    assert result_words.difference_word(30, Certainty.CERTAIN, "Ask skole") == "sikkert over resten av Ask skole"
    assert result_words.difference_word(-30, Certainty.CERTAIN, "Ask skole") == "sikkert under resten av Ask skole"
    assert result_words.change_word(a_change(40, Certainty.CERTAIN)) == "sikkert økt, merkbar endring"
    assert result_words.change_word(a_change(-64, Certainty.CERTAIN)) == "sikkert gått ned, tydelig endring"
    assert result_words.between_word(Between(60, 30, True)) == "jentene sikkert høyere, merkbar forskjell"
    assert result_words.between_word(Between(-110, 30, True)) == "guttene sikkert høyere, svært stor forskjell"


def test_what_is_likely_has_a_direction_and_is_not_called_certain():
    assert result_words.difference_word(30, Certainty.LIKELY, "Ask skole") == "tyder på høyere enn resten av Ask skole"
    assert result_words.difference_word(-30, Certainty.LIKELY, "Ask skole") == "tyder på lavere enn resten av Ask skole"
    assert result_words.change_word(a_change(60, Certainty.LIKELY, 12)) == "tyder på økning, liten endring"
    assert result_words.change_word(a_change(-60, Certainty.LIKELY, -55)) == "tyder på nedgang, tydelig endring"


@pytest.mark.parametrize("step", list(Certainty))
def test_a_difference_of_nothing_is_none(step):
    assert result_words.mark(0, step) == result_words.ALIKE
    assert result_words.difference_word(0, step, "Ask skole") == "ikke til å skille fra resten av Ask skole"


def test_the_sentence_tells_the_difference_with_its_interval():
    found = a_difference(-66, Certainty.CERTAIN, -52)
    told = result_words.against_rest(a_scale(), "Ask skole", found)
    assert told == "Ro ligger sikkert under resten av Ask skole (66 ± 30 poeng, tydelig forskjell). En utfordring."
    low = result_words.against_rest(a_scale("low"), "Ask skole", found)
    assert low == (
        "Ro ligger sikkert under resten av Ask skole (66 ± 30 poeng, tydelig forskjell). Her er lavt best: en styrke."
    )


@pytest.mark.parametrize(("best", "size"), [(2, 44), (60, 60), (None, 44)])
def test_size_of_what_is_certain_is_never_less_than_the_near_end_of_its_interval(best, size):
    """94 ± 50 is at least 44, whatever such units usually differ by, and also where nobody knows that."""
    assert result_words.weight(a_difference(94, Certainty.CERTAIN, best, half=50)) == size
    assert result_words.weight(a_difference(-94, Certainty.CERTAIN, best and -best, half=50)) == -size


def test_size_of_what_is_likely_is_the_best_estimate():
    assert result_words.weight(a_difference(94, Certainty.LIKELY, 12, half=50)) == 12


def test_a_certain_difference_of_no_weight_is_neither_strength_nor_challenge():
    """What weighs is the best estimate: 12 seen points that are 6 in truth are none to build on."""
    told = result_words.against_rest(a_scale(), "Hedmark", a_difference(12, Certainty.CERTAIN, 6))
    assert told == "Ro ligger sikkert over resten av Hedmark (12 ± 30 poeng, liten forskjell)."


def test_what_is_likely_is_neither_strength_nor_challenge():
    told = result_words.against_rest(a_scale(), "Hedmark", a_difference(66, Certainty.LIKELY, 30))
    assert told == "Svarene tyder på at Ro ligger over resten av Hedmark (66 ± 30 poeng, merkbar forskjell)."


def test_the_sentence_about_change_has_its_interval_and_size():
    told = result_words.since_then(a_scale(), "T1", a_change(-31, Certainty.CERTAIN, -22))
    assert told == "Ro har gått sikkert ned siden T1 (31 ± 14 poeng, merkbar endring)."
    likely = result_words.since_then(a_scale(), "T1", a_change(31, Certainty.LIKELY, 12))
    assert likely == "Svarene tyder på at Ro har økt siden T1 (31 ± 14 poeng, liten endring)."
