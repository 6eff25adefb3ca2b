"""A list that is taken back takes nobody out of a wave: a child's key to the answers outlives the codes."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kfl.answers.bulk import read_columns
from kfl.core.lists import CannotTakeBack
from kfl.core.models import Job
from kfl.people.models import Enrolment, ImportedRoster, Pupil, RoleAssignment, Scheme, Unit, UnitCode, User
from kfl.people.rosters import ListKind
from kfl.people.rosters.undoing import take_back_roster
from kfl.surveys import actions, store
from kfl.surveys.models import Code, Collection, ConsentState, Wave
from tests.people.test_roster_undo import put_in
from tests.surveys.answering import answer, code_of, pids_of
from tests.surveys.making import CLOSES, OPENS, a_questionnaire, a_wave

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("data_dir")]

NOW = OPENS + timedelta(days=14)
TODAY = NOW.date()
HEADER = "enhet;klasse;trinn;navn;elevnøkkel\n"
STAFF = "navn;e-post;rolle;enhet;klasse;til\nCy Ny;cy@ask.example;lærer;ASK;8A;\n"


@pytest.fixture
def school(world):
    """The school of the class, with a code, and keys for all of its pupils."""
    UnitCode.plumbing.get_or_create(
        unit=world.ask, scheme=Scheme.OWN, code="ASK", defaults={"valid_from": date(2000, 1, 1)}
    )
    for pupil in Pupil.plumbing.filter(enrolments__group__parent=world.ask):
        Pupil.plumbing.filter(pk=pupil.pk).update(source=world.ask, source_key=f"k{pupil.pk}")
    return world.ask


def rows_of(school: Unit) -> str:
    rows = Enrolment.plumbing.filter(group__parent=school, to_on=None).select_related("pupil", "group").order_by("pk")
    return HEADER + "".join(
        f"ASK;{row.group.name};{row.grade};{row.pupil.name};{row.pupil.source_key}\n" for row in rows
    )


def a_list(school: Unit, group: str = "8A", **more: object) -> tuple[ImportedRoster, Pupil]:
    text = rows_of(school) + f"ASK;{group};8;Una Ny;ny1\n"
    imported = put_in(text, ListKind.PUPILS, on=TODAY, doubts_are_right=True, **more)
    return imported, Pupil.plumbing.get(source_key="ny1")


def an_open_wave(world, **more) -> Wave:
    return actions.open_wave(wave=a_wave(world.county, [world.ask], [a_questionnaire()], **more), by=None, at=OPENS)


def close(wave: Wave) -> None:
    actions.close_wave(wave=wave, by=None, at=CLOSES, tells=False)
    Wave.plumbing.filter(pk=wave.pk).update(closed_at=timezone.now())


def test_a_child_who_answered_keeps_the_key_when_the_codes_are_gone(world, school):
    wave = an_open_wave(world)
    imported, una = a_list(school)
    code = actions.invite_late(wave=wave, pupil=una, by=None)
    assert answer(wave, code_of(Code.plumbing.get(pk=code.pk)))
    with pytest.raises(CannotTakeBack):
        take_back_roster(imported=imported, by=None)
    close(wave)
    with pytest.raises(CannotTakeBack, match="Kartlegging T3") as refused:
        take_back_roster(imported=imported, by=None)
    assert refused.value.rows == [("people.Pupil", una.pk)]
    assert Pupil.plumbing.get(source_key="ny1").uuid == una.uuid
    pids, number = set(pids_of(wave, una)), wave.forms.get().number

    def sheets():
        return sum(bytes(one) in pids for one in read_columns(store.answers_place(), wave.slug, number).pid)

    wave.refresh_from_db()
    before = sheets()
    actions.ask_erasure(wave=wave, unit=world.ask_8a, pupil=una, by=None)
    assert actions.erase_those_waiting(wave=wave, by=None) == 1
    assert (before, sheets()) == (1, 0)


def test_so_does_one_who_may_have_answered_by_a_code_that_is_gone(world, school):
    """Nothing tells afterwards who had a code: whoever belongs to the wave is kept."""
    wave = an_open_wave(world)
    imported, _una = a_list(school)
    close(wave)
    with pytest.raises(CannotTakeBack, match="Kartlegging T3"):
        take_back_roster(imported=imported, by=None)


def test_and_one_whose_answers_came_by_a_file_has_no_code_at_all(world, school):
    wave = an_open_wave(world, collection=Collection.IMPORT)
    imported, _una = a_list(school)
    assert not Code.plumbing.filter(wave=wave).exists()
    with pytest.raises(CannotTakeBack, match="Kartlegging T3"):
        take_back_roster(imported=imported, by=None)


def test_one_who_was_moved_to_a_class_of_the_wave_keeps_that_place(world, school):
    """The pupil was there before; the place in the class, by which answers are asked back, is the list's."""
    wave = an_open_wave(world)
    text = rows_of(school)
    moved = Pupil.plumbing.get(pk=world.bjork_8a.enrolments.order_by("pk")[0].pupil_id)
    Enrolment.plumbing.filter(pupil=moved).update(to_on=TODAY - timedelta(days=30))
    Pupil.plumbing.filter(pk=moved.pk).update(source=school, source_key="b1")
    row = f"ASK;8A;8;{moved.name};b1\n"
    imported = put_in(text + row, ListKind.PUPILS, on=TODAY, doubts_are_right=True)
    assert moved.enrolments.count() == 2
    close(wave)
    with pytest.raises(CannotTakeBack, match="Kartlegging T3"):
        take_back_roster(imported=imported, by=None)


