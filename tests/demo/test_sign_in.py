"""One-click sign-in, and the people and codes that `--print-logins` prints."""

import json
import re
from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client, override_settings
from django.urls import reverse

from kfl.demo import front, logins
from kfl.people.kinds import Kind
from kfl.people.models import RoleAssignment, User
from kfl.people.roles import ROLES
from kfl.questionnaires.formats import Informant
from kfl.results.queries import own_pages
from kfl.surveys import store
from kfl.surveys.codes import queries
from kfl.surveys.models import NodeKind, Wave

pytestmark = pytest.mark.django_db
WHY = "a test looks at everything"


@pytest.fixture(autouse=True)
def today(demo):
    with time_machine.travel(datetime(2026, 11, 20, 12, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def printed(demo):
    return json.loads(json.dumps(logins.logins(demo.data)))


def test_printed_logins_have_every_role_and_exactly_the_promised_keys(printed):
    assert set(printed) == {"people", "codes"}
    assert {person["role"] for person in printed["people"]} == set(ROLES)
    assert all(set(person) == {"username", "name", "role", "unit"} for person in printed["people"])
    assert all(set(code) == {"code", "informant", "group"} for code in printed["codes"])


def test_printed_codes_are_unused_and_there_are_some_for_each_informant(printed):
    wave = Wave.objects.everywhere(why=WHY).get(slug="t3")
    assert {code["informant"] for code in printed["codes"]} == set(Informant)
    for code in printed["codes"]:
        groups = "(-[0-9A-Z]{5}){3}-" if Informant(code["informant"]).comes_by_link else "-"
        assert re.fullmatch(f"[0-9A-Z]{{5}}{groups}[0-9A-Z]{{6}}", code["code"]), code["informant"]
    assert len({code["code"] for code in printed["codes"]}) == len(printed["codes"])
    answered = store.answered_counts(wave.slug)
    for form in wave.forms.all():
        nodes = {number for number, form_number in answered if form_number == form.number}
        begun = {one.code for one in queries.printed_codes(wave=wave, form=form, nodes=list(nodes))}
        assert not begun & {code["code"] for code in printed["codes"]}


def test_the_first_teacher_has_a_class_that_is_shown_and_one_with_codes_to_give_out(printed):
    first = next(person for person in printed["people"] if person["role"] == "teacher")
    teacher = User.objects.get(username=first["username"])
    classes = [page for page in own_pages(teacher) if page.node.kind == NodeKind.GROUP]
    assert any(scale.value is not None for page in classes for scale in page.read().scales)
    now = RoleAssignment.objects.everywhere(why=WHY).get(user=teacher, to_on=None, unit__kind=Kind.GROUP)
    assert now.unit.name in first["unit"]


def test_one_click_signs_in_as_the_person(printed):
    client = Client(enforce_csrf_checks=True)
    page = client.get(reverse("demo:people")).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
    username = printed["people"][0]["username"]
    reply = client.post(reverse("demo:sign-in"), {"username": username, "csrfmiddlewaretoken": token})
    assert (reply.status_code, reply["Location"]) == (302, reverse("web:home"))
    assert client.session["_auth_user_id"] == str(User.objects.get(username=username).pk)


def test_sign_in_needs_the_token_and_a_person_that_is_there(printed):
    username = printed["people"][0]["username"]
    reply = Client(enforce_csrf_checks=True).post(reverse("demo:sign-in"), {"username": username})
    assert reply.status_code == 403
    assert Client().post(reverse("demo:sign-in"), {"username": "nobody"}).status_code == 404
    assert Client().get(reverse("demo:sign-in")).status_code == 405


@pytest.mark.parametrize("name", ["demo:sign-in", "demo:people"])
def test_without_the_mark_the_demos_pages_do_not_exist(printed, name):
    with override_settings(KFL_DEMO=False):
        client = Client()
        username = printed["people"][0]["username"]
        assert client.get(reverse(name)).status_code == 404
        assert client.post(reverse(name), {"username": username}).status_code == 404
        assert "_auth_user_id" not in client.session


def test_front_page_offers_every_role_with_those_first_who_have_most_to_show(demo, printed):
    groups = front.context()["demo_roles"]
    assert [group.role.key for group in groups] == list(ROLES)
    teachers = next(group for group in groups if group.role.key == "teacher")
    assert teachers.people[0].username == printed["people"][0]["username"]
    assert teachers.more
    assert len(teachers.people) == front.A_ROLE


def test_people_can_be_searched_by_name_place_and_role(printed):
    def found(**query: str) -> str:
        return Client().get(reverse("demo:people"), query).content.decode()

    owner = next(person for person in printed["people"] if person["role"] == "owner")
    assert owner["username"] in found(sok=owner["name"])
    assert owner["username"] in found(sok=owner["unit"], rolle="owner")
    assert owner["username"] not in found(rolle="principal")
    assert "Ingen av personene" in found(sok="finnes ikke")
