"""P3: what was released never changes, whatever happens afterwards. Seven kinds of change; digest and every page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
import time_machine
from django.core.cache import caches

from kfl.answers.bulk import import_sheets
from kfl.answers.wave_tables import WaveNotOpen
from kfl.core.lifecycle import NotNow
from kfl.core.text import text
from kfl.people import actions as people
from kfl.people.models import Scheme
from kfl.people.queries import code_of
from kfl.questionnaires import actions as questionnaires
from kfl.questionnaires.written import WrittenItem
from kfl.research.release_audit import stored_digest
from kfl.results.making.release import release_wave
from kfl.results.models import ReleasedPage
from kfl.surveys import actions, queries, store
from kfl.surveys.waves import bundle as freezing
from tests.results.making import simulated

WHY = "a test"
TABS = ("", "sporsmal/", "endring/", "andres-syn/", "om-tallene/")


def late_answers(county) -> None:
    """Through the action and, past it, through the store's own door: both are shut."""
    form = county.t1.forms.get()
    people_of = queries.roster(wave=county.t1, form=form)
    answers = simulated(form, people_of.group * 0.0, seed=9)
    with pytest.raises(NotNow):
        actions.import_answers(wave=county.t1, form=form, people=people_of, answers=answers, by=county.erik)
    bundle = freezing.bundle_of(county.t1, county.t1.nodes.count())
    folders = store.answers_place(), store.keys_dir()
    with pytest.raises(WaveNotOpen):
        import_sheets(*folders, bundle, form.number, people_of.group, people_of.split, people_of.pid, answers)


def moved_pupil(county) -> None:
    enrolment = county.ask_8a.enrolments.first()
    move = people.Move(enrolment, county.bjork_8a, 8, date(2026, 12, 10))
    people.move_pupils(moves=[move], by=county.erik)


def renamed_unit(county) -> None:
    for unit in (county.ask, county.ask_8a, county.hamar):
        change = people.UnitChange(unit, f"Nye {unit.name}", unit.parent, unit.valid_from, unit.valid_to)
        people.change_units(changes=[change], by=county.erik)


def ended_role(county) -> None:
    """Alice keeps the pages of a wave that opened while she held it (RULES G.5): the very same ones."""
    people.end_role(assignment=county.alice.role_assignments.get(), to_on=date(2026, 12, 10), by=county.erik)


def changed_code(county) -> None:
    """The municipality gets a new number, as in 2020."""
    new = ((Scheme.MUNICIPALITY, "9999", date(2026, 12, 10), None),)
    unit = county.hamar
    change = people.UnitChange(unit, unit.name, unit.parent, unit.valid_from, unit.valid_to, new)
    people.change_units(changes=[change], by=county.erik)
    assert code_of(unit, on=date(2026, 12, 24)) == "9999"


def next_version(county) -> None:
    version = questionnaires.next_version(questionnaire=county.version.questionnaire, by=county.frida)
    scale = version.scales.get(key="trivsel")
    item = scale.items.first()
    questionnaires.save_item(
        version=version,
        item=item,
        scale=scale,
        written=WrittenItem(text=text("Noe helt annet"), format=item.format, reversed=True),
        by=county.frida,
    )
    questionnaires.edit_version(version=version, title=text("Ny tittel"), intro=text("Ny"), by=county.frida)


def erased_pupil(county) -> None:
    for enrolment in county.ask_8a.enrolments.all()[:5]:
        enrolment.pupil.delete()


CHANGES = [late_answers, moved_pupil, renamed_unit, ended_role, changed_code, next_version, erased_pupil]


def seen_by(county, client) -> dict[str, str]:
    """Every page of the release that Alice may read, made anew, without the head of the page."""
    caches["kept"].clear()
    client.force_login(county.alice)
    found = {}
    for row in ReleasedPage.objects.everywhere(why=WHY).select_related("node"):
        for tab in TABS:
            address = f"/resultater/t1/{row.node.number}/{row.informant}/{tab}"
            response = client.get(address)
            found[address] = response.content.decode().partition("<main")[2].partition("</main>")[0]
            if response.status_code == 404:
                break
    return found


@pytest.fixture(autouse=True)
def _at_christmas():
    with time_machine.travel(date(2026, 12, 24), tick=False):
        yield


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_no_page_of_a_release_changes_by(county, client, change: Callable[..., None]):
    release = county.t1.releases.get()
    before, pages = stored_digest(release), seen_by(county, client)
    assert before == release.digest
    assert len(pages) > 40
    change(county)
    assert stored_digest(county.t1.releases.get()) == before
    assert seen_by(county, client) == pages
    release_wave(wave=county.t1, by=county.erik)  # and a job that is put back makes no second one
    assert county.t1.releases.get().digest == before
