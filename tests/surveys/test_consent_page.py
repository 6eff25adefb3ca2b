"""The page where the parents' answers are noted, as the head of a school meets it."""

from __future__ import annotations

import re
import sqlite3
from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from kfl.people import actions as people
from kfl.people.models import Gender, Pupil, Unit
from kfl.questionnaires.formats import Informant
from kfl.surveys import actions
from kfl.surveys.consent.form_fields import field_name
from kfl.surveys.models import Code, Consent, ConsentMode, ConsentState
from tests.factories import a_user
from tests.surveys.answering import answer, code_of
from tests.surveys.making import OPENS, a_questionnaire, a_wave

pytestmark = [pytest.mark.usefixtures("data_dir"), pytest.mark.django_db]


def test_a_head_chooses_among_this_years_classes_only(world):
    a_wave(world.county, [world.hamar], [a_questionnaire()])
    Unit.plumbing.filter(pk=world.ask_8b.pk).update(valid_to=date(2026, 7, 31))
    client = Client()
    client.force_login(world.alice)
    with time_machine.travel(OPENS - timedelta(days=3), tick=False):
        page = client.get(reverse("surveys:consent", kwargs={"slug": "t3", "key": world.ask.pk})).content.decode()
    assert reverse("surveys:consent", kwargs={"slug": "t3", "key": world.ask_8a.pk}) in page
    assert reverse("surveys:consent", kwargs={"slug": "t3", "key": world.ask_8b.pk}) not in page


def test_a_reservation_is_kept_for_a_pupil_with_a_long_key(world):
    wave = a_wave(world.county, [world.hamar], [a_questionnaire()])
    pupil = Pupil(pk=1_234_567, name="Elev med lang nøkkel", gender=Gender.GIRL, household=9)
    pupil.save(force_insert=True)
    people.enrol_pupils(pupils=[pupil], enrolments=[(pupil, world.ask_8a, 8, date(2026, 8, 17), None)], by=None)
    client = Client()
    client.force_login(world.bob)
    address = reverse("surveys:consent", kwargs={"slug": "t3", "key": world.ask_8a.pk})
    with time_machine.travel(OPENS - timedelta(days=3), tick=False):
        name = field_name(pupil, ConsentState.NOT_INFORMED)
        assert f'name="{name}"' in client.get(address).content.decode()
        client.post(address, {name: ConsentState.RESERVED.value})
    kept = Consent.objects.everywhere(why="a test").get(wave=wave, pupil_id=1_234_567)
    assert kept.state == ConsentState.RESERVED


LATER = OPENS + timedelta(days=3)
FIELD = re.compile(r'<select[^>]*name="(state-\d+)">(.*?)</select>', re.DOTALL)
HIDDEN = re.compile(r'<input type="hidden" name="(state-\d+)" value="([^"]+)">')


class Visitor:
    """Somebody with the consent page of 8A open."""

    def __init__(self, world, user):
        self.client = Client()
        self.client.force_login(user)
        where = {"slug": "t3", "key": world.ask_8a.pk}
        self.page, self.asking = reverse("surveys:consent", kwargs=where), reverse("surveys:consent-ask", kwargs=where)
        self.open()

    def open(self):
        self.body = self.client.get(self.page).content.decode()
        self.fields = {}
        for name, choices in FIELD.findall(self.body):
            self.fields[name] = re.search(r'value="([^"]+)" selected', choices)[1]

    def save(self, *, to=None, **more):
        """Send the page as it was when it was opened, with what this person chose."""
        chosen = {field_of(self, pupil): state.value for pupil, state in (to or {}).items()}
        return self.client.post(self.asking, {**self.fields, **chosen, **more}, follow=True).content.decode()

    def say_yes(self, question):
        return self.client.post(self.page, dict(HIDDEN.findall(question)), follow=True).content.decode()


def field_of(visitor, pupil):
    return next(name for name in visitor.fields if re.fullmatch(rf"state-{pupil.pk}\d", name))


def states(wave):
    return {pupil: ConsentState(state) for pupil, state in wave.consents.values_list("pupil", "state")}


def has_code(wave, pupil):
    return Code.objects.everywhere(why="a test").filter(wave=wave, pupil=pupil).exists()


@pytest.fixture
def opened(world):
    with time_machine.travel(LATER, tick=False):
        forms = [a_questionnaire(), a_questionnaire(Informant.RATER_TEACHER)]
        yield actions.open_wave(wave=a_wave(world.county, [world.hamar], forms), by=None, at=OPENS)


def pupils_of(world):
    return [row.pupil for row in world.ask_8a.enrolments.select_related("pupil").order_by("pk")]


def test_a_reservation_in_an_open_wave_asks_first_by_name_and_changes_nothing_before_the_yes(world, opened):
    first, other, *_rest = pupils_of(world)
    bob = Visitor(world, world.bob)
    question = bob.save(to={first: ConsentState.RESERVED, other: ConsentState.INFORMED})
    assert f"Du er i ferd med å slette det {first.name} har svart." in question
    assert "Det kan ikke angres." in question
    assert f"Reserver {first.name} og slett" in question
    assert not states(opened)
    assert has_code(opened, first)
    receipt = bob.say_yes(question)
    assert "2 endringer er lagret." in receipt
    assert f"Reservert: {first.name}." in receipt
    assert states(opened) == {first.pk: ConsentState.RESERVED, other.pk: ConsentState.INFORMED}
    assert not has_code(opened, first)


