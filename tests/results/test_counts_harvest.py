"""Everything that any role is told of how many have answered, fetched by HTTP, added, subtracted and compared.

The wave is looked at before and after one hand-in, one reservation and one late pupil, from night to night, and after
the release. Bjørk has too few teachers to be told by itself; each school has one leader.
"""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from kfl.disclosure import Thresholds
from kfl.disclosure.attacker import Cell, Matrix, find_leaks
from kfl.people import actions as people
from kfl.people.models import Gender, Pupil, Unit
from kfl.questionnaires.formats import Informant
from kfl.results.exports.rows import show
from kfl.results.making import release as releases
from kfl.results.making.closed_forms import closed_form, frozen_wave
from kfl.results.making.release import release_wave
from kfl.results.models import ReleasedPage
from kfl.surveys import actions
from kfl.surveys.counts import nightly
from kfl.surveys.models import ConsentState, Wave
from tests.factories import a_user
from tests.results.reading import Tables
from tests.surveys.answering import answer, code_of
from tests.surveys.making import CLOSES, OPENS, a_questionnaire, a_wave

WHO = ("alice", "bob", "charlie", "dina", "erik", "frida")
ADULTS = {"Lærere": Informant.TEACHER, "Skoleledere": Informant.LEADER}
UNITS = ("county", "region", "hamar", "stange", "ask", "bjork", "ask_8a")
K = 7
WHY = "a test"
Told = dict[tuple[str, str], str]  # unit and group → words


@pytest.fixture
def county(world, data_dir) -> SimpleNamespace:
    for n in range(12):
        a_user(f"ask{n}", "teacher", world.ask)
    for n in range(4):
        a_user(f"bjork{n}", "teacher", world.bjork)
    versions = [a_questionnaire(), a_questionnaire(Informant.TEACHER), a_questionnaire(Informant.LEADER)]
    world.t1 = actions.open_wave(wave=a_wave(world.county, [world.county], versions, slug="t1"), by=None, at=OPENS)
    return world


