"""Opening a wave freezes the tree, the questionnaires and who is invited, and makes codes that lead to them."""

from __future__ import annotations

from datetime import date

import pytest

from kfl.answers import places
from kfl.answers.envelopes import open_envelope
from kfl.core.lifecycle import NotNow
from kfl.people import actions as people
from kfl.people.kinds import Kind
from kfl.people.models import Gender, Pupil
from kfl.questionnaires import actions as questionnaires
from kfl.questionnaires.formats import Informant
from kfl.surveys import actions, queries, store
from kfl.surveys.counts import invited_counts
from kfl.surveys.models import Code, Collection, ConsentMode, ConsentState, NodeKind, WaveState
from tests.factories import a_class, a_unit
from tests.surveys.making import CLOSES, OPENS, a_questionnaire, a_wave

pytestmark = pytest.mark.usefixtures("data_dir")


def shape(wave) -> dict[str, str | None]:
    """Each node and the one above it."""
    return {str(node): str(node.parent) if node.parent else None for node in wave.nodes.select_related("parent")}


def invited(wave) -> dict[tuple[str, str], int]:
    return {(str(row.node), row.form.informant): row.count for form in wave.forms.all() for row in form.invited.all()}


def test_the_tree_goes_from_county_to_class_with_the_grade_between(world):
    wave = a_wave(world.county, [world.ask], [a_questionnaire()])
    actions.open_wave(wave=wave, by=world.erik, at=OPENS)
    assert shape(wave) == {
        "Hedmark": None,
        "Hedmarken": "Hedmark",
        "Hamar": "Hedmarken",
        "Ask skole": "Hamar",
        "8. trinn": "Ask skole",
        "8A": "8. trinn",
        "8B": "8. trinn",
    }
    assert [node.number for node in wave.nodes.all()] == list(range(7))
    assert invited(wave) == {("8A", "pupil_5_10"): 14, ("8B", "pupil_5_10"): 12}
    grade = wave.nodes.get(kind=NodeKind.GRADE)
    assert (grade.unit, grade.grade, grade.code) == (world.ask, 8, "S1-8")


def test_a_mixed_class_and_the_others_of_its_grades_hang_right_under_the_school(world):
    mixed = a_class(world.ask, "7-8M", 7, 6)
    older = Pupil(name="Eldre", gender=Gender.GIRL)
    people.enrol_pupils(pupils=[older], enrolments=[(older, mixed, 8, date(2026, 8, 17), None)], by=None)
    a_class(world.ask, "9A", 9, 9)
    wave = a_wave(world.county, [world.ask], [a_questionnaire()])
    actions.open_wave(wave=wave, by=None, at=OPENS)
    above = shape(wave)
    assert above["7-8M"] == above["8A"] == above["8B"] == "Ask skole"
    assert above["9A"] == "9. trinn"
    assert "8. trinn" not in above
    assert "7. trinn" not in above


def test_each_code_opens_an_envelope_with_the_pupils_own_place(world):
    wave = a_wave(world.county, [world.ask], [a_questionnaire()])
    actions.open_wave(wave=wave, by=None, at=OPENS)
    key = store.code_key("t3")
    with places.reading(store.answers_place().of("t3")) as connection:
        envelopes = dict(connection.execute("SELECT lookup, sealed FROM envelopes").fetchall())
    codes = Code.objects.everywhere(why="a test").select_related("pupil", "node")
    assert len(envelopes) == len(codes) == 26
    for row in codes:
        code = key.open_for_reprint(bytes(row.sealed))
        inside = open_envelope(key, code, envelopes[key.lookup(code)])
        pid = store.link_key().pid("hedmark", Informant.PUPIL_5_10, row.pupil.uuid)
        assert (inside.pid, inside.group, inside.form) == (pid, row.node.number, Informant.PUPIL_5_10.number)
        assert inside.split == row.pupil.gender


def test_teachers_leaders_and_households_are_invited_once_each(world):
    versions = [a_questionnaire(i) for i in (Informant.TEACHER, Informant.LEADER, Informant.PARENT)]
    little = a_class(world.ask, "1A", 1, 1)
    sibling = Pupil(name="Storesøster", gender=Gender.GIRL, household=little.pk * 100, birth_year=2013)
    people.enrol_pupils(pupils=[sibling], enrolments=[(sibling, world.ask_8a, 8, date(2026, 8, 17), None)], by=None)
    people.give_roles(roles=[(world.bob, "teacher", world.ask_8b, date(2026, 8, 1), None)], by=None)
    wave = a_wave(world.county, [world.ask], versions)
    actions.open_wave(wave=wave, by=None, at=OPENS)
    assert invited(wave) == {
        ("Ask skole", "teacher"): 1,
        ("Ask skole", "leader"): 1,
        ("1A", "parent"): 1,
        ("8A", "parent"): 14,
        ("8B", "parent"): 12,
    }


