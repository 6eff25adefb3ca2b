"""Small words of a report, and its verdicts on a model."""

from __future__ import annotations

import pytest

from kfl.research.payload import FitText, Visible
from kfl.research.reading import judging, wording


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ([Visible("county", 1, 0)], "hele kartleggingen under ett"),
        ([Visible("county", 1, 0), Visible("grade", 36, 0)], "alle 36 trinn ved skolene"),
        ([Visible("school", 14, 0), Visible("group", 0, 30)], "alle 14 skoler og 0 av 30 klasser"),
        ([Visible("municipality", 5, 1)], "5 av 6 kommuner"),
        ([Visible("municipality", 2, 0)], "2 av 2 kommuner"),
    ],
)
def test_places_are_told_as_people_count_them(found, said):
    assert wording.places(found) == said


def a_fit(**numbers):
    found = {
        "people": 2500, "chi2": 9.0, "df": 2, "p": 0.01, "cfi": 0.97, "tli": 0.96, "rmsea": 0.05, "rmsea_low": 0.04,
        "rmsea_high": 0.06, "srmr": 0.02,
    }  # fmt: skip
    return FitText(**(found | numbers))


@pytest.mark.parametrize(
    ("numbers", "verdict"),
    [
        ({}, "good"),
        ({"rmsea": 0.144, "rmsea_low": 0.13, "rmsea_high": 0.159}, "weak"),
        ({"rmsea": 0.144, "rmsea_low": 0.0641}, "enough"),  # printed as 0.06: chance may have made it so
        ({"rmsea": 0.144, "rmsea_low": 0.13, "people": 150}, "good"),  # few people, hardly anything to test
        ({"rmsea": 0.144, "rmsea_low": 0.13, "people": 150, "df": 5}, "weak"),
        ({"rmsea": 0.0849, "rmsea_low": 0.07}, "enough"),  # judged as it is printed
        ({"srmr": 0.104}, "enough"),
        ({"tli": 0.89}, "weak"),
        ({"cfi": None}, "unknown"),
        ({"df": 0}, "unknown"),
    ],
)
def test_a_model_is_judged_by_its_worst_index(numbers, verdict):
    assert judging.of_fit(a_fit(**numbers)).value == verdict
