"""A list of what the parents have said: wrong rows are named, nothing changes before the yes, and codes follow."""

from __future__ import annotations

import io
from datetime import timedelta
from html import unescape

import openpyxl
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kfl.core.lists import LineChange, WrongFile
from kfl.people.models import Pupil
from kfl.surveys import actions
from kfl.surveys.consent import undoing
from kfl.surveys.consent.uploaded_list import plan_of
from kfl.surveys.models import Code, ConsentMode, ConsentState, ImportedConsents
from kfl.tables.writing import as_xlsx
from tests.factories import a_user
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
    return Pupil.objects.everywhere(why="system: a test").get(source_key=key)


def test_what_the_list_would_change_is_told_and_nothing_else(world, wave):
    actions.set_consent(wave=wave, pupils=[pupil("A01")], state=ConsentState.RESERVED, by=None)
    content = "Elevnøkkel;Navn;Samtykke\nA00;Elev;Reservert\nA01;;nei\nA02;;Informert\n".encode()
    plan = plan_of(content, wave, world.ask_8a)
    assert [(change.pupil.source_key, change.after) for change in plan.changes] == [
        ("A00", ConsentState.RESERVED),
        ("A02", ConsentState.INFORMED),
    ]
    assert (plan.counts[LineChange.UNCHANGED], plan.counts[LineChange.CHANGED], plan.reserved) == (1, 2, 1)
    assert wave.consents.count() == 1


def test_each_wrong_row_is_named(world, wave):
    content = "elevnøkkel,samtykke\nA00,kanskje\nA77,nei\n,nei\nA01,nei\nA01,nei\nA02,kan delta\n".encode()
    with pytest.raises(WrongFile) as caught:
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
    with pytest.raises(WrongFile) as caught:
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
    with pytest.raises(WrongFile):
        plan_of("elevnøkkel;samtykke\n123;nei\n".encode(), wave, world.ask_8a)
    (change,) = plan_of("elevnøkkel;samtykke\n0123;nei\n".encode(), wave, world.ask_8a).changes
    assert change.pupil == first


def test_a_pupil_of_another_class_is_nobody_here(world, wave):
    with pytest.raises(WrongFile, match="row 2, column elevnøkkel"):
        plan_of("elevnøkkel;samtykke\nA00;nei\n".encode(), wave, world.ask_8b)
    assert len(plan_of("elevnøkkel;samtykke\nA00;nei\n".encode(), wave, world.ask).changes) == 1


ADDRESS = {"slug": "t3"}
TICKED = {"doubts_are_right": "1"}  # whoever takes reservations away has looked at them
LIST = "elevnøkkel;samtykke\nA00;reservert\nA01;informert\n"


def choose(client: Client, unit, text: str = LIST, name: str = "liste.csv"):
    content = text if isinstance(text, bytes) else text.encode()
    where = reverse("surveys:consent-list", kwargs={**ADDRESS, "key": unit.pk})
    return client.post(where, {"file": SimpleUploadedFile(name, content)})


def say_yes(client: Client, page, **more):
    sent = {"seen": page.context["plan"].digest, "token": page.context["token"], "confirm": "1", **more}
    return client.post(page.request["PATH_INFO"], sent, follow=True)


@pytest.fixture
def bob(world):
    client = Client()
    client.force_login(world.bob)
    return client


def test_from_file_to_yes_in_an_open_wave(world, wave, bob):
    actions.open_wave(wave=wave, by=None, at=OPENS)
    page = choose(bob, world.ask_8a)
    assert "fra «ikke informert» til «reservert»" in page.text.casefold()
    assert "Én elev blir reservert" in page.text
    assert not wave.consents.exists()
    gone, other = pupil("A00"), pupil("A01")
    assert f"Du er i ferd med å slette det {gone.name} har svart." in page.text
    done = say_yes(bob, page)
    assert "2 endringer er lagret" in done.text
    assert dict(wave.consents.values_list("pupil", "state")) == {gone.pk: "reserved", other.pk: "informed"}
    assert not Code.objects.everywhere(why="system: a test").filter(pupil=gone).exists()
    assert "ikke lenger klar" in say_yes(bob, page).text, "a list is carried out once"


def test_a_workbook_is_taken_and_a_no_puts_the_list_away(world, wave, bob):
    rows = [line.split(";") for line in LIST.splitlines()]
    page = choose(bob, world.ask_8a, as_xlsx("Samtykke", rows[0], rows[1:]), "liste.xlsx")
    assert len(page.context["plan"].changes) == 2
    sent = {"seen": page.context["plan"].digest, "token": page.context["token"], "cancel": "1"}
    assert "lagt bort" in bob.post(page.request["PATH_INFO"], sent, follow=True).text
    assert not wave.consents.exists()
    assert "ikke lenger klar" in say_yes(bob, page).text


