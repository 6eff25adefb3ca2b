"""A list is taken back only where the whole may stand afterwards, by the rules of what makes such rows."""

from __future__ import annotations

from datetime import date, datetime

import pytest
import time_machine
from django.db import IntegrityError, models, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kfl.core.lists import CannotTakeBack, TakeBackFirst, Watch, take_back
from kfl.people import actions
from kfl.people.kinds import Kind
from kfl.people.models import Enrolment, Pupil, RoleAssignment, Unit, UnitCode, User
from kfl.people.rosters import ListKind
from kfl.people.rosters.undoing import take_back_roster
from tests.factories import a_unit
from tests.people.test_roster_undo import FIRST, everything, put_in

KARI = "L1;8A;8;Kari Li;jente;2013;Bakken 1;k1;17.08.2026;\n"
STAFF = "navn;e-post;rolle;enhet;klasse;til\n"
ADA, BO = "Ada Li;ada@lia.example;lærer;L1;8A;\n", "Bo Li;bo@lia.example;lærer;L1;;\n"
UNITS = "nivå;navn;kode;under;gyldig fra;gyldig til\n"


@pytest.fixture(autouse=True)
def on_the_day():
    with time_machine.travel(datetime(2026, 11, 2, 10, tzinfo=timezone.get_current_timezone()), tick=False):
        yield


@pytest.fixture
def lia(world):
    school = a_unit(Kind.SCHOOL, "Lia skole", world.hamar, "L1")
    put_in(FIRST, ListKind.PUPILS, on=date(2026, 8, 24))
    put_in(STAFF + ADA + BO, ListKind.STAFF, on=date(2026, 8, 24))
    return school


def refused(imported, *words, by=None):
    """Nothing is done, and the reason is said."""
    before = everything()
    with pytest.raises(CannotTakeBack) as caught:
        take_back_roster(imported=imported, by=by)
    assert everything() == before
    for one in words:
        assert one in str(caught.value)
    return caught.value


def group(name):
    return Unit.plumbing.get(name=name, parent__name="Lia skole")


def test_no_pupil_is_in_two_classes_afterwards(lia):
    """Kari was not on the list. Somebody put her in another class before the list was taken back."""
    imported = put_in(FIRST.replace(KARI, ""), ListKind.PUPILS)
    kari = Pupil.plumbing.get(source_key="k1")
    actions.enrol_pupils(pupils=[], enrolments=[(kari, group("8B"), 8, date(2026, 11, 2), None)], by=None)
    said = refused(imported, "Kari Li ville ha gått i to klasser samtidig.", "Ingenting er endret")
    assert said.rows == [("people.Enrolment", kari.enrolments.latest("pk").pk)]


def test_the_list_that_has_gone_on_is_named_and_led_to(world, lia):
    imported = put_in(FIRST.replace(KARI, ""), ListKind.PUPILS, by=world.erik)
    later = put_in(FIRST.replace(KARI, KARI.replace("8A", "8B")), ListKind.PUPILS, by=world.erik)
    said = refused(imported, "Ta først tilbake «liste.csv»", f"nummer {later.pk}", "2. november 2026", world.erik.name)
    assert isinstance(said, TakeBackFirst)
    person = Client()
    person.force_login(world.erik)
    page = person.post(reverse("people:roster-undo", args=[imported.pk]), follow=True).text
    assert reverse("people:roster-undo", args=[later.pk]) in page.split("Ta først tilbake")[1].split("</p>")[0]
    take_back_roster(imported=later, by=world.erik)
    take_back_roster(imported=imported, by=world.erik)


def test_nobody_has_the_same_role_twice_afterwards(lia):
    imported = put_in(STAFF + ADA, ListKind.STAFF)
    bo = User.objects.get(email="bo@lia.example")
    actions.give_roles(roles=[(bo, "teacher", lia, date(2026, 11, 2), None)], by=None)
    refused(imported, "Bo Li ville ha hatt samme rolle to ganger.")


def test_two_equal_roles_that_stood_before_the_list_may_stand_again(lia):
    bo = User.objects.get(email="bo@lia.example")
    RoleAssignment.plumbing.create(user=bo, role="teacher", unit=lia, from_on=date(2026, 8, 25))  # from before
    before = everything()
    imported = put_in(STAFF + ADA, ListKind.STAFF)
    take_back_roster(imported=imported, by=None)
    assert everything() == before


def test_a_role_that_was_given_for_another_time_is_left(lia):
    imported = put_in(STAFF + ADA, ListKind.STAFF)
    bo = User.objects.get(email="bo@lia.example")
    actions.give_roles(roles=[(bo, "teacher", lia, date(2025, 8, 1), date(2026, 6, 1))], by=None)
    assert take_back_roster(imported=imported, by=None) == 1