def test_the_question_and_the_receipt_are_the_same_whether_anything_was_answered_or_not(world, opened):
    first, other, *_rest = pupils_of(world)
    own = Code.objects.everywhere(why="a test").get(pupil=first, form__informant=Informant.PUPIL_5_10)
    assert answer(opened, code_of(own))
    bob, said = Visitor(world, world.bob), []
    for pupil in (first, other):
        bob.open()
        question = bob.save(to={pupil: ConsentState.RESERVED})
        receipt = bob.say_yes(question)
        said.append([neutral(text, pupil) for text in (question, receipt)])
    assert said[0] == said[1]


def neutral(page, pupil):
    """A page without the name, the keys and what is new in each answer."""
    page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"|<tr>.*?</tr>', "", page, flags=re.DOTALL)
    return page.replace(pupil.name, "NAVN").replace(f"state-{pupil.pk}", "state-")


@pytest.mark.parametrize("mode", list(ConsentMode))
def test_before_the_opening_nothing_is_asked_as_nothing_can_be_lost(world, mode):
    wave = a_wave(world.county, [world.hamar], [a_questionnaire()], consent=mode)
    first = pupils_of(world)[0]
    with time_machine.travel(OPENS - timedelta(days=3), tick=False):
        assert "1 endring er lagret." in Visitor(world, world.bob).save(to={first: ConsentState.RESERVED})
    assert states(wave) == {first.pk: ConsentState.RESERVED}


def test_taking_back_a_yes_asks_too_as_it_erases_too(world):
    with time_machine.travel(LATER, tick=False):
        wave = a_wave(world.county, [world.hamar], [a_questionnaire()], consent=ConsentMode.ACTIVE)
        first, *_rest = pupils_of(world)
        actions.set_consent(wave=wave, pupils=[first], state=ConsentState.MAY_TAKE_PART, by=None)
        actions.open_wave(wave=wave, by=None, at=OPENS)
        question = Visitor(world, world.bob).save(to={first: ConsentState.INFORMED})
        assert f"Du er i ferd med å slette det {first.name} har svart." in question
        assert has_code(wave, first)


@pytest.mark.parametrize("way", ["another pupil", "all the rest are informed", "the same pupil"])
def test_an_older_page_undoes_no_reservation(world, opened, way):
    first, other, *_rest = pupils_of(world)
    bob, alice = Visitor(world, world.bob), Visitor(world, world.alice)
    alice.say_yes(alice.save(to={first: ConsentState.RESERVED}))
    if way == "another pupil":
        said = bob.save(to={other: ConsentState.INFORMED})
        assert "1 endring er lagret." in said
        assert states(opened)[other.pk] is ConsentState.INFORMED
    elif way == "the same pupil":
        said = bob.save(to={first: ConsentState.INFORMED})
    else:
        said = bob.save(all_informed="1")
        assert "13 endringer er lagret." in said
    assert f"Det de skrev, står: {first.name}." in said
    assert states(opened)[first.pk] is ConsentState.RESERVED
    assert not has_code(opened, first)


def test_an_older_question_undoes_nothing_either(world, opened):
    first, other, *_rest = pupils_of(world)
    bob, alice = Visitor(world, world.bob), Visitor(world, world.alice)
    question = bob.save(to={other: ConsentState.RESERVED, first: ConsentState.INFORMED})
    alice.say_yes(alice.save(to={first: ConsentState.RESERVED}))
    bob.say_yes(question)
    assert states(opened) == {first.pk: ConsentState.RESERVED, other.pk: ConsentState.RESERVED}


def test_a_field_that_does_not_say_what_it_was_shown_as_changes_nothing(world, opened):
    first = pupils_of(world)[0]
    bob = Visitor(world, world.bob)
    bob.client.post(bob.page, {f"state-{first.pk}": "reserved", f"state-{first.pk}9": "reserved"})
    assert not states(opened)


@pytest.mark.parametrize(
    ("fields", "after"),
    [
        ({"reserved": "reserved", "not_informed": "informed"}, "informed"),
        ({"reserved": "informed", "not_informed": "not_informed"}, "informed"),
        ({"reserved": "informed", "not_informed": "may_take_part"}, "reserved"),
        ({"informed": "informed", "not_informed": "informed"}, "reserved"),
        ({"informed": "not_informed"}, "reserved"),
    ],
)
def test_a_form_of_two_pages_undoes_a_reservation_only_where_it_was_seen(world, opened, fields, after):
    first = pupils_of(world)[0]
    actions.set_consent(wave=opened, pupils=[first], state=ConsentState.RESERVED, by=None)
    bob = Visitor(world, world.bob)
    sent = {field_name(first, ConsentState(shown)): value for shown, value in fields.items()}
    bob.client.post(bob.page, sent)
    assert states(opened)[first.pk] == after


