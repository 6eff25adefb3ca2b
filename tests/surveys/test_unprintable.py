"""A name or text that the fonts lack spoils nobody's sheet, and is told on the page from which it is printed."""

from __future__ import annotations

import io
import unicodedata

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from kfl.documents.printable import MARK
from kfl.people.models import Pupil
from kfl.questionnaires.formats import Informant
from kfl.surveys import actions
from kfl.surveys.models import Code, Wave
from tests.documents.names import NAMES
from tests.factories import a_user
from tests.surveys.making import OPENS, a_questionnaire, a_wave

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("data_dir")]
LACKING = "Nefer \U00013000"  # hieroglyphs
# Urdu's letters have shapes in common with Arabic's, so that what is read back from one sheet may be either.
FEW = [name for script, name in NAMES.items() if script != "urdu"][:25]


@pytest.fixture(autouse=True)
def on_the_day():
    with time_machine.travel(OPENS.replace(hour=9), tick=False):
        yield


@pytest.fixture
def wave(world):
    """Ask skole: 26 pupils, whose names are in more than twenty scripts, and one that cannot be printed."""
    rows = Pupil.objects.everywhere(why="a test").filter(enrolments__group__parent=world.ask).order_by("pk")
    for pupil, name in zip(rows, [*FEW, LACKING], strict=True):
        pupil.name = name
        pupil.save()
    versions = [a_questionnaire(), a_questionnaire(Informant.PARENT), a_questionnaire(Informant.TEACHER)]
    return actions.open_wave(wave=a_wave(world.county, [world.ask], versions), by=None, at=OPENS)


@pytest.fixture
def office(world):
    client = Client()
    client.force_login(a_user("Kari Kontor", "office", world.ask))
    return client


def address(world, name, unit=None, **more):
    return reverse(f"surveys:{name}", kwargs={"slug": "t3", "key": (unit or world.ask).pk, **more})


def rename(wave, name):
    Wave.objects.everywhere(why="a test").filter(pk=wave.pk).update(name=name)


def read(reply) -> str:
    assert reply.status_code == 200
    reader = PdfReader(io.BytesIO(reply.content))
    return unicodedata.normalize("NFC", "\n".join(page.extract_text() for page in reader.pages))


def told(page: str) -> bool:
    return f"«{LACKING}» blir til «Nefer {MARK}»" in page


@pytest.mark.parametrize("informant", ["pupil_5_10", "parent"])
def test_a_school_of_twenty_scripts_has_its_sheets(world, wave, office, informant):
    found = read(office.get(address(world, "code-sheet", informant=informant)))
    for name in FEW:
        assert set(unicodedata.normalize("NFC", name)) <= set(found)
    assert f"Nefer {MARK}" in found
    assert told(office.get(address(world, "codes")).content.decode())


def test_a_class_in_which_all_can_be_printed_is_told_nothing(world, wave, office):
    assert MARK not in office.get(address(world, "codes", world.ask_8a)).content.decode()
    assert told(office.get(address(world, "codes", world.ask_8b)).content.decode())


def test_a_new_slip_is_printed_and_told(world, wave, office):
    code = Code.objects.everywhere(why="a test").get(pupil__name=LACKING)
    assert told(office.get(address(world, "slip", world.ask_8b, code=code.pk)).content.decode())
    assert f"Nefer {MARK}" in read(office.get(address(world, "slip-pdf", world.ask_8b, code=code.pk)))


def test_a_letter_whose_wave_cannot_be_printed_is_printed_and_told(world, wave, office):
    rename(wave, LACKING)
    assert f"Nefer {MARK}" in read(office.get(address(world, "letter-pdf", world.ask_8a)))
    assert told_of_title(office.get(address(world, "consent", world.ask_8a)).content.decode())
    erik = Client()
    erik.force_login(world.erik)
    assert told_of_title(erik.get(reverse("surveys:wave-letter", kwargs={"slug": "t3"})).content.decode())


def told_of_title(page: str) -> bool:
    return f"{LACKING}» blir til «" in page and f"Nefer {MARK}»" in page


def test_a_form_on_paper_is_printed_and_told(world, wave, office):
    rename(wave, LACKING)
    form = office.get(address(world, "paper-form", world.ask_8a, informant="pupil_5_10"))
    assert f"Nefer {MARK}" in read(form)
    assert told_of_title(office.get(address(world, "paper", world.ask_8a)).content.decode())