def harvest(county: SimpleNamespace) -> Told:
    """By unit and group, what is told to anybody; the same to all, and nowhere else in other words."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    read = 0
    for who in WHO:
        client = Client()
        client.force_login(getattr(county, who))
        for unit in (getattr(county, name) for name in UNITS):
            followed = client.get(f"/kartlegginger/t1/{unit.pk}/")
            if followed.status_code == 200:
                _read(followed.content.decode(), unit, found)
        names = ("web:home", "surveys:followed", "surveys:wave-list")
        own = ("surveys:wave-detail", "surveys:wave-close", "surveys:reminders", "surveys:wave-letter")
        pages = [*(reverse(name) for name in names), *(reverse(name, kwargs={"slug": "t1"}) for name in own)]
        for page in (client.get(address) for address in pages):
            if page.status_code == 200:
                read += 1
                html = page.content.decode()
                assert not re.search(r"\d+ av \d+ (har svart|svarte)", html)
                assert not re.search(r"\d\s*%", html)
    assert read > 2 * len(WHO)
    assert all(len(words) == 1 for words in found.values()), "two readers are told two things"
    return {key: words.pop() for key, words in found.items()}


def _read(html: str, unit: Unit, found: dict[tuple[str, str], set[str]]) -> None:
    for group, words in re.findall(r"<h3 [^>]*>([^<]+)</h3>\s*<p>([^<]+)</p>", html):
        found[f"{unit.kind} {unit.name}", group].add(words)
    parser = Tables()
    parser.feed(html)
    for head, *rows in parser.tables:
        for name, *cells in rows:
            for group, words in zip(head[1:], cells, strict=True):
                found[f"in {unit.name}: {name}", group].add(words)


def numbers(told: Told, groups: tuple[str, ...]) -> dict[tuple[str, str], int]:
    """Sheets told of these groups."""
    return {
        key: int(match[1])
        for key, words in told.items()
        if key[1] in groups and (match := re.search(r"(\d+) ark", words))
    }


def test_a_look_before_and_after_tells_nothing_of_one_person(county):
    wave = county.t1
    teachers = [code_of(row) for row in wave.codes.filter(node__unit=county.ask, form__informant="teacher")]
    pupils = list(wave.codes.filter(node__unit=county.ask_8a))
    for row in pupils[:3]:
        assert answer(wave, code_of(row))
    with time_machine.travel(OPENS + timedelta(hours=2), tick=False):
        first = harvest(county)
        assert numbers(first, tuple(ADULTS)) == {}
        assert {words for (_unit, group), words in first.items() if group == "Skoleledere"} <= {
            "1 invitert · skjult: for få her eller ved siden av",
            "2 inviterte · skjult: for få her eller ved siden av",
            "skjult: for få her eller ved siden av",
            "–",  # none are invited there
        }
    with time_machine.travel(OPENS + timedelta(days=1), tick=False):
        for code in teachers[:4]:
            answer(wave, code)
        nightly.count(wave, OPENS + timedelta(days=1))
        before = harvest(county)
        answer(wave, teachers[4])
        answer(wave, code_of(wave.codes.get(node__unit=county.ask, form__informant="leader")))
        assert harvest(county) == before, "an adult's hand-in is seen"

        actions.set_consent(wave=wave, pupils=[pupils[9].pupil], state=ConsentState.RESERVED, by=None)
        assert harvest(county) == before, "the reservation of one who has not answered is seen"
        actions.set_consent(wave=wave, pupils=[pupils[0].pupil], state=ConsentState.RESERVED, by=None)
        assert harvest(county) == before, "the reservation of one who has handed in is seen"

        late = Pupil(name="Ny Elev", gender=Gender.GIRL)
        since = (OPENS + timedelta(days=1)).date()
        people.enrol_pupils(pupils=[late], enrolments=[(late, county.ask_8a, 8, since, None)], by=None)
        actions.invite_late(wave=wave, pupil=late, by=None)
        after = harvest(county)
        moved = {key for key in before if before[key] != after[key]}
        assert moved
        assert all(group.startswith("Elever") for _unit, group in moved), "a late pupil moves the invited alone"
        assert numbers(after, tuple(ADULTS)) == numbers(before, tuple(ADULTS))
        assert numbers(after, ("Elever på 5.–10. trinn",)) == numbers(before, ("Elever på 5.–10. trinn",))
    nightly.count(wave, OPENS + timedelta(days=2))
    with time_machine.travel(OPENS + timedelta(days=2), tick=False):
        later = numbers(harvest(county), tuple(ADULTS))
        assert all(number % 3 == 0 for number in later.values())
        assert all(later[key] >= number for key, number in numbers(before, tuple(ADULTS)).items())


def attack(invited: dict[str, int], parts: dict[str, list[str]], told: set[str], fewest: int = K) -> list[str]:
    """Groups of too few that follow from the told units by adding and subtracting."""
    cells = [Cell(name, count, (count,)) for name, count in invited.items() if count]
    place = {cell.label: number for number, cell in enumerate(cells)}
    rows = [frozenset(place[part] for part in parts[name] if part in place) for name in sorted(told)]
    return [" ".join(leak.cells) for leak in find_leaks(Matrix("harvest", cells, rows, fewest))]


def test_nothing_of_a_few_adults_follows_from_all_levels_while_it_is_open_or_after(county):
    wave = county.t1
    for row in wave.codes.filter(form__informant__in=["teacher", "leader"]):
        if row.pk % 4:
            answer(wave, code_of(row))
    for row in wave.codes.filter(form__informant="pupil_5_10"):
        if row.pk % 5:
            answer(wave, code_of(row))
    nightly.count(wave, OPENS + timedelta(days=1))
    # Bob teaches a class at Ask; he is among its teachers.
    invited = {"Ask": 13, "Bjørk": 4}
    parts = {"county Hedmark": ["Ask", "Bjørk"], "region Hedmarken": ["Ask", "Bjørk"], "school Ask skole": ["Ask"]}
    parts |= {"municipality Hamar": ["Ask"], "municipality Stange": ["Bjørk"], "school Bjørk skole": ["Bjørk"]}
    with time_machine.travel(OPENS + timedelta(days=1), tick=False):
        told = harvest(county)
    shown = {unit for unit, group in numbers(told, ("Lærere",)) if unit in parts}
    assert shown
    assert attack(invited, parts, shown) == []
    assert attack(invited, parts, {"county Hedmark", "school Ask skole"}), "the way that was is seen to leak"

    actions.close_wave(wave=wave, by=None, at=CLOSES, tells=False)
    release_wave(wave=wave, by=None, at=CLOSES)
    with time_machine.travel(CLOSES + timedelta(days=1), tick=False):
        assert harvest(county) == {}, "working numbers of an open wave are gone when it closes"
    released = _released(county, wave)
    answered = {"Ask": _sheets(wave, county.ask), "Bjørk": _sheets(wave, county.bjork)}
    assert attack(answered, parts, {name for name in released if name in parts}) == []
    assert attack(answered, parts, {"county Hedmark", "school Ask skole"}), "the way that was is seen to leak"


def _released(county: SimpleNamespace, wave: Wave) -> dict[str, int]:
    """The teachers' numbers of answers that any role reads on a page; the file says no more."""
    found: dict[str, int] = {}
    for who in WHO:
        client = Client()
        client.force_login(getattr(county, who))
        for row in ReleasedPage.objects.everywhere(why=WHY).select_related("node__unit"):
            page = client.get(f"/resultater/t1/{row.node.number}/{row.informant}/")
            if page.status_code != 200:
                continue
            html = page.content.decode()
            match = re.search(r"(\d+) av \d+ svarte", html)
            if row.informant == "leader":
                assert not match
            elif match and row.informant == "teacher":
                found[f"{row.node.kind} {row.node.name}"] = int(match[1])
            assert " ark levert" not in html, "the two counts stand on no page together"
    units = {f"{unit['kind']} {unit['name']}": unit["answered"] for unit in show(wave.releases.get())["units"]}
    assert all(units[name] is None for name in units if name not in found and not name.startswith(("grade", "group")))
    return found


def _sheets(wave: Wave, school: Unit) -> int:
    """Answers of the school's teachers, from the release's own arrays."""
    form = wave.forms.get(informant=Informant.TEACHER)
    results = releases.results_of(closed_form(frozen_wave(wave), form), Thresholds())[0]
    number = wave.nodes.exclude(kind="grade").get(unit=school).number
    return int(results.answered[results.nodes.tolist().index(number)])