def test_a_lifted_reservation_says_that_a_slip_is_to_be_printed_and_leads_to_it(world, opened):
    first, other, *_rest = pupils_of(world)
    actions.set_consent(wave=opened, pupils=[first, other], state=ConsentState.RESERVED, by=None)
    bob = Visitor(world, world.bob)
    receipt = bob.save(to={first: ConsentState.INFORMED})
    code = Code.objects.everywhere(why="a test").get(pupil=first, form__informant=Informant.PUPIL_5_10)
    slip = reverse("surveys:slip", kwargs={"slug": "t3", "key": world.ask_8a.pk, "code": code.pk})
    assert f'<a class="ds-link" href="{slip}">Skriv ut ny lapp til {first.name}.</a>' in receipt
    assert f"lapp til {other.name}" not in receipt
    assert first.name in bob.client.get(slip).content.decode()


def test_whoever_prints_no_slips_is_told_that_another_must(world, opened):
    first, *_rest = pupils_of(world)
    actions.set_consent(wave=opened, pupils=[first], state=ConsentState.RESERVED, by=None)
    receipt = Visitor(world, a_user("Sara", "teacher", world.ask)).save(to={first: ConsentState.INFORMED})
    assert f"{first.name} har fått ny kode, og trenger ny lapp" in receipt
    assert "Skriv ut ny lapp" not in receipt


def test_a_name_on_the_receipt_is_text(world, opened):
    first, *_rest = pupils_of(world)
    Pupil.plumbing.filter(pk=first.pk).update(name="<b>Eva</b>")
    actions.set_consent(wave=opened, pupils=[first], state=ConsentState.RESERVED, by=None)
    receipt = Visitor(world, world.bob).save(to={first: ConsentState.INFORMED})
    assert "lapp til &lt;b&gt;Eva&lt;/b&gt;." in receipt
    assert "<b>Eva" not in receipt


def test_whoever_left_stands_on_the_page_and_may_be_reserved(world, opened):
    first = pupils_of(world)[0]
    row = first.enrolments.get()
    people.date_enrolments(enrolments=[(row, row.from_on, OPENS.date())], by=None)
    bob = Visitor(world, world.bob)
    assert "gikk her da kartleggingen åpnet" in bob.body
    bob.say_yes(bob.save(to={first: ConsentState.RESERVED}))
    assert not has_code(opened, first)


def test_a_yes_that_gives_no_code_says_so(world):
    with time_machine.travel(LATER, tick=False):
        wave = a_wave(world.county, [world.hamar], [a_questionnaire(Informant.PUPIL_1_4), a_questionnaire()])
        small = Pupil(name="Liten Feil", gender=Gender.GIRL)
        actions.open_wave(wave=wave, by=None, at=OPENS)
        wave.forms.filter(informant=Informant.PUPIL_1_4).delete()
        people.enrol_pupils(pupils=[small], enrolments=[(small, world.ask_8a, 2, LATER.date(), None)], by=None)
        said = Visitor(world, world.bob).save(to={small: ConsentState.INFORMED})
    assert "Ingen kode til Liten Feil" in said
    assert states(wave)[small.pk] is ConsentState.INFORMED


def test_the_page_of_codes_warns_while_parents_are_not_informed(world, opened):
    bob = Visitor(world, world.bob)
    codes = reverse("surveys:codes", kwargs={"slug": "t3", "key": world.ask_8a.pk})
    assert "Foreldrene til 14 elever er ikke ført opp som informert." in bob.client.get(codes).content.decode()
    bob.save(all_informed="1")
    assert "ikke ført opp som informert" not in bob.client.get(codes).content.decode()


def test_a_form_that_fails_half_way_has_erased_nothing(world, opened, monkeypatch):
    first, second, *_rest = pupils_of(world)
    actions.set_consent(wave=opened, pupils=[second], state=ConsentState.RESERVED, by=None)
    erased = []
    monkeypatch.setattr("kfl.answers.erasure.erase_sheets", lambda _place, _key, codes: erased.append(codes))

    def busy(*_given, **_more):
        raise sqlite3.OperationalError("database is locked")

    monkeypatch.setattr("kfl.surveys.codes.inviting.invite", busy)
    bob = Visitor(world, world.bob)
    question = bob.save(to={first: ConsentState.RESERVED, second: ConsentState.INFORMED})
    with pytest.raises(sqlite3.OperationalError):
        bob.say_yes(question)
    assert not erased
    assert has_code(opened, first)


def test_what_a_form_erases_is_erased_once_all_else_is_written(world, opened, monkeypatch):
    first, second, *_rest = pupils_of(world)
    actions.set_consent(wave=opened, pupils=[second], state=ConsentState.RESERVED, by=None)
    erased = []
    monkeypatch.setattr(
        "kfl.answers.erasure.erase_sheets", lambda _place, _key, codes: erased.append(has_code(opened, second))
    )
    bob = Visitor(world, world.bob)
    bob.say_yes(bob.save(to={first: ConsentState.RESERVED, second: ConsentState.INFORMED}))
    assert erased == [True]
