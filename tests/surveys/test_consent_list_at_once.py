"""Two say yes to the same list of consent at the same moment: one does it, the other is told. On PostgreSQL."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from kfl.people.models import Pupil
from kfl.surveys.consent.views import uploaded_list
from kfl.surveys.models import ImportedConsents
from tests.surveys.making import OPENS, a_questionnaire, a_wave

HAS_CHANGED = "Noe er endret i portalen siden lista ble kontrollert."
NO_LONGER = "Lista ligger ikke lenger klar."

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("postgresql", "data_dir")]


@pytest.fixture
def postgresql(db):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one at a time write")
    with time_machine.travel(OPENS, tick=False):
        yield


@pytest.fixture
def both_at_once(monkeypatch):
    """Neither writes before the other has found the same list waiting."""
    barrier = threading.Barrier(2)
    carry_out, plan_of = uploaded_list.carry_out, uploaded_list.plan_of

    def come(*given):
        barrier.wait(20)
        carry_out(*given)

    def slowly(*given, **more):
        """So that both would have looked before either has written."""
        plan = plan_of(*given, **more)
        time.sleep(0.5)
        return plan

    monkeypatch.setattr(uploaded_list, "plan_of", slowly)
    monkeypatch.setattr(uploaded_list, "carry_out", come)


def twice(client: Client, where: str, sent: dict[str, str]) -> list[str]:
    """What two tabs of one browser show that send the same form."""

    def send(_tab: int) -> str:
        tab = Client()
        tab.cookies = client.cookies
        try:
            return tab.post(where, sent, follow=True).text
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(send, range(2)))


def signed_in(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_a_list_of_consent_is_put_in_once(world, both_at_once):
    for number, pupil in enumerate(Pupil.plumbing.filter(enrolments__group=world.ask_8a).order_by("pk")):
        Pupil.plumbing.filter(pk=pupil.pk).update(source=world.ask, source_key=f"A{number:02}")
    wave = a_wave(world.county, [world.ask], [a_questionnaire()])
    bob = signed_in(world.bob)
    where = reverse("surveys:consent-list", kwargs={"slug": wave.slug, "key": world.ask_8a.pk})
    file = SimpleUploadedFile("liste.csv", "elevnøkkel;samtykke\nA00;reservert\nA01;informert\n".encode())
    page = bob.post(where, {"file": file})
    sent = {"seen": page.context["plan"].digest, "token": page.context["token"], "confirm": "1"}
    shown = twice(bob, where, sent)
    assert ImportedConsents.plumbing.count() == 1
    assert wave.consents.count() == 2
    assert sum("2 endringer er lagret" in one for one in shown) == 1
    assert sum(HAS_CHANGED in one or NO_LONGER in one for one in shown) >= 1