def test_no_role_comes_back_to_an_account_that_is_closed(lia):
    imported = put_in(STAFF + ADA, ListKind.STAFF)
    User.objects.filter(email="bo@lia.example").update(is_active=False)
    refused(imported, "Kontoen er stengt siden: Bo Li.")


def test_nobody_comes_back_to_what_has_ended(lia):
    imported = put_in(FIRST.replace(KARI, ""), ListKind.PUPILS)
    there = group("8A")
    change = actions.UnitChange(there, there.name, there.parent, there.valid_from, date(2026, 11, 1))
    actions.change_units(changes=[change], by=None)
    refused(imported, "Dette er avsluttet siden: 8A.")


def test_no_code_is_two_units_at_once_afterwards(world, lia):
    put_in(UNITS + "skole;Myra skole;M1;3403;01.01.2020;\n", ListKind.UNITS)
    imported = put_in(UNITS + "skole;Myra skole;M1;3403;01.01.2020;31.10.2026\n", ListKind.UNITS)
    a_unit(Kind.SCHOOL, "Nymyra skole", world.hamar)
    other = Unit.plumbing.get(name="Nymyra skole")
    UnitCode.plumbing.create(unit=other, scheme="kfl", code="M1", valid_from=date(2026, 11, 1))
    refused(imported, "Koden er gitt til en annen enhet siden: M1.")


def test_no_two_units_beside_each_other_have_one_name_afterwards(world, lia):
    imported = put_in(UNITS + "skole;Liaby skole;L1;3403;;\n", ListKind.UNITS)
    a_unit(Kind.SCHOOL, "Lia skole", world.hamar, "L2")
    refused(imported, "To enheter på samme sted ville hete Lia skole.")


def test_what_lies_under_a_unit_comes_back_with_it(world, lia):
    """A list that moves a school speaks of no class; its pupils must not stay in sight of the other place."""
    a_unit(Kind.MUNICIPALITY, "Ringsaker", world.county, "3411")
    before = everything()
    imported = put_in(UNITS + "skole;Lia skole;L1;3411;;\n", ListKind.UNITS)
    assert group("8A").path.startswith(Unit.plumbing.get(name="Lia skole").path)
    assert everything() != before
    take_back_roster(imported=imported, by=None)
    for unit in Unit.plumbing.select_related("parent"):
        assert unit.path == f"{unit.parent.path if unit.parent else ''}{unit.pk}/", unit.name
    assert everything() == before


def test_a_pupil_who_was_put_right_comes_back_out_of_a_class_that_the_list_made(lia):
    """One who had not begun is moved by changing the row, which then hangs on the new class: the list's own doing."""
    before = everything()
    row = KARI.replace("8A", "8C").replace("17.08.2026", "")
    imported = put_in(FIRST.replace(KARI, row), ListKind.PUPILS, on=date(2026, 8, 17))
    assert Pupil.plumbing.get(source_key="k1").enrolments.get().group.name == "8C"
    take_back_roster(imported=imported, by=None)
    assert everything() == before


def test_keys_that_were_handed_on_come_back_in_whichever_order(lia):
    """Per's key becomes free and Ole gets it: put back in the order of rows, two would have it for a moment."""
    ole, per = Pupil.plumbing.get(source_key="k2"), Pupil.plumbing.get(source_key="k3")
    watch = Watch(Pupil.plumbing.filter(pk__in=[ole.pk, per.pk]).order_by("pk"))
    Pupil.plumbing.filter(pk=per.pk).update(source_key="k33")
    Pupil.plumbing.filter(pk=ole.pk).update(source_key="k3")
    changes = watch.changes()
    for order in (changes, changes[::-1]):
        with transaction.atomic():
            take_back(order)
            assert list(
                Pupil.plumbing.filter(pk__in=[ole.pk, per.pk]).order_by("pk").values_list("source_key", flat=True)
            ) == ["k2", "k3"]
            transaction.set_rollback(True)


# What a table does not bear, and how others make it so: each constraint of what lists write.

WATCHED = (Unit, UnitCode, Pupil, Enrolment, RoleAssignment, User)


def _row(model, lia):
    of = {
        Unit: lia,
        UnitCode: UnitCode.plumbing.filter(unit=lia).first(),
        Pupil: Pupil.plumbing.get(source_key="k1"),
        Enrolment: Enrolment.plumbing.get(pupil__source_key="k1"),
        RoleAssignment: RoleAssignment.plumbing.get(user__email="bo@lia.example"),
        User: User.objects.get(email="bo@lia.example"),
    }
    return of[model]


