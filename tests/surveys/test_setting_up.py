"""Setting up a wave by hand: what the secretariat finds, in which state, and that others find nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from kfl.answers import places, wave_tables
from kfl.core import jobs
from kfl.core.models import Job
from kfl.people.models import AuditLine, Enrolment
from kfl.questionnaires.formats import Informant
from kfl.surveys import actions, store
from kfl.surveys.models import ConsentMode, ConsentState, Wave, WaveState
from tests.surveys.making import CLOSES, OPENS, a_questionnaire, a_wave

pytestmark = [pytest.mark.usefixtures("data_dir"), pytest.mark.django_db]


@pytest.fixture(autouse=True)
def _during_the_wave():
    with time_machine.travel(OPENS + timedelta(days=3), tick=False):
        yield


@pytest.fixture
def draft(world) -> Wave:
    return a_wave(world.county, [world.hamar], [a_questionnaire(), a_questionnaire(Informant.LEADER)])


@pytest.fixture
def wave(draft) -> Wave:
    return actions.open_wave(wave=draft, by=None, at=OPENS)


def as_user(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def setup(name: str, **more) -> str:
    return reverse(f"surveys:{name}", kwargs={"slug": "t3", **more})


def test_the_secretariat_sets_up_and_opens_a_wave_by_hand(world, monkeypatch):
    version = a_questionnaire()
    erik = as_user(world.erik)
    start = {
        "name": "Høsten 2026", "opens_at": "2026-11-02T08:00", "closes_at": "2026-12-04T16:00",
        "consent_mode": "passive", "series": "",
    }  # fmt: skip
    url = erik.post(reverse("surveys:wave-new"), start)["Location"]
    assert url.endswith("/hosten-2026/")
    wave = Wave.plumbing.get()
    key = {"slug": wave.slug}
    assert (wave.series, wave.unit, wave.state) == (wave.slug, world.county, WaveState.DRAFT)
    page = erik.get(url).content.decode()
    assert "Dette mangler" in page
    assert "Dette lover vi" in page
    erik.post(reverse("surveys:wave-forms", kwargs=key), {"pupil_5_10": version.pk})
    erik.post(reverse("surveys:wave-units", kwargs=key), {"units": [world.hamar.pk, world.ask.pk]})
    assert [part.unit for part in wave.units.all()] == [world.hamar]
    assert "Dette mangler" not in erik.get(url).content.decode()
    page = erik.get(reverse("surveys:wave-open", kwargs=key)).content.decode()
    assert "<dd>26</dd>" in page
    assert "Brevet til foreldre mangler behandlingsansvarlig, kontakt og dagen svarene slettes." in page
    wave.refresh_from_db()
    assert wave.state == WaveState.DRAFT, "asked first"
    erik.post(reverse("surveys:wave-open", kwargs=key))
    wave.refresh_from_db()
    assert wave.state == WaveState.OPEN
    assert wave.codes.count() == 26


def test_a_wave_that_closes_before_it_opens_is_refused_beside_the_field(world):
    wrong = {
        "name": "X", "opens_at": "2026-11-02T08:00", "closes_at": "2026-11-01T08:00", "consent_mode": "passive",
        "series": "",
    }  # fmt: skip
    page = as_user(world.erik).post(reverse("surveys:wave-new"), wrong).content.decode()
    assert "må stenge etter at den åpner" in page
    assert not Wave.plumbing.exists()


def test_an_open_wave_is_extended_but_never_shortened(world, wave):
    erik = as_user(world.erik)
    assert "senere" in erik.post(setup("wave-extend"), {"closes_at": "2026-11-30T16:00"}).content.decode()
    erik.post(setup("wave-extend"), {"closes_at": "2026-12-11T16:00"})
    wave.refresh_from_db()
    assert wave.closes_at == CLOSES + timedelta(days=7)
    with places.reading(store.answers_place().of("t3")) as connection:
        assert wave_tables.closes_at(connection) == wave.closes_at


def test_closing_is_asked_about_and_then_destroys_codes_and_key(world, wave, monkeypatch):
    ordered = []
    monkeypatch.setattr("kfl.core.happenings.jobs.enqueue", lambda kind, **more: ordered.append((kind, more["wave"])))
    erik = as_user(world.erik)
    assert "kan ikke gjøres om" in erik.get(setup("wave-close")).content.decode()
    wave.refresh_from_db()
    assert wave.state == WaveState.OPEN
    actions.close_wave(wave=wave, by=world.erik)
    assert wave.state == WaveState.CLOSED
    assert not wave.codes.exists()
    assert not any(store.keys_dir().glob("*.code.key"))
    assert ordered == [("results.release", "t3")]
    actions.close_wave(wave=wave, by=world.erik)  # a job that is put back does no harm
    assert AuditLine.plumbing.filter(what="wave.closed").count() == 1


def test_before_it_opens_one_is_told_where_nobody_can_take_part(world):
    versions = [a_questionnaire(), a_questionnaire(Informant.LEADER)]
    draft = a_wave(world.county, [world.county], versions, consent=ConsentMode.ACTIVE)
    pupil = Enrolment.objects.everywhere(why="a test").filter(group=world.ask_8a).select_related("pupil")[0].pupil
    actions.set_consent(wave=draft, pupils=[pupil], state=ConsentState.MAY_TAKE_PART, by=None)
    page = as_user(world.erik).get(setup("wave-open")).content.decode()
    assert "ingen elever eller barn som kan delta" in page
    assert "<li>Bjørk skole</li>" in page
    assert "<li>Ask skole</li>" not in page
    assert "Ja, åpne" in page


def test_a_wave_that_asks_nobody_has_no_button_that_opens_it(world):
    a_wave(world.county, [world.county], [a_questionnaire()], consent=ConsentMode.ACTIVE)
    page = as_user(world.erik).get(setup("wave-open")).content.decode()
    assert "har noen som kan svare" in page
    assert "Ja, åpne" not in page


@pytest.mark.parametrize("person", ["bob", "alice", "dina", "nobody"])
def test_setting_up_does_not_exist_for_others(world, wave, person):
    client = as_user(getattr(world, person))
    for name in ("wave-detail", "wave-edit", "wave-forms", "wave-units", "wave-extend", "wave-close"):
        assert client.get(setup(name)).status_code == 404, name
    assert client.post(setup("wave-open")).status_code == 404
    assert client.post(setup("wave-close")).status_code == 404
    assert client.get(reverse("surveys:wave-list")).status_code == 404
    wave.refresh_from_db()
    assert wave.state == WaveState.OPEN


def test_every_page_of_setting_up_is_there_for_the_secretariat_and_researchers(world, draft):
    for user in (world.erik, world.frida):
        client = as_user(user)
        for name in ("wave-detail", "wave-edit", "wave-forms", "wave-units"):
            assert client.get(setup(name)).status_code == 200, name
        for name in ("wave-list", "wave-new"):
            assert client.get(reverse(f"surveys:{name}")).status_code == 200


def test_what_cannot_be_done_in_a_state_has_no_page(world, wave):
    erik = as_user(world.erik)
    assert [erik.get(setup(name)).status_code for name in ("wave-edit", "wave-forms", "wave-units")] == [404] * 3


def test_an_old_page_closes_no_wave_that_has_been_given_more_time(world, wave, monkeypatch):
    erik = as_user(world.erik)
    seen = erik.get(setup("wave-close")).context["seen"]
    actions.extend_wave(wave=wave, closes_at=CLOSES + timedelta(days=7), by=world.erik)
    reply = erik.post(setup("wave-close"), {"seen": seen})
    assert "Noen andre har endret tiden" in reply.content.decode()
    assert reply.context["seen"] != seen
    assert not Job.objects.filter(kind="surveys.close").exists()


def test_an_order_to_close_is_not_carried_out_with_more_time_than_it_was_given_for(world, wave):
    seen = as_user(world.erik).get(setup("wave-close")).context["seen"]
    actions.extend_wave(wave=wave, closes_at=CLOSES + timedelta(days=7), by=world.erik)
    order = Job.objects.create(kind="surveys.close", by=world.erik, arguments={"wave": "t3", "seen": seen})
    jobs.perform(order.pk)
    wave.refresh_from_db()
    assert wave.state == WaveState.OPEN
    order.refresh_from_db()
    assert "ikke stengt" in order.message
