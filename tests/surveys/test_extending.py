"""An owner gives the own units more time: there alone, shown wherever the time is shown."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from kfl.answers.store import OpenWave
from kfl.people.models import AuditLine
from kfl.surveys import actions, store
from kfl.surveys.waves import windows
from kfl.surveys.waves.now import now_of
from tests.surveys.making import CLOSES, OPENS, a_questionnaire, a_wave

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("data_dir")]
LATER = CLOSES + timedelta(days=5)


@pytest.fixture
def wave(world):
    return actions.open_wave(wave=a_wave(world.county, [world.county], [a_questionnaire()]), by=None, at=OPENS)


@pytest.fixture
def dina(world):
    with time_machine.travel(CLOSES - timedelta(days=1), tick=False):
        client = Client()
        client.force_login(world.dina)
        yield client


def address(unit):
    return reverse("surveys:extend-unit", kwargs={"slug": "t3", "key": unit.pk})


def sent(moment):
    return {"closes_at": moment.strftime("%Y-%m-%dT%H:%M")}


def test_the_owners_units_get_more_time_and_no_others(world, wave, dina):
    assert dina.post(address(world.stange), sent(LATER)).status_code == 404
    assert dina.post(address(world.hamar), sent(LATER)).status_code == 302
    assert windows.closes_at(wave, world.ask_8a) == windows.closes_at(wave, world.hamar) == LATER
    assert windows.closes_at(wave, world.bjork) == wave.closes_at == CLOSES
    opened = OpenWave(store.answers_place().of("t3"), store.code_key("t3"))
    number = {node.unit.name: node.number for node in wave.nodes.exclude(kind="grade").select_related("unit")}
    hour = timedelta(hours=1)
    assert opened.is_taking(LATER - hour, wave.nodes.get(unit=world.ask_8a).number)
    assert not opened.is_taking(LATER, wave.nodes.get(unit=world.ask_8a).number)
    assert not opened.is_taking(CLOSES + hour, wave.nodes.get(unit=world.bjork_8a).number)
    assert not opened.is_taking(CLOSES + hour, number["Stange"])
    opened.close()
    line = AuditLine.plumbing.order_by("-pk")[0]
    assert (line.what, line.unit, line.by) == ("unit.extended", world.hamar, world.dina)


@pytest.mark.parametrize(
    "moment", [CLOSES, CLOSES - timedelta(days=1), CLOSES + actions.LONGEST_EXTENSION + timedelta(minutes=1)]
)
def test_a_time_that_is_no_extension_is_refused(world, wave, dina, moment):
    page = dina.post(address(world.hamar), sent(moment))
    assert page.status_code == 200
    assert windows.closes_at(wave, world.hamar) == CLOSES
    with pytest.raises(actions.WindowOnlyGrows, match="senere tidspunkt"):
        actions.extend_unit(wave=wave, unit=world.hamar, closes_at=moment, by=None)


def test_the_new_time_is_shown_to_the_teacher_and_the_county(world, wave, dina):
    dina.post(address(world.ask), sent(LATER))
    assert "9. desember" in now_of(wave, world.ask_8a).brief
    assert "4. desember" in now_of(wave, world.bjork_8a).brief
    teacher, county = Client(), Client()
    teacher.force_login(world.bob)
    county.force_login(world.erik)
    page = teacher.get(reverse("surveys:response", kwargs={"slug": "t3", "key": world.ask_8a.pk})).content.decode()
    assert "stenger onsdag 9. desember kl. 16.00" in page
    page = county.get(reverse("surveys:wave-detail", kwargs={"slug": "t3"})).content.decode()
    assert "Ask skole (9. desember 2026 kl. 16.00)" in page
    page = county.get(reverse("surveys:wave-close", kwargs={"slug": "t3"})).content.decode()
    assert "kan ikke svare etter at du har stengt" in page
    assert "Ask skole" in page


def test_the_owner_sees_which_school_has_more_time_and_when_the_others_time_is_up(world, wave, dina):
    actions.extend_unit(wave=wave, unit=world.ask, closes_at=LATER, by=None)
    given = "Disse har fått mer tid: Ask skole (9. desember 2026 kl. 16.00). For de andre"
    address = reverse("surveys:response", kwargs={"slug": "t3", "key": world.hamar.pk})
    for page in (address, reverse("web:home")):
        assert f"{given} er tiden ute 4. desember 2026 kl. 16.00." in dina.get(page).content.decode()
    with time_machine.travel(CLOSES + timedelta(days=1), tick=False):
        dina.force_login(world.dina)
        assert f"{given} var tiden ute 4. desember 2026 kl. 16.00." in dina.get(address).content.decode()


def test_twice_is_later_still_and_the_countys_extension_is_for_all(world, wave, dina):
    dina.post(address(world.hamar), sent(CLOSES + timedelta(days=1)))
    dina.post(address(world.hamar), sent(LATER))
    assert wave.extensions.get().closes_at == LATER
    actions.extend_wave(wave=wave, closes_at=LATER + timedelta(days=9), by=None)
    assert windows.closes_at(wave, world.hamar) == LATER + timedelta(days=9)
    assert windows.running(wave) == []