DAYS = {"from_on": date(2026, 8, 1), "to_on": date(2026, 8, 2)}
LATER = {"from_on": date(2026, 9, 1), "to_on": None}
VALID = {"valid_from": date(2026, 8, 1), "valid_to": date(2026, 8, 2)}
# by constraint: what the row was before the list, what the list made of it, what others then made of it
CHECKS = {
    "unit_ends_after_it_begins": (Unit, VALID, {"valid_to": None}, {"valid_from": date(2026, 9, 1)}),
    "enrolment_ends_after_it_begins": (Enrolment, DAYS, {"to_on": None}, {"from_on": LATER["from_on"]}),
    "role_ends_after_it_begins": (RoleAssignment, DAYS, {"to_on": None}, {"from_on": LATER["from_on"]}),
}
UNIQUES = {
    "code_once_at_a_time": (UnitCode, {"code": "L1"}, {"code": "L9"}),
    "one_pupil_per_key": (Pupil, {"source_key": "k1"}, {"source_key": "k9"}),
    "one_account_per_address": (User, {"email": "bo@lia.example"}, {"email": "bo@there.example"}),
    "one_account_per_listed_address": (User, {"listed_as": "bo@lia.example"}, {"listed_as": "bo@there.example"}),
    "username": (User, {"username": "bo@lia.example"}, {"username": "bo@there.example"}),
    "uuid": (Pupil, {"uuid": "11111111-1111-1111-1111-111111111111"}, {"uuid": "22222222-2222-2222-2222-222222222222"}),
}


def test_every_constraint_of_what_lists_write_is_tried():
    named = {one.name for model in WATCHED for one in model._meta.constraints}
    unique = {
        field.name
        for model in WATCHED
        for field in model._meta.concrete_fields
        if field.unique and not field.primary_key
    }
    assert named | unique == CHECKS.keys() | UNIQUES.keys()


@pytest.mark.parametrize("name", CHECKS)
def test_days_that_no_longer_fit_are_a_refusal(lia, name):
    model, before, by_list, by_others = CHECKS[name]
    rows = model._base_manager.filter(pk=_row(model, lia).pk)
    rows.update(**before)
    watch = Watch(rows)
    rows.update(**by_list)
    changes = watch.changes()
    rows.update(**by_others)
    with pytest.raises(CannotTakeBack, match="Datoer som skulle bli som før"):
        take_back(changes)
    assert not set(by_others.values()) - set(rows.values_list(*by_others).get())


@pytest.mark.parametrize("name", UNIQUES)
def test_what_another_has_got_meanwhile_is_a_refusal(lia, name):
    model, before, by_list = UNIQUES[name]
    row = _row(model, lia)
    rows = model._base_manager.filter(pk=row.pk)
    rows.update(**before)
    watch = Watch(rows)
    rows.update(**by_list)
    changes = watch.changes()
    row.refresh_from_db()
    other = _another(row)
    with pytest.raises(IntegrityError), transaction.atomic():
        model._base_manager.filter(pk__in=[row.pk, other.pk]).update(**by_list)
    model._base_manager.filter(pk=other.pk).update(**before)
    with pytest.raises(CannotTakeBack, match="i bruk av andre") as caught:
        take_back(changes)
    assert caught.value.rows == [(model._meta.label, other.pk)]


def _another(row):
    """A row like this one, but for what must be its own."""
    values = {
        field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if not field.primary_key
    }
    own = {"uuid": None, "source_key": "other", "email": "other@x.example", "listed_as": "other@x.example",
           "username": "other", "code": "other"}  # fmt: skip
    values |= {name: value for name, value in own.items() if name in values}
    if "uuid" in values:
        values.pop("uuid")
    return type(row)._base_manager.create(**values)


POINTERS = [
    (model, field.name)
    for model in WATCHED
    for field in model._meta.concrete_fields
    if isinstance(field, models.ForeignKey)
]


@pytest.mark.parametrize(("model", "name"), POINTERS, ids=lambda one: one if isinstance(one, str) else one.__name__)
def test_what_would_point_to_something_gone_is_a_refusal(world, lia, model, name):
    """The list leads the row away from something, and that goes."""
    field = model._meta.get_field(name)
    rows = model._base_manager.filter(pk=_row(model, lia).pk)
    there = getattr(rows.get(), name)
    gone = a_unit(Kind.SCHOOL, "Borte", world.hamar) if field.related_model is Unit else _another(there)
    rows.update(**{name: gone})
    watch = Watch(rows)
    rows.update(**{name: there})
    changes = watch.changes()
    gone.delete()
    with pytest.raises(CannotTakeBack, match="hører til noe som er borte") as caught:
        take_back(changes)
    assert caught.value.rows == [(model._meta.label, rows.get().pk)]


def test_a_row_that_went_with_what_it_hung_on_is_a_refusal(lia):
    """`date_enrolments` takes away one who never began; then the pupil goes too."""
    kari = Pupil.plumbing.get(source_key="k1")
    watch = Watch(Enrolment.plumbing.filter(pupil=kari))
    Enrolment.plumbing.filter(pupil=kari).delete()
    changes = watch.changes()
    kari.delete()
    with pytest.raises(CannotTakeBack, match="hører til noe som er borte"):
        take_back(changes)
    assert not Enrolment.plumbing.filter(pk=changes[0]["key"]).exists()