def test_what_was_seen_is_what_is_done(world, wave, bob):
    """Somebody who reserves a pupil meanwhile is not undone by an older list."""
    page = choose(bob, world.ask_8a, "elevnøkkel;samtykke\nA01;informert\n")
    actions.set_consent(wave=wave, pupils=[pupil("A01")], state=ConsentState.RESERVED, by=None)
    again = say_yes(bob, page)
    assert "Noe er endret i portalen" in again.text
    assert wave.consents.get().state == ConsentState.RESERVED
    assert "2 endringer" not in say_yes(bob, again, **TICKED).text
    assert wave.consents.get().state == ConsentState.INFORMED, "seen, and said yes to"


def test_a_list_waits_for_its_class_and_the_one_who_chose_it(world, wave, bob):
    alice = Client()
    alice.force_login(world.alice)
    page = choose(alice, world.ask_8a)
    elsewhere = reverse("surveys:consent-list", kwargs={**ADDRESS, "key": world.ask.pk})
    sent = {"seen": page.context["plan"].digest, "token": page.context["token"], "confirm": "1"}
    assert "ikke lenger klar" in alice.post(elsewhere, sent, follow=True).text
    assert "ikke lenger klar" in say_yes(bob, page).text
    assert not wave.consents.exists()


def test_rows_with_faults_are_had_as_a_workbook(world, wave, bob):
    page = choose(bob, world.ask_8a, LIST + "A77;nei\n")
    answer = bob.get(page.request["PATH_INFO"] + page.context["failed_url"])
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True))
    assert [row[0] for row in rows[1:]] == [4]
    assert "ikke lenger klar" in bob.get(page.request["PATH_INFO"] + "?feil=" + "x" * 32, follow=True).text


def put_in(client: Client, unit, text: str = LIST):
    say_yes(client, choose(client, unit, text), **TICKED)
    where = reverse("surveys:consent-list", kwargs={**ADDRESS, "key": unit.pk})
    return where, ImportedConsents.plumbing.latest("pk")


def test_a_list_is_taken_back_by_the_one_who_put_it_in(world, wave, bob):
    actions.set_consent(wave=wave, pupils=[pupil("A01")], state=ConsentState.RESERVED, by=None)
    where, imported = put_in(bob, world.ask_8a)
    assert "Lister du har lagt inn" in bob.get(where).text
    alice = Client()
    alice.force_login(world.alice)
    assert "Lister du har lagt inn" not in alice.get(where).text
    assert alice.post(where, {"take_back": imported.pk}).status_code == 404
    assert "tatt tilbake" in bob.post(where, {"take_back": imported.pk, **TICKED}, follow=True).text
    states = {key: state for key, state in wave.consents.values_list("pupil__source_key", "state")}
    assert states == {"A00": "not_informed", "A01": "reserved"}
    assert bob.post(where, {"take_back": imported.pk, **TICKED}).status_code == 404


def test_a_list_is_not_taken_back_where_somebody_has_written_since(world, wave, bob):
    where, imported = put_in(bob, world.ask_8a)
    actions.set_consent(wave=wave, pupils=[pupil("A00")], state=ConsentState.INFORMED, by=None)
    assert "kan ikke tas tilbake" in bob.post(where, {"take_back": imported.pk, **TICKED}, follow=True).text
    assert set(wave.consents.values_list("state", flat=True)) == {"informed"}


def test_taking_back_ends_no_code_in_an_open_wave(world, wave, bob):
    """Somebody may have answered by it; that asks first, on the page of consents."""
    actions.set_consent(wave=wave, pupils=[pupil("A00")], state=ConsentState.RESERVED, by=None)
    actions.open_wave(wave=wave, by=None, at=OPENS)
    where, imported = put_in(bob, world.ask_8a, "elevnøkkel;samtykke\nA00;informert\n")
    codes = Code.objects.everywhere(why="system: a test").filter(pupil=pupil("A00"))
    assert codes.exists()
    assert "kan ikke tas tilbake" in bob.post(where, {"take_back": imported.pk}, follow=True).text
    assert codes.exists()


def test_a_reservation_by_mistake_is_taken_back_and_the_pupil_gets_a_code(world, wave, bob):
    actions.open_wave(wave=wave, by=None, at=OPENS)
    where, imported = put_in(bob, world.ask_8a)
    codes = Code.objects.everywhere(why="system: a test").filter(pupil=pupil("A00"))
    assert not codes.exists()
    bob.post(where, {"take_back": imported.pk, **TICKED})
    assert codes.exists()


