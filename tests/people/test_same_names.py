"""Two of one name are told apart by the first thing that tells all of them apart."""

from __future__ import annotations

import pytest

from kfl.people.same_names import Named, folded, told_apart


@pytest.mark.parametrize(
    ("people", "words"),
    [
        ([Named("Ola", 2012), Named("Kari", 2012)], ["Ola", "Kari"]),
        ([Named("Ola", 2012), Named("ola ", 2013)], ["Ola (født 2012)", "ola  (født 2013)"]),
        ([Named("Ola", 2012, "77001"), Named("Ola", 2012, "77002")], ["Ola (nøkkel …001)", "Ola (nøkkel …002)"]),
        ([Named("Ola", 2012, "10001"), Named("Ola", 2012, "20001")], ["Ola (nøkkel 10001)", "Ola (nøkkel 20001)"]),
        ([Named("Ola", 2012, "A1"), Named("Ola", None, "A2")], ["Ola (nøkkel A1)", "Ola (nøkkel A2)"]),
        ([Named("Ola"), Named("Ola")], ["Ola (nr. 1 med dette navnet)", "Ola (nr. 2 med dette navnet)"]),
        ([Named("Bo", None, "bo@a.no"), Named("Bo", None, "bo@b.no")], ["Bo (bo@a.no)", "Bo (bo@b.no)"]),
    ],
)
def test_what_tells_them_apart(people, words):
    assert told_apart(people) == words


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Kari Anne Li", "LI,  kari-anne", True),
        ("Åse Bjørnø", "Aase Bjornoe", True),
        ("José O’Brien", "Jose Obrien", True),
        ("Kari Li", "Kari Lid", False),
        ("Kari Li", "Kari Anne Li", False),
    ],
)
def test_names_are_one_however_a_system_writes_them(one, other, alike):
    assert (folded(one) == folded(other)) is alike
