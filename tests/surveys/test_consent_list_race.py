"""Two say yes to the same list of consent at the same moment: one carries it out, the other reads why not."""

from __future__ import annotations

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from kfl.people.models import Pupil
from kfl.surveys.consent.views import uploaded_list
from kfl.surveys.models import ConsentState, ImportedConsents
from tests.people.test_roster_race import at_once, slowly
from tests.surveys.making import OPENS, a_questionnaire, a_wave

pytestmark = [
    pytest.mark.skipif(connection.vendor != "postgresql", reason="runs by tools/on_postgres.py"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("data_dir"),
]


def test_one_carries_a_list_of_consent_out_and_the_other_is_told(world, monkeypatch):
    with time_machine.travel(OPENS, tick=False):
        for number, pupil in enumerate(Pupil.plumbing.filter(enrolments__group=world.ask_8a).order_by("pk")):
            Pupil.plumbing.filter(pk=pupil.pk).update(source=world.ask, source_key=f"A{number:02}")
        wave = a_wave(world.county, [world.ask], [a_questionnaire()])
        where = reverse("surveys:consent-list", kwargs={"slug": wave.slug, "key": world.ask_8a.pk})
        ready = []
        for _browser in range(2):
            client = Client()
            client.force_login(world.bob)
            page = client.post(
                where, {"file": SimpleUploadedFile("liste.csv", "elevnøkkel;samtykke\nA00;nei\n".encode())}
            )
            ready.append(
                (client, {"token": page.context["token"], "seen": page.context["plan"].digest, "confirm": "1"})
            )
        slowly(monkeypatch, uploaded_list, "plan_of")

        def agree():
            client, sent = ready.pop()
            return client.post(where, sent, follow=True).text

        pages = at_once(agree)
    assert [isinstance(one, str) for one in pages] == [True, True]
    assert sorted("Noe er endret i portalen siden lista ble kontrollert" in page for page in pages) == [False, True]
    assert ImportedConsents.plumbing.count() == 1
    assert wave.consents.get().state == ConsentState.RESERVED