def test_a_mistake_that_no_wave_has_met_is_taken_back(world, school):
    """Closed before the list, a draft, in another school, or open with codes and none for the child."""
    close(an_open_wave(world))
    Wave.plumbing.update(closed_at=NOW - timedelta(days=1))
    a_wave(world.county, [world.ask], [a_questionnaire(key="a")], slug="draft")
    bjork = a_wave(world.county, [world.bjork_8a.parent], [a_questionnaire(key="b")], slug="elsewhere")
    close(actions.open_wave(wave=bjork, by=None, at=OPENS))
    ask = a_wave(world.county, [world.ask], [a_questionnaire(key="c")], slug="under-way")
    actions.open_wave(wave=ask, by=None, at=OPENS)
    imported, una = a_list(school)
    take_back_roster(imported=imported, by=None)
    assert not Pupil.plumbing.filter(pk=una.pk).exists()


# What would be emptied under somebody: each key that the deletion sets to nothing.


def _code(world, **fields):
    code = Code.plumbing.filter(wave=an_open_wave(world)).order_by("pk")[0]
    Code.plumbing.filter(pk=code.pk).update(**fields)
    return code


@pytest.mark.parametrize("field", ["holder", "opened_by"])
def test_an_account_that_a_code_belongs_to_stays(world, school, field):
    imported = put_in(STAFF, ListKind.STAFF, on=TODAY, doubts_are_right=True)
    code = _code(world, **{field: User.objects.get(email="cy@ask.example")})
    with pytest.raises(CannotTakeBack) as refused:
        take_back_roster(imported=imported, by=None)
    assert refused.value.rows == [("surveys.Code", code.pk)]
    assert RoleAssignment.plumbing.filter(user__email="cy@ask.example").exists()


def test_a_child_whose_parents_have_a_link_stays(world, school):
    imported, una = a_list(school)
    code = _code(world)
    Code.plumbing.filter(pupil=una).delete()
    Code.plumbing.filter(pk=code.pk).update(parents_of=una)
    with pytest.raises(CannotTakeBack) as refused:
        take_back_roster(imported=imported, by=None)
    assert refused.value.rows == [("surveys.Code", code.pk)]


def test_an_account_that_has_done_something_stays(world, school):
    for made in (
        lambda user: Job.objects.create(kind="x", by=user),
        lambda user: ImportedRoster.plumbing.create(kind=ListKind.UNITS, name="x.csv", at=NOW, by=user),
        lambda user: actions.set_consent(
            wave=a_wave(world.county, [world.ask], [a_questionnaire()]),
            pupils=[world.ask_8a.enrolments.order_by("pk")[0].pupil], state=ConsentState.INFORMED, by=user,
        ),
    ):  # fmt: skip
        imported = put_in(STAFF, ListKind.STAFF, on=TODAY, doubts_are_right=True)
        made(User.objects.get(email="cy@ask.example"))
        with pytest.raises(CannotTakeBack):
            take_back_roster(imported=imported, by=None)
        assert User.objects.filter(email="cy@ask.example").exists()
        imported.delete()
        RoleAssignment.plumbing.filter(user__email="cy@ask.example").delete()
        User.objects.filter(email="cy@ask.example").update(email="", listed_as="", username=str(made))


def test_whoever_carries_out_is_told_of_a_child_whom_the_wave_does_not_know(world, school):
    """Put in anew after the close, a child has another key: nothing is found by it, and nobody is told otherwise."""
    wave = an_open_wave(world)
    close(wave)
    Wave.plumbing.filter(pk=wave.pk).update(closed_at=NOW - timedelta(days=2))
    wave.refresh_from_db()
    _imported, una = a_list(school)
    person = Client()
    person.force_login(world.erik)

    def said(pupil):
        actions.ask_erasure(wave=wave, unit=world.ask_8a, pupil=pupil, by=None)
        return person.post(reverse("surveys:wave-erase", args=[wave.slug]), follow=True).text

    known = said(world.ask_8a.enrolments.order_by("pk")[0].pupil)
    assert "1 ønske om sletting er utført. Fantes det svar" in known
    assert "ikke sto i noen av klassene" not in known
    unknown = said(una)
    assert "1 av dem gjaldt en elev som ikke sto i noen av klassene" in unknown
