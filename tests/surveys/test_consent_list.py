"""A list of what the parents have said: wrong rows are named, nothing changes before the yes, and codes follow."""

from __future__ import annotations

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from kfl.people.models import Pupil
from kfl.people.rosters.table import WrongRoster
from kfl.surveys import actions
from kfl.surveys.consent.form_fields import field_name
from kfl.surveys.consent.uploaded_list import plan_of
from kfl.surveys.models import Code, ConsentState
from tests.surveys.making import OPENS, a_questionnaire, a_wave

pytestmark = [pytest.mark.usefixtures("data_dir"), pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]


@pytest.fixture
def on_the_day():
    with time_machine.travel(OPENS, tick=False):
        yield


@pytest.fixture
def wave(world):
    for number, pupil in enumerate(Pupil.plumbing.filter(enrolments__group=world.ask_8a).order_by("pk")):
        Pupil.plumbing.filter(pk=pupil.pk).update(source=world.ask, source_key=f"A{number:02}")
    return a_wave(world.county, [world.ask], [a_questionnaire()])


def pupil(key):
    return Pupil.plumbing.get(source_key=key)


def test_what_the_list_would_change_is_told_and_nothing_else(world, wave):
    actions.set_consent(wave=wave, pupils=[pupil("A01")], state=ConsentState.RESERVED, by=None)
    content = "Elevnøkkel;Navn;Samtykke\nA00;Elev;Reservert\nA01;;nei\nA02;;Informert\n".encode()
    plan = plan_of(content, wave, world.ask_8a)
    assert [(change.pupil.source_key, change.after) for change in plan.changes] == [
        ("A00", ConsentState.RESERVED),
        ("A02", ConsentState.INFORMED),
    ]
    assert (plan.unchanged, plan.reserved) == (1, 1)
    assert wave.consents.count() == 1


def test_each_wrong_row_is_named(world, wave):
    content = "elevnøkkel,samtykke\nA00,kanskje\nA77,nei\n,nei\nA01,nei\nA01,nei\nA02,kan delta\n".encode()
    with pytest.raises(WrongRoster) as caught:
        plan_of(content, wave, world.ask_8a)
    assert [(one.row, one.column) for one in caught.value.problems] == [
        (2, "samtykke"), (3, "elevnøkkel"), (4, "elevnøkkel"), (6, "elevnøkkel"), (7, "samtykke"),
    ]  # fmt: skip
    told = " ".join(one.reason for one in caught.value.problems)
    assert "rad 5" in told
    assert "samtykket passivt" in told


@pytest.mark.parametrize(
    ("name", "fits"),
    [("Elev 8A 0", True), ("8a 0 ELEV", True), ("0, Elev 8A", True), ("Elev", True), ("", True), ("Feil Navn", False)],
)
def test_a_name_that_is_not_the_keys_is_refused_by_row(world, wave, name, fits):
    """A sheet whose names alone were sorted would give the wrong children consent."""
    content = f"elevnøkkel;navn;samtykke\nA00;{name};nei\n".encode()
    if fits:
        assert len(plan_of(content, wave, world.ask_8a).changes) == 1
        return
    with pytest.raises(WrongRoster) as caught:
        plan_of(content, wave, world.ask_8a)
    (problem,) = caught.value.problems
    assert (problem.row, problem.column) == (2, "navn")
    assert "Elev 8A 0" in problem.reason


def test_a_key_is_read_as_it_was_meant_where_that_is_clear(world, wave):
    first, other = pupil("A00"), pupil("A01")
    Pupil.plumbing.filter(pk=first.pk).update(source_key="0123")
    (change,) = plan_of("elevnøkkel;samtykke\n123;nei\n".encode(), wave, world.ask_8a).changes
    assert change.pupil == first
    Pupil.plumbing.filter(pk=other.pk).update(source_key="00123")
    with pytest.raises(WrongRoster):
        plan_of("elevnøkkel;samtykke\n123;nei\n".encode(), wave, world.ask_8a)
    (change,) = plan_of("elevnøkkel;samtykke\n0123;nei\n".encode(), wave, world.ask_8a).changes
    assert change.pupil == first


def test_a_pupil_of_another_class_is_nobody_here(world, wave):
    with pytest.raises(WrongRoster, match="1 feil"):
        plan_of("elevnøkkel;samtykke\nA00;nei\n".encode(), wave, world.ask_8b)
    assert len(plan_of("elevnøkkel;samtykke\nA00;nei\n".encode(), wave, world.ask).changes) == 1


def test_from_file_to_yes_in_an_open_wave(world, wave):
    actions.open_wave(wave=wave, by=None, at=OPENS)
    client = Client()
    client.force_login(world.bob)
    address = reverse("surveys:consent-list", kwargs={"slug": "t3", "key": world.ask_8a.pk})
    file = SimpleUploadedFile("liste.csv", "elevnøkkel;samtykke\nA00;reservert\nA01;informert\n".encode())
    page = client.post(address, {"file": file}).content.decode()
    assert "Lista endrer 2 elever" in page
    assert "Én elev blir reservert" in page
    assert not wave.consents.exists()
    gone, other = pupil("A00"), pupil("A01")
    stranger = Pupil.plumbing.filter(enrolments__group=world.bjork_8a)[0]
    unknown = ConsentState.NOT_INFORMED
    sent = {"yes": "1", field_name(gone, unknown): "reserved", field_name(other, unknown): "informed"}
    assert all(f'name="{name}" value="{value}"' in page for name, value in sent.items() if name != "yes")
    assert f"Du er i ferd med å slette det {gone.name} har svart." in page
    client.post(address, {**sent, field_name(stranger, unknown): "reserved"})
    assert dict(wave.consents.values_list("pupil", "state")) == {gone.pk: "reserved", other.pk: "informed"}
    assert not Code.objects.everywhere(why="a test").filter(pupil=gone).exists()


def test_a_broken_file_is_told_on_the_page(world, wave):
    client = Client()
    client.force_login(world.bob)
    address = reverse("surveys:consent-list", kwargs={"slug": "t3", "key": world.ask_8a.pk})
    file = SimpleUploadedFile("liste.csv", b"navn;klasse\nA;B\n")
    page = client.post(address, {"file": file}).content.decode()
    assert "Ingenting er endret" in page
    assert "Kolonnen mangler" in page


def test_a_demo_takes_no_list(world, wave, settings):
    settings.KFL_DEMO = True
    client = Client()
    client.force_login(world.bob)
    address = reverse("surveys:consent-list", kwargs={"slug": "t3", "key": world.ask_8a.pk})
    assert "Her kan du ikke legge inn lister" in client.get(address).content.decode()
