"""How many answered, after the release: one more scale, on every page, in every table, report and file."""

from __future__ import annotations

import re
from types import SimpleNamespace

import msgspec
import numpy as np
import pytest
from django.urls import reverse

from kfl.questionnaires.formats import Informant
from kfl.research.making.report import make_report
from kfl.research.release_audit import audit_release
from kfl.results.exports.rows import as_csv, show
from kfl.results.making.release import release_wave
from kfl.results.models import ReleasedPage
from kfl.surveys import actions, queries
from kfl.surveys.models import Collection, Wave
from tests.factories import a_user
from tests.research.test_audit import tamper
from tests.results.making import a_pupil_questionnaire, number_of, simulated
from tests.surveys.making import CLOSES, OPENS, a_questionnaire, a_wave

HIDDEN = "skjult: for få her eller ved siden av"


@pytest.fixture
def county(world, data_dir) -> SimpleNamespace:
    """Pupils, teachers and leaders. Ask has eleven teachers and Bjørk five; each has one leader, and one did not
    answer; of Ask's teachers nine did, of Bjørk's none."""
    for name, school in [*((f"ask{n}", world.ask) for n in range(10)), *((f"bjork{n}", world.bjork) for n in range(5))]:
        a_user(name, "teacher", school)
    versions = [a_pupil_questionnaire(), a_questionnaire(Informant.TEACHER), a_questionnaire(Informant.LEADER)]
    wave = a_wave(world.county, [world.county], versions, slug="t1", collection=Collection.IMPORT)
    actions.open_wave(wave=wave, by=world.erik, at=OPENS)
    for form, people in queries.rosters(wave=wave).items():
        answers = simulated(form, np.zeros(len(people)), 1)
        ask = set(wave.nodes.filter(unit__path__startswith=world.ask.path).values_list("number", flat=True))
        if form.informant != Informant.PUPIL_5_10:
            there = np.flatnonzero([node in ask for node in people.group.tolist()])
            keep = there[:9] if form.informant == Informant.TEACHER else there[:1]
            answers[:, [row for row in range(len(people)) if row not in keep]] = -1
        actions.import_answers(wave=wave, form=form, people=people, answers=answers, by=None)
    actions.close_wave(wave=wave, by=world.erik, at=CLOSES, tells=False)
    release_wave(wave=wave, by=world.erik, at=CLOSES)
    world.t1 = Wave.objects.everywhere(why="a test").get(slug="t1")
    return world


def counts(wave: Wave, informant: Informant) -> dict[str, int | None]:
    rows = ReleasedPage.objects.everywhere(why="a test").filter(release__wave=wave, informant=informant)
    return {row.node.name: row.read().answered for row in rows.select_related("node")}


def test_a_silent_school_hides_the_one_beside_it_and_everything_about_its_adults(county):
    told = counts(county.t1, Informant.TEACHER)
    assert told["Ask skole"] is None
    assert told["Bjørk skole"] is None
    assert 9 in told.values()  # the level that holds both
    for page in ReleasedPage.objects.everywhere(why="a test").filter(informant=Informant.TEACHER):
        read = page.read()
        if read.answered is None:
            assert {cell.hidden for cell in read.scales} == {"protected"}


def test_of_two_leaders_nothing_is_told_anywhere(county):
    assert set(counts(county.t1, Informant.LEADER).values()) == {None}


def test_of_pupils_the_count_stands_where_there_are_enough(county):
    told = counts(county.t1, Informant.PUPIL_5_10)
    assert (told["8A"], told["8. trinn"]) != (None, None)


@pytest.mark.parametrize("who", ["alice", "bob", "dina", "erik"])
def test_no_page_says_whether_the_leader_answered(county, client, who):
    reader = getattr(county, who)
    client.force_login(reader)
    for unit in (county.ask, county.hamar, county.county):
        answer = client.get(f"/resultater/t1/{number_of(county.t1, unit)}/leader/")
        if answer.status_code == 200:
            html = answer.content.decode()
            assert HIDDEN in html
            assert not re.search(r"\d av \d", html)
            assert "Ingen har svart" not in html
            assert "0 %" not in html


def test_table_report_and_file_hide_what_the_pages_hide(county, client):
    release = county.t1.releases.get()
    shown = show(release)
    whole = next(unit for unit in shown["units"] if unit["kind"] == "county")
    assert whole["answered"] is None  # pupils and teachers are told by themselves; a sum would tell the leaders'
    assert whole["invited"] == sum(row.read().invited for row in release.pages.filter(node__number=0))
    classes = [unit for unit in shown["units"] if unit["name"] == "8A" and unit["answered"] is not None]
    assert classes
    assert ",Ask skole,school,," in as_csv(shown)
    report = make_report(wave=county.t1, by=None).read().numbers
    told = {form.informant: form.answered for form in report.forms}
    assert told == {"pupil_5_10": 46, "teacher": 9, "leader": None}
    leaders = next(form for form in report.forms if form.informant == "leader")
    assert (leaders.filled, all(scale.gap for scale in leaders.scales)) == (None, True)
    assert all(place.shown == 0 for place in leaders.places)
    client.force_login(county.erik)
    html = client.get(reverse("research:report", args=["t1"])).content.decode()
    assert HIDDEN in html
    assert "55 av" in html  # 46 and 9: those that are told by themselves
    assert "56 av" not in html


def test_the_audit_takes_the_counts_in(county):
    release = county.t1.releases.get()
    assert audit_release(release).is_clean
    row = release.pages.get(node__number=number_of(county.t1, county.ask), informant=Informant.TEACHER)
    tamper(row, msgspec.structs.replace(row.read(), answered=9))
    found = audit_release(release)
    assert any("answered" in line for line in found.refused)
    assert any("svar" in line for line in found.leaks)
