"""How counts read: nothing below the first step is told as a number, and no rating or row of a file said no."""

from __future__ import annotations

import pytest
from django.utils import translation

from kfl.questionnaires.formats import BY_LINK, CHILDREN, RATERS, Informant
from kfl.surveys.counts import count_words
from kfl.surveys.counts.count_words import Counted
from kfl.surveys.counts.coverage import Response
from tests.surveys.making import OPENS


@pytest.mark.parametrize(
    ("language", "none", "some"),
    [
        ("nb", "færre enn 3 ark levert eller nei sagt", "minst 3 ark levert eller nei sagt"),
        ("nn", "færre enn 3 ark leverte eller nei sagt", "minst 3 ark leverte eller nei sagt"),
        ("en", "fewer than 3 sheets", "at least 3 sheets"),
    ],
)
def test_below_the_first_step_it_is_said_that_there_are_fewer(language, none, some):
    with translation.override(language):
        for sheets, words in [(0, none), (3, some)]:
            assert count_words.nightly(sheets, 20, OPENS).startswith(words)
            short = count_words.cell(sheets, 20, is_least=True)
            assert short.split(" 3 ")[0] == words.split(" 3 ")[0]
            assert "0 " not in short.split("·")[0]


@pytest.mark.parametrize("informant", list(Informant))
@pytest.mark.parametrize("taken_at", [None, OPENS])
def test_only_of_those_who_may_say_no_is_a_no_told(informant, taken_at):
    words = Response(informant, 20, 6, taken_at=taken_at).words
    assert ("nei sagt" in words) == (informant in CHILDREN | BY_LINK)
    assert informant not in RATERS or words.startswith(("6 ark levert", "minst 6 ark levert"))
    assert "nei sagt" not in Response(informant, 20, 6, taken_at=taken_at, from_file=True).words


def test_no_number_of_pupils_is_hidden_behind_a_least():
    assert count_words.cell(0, 20, is_least=False) == "0 ark · 20 inviterte"
    assert count_words.live(0, 20, Counted.OWN) == "0 ark levert eller nei sagt · 20 inviterte"
