"""Raters: who rates whom, how far each rating has come, and that nobody else meets any of it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from kfl.answers import places
from kfl.answers.codes import normalise
from kfl.answers.envelopes import open_envelope
from kfl.answers.store import OpenWave
from kfl.core.alphabet import alphabetical
from kfl.people import actions as people
from kfl.people.kinds import Kind
from kfl.people.models import AuditLine, Gender, Pupil, RoleAssignment, Unit
from kfl.questionnaires.formats import Informant
from kfl.surveys import actions, store
from kfl.surveys.codes.code_holders import labelled
from kfl.surveys.models import Code, ConsentState, Wave
from kfl.surveys.ratings import rating_lists
from kfl.surveys.waves import membership
from tests.factories import a_unit, a_user
from tests.surveys.answering import code_of
from tests.surveys.making import OPENS, a_questionnaire, a_wave

pytestmark = [pytest.mark.usefixtures("data_dir"), pytest.mark.django_db]
RATER = Informant.RATER_TEACHER


@pytest.fixture(autouse=True)
def _during_the_wave():
    with time_machine.travel(OPENS + timedelta(days=3), tick=False):
        yield


@pytest.fixture
def wave(world) -> Wave:
    """8A and 8B are asked and rated; one pupil of 8A is reserved."""
    draft = a_wave(world.county, [world.hamar], [a_questionnaire(), a_questionnaire(RATER)])
    actions.set_consent(wave=draft, pupils=[pupils_of(world.ask_8a)[0]], state=ConsentState.RESERVED, by=None)
    return actions.open_wave(wave=draft, by=None, at=OPENS)


def pupils_of(group: Unit) -> list[Pupil]:
    return [one.pupil for one in group.enrolments.order_by("pupil__pk").select_related("pupil")]


def codes_of(wave: Wave, group: Unit, informant: Informant = RATER) -> list[Code]:
    rows = Code.objects.everywhere(why="a test").filter(wave=wave, node__unit=group, form__informant=informant)
    return labelled(rows)


def as_user(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def at(name: str, unit: Unit, **more) -> str:
    return reverse(f"surveys:{name}", kwargs={"slug": "t3", "key": unit.pk, **more})


def rate(code: Code, *, hand_in: bool = True) -> None:
    """What the answering pages do with the code."""
    held = OpenWave(store.answers_place().of("t3"), store.code_key("t3"))
    held.writer.start(lambda settle, *more: settle(*more))
    attempt = held.start(store.code_key("t3").open_for_reprint(bytes(code.sealed))).attempt
    held.save(attempt, 1, attempt.lease, 1, {"t1": 2})
    if hand_in:
        held.submit(attempt)
    held.close()


def test_each_child_who_may_take_part_has_one_place_under_a_pseudonym_of_its_own(world, wave):
    rated = codes_of(wave, world.ask_8a)
    assert [code.pupil for code in rated] == sorted(
        pupils_of(world.ask_8a)[1:], key=lambda pupil: alphabetical(pupil.name)
    )
    key = store.code_key("t3")
    with places.reading(store.answers_place().of("t3")) as connection:
        sealed = dict(connection.execute("SELECT lookup, sealed FROM envelopes").fetchall())
    by_pupil = {}
    for code in [*rated, *codes_of(wave, world.ask_8a, Informant.PUPIL_5_10)]:
        plain = key.open_for_reprint(bytes(code.sealed))
        inside = open_envelope(key, plain, sealed[key.lookup(plain)])
        by_pupil.setdefault(code.pupil_id, []).append((inside.form, inside.pid, inside.group, inside.split))
    for insides in by_pupil.values():
        forms = {inside[0] for inside in insides}
        assert forms == {Informant.PUPIL_5_10.number, RATER.number}
        assert len({inside[2:] for inside in insides}) == 1
        assert len({inside[1] for inside in insides}) == 2, "the rating does not lead to the child's own sheet"


def test_the_list_tells_how_far_each_has_come_and_offers_only_what_is_left(world, wave):
    first, second, *rest = codes_of(wave, world.ask_8a)
    rate(first)
    rate(second, hand_in=False)
    page = " ".join(as_user(world.bob).get(at("rating-list", world.ask_8a)).content.decode().split())
    assert "Vurder elevene i 8A" in page
    assert "1 av 13 er levert" in page
    assert page.count("> levert") == 1
    assert page.count("ikke begynt") == len(rest)
    assert page.count("Fortsett<") == 1
    assert at("rating-open", world.ask_8a, code=first.pk) not in page
    assert at("rating-open", world.ask_8a, code=second.pk) in page
    assert pupils_of(world.ask_8a)[0].name not in page.replace("Elev 8A 1", "")


def test_home_leads_a_rater_to_the_list_and_the_way_back_is_one_address(world, wave):
    home = as_user(world.bob).get("/").content.decode()
    assert "Vurder elevene i 8A" in home
    assert "0 av 13 er levert" in home
    assert "Vurder elevene i 8A" in as_user(world.bob).get(reverse("surveys:ratings")).content.decode()
    people.give_roles(roles=[(world.bob, "teacher", world.ask_8b, date(2026, 8, 1), None)], by=None)
    both = as_user(world.bob).get(reverse("surveys:ratings")).content.decode()
    assert at("rating-list", world.ask_8a) in both
    assert at("rating-list", world.ask_8b) in both


def test_who_is_no_longer_the_rater_is_left_with_a_dead_code(world, wave):
    first, second, untouched = codes_of(wave, world.ask_8a)[:3]
    client = as_user(world.bob)
    for code in (first, second):
        assert client.post(at("rating-open", world.ask_8a, code=code.pk)).status_code == 200
    rate(first, hand_in=False)
    noted = [code_of(code) for code in (first, second, untouched)]
    assert actions.exchange_left_codes(by=None) == 0, "who still rates keeps the codes"
    role = RoleAssignment.plumbing.get(user=world.bob, unit=world.ask_8a)
    people.end_role(assignment=role, to_on=(OPENS + timedelta(days=2)).date(), by=None)
    exchanged = actions.exchange_left_codes(by=None)
    print(f"raters: {exchanged} codes exchanged after the rater had left")
    assert exchanged == 2
    assert actions.exchange_left_codes(by=None) == 0
    assert client.post(at("rating-open", world.ask_8a, code=first.pk)).status_code == 404
    key = store.code_key("t3")
    with places.reading(store.answers_place().of("t3")) as connection:
        there = {lookup for (lookup,) in connection.execute("SELECT lookup FROM envelopes")}
    assert [key.lookup(code) in there for code in noted] == [False, False, True]
    next_one = a_user("Nina", "teacher", world.ask_8a)
    page = as_user(next_one).get(at("rating-list", world.ask_8a)).content.decode()
    assert page.count("Fortsett<") == 1, "what was saved is there to go on with"
    first.refresh_from_db()
    rate(first)


def test_opening_hands_the_code_over_in_a_form_and_leaves_a_line(world, wave):
    code = codes_of(wave, world.ask_8a)[0]
    client = as_user(world.bob)
    url = at("rating-open", world.ask_8a, code=code.pk)
    assert client.get(url).status_code == 405
    reply = client.post(url)
    plain = store.code_key("t3").open_for_reprint(bytes(code.sealed))
    page = reply.content.decode()
    assert '<form method="post" action="/svar/code"' in page
    assert f'name="code" value="{plain}"' in page
    assert normalise(plain) == plain
    assert plain not in url
    assert "no-store" in reply["Cache-Control"]
    line = AuditLine.plumbing.get(what="rating.opened")
    assert (line.by, line.which, line.unit) == (world.bob, f"Code {code.pk}", world.ask_8a)
    assert plain not in str(line.detail)


def test_what_is_handed_in_is_not_opened_again(world, wave):
    code = codes_of(wave, world.ask_8a)[0]
    rate(code)
    reply = as_user(world.bob).post(at("rating-open", world.ask_8a, code=code.pk))
    assert reply["Location"] == at("rating-list", world.ask_8a)
    assert not AuditLine.plumbing.filter(what="rating.opened").exists()


@pytest.mark.parametrize("who", ["other_class", "at_school", "charlie", "dina", "erik", "frida", "nobody"])
def test_nobody_else_meets_a_list_or_a_code(world, wave, who):
    """Also not who teaches another class of the school, or the school at large."""
    made = {"other_class": world.ask_8b, "at_school": world.ask}
    user = a_user(who, "teacher", made[who]) if who in made else getattr(world, who)
    code = codes_of(wave, world.ask_8a)[0]
    client = as_user(user)
    assert client.get(at("rating-list", world.ask_8a)).status_code == 404
    assert client.post(at("rating-open", world.ask_8a, code=code.pk)).status_code == 404
    for crossed in (world.ask_8b, world.ask):
        assert client.post(at("rating-open", crossed, code=code.pk)).status_code == 404
    assert not AuditLine.plumbing.filter(what="rating.opened").exists()


def test_the_head_sees_who_is_rated_and_opens_nothing(world, wave):
    code = codes_of(wave, world.ask_8a)[0]
    rate(code)
    page = as_user(world.alice).get(at("rating-list", world.ask_8a)).content.decode()
    assert "1 av 13 er levert" in page
    assert "/svar/" not in page
    assert "rating-open" not in page
    assert at("rating-open", world.ask_8a, code=code.pk) not in page
    assert as_user(world.alice).post(at("rating-open", world.ask_8a, code=code.pk)).status_code == 404
    response = as_user(world.alice).get(at("response", world.ask_8a)).content.decode()
    assert at("rating-list", world.ask_8a) in response


def test_a_teacher_who_loses_the_class_loses_the_list_at_the_next_request(world, wave):
    client = as_user(world.bob)
    assert client.get(at("rating-list", world.ask_8a)).status_code == 200
    held = RoleAssignment.objects.everywhere(why="a test").get(user=world.bob)
    actions_day = (OPENS + timedelta(days=2)).date()
    people.end_role(assignment=held, to_on=actions_day, by=world.erik)
    assert client.get(at("rating-list", world.ask_8a)).status_code == 404
    code = codes_of(wave, world.ask_8a)[0]
    assert client.post(at("rating-open", world.ask_8a, code=code.pk)).status_code == 404


def test_a_pupils_own_code_is_never_opened_as_a_rating(world, wave):
    own = codes_of(wave, world.ask_8a, Informant.PUPIL_5_10)[0]
    assert as_user(world.bob).post(at("rating-open", world.ask_8a, code=own.pk)).status_code == 404


def test_ratings_are_on_no_code_sheet_and_no_list_of_lost_codes(world, wave):
    client = as_user(world.bob)
    assert str(RATER.label) not in client.get(at("codes", world.ask_8a)).content.decode()
    assert client.get(at("code-sheet", world.ask_8a, informant=RATER.value)).status_code == 404
    rated = codes_of(wave, world.ask_8a)[0]
    assert client.post(at("lost-code", world.ask_8a), {"code": rated.pk}).status_code == 404
    assert client.get(at("slip", world.ask_8a, code=rated.pk)).status_code == 404


def test_a_late_pupil_gets_both_places_and_a_reserved_one_loses_both(world, wave):
    late = Pupil(name="Sein Elev", gender=Gender.GIRL)
    people.enrol_pupils(pupils=[late], enrolments=[(late, world.ask_8a, 8, date(2026, 11, 3), None)], by=None)
    assert late in membership.pupils_without_code(wave, world.ask_8a)
    code = actions.invite_late(wave=wave, pupil=late, by=world.bob)
    assert code.form.informant == Informant.PUPIL_5_10
    assert {row.form.informant for row in late.codes.all()} == {"pupil_5_10", "rater_teacher"}
    assert late not in membership.pupils_without_code(wave, world.ask_8a)
    with pytest.raises(actions.AlreadyInvited):
        actions.invite_late(wave=wave, pupil=late, by=world.bob)
    actions.set_consent(wave=wave, pupils=[late], state=ConsentState.RESERVED, by=world.bob)
    assert not late.codes.exists()
    assert len(rating_lists.list_at(wave, world.ask_8a).ratings) == 13


def test_in_kindergartens_the_pedagogical_leader_rates_the_four_and_five_year_olds(world):
    tun = a_unit(Kind.KINDERGARTEN, "Tun barnehage", world.hamar)
    blue, red = (a_unit(Kind.DEPARTMENT, name, tun) for name in ("Blå", "Rød"))
    children = [Pupil(name=f"Barn {n}", gender=Gender.GIRL, birth_year=2020 + n) for n in range(1, 5)]
    people.enrol_pupils(
        pupils=children, enrolments=[(one, blue, None, date(2026, 8, 17), None) for one in children], by=None
    )
    forms = [Informant.CHILD, Informant.RATER_KINDERGARTEN, Informant.KINDERGARTEN_STAFF]
    leader = a_user("Gerd", "pedagogical_leader", blue)
    a_user("Hans", "kindergarten_staff", tun)
    a_user("Ida", "pedagogical_leader", red)
    draft = a_wave(world.county, [world.hamar], [a_questionnaire(one) for one in forms])
    wave = actions.open_wave(wave=draft, by=None, at=OPENS)
    assert [code.label for code in codes_of(wave, blue, Informant.RATER_KINDERGARTEN)] == ["Barn 1", "Barn 2"]
    assert {code.label for code in codes_of(wave, tun, Informant.KINDERGARTEN_STAFF)} == {"Gerd", "Hans", "Ida"}
    assert "Vurder barna på Blå" in as_user(leader).get(at("rating-list", blue)).content.decode()
    head = a_user("Siri", "kindergarten_head", tun)
    assert as_user(head).get(at("rating-list", blue)).status_code == 200
    assert as_user(world.alice).get(at("rating-list", blue)).status_code == 404