def test_adults_come_by_128_bits_and_children_and_raters_by_a_code_to_type(world, promise):
    a_department = a_unit(Kind.KINDERGARTEN, "Lia barnehage", world.hamar, "B1")
    people.give_roles(roles=[(world.bob, "kindergarten_head", a_department, date(2026, 8, 1), None)], by=None)
    wave = a_wave(world.county, [world.ask, a_department], [a_questionnaire(informant) for informant in Informant])
    actions.open_wave(wave=wave, by=None, at=OPENS)
    key = store.code_key("t3")
    lengths: dict[str, set[int]] = {}
    for row in wave.codes.select_related("form", "wave"):
        found = lengths.setdefault(row.form.informant, set())
        found.add(len(key.open_for_reprint(bytes(row.sealed))))
        replaced = actions.replace_code(code=row, by=None)
        found.add(len(key.open_for_reprint(bytes(replaced.sealed))))
    assert lengths == {
        "pupil_5_10": {11}, "rater_teacher": {11}, "parent": {26}, "teacher": {26}, "leader": {26},
        "kindergarten_head": {26},
    }  # fmt: skip
    counted = wave.codes.count()
    promise("S2 kinds", f"{counted} codes, each replaced once: 26 characters for adults, 11 for children and raters")
    parents = wave.codes.filter(form__informant=Informant.PARENT).select_related("wave")[0]
    short = actions.replace_code(code=parents, by=None, short=True)
    assert len(key.open_for_reprint(bytes(short.sealed))) == 11


def test_reserved_pupils_get_no_code(world):
    wave = a_wave(world.county, [world.ask], [a_questionnaire()])
    pupils = [e.pupil for e in world.ask_8a.enrolments.all()]
    actions.set_consent(wave=wave, pupils=pupils[:3], state=ConsentState.RESERVED, by=None)
    actions.open_wave(wave=wave, by=None, at=OPENS)
    assert invited(wave)["8A", "pupil_5_10"] == 11
    assert not wave.codes.filter(pupil__in=pupils[:3]).exists()


def test_with_active_consent_only_those_who_have_it_get_a_code(world):
    wave = a_wave(world.county, [world.ask], [a_questionnaire()], consent=ConsentMode.ACTIVE)
    pupils = [e.pupil for e in world.ask_8a.enrolments.all()]
    actions.set_consent(wave=wave, pupils=pupils, state=ConsentState.INFORMED, by=None)
    actions.set_consent(wave=wave, pupils=pupils[:5], state=ConsentState.MAY_TAKE_PART, by=None)
    actions.open_wave(wave=wave, by=None, at=OPENS)
    assert set(wave.codes.values_list("pupil", flat=True)) == {pupil.pk for pupil in pupils[:5]}


def test_a_wave_that_lacks_something_does_not_open_and_says_what(world):
    wave = a_wave(world.county, [], [a_questionnaire(items=0)])
    with pytest.raises(actions.CannotOpen) as refusal:
        actions.open_wave(wave=wave, by=None, at=OPENS)
    assert any("Velg hvem" in reason for reason in refusal.value.reasons)
    assert any("ingen spørsmål" in reason for reason in refusal.value.reasons)
    with pytest.raises(actions.CannotOpen, match="passert"):
        actions.open_wave(wave=a_wave(world.county, [world.ask], [], slug="t4"), by=None, at=CLOSES)


def test_a_wave_without_anybody_to_ask_does_not_open(world):
    empty = a_unit(Kind.SCHOOL, "Tom skole", world.hamar, "S9")
    wave = a_wave(world.county, [empty], [a_questionnaire()])
    with pytest.raises(actions.CannotOpen, match="Ingen"):
        actions.open_wave(wave=wave, by=None, at=OPENS)
    wave.refresh_from_db()
    assert wave.state == WaveState.DRAFT


def test_an_opening_that_was_cut_off_can_be_done_again(world, monkeypatch):
    wave = a_wave(world.county, [world.ask], [a_questionnaire()])

    def cut_off(*args, **kwargs):
        raise OSError("no space left")

    monkeypatch.setattr("kfl.answers.folder.Folder.create", cut_off)
    with pytest.raises(OSError, match="space"):
        actions.open_wave(wave=wave, by=None, at=OPENS)
    wave.refresh_from_db()
    assert (wave.state, wave.nodes.count(), wave.codes.count()) == (WaveState.DRAFT, 0, 0)
    assert not any(store.keys_dir().glob("*.code.key"))
    monkeypatch.undo()


def test_an_open_wave_is_not_opened_twice_and_its_version_is_frozen(world):
    version = a_questionnaire()
    wave = a_wave(world.county, [world.ask], [version])
    actions.open_wave(wave=wave, by=None, at=OPENS)
    with pytest.raises(NotNow, match="åpen"):
        actions.open_wave(wave=wave, by=None, at=OPENS)
    version.refresh_from_db()
    assert version.frozen_at == OPENS
    scale = version.scales.get()
    assert len(scale.digest) == 64
    with pytest.raises(NotNow):
        questionnaires.delete_scale(scale=scale, by=None)


def test_a_wave_collected_by_import_has_a_roster_and_no_codes(world):
    wave = a_wave(world.county, [world.ask], [a_questionnaire()], collection=Collection.IMPORT)
    actions.open_wave(wave=wave, by=None, at=OPENS)
    form = wave.forms.get()
    roster = queries.roster(wave=wave, form=form)
    assert len(roster) == 26
    assert not wave.codes.exists()
    assert [invited_counts.of_form(form)[n] for n in sorted(set(roster.group.tolist()))] == [14, 12]
    again = queries.roster(wave=wave, form=form)
    assert (again.pid == roster.pid).all()
