"""The pages around a wave: what each person finds, and that others find nothing."""

from __future__ import annotations

import io
from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from kfl.answers import places
from kfl.answers.codes import display
from kfl.people import actions as people
from kfl.people.kinds import Kind
from kfl.people.models import AuditLine, Gender, Pupil
from kfl.questionnaires.formats import Informant
from kfl.surveys import actions, store
from kfl.surveys.consent.form_fields import field_name
from kfl.surveys.models import Code, Consent, ConsentState, Wave
from tests.factories import a_unit, a_user
from tests.surveys.making import OPENS, a_questionnaire, a_wave

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


def address(name: str, unit, **more) -> str:
    return reverse(f"surveys:{name}", kwargs={"slug": "t3", "key": unit.pk, **more})


def pdf_text(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def test_a_teacher_prints_the_slips_of_the_class_with_name_code_and_deletion_notice(world, wave):
    response = as_user(world.bob).get(address("code-sheet", world.ask_8a, informant="pupil_5_10"))
    assert response["Content-Type"] == "application/pdf"
    assert "no-store" in response["Cache-Control"] or "no-cache" in response["Cache-Control"]
    reader = PdfReader(io.BytesIO(response.content))
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert reader.trailer["/Root"]["/Lang"] == "nb"
    text = pdf_text(response.content)
    key = store.code_key("t3")
    for code in Code.objects.everywhere(why="a test").filter(node__unit=world.ask_8a):
        secret = key.open_for_reprint(bytes(code.sealed))
        assert f"{secret[:5]}-{secret[5:]}" in text
        assert code.label in text
    assert "fredag 4. desember" in " ".join(text.split())
    assert "testserver/svar" in text
    assert AuditLine.plumbing.filter(what="codes.printed", by=world.bob).exists()


@pytest.mark.parametrize("page", ["codes", "lost-code", "response", "consent"])
@pytest.mark.parametrize("person", ["charlie", "nobody", "frida"])
def test_pages_of_a_class_do_not_exist_for_strangers(world, wave, page, person):
    assert as_user(world.bob).get(address(page, world.ask_8a)).status_code == 200
    assert as_user(getattr(world, person)).get(address(page, world.ask_8a)).status_code == 404


def test_another_class_of_the_same_school_is_not_the_teachers(world, wave):
    bob = as_user(world.bob)
    for page in ("codes", "lost-code", "response", "consent"):
        assert bob.get(address(page, world.ask_8b)).status_code == 404, page
    assert bob.get(address("code-sheet", world.ask_8b, informant="pupil_5_10")).status_code == 404
    assert bob.get(address("code-sheet", world.ask, informant="leader")).status_code == 404
    other = Code.objects.everywhere(why="a test").filter(node__unit=world.ask_8b)[0]
    assert bob.post(address("lost-code", world.ask_8a), {"code": other.pk}).status_code == 404
    assert bob.get(address("slip", world.ask_8a, code=other.pk)).status_code == 404


def test_a_principal_may_stand_in_for_the_teachers_and_does_not_learn_that_adults_have_codes(world, wave):
    alice = as_user(world.alice)
    page = alice.get(address("codes", world.ask)).content.decode()
    assert page.count(".pdf") == 3  # 8A, 8B, and both in one
    assert "leader" not in page
    assert "Skoleledere" not in page
    assert alice.get(address("code-sheet", world.ask, informant="leader")).status_code == 404
    row = Code.objects.everywhere(why="a test").get(form__informant=Informant.LEADER, node__unit=world.ask)
    assert "Alice" not in alice.get(address("lost-code", world.ask)).content.decode().split("<main")[1]
    assert alice.post(address("lost-code", world.ask), {"code": row.pk}).status_code == 404
    for name in ("slip", "slip-pdf"):
        assert alice.get(address(name, world.ask, code=row.pk)).status_code == 404


@pytest.mark.parametrize("role", ["office", "secretariat"])
def test_adults_links_are_printed_by_whoever_reads_no_results_there(world, wave, role):
    client = as_user(world.erik if role == "secretariat" else a_user("Kari Kontor", "office", world.ask))
    page = client.get(address("codes", world.ask)).content.decode()
    assert ("pupil_5_10" in page) == (role == "office")
    text = pdf_text(client.get(address("code-sheet", world.ask, informant="leader")).content)
    assert "Alice" in text
    line = AuditLine.plumbing.get(what="codes.printed")
    assert (line.unit, line.detail) == (world.ask, {"informant": "leader", "codes": 1})


def test_the_office_of_a_municipality_chooses_a_school_first_and_finds_its_work_on_the_home_page(world, wave):
    client = as_user(a_user("Kari Kontor", "office", world.hamar))
    home = client.get("/").content.decode()
    for name in ("codes", "lost-code", "consent"):
        assert address(name, world.hamar) in home, name
        assert address(name, world.ask) in client.get(address(name, world.hamar)).content.decode(), name
        assert address(name, world.bjork) not in client.get(address(name, world.hamar)).content.decode(), name
    assert "0 av" not in home, "the office follows no counts"
    for name in ("codes", "lost-code", "consent"):
        assert client.get(address(name, world.ask)).status_code == 200, name
        followed = f'href="{reverse("surveys:followed")}"'
        assert followed not in client.get(address(name, world.ask)).content.decode(), name


def test_a_wave_of_kindergartens_is_none_of_a_school_teachers_business(world, wave):
    kindergarten = a_unit(Kind.KINDERGARTEN, "Lia barnehage", world.hamar, "B1")
    blue = a_unit(Kind.DEPARTMENT, "Blå", kindergarten)
    child = Pupil(name="Barn", gender=Gender.GIRL, birth_year=2021)
    people.enrol_pupils(pupils=[child], enrolments=[(child, blue, None, OPENS.date(), None)], by=None)
    children = a_wave(world.county, [world.hamar], [a_questionnaire(Informant.CHILD)], slug="b2")
    bob, head = as_user(world.bob), as_user(a_user("Lise", "kindergarten_head", kindergarten))
    consent = reverse("surveys:consent", kwargs={"slug": "b2", "key": world.ask_8a.pk})
    assert consent not in bob.get("/").content.decode()
    assert reverse("surveys:consent", kwargs={"slug": "b2", "key": kindergarten.pk}) in head.get("/").content.decode()
    actions.open_wave(wave=children, by=None, at=OPENS)
    pages = [client.get(reverse("surveys:followed")).content.decode() for client in (bob, head)]
    assert [page.count("Hvor mange har svart") for page in pages] == [1, 1]
    assert "/b2/" not in pages[0]
    assert "/b2/" in pages[1]


def test_an_owner_follows_but_prints_no_codes(world, wave):
    dina = as_user(world.dina)
    page = dina.get(address("response", world.hamar)).content.decode()
    assert "Ask skole" in page
    assert "0 ark · 26 inviterte" in page
    assert dina.get(address("codes", world.hamar)).status_code == 404
    assert dina.get(address("response", world.stange)).status_code == 404


def test_every_act_on_a_code_is_a_line_that_names_it_and_its_unit_and_holds_neither_code_nor_name(world, wave):
    codes = Code.objects.everywhere(why="a test").order_by("pk")
    child, adult = (
        codes.filter(node__unit=world.ask_8a)[0],
        codes.get(form__informant=Informant.LEADER, holder=world.alice),
    )
    kari = a_user("Kari Kontor", "office", world.ask)
    office, key = as_user(kari), store.code_key("t3")
    for row, unit, lost in (
        (child, world.ask_8a, {"code": child.pk}),
        (adult, world.ask, {"adult": adult.pk, "how": "paper"}),
    ):
        opened = [key.open_for_reprint(bytes(row.sealed))]
        lines = AuditLine.plumbing.count()
        office.post(address("lost-code", unit), lost)
        row.refresh_from_db()
        opened.append(key.open_for_reprint(bytes(row.sealed)))
        office.get(address("slip", unit, code=row.pk))
        office.get(address("slip-pdf", unit, code=row.pk))
        office.get(address("code-sheet", unit, informant=row.form.informant))
        found = list(AuditLine.plumbing.order_by("pk")[lines:])
        named = [(f"Code {row.pk}", what) for what in ("code.replaced", "code.shown", "code.shown")]
        assert [(line.which, line.what) for line in found] == [*named, (f"Wave {wave.pk}", "codes.printed")]
        assert {(line.unit, line.by) for line in found} == {(unit, kari)}
        told = repr([(line.which, line.detail) for line in found])
        assert row.label not in told
        assert not any(code in told for code in opened)


def test_an_adults_new_link_stands_on_the_paper_and_on_no_page(world, wave):
    row = Code.objects.everywhere(why="a test").get(form__informant=Informant.LEADER, node__unit=world.ask)
    office, key = as_user(a_user("Kari Kontor", "office", world.ask)), store.code_key("t3")
    for short, size in [({}, 26), ({"short": "on"}, 11)]:
        sent = {"adult": row.pk, "how": "paper", **short}
        page = office.post(address("lost-code", world.ask), sent, follow=True).content.decode()
        row.refresh_from_db()
        code = key.open_for_reprint(bytes(row.sealed))
        assert len(code) == size
        assert "Alice" in page
        assert display(code) not in page
        assert code not in page
        assert display(code) in pdf_text(office.get(address("slip-pdf", world.ask, code=row.pk)).content)
    assert "Kort kode" in office.get(address("lost-code", world.ask)).content.decode()
    assert "Kort kode" not in as_user(world.bob).get(address("lost-code", world.ask_8a)).content.decode()


def test_a_lost_code_is_replaced_and_the_old_one_dies(world, wave):
    row = Code.objects.everywhere(why="a test").filter(node__unit=world.ask_8a)[0]
    key = store.code_key("t3")
    old = key.open_for_reprint(bytes(row.sealed))
    bob = as_user(world.bob)
    response = bob.post(address("lost-code", world.ask_8a), {"code": row.pk}, follow=True)
    row.refresh_from_db()
    new = key.open_for_reprint(bytes(row.sealed))
    assert new != old
    assert f"{new[:5]}-{new[5:]}" in response.content.decode()
    with places.reading(store.answers_place().of("t3")) as connection:
        there = {lookup for (lookup,) in connection.execute("SELECT lookup FROM envelopes")}
    assert key.lookup(new) in there
    assert key.lookup(old) not in there
    slip = pdf_text(bob.get(address("slip-pdf", world.ask_8a, code=row.pk)).content)
    assert new[:5] in slip
    assert row.label in slip


def test_codes_are_not_shown_when_the_wave_is_closed(world, wave):
    actions.close_wave(wave=wave, by=None, tells=False)
    assert as_user(world.bob).get(address("codes", world.ask_8a)).status_code == 404
    assert as_user(world.bob).get(address("response", world.ask_8a)).status_code == 200


def test_consent_is_recorded_pupil_by_pupil_and_for_the_rest_at_once(world, draft):
    bob = as_user(world.bob)
    pupils = [e.pupil for e in world.ask_8a.enrolments.all()]
    data = {field_name(pupil, ConsentState.NOT_INFORMED): "not_informed" for pupil in pupils}
    data[field_name(pupils[0], ConsentState.NOT_INFORMED)] = "reserved"
    bob.post(address("consent-ask", world.ask_8a), {**data, "all_informed": "1"})
    states = dict(Consent.objects.everywhere(why="a test").values_list("pupil", "state"))
    assert states.pop(pupils[0].pk) == ConsentState.RESERVED
    assert set(states.values()) == {ConsentState.INFORMED}
    assert len(states) == 13


def test_a_state_that_the_wave_does_not_have_is_not_taken(world, draft):
    pupil = world.ask_8a.enrolments.all()[0].pupil
    data = {field_name(pupil, ConsentState.NOT_INFORMED): "may_take_part"}
    as_user(world.bob).post(address("consent", world.ask_8a), data)
    assert not Consent.objects.everywhere(why="a test").exists()


def test_a_pupil_of_another_class_is_left_alone(world, draft):
    other = world.ask_8b.enrolments.all()[0].pupil
    data = {field_name(other, ConsentState.NOT_INFORMED): "reserved"}
    as_user(world.bob).post(address("consent", world.ask_8a), data)
    assert not Consent.objects.everywhere(why="a test").exists()


def test_home_tells_each_person_what_to_do(world, wave):
    def home(user) -> str:
        return as_user(user).get("/").content.decode()

    bob = home(world.bob)
    assert "Kartlegging T3 – 8A" in bob
    assert "0 ark levert eller nei sagt · 14 inviterte · stenger fredag 4. desember kl. 16.00" in bob
    assert address("codes", world.ask_8a) in bob
    assert address("lost-code", world.ask_8a) in bob
    assert "0 ark levert eller nei sagt · 26 inviterte" in home(world.alice)
    assert "Ask skole: 0 ark levert eller nei sagt · 26 inviterte" in home(world.dina)
    assert reverse("surveys:wave-detail", kwargs={"slug": "t3"}) in home(world.erik)
    assert reverse("questionnaires:list") in home(world.frida)
    assert "Kartlegging T3" not in home(world.charlie)


def test_home_is_silent_about_a_wave_that_asks_nobody_here(world, wave):
    """The kindergarten's municipality takes part, but no form of the wave is for kindergartens."""
    kindergarten = a_unit(Kind.KINDERGARTEN, "Ask barnehage", world.hamar)
    gerd = a_user("Gerd", "kindergarten_head", kindergarten)
    assert "Kartlegging T3" not in as_user(gerd).get(reverse("web:home")).content.decode()


def test_home_asks_for_consent_before_the_opening(world, draft):
    with time_machine.travel(OPENS - timedelta(days=10), tick=False):
        page = as_user(world.bob).get("/").content.decode()
    assert address("consent", world.ask_8a) in page


def test_the_list_of_waves_shows_the_readers_own_units(world, wave):
    page = as_user(world.bob).get(reverse("surveys:followed")).content.decode()
    assert "Kartlegging T3 – 8A" in page
    assert "Kartlegging T3 – 8B" not in page
    assert as_user(world.nobody).get(reverse("surveys:followed")).status_code == 404


def test_the_world_is_whole(world: SimpleNamespace, wave):
    """The county team follows municipalities; class pages are not theirs."""
    erik = as_user(world.erik)
    assert "Hamar" in erik.get(address("response", world.county)).content.decode()
    assert erik.get(address("response", world.ask_8a)).status_code == 404


def test_a_pupil_who_came_late_gets_a_code_from_the_teacher(world, wave):
    late = Pupil(name="Ny Elev", gender=Gender.GIRL)
    today = (OPENS + timedelta(days=2)).date()
    people.enrol_pupils(pupils=[late], enrolments=[(late, world.ask_8a, 8, today, None)], by=None)
    bob = as_user(world.bob)
    assert "Ny Elev" in bob.get(address("lost-code", world.ask_8a)).content.decode()
    page = bob.post(address("lost-code", world.ask_8a), {"pupil": late.pk}, follow=True).content.decode()
    code = wave.codes.get(pupil=late)
    secret = store.code_key("t3").open_for_reprint(bytes(code.sealed))
    assert f"{secret[:5]}-{secret[5:]}" in page
    assert "0 ark levert eller nei sagt · 15 inviterte" in bob.get(address("response", world.ask_8a)).content.decode()
    assert bob.post(address("lost-code", world.ask_8a), {"pupil": late.pk}).status_code == 404


def test_a_reserved_or_foreign_pupil_gets_no_late_code(world, wave):
    bob = as_user(world.bob)
    own = world.ask_8a.enrolments.all()[0].pupil
    actions.set_consent(wave=wave, pupils=[own], state=ConsentState.RESERVED, by=None)
    foreign = world.bjork_8a.enrolments.all()[0].pupil
    for pupil in (own, foreign):
        assert bob.post(address("lost-code", world.ask_8a), {"pupil": pupil.pk}).status_code == 404
    assert not wave.codes.filter(pupil__in=[own, foreign]).exists()


def test_everybody_may_read_what_is_asked_once_the_wave_is_open(world, draft):
    url = reverse("surveys:asked", kwargs={"slug": "t3"})
    assert Client().get(url).status_code == 404
    actions.open_wave(wave=draft, by=None, at=OPENS)
    page = Client().get(url).content.decode()
    assert "Utsagn 1" in page
    assert "Ask skole" not in page