def test_what_lists_did_is_forgotten_after_a_fortnight(world, wave, bob):
    put_in(bob, world.ask_8a)
    assert undoing.forget(timezone.now()) == 0
    assert undoing.forget(timezone.now() + undoing.LONGEST + timedelta(minutes=1)) == 1


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


def test_whoever_may_see_it_is_told_in_which_class_a_key_of_elsewhere_goes(world, wave):
    """A whole school's list on the page of a class."""
    content = "elevnøkkel;samtykke\nA00;nei\nX9;nei\n".encode()

    def reasons(by):
        with pytest.raises(WrongFile) as caught:
            plan_of(content, wave, world.ask_8b, by=by)
        return [one.reason for one in caught.value.problems]

    unknown = "Ingen elev her har denne nøkkelen."
    assert reasons(world.alice) == ["Denne eleven går ikke her, men i 8A.", unknown]
    other = a_user("Bjarne", "teacher", world.ask_8b)
    assert reasons(other) == [unknown, unknown], "a teacher of 8B does not see 8A"


@pytest.mark.parametrize(("name", "fits"), [("?ukasz Li", True), ("Li, ?ukas?", True), ("?li Dahl", False)])
def test_a_letter_lost_to_a_question_mark_is_told_as_that(world, wave, name, fits):
    Pupil.plumbing.filter(pk=pupil("A00").pk).update(name="Łukasz Li")
    content = f"elevnøkkel;navn;samtykke\nA00;{name};nei\n".encode()
    if not fits:
        with pytest.raises(WrongFile, match="sortert hver for seg"):
            plan_of(content, wave, world.ask_8a)
        return
    plan = plan_of(content, wave, world.ask_8a)
    assert plan.warnings == ["Et spørsmålstegn i et navn er ofte en bokstav som er blitt borte: rad 2."]
    assert len(plan.changes) == 1


def test_a_later_list_of_somebody_elses_that_goes_first_is_named(world, wave, bob):
    where, imported = put_in(bob, world.ask_8a, "elevnøkkel;samtykke\nA00;informert\n")
    alice = Client()
    alice.force_login(world.alice)
    there, later = put_in(alice, world.ask, "elevnøkkel;samtykke\nA00;nei\n")
    told = unescape(bob.post(where, {"take_back": imported.pk}, follow=True).text)
    assert f"Ta først tilbake «{later.name}», nummer {later.pk}, lagt inn" in told
    assert f"av {world.alice.get_full_name()}" in told
    assert wave.consents.get().state == ConsentState.RESERVED
    alice.post(there, {"take_back": later.pk, **TICKED})
    assert "tatt tilbake" in bob.post(where, {"take_back": imported.pk}, follow=True).text


def test_the_preview_says_the_class_and_only_what_such_a_list_can_do(world, wave):
    page = choose_as(world.alice, world.ask)
    assert [line.place for line in page.context["plan"].lines] == ["8A", "8A"]
    assert "Står ikke i lista" not in page.text


def choose_as(user, unit):
    client = Client()
    client.force_login(user)
    return choose(client, unit)


def test_a_demo_says_on_the_page_of_consents_that_it_takes_no_list(world, wave, bob, settings):
    where = reverse("surveys:consent", kwargs={**ADDRESS, "key": world.ask_8a.pk})
    to_list = reverse("surveys:consent-list", kwargs={**ADDRESS, "key": world.ask_8a.pk})
    assert to_list in bob.get(where).text
    settings.KFL_DEMO = True
    page = bob.get(where).text
    assert to_list not in page
    assert "ikke i dette oppdiktede fylket" in page


def test_the_page_of_codes_says_why_some_or_all_have_none_where_consent_is_active(world, bob):
    wave = a_wave(world.county, [world.ask], [a_questionnaire()], consent=ConsentMode.ACTIVE)
    first = Pupil.objects.within(world.ask_8a).order_by("pk").first()
    actions.set_consent(wave=wave, pupils=[first], state=ConsentState.MAY_TAKE_PART, by=None)
    actions.open_wave(wave=wave, by=None, at=OPENS)
    where = reverse("surveys:codes", kwargs={**ADDRESS, "key": world.ask_8a.pk})
    consents = reverse("surveys:consent", kwargs={**ADDRESS, "key": world.ask_8a.pk})
    page = bob.get(where).text
    assert "De som ikke er ført opp med samtykke hjemmefra, har ingen kode og ingen lapp." in page
    assert "De som er reservert, har ingen lapp" not in page
    assert consents in page
    actions.set_consent(wave=wave, pupils=[first], state=ConsentState.RESERVED, by=None)
    for address in (where, reverse("surveys:lost-code", kwargs={**ADDRESS, "key": world.ask_8a.pk})):
        page = bob.get(address).text
        assert "Bare de som er ført opp med samtykke hjemmefra, får kode." in page
        assert consents in page
