"""A reservation or withdrawal after answering erases: at once in an open wave, with the link key in a closed one.

Promises P7 and P3.
"""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from kfl.answers.bulk import read_columns
from kfl.answers.erasure import erase_again
from kfl.answers.folder import Folder
from kfl.answers.keys import CodeKey, LinkKey
from kfl.core import jobs
from kfl.people.models import AuditLine
from kfl.questionnaires.formats import Informant
from kfl.results.making.release import release_wave
from kfl.results.models import ReleasedPage
from kfl.surveys import actions, store
from kfl.surveys.consent.form_fields import field_name
from kfl.surveys.counts import coverage
from kfl.surveys.models import Code, ConsentMode, ConsentState, ErasureRequest
from tests.results.making import a_pupil_questionnaire
from tests.surveys.answering import answer, code_of, needles_of, pids_of, places
from tests.surveys.making import CLOSES, OPENS, a_questionnaire, a_wave

pytestmark = [pytest.mark.django_db]
WHY = "a test"


def an_open_wave(world, version=None, **more):
    wave = a_wave(world.county, [world.ask], [version or a_questionnaire()], **more)
    return actions.open_wave(wave=wave, by=None, at=OPENS)


def codes(wave):
    return list(Code.objects.everywhere(why=WHY).filter(wave=wave).select_related("pupil").order_by("pk"))


def test_a_reservation_after_answering_erases_at_once(world, data_dir):
    wave = an_open_wave(world)
    row, other = codes(wave)[:2]
    code = code_of(row)
    assert answer(wave, code)
    assert answer(wave, code_of(other))
    needles = [*needles_of(wave, *pids_of(wave, row.pupil)), store.code_key("t3").lookup(code)]
    told = coverage.of_unit(wave, world.ask_8a)
    before = places(data_dir, *needles)
    actions.set_consent(wave=wave, pupils=[row.pupil], state=ConsentState.RESERVED, by=world.bob)
    after = places(data_dir, *needles)
    print(f"P7: places of a pupil who was reserved after answering: {before} before, {after} after")
    assert before
    assert after == 0
    assert codes(wave)[0].pupil != row.pupil
    assert not answer(wave, code)
    assert coverage.of_unit(wave, world.ask_8a) == told, "a number that fell would tell"


def test_a_yes_that_is_taken_back_erases_where_consent_is_active(world, data_dir):
    wave = a_wave(world.county, [world.ask], [a_questionnaire()], consent=ConsentMode.ACTIVE)
    pupils = [enrolment.pupil for enrolment in world.ask_8a.enrolments.select_related("pupil")]
    actions.set_consent(wave=wave, pupils=pupils, state=ConsentState.MAY_TAKE_PART, by=None)
    actions.open_wave(wave=wave, by=None, at=OPENS)
    row = codes(wave)[0]
    assert answer(wave, code_of(row))
    needles = needles_of(wave, *pids_of(wave, row.pupil))
    assert places(data_dir, *needles) > 1
    actions.set_consent(wave=wave, pupils=[row.pupil], state=ConsentState.INFORMED, by=None)
    assert places(data_dir, *needles) == 0


def test_who_may_take_part_again_gets_a_code_and_the_new_answers_stand(world, data_dir):
    wave = an_open_wave(world)
    row = codes(wave)[0]
    answer(wave, code_of(row))
    for state in (ConsentState.RESERVED, ConsentState.INFORMED):
        actions.set_consent(wave=wave, pupils=[row.pupil], state=state, by=None)
    fresh = next(one for one in codes(wave) if one.pupil == row.pupil)
    assert answer(wave, code_of(fresh))
    assert erase_again(store.answers_place(), store.keys_dir()) == []
    assert places(data_dir, *needles_of(wave, *pids_of(wave, row.pupil))) > 1


def test_nothing_changes_when_the_answers_cannot_be_reached(world, data_dir, monkeypatch):
    wave = an_open_wave(world)
    row = codes(wave)[0]
    monkeypatch.setattr(Folder.held, "__kwdefaults__", {"wait_s": 0.0})
    taken = store.answers_place().lock("t3")
    assert taken.take()
    client = Client()
    client.force_login(world.bob)
    address = reverse("surveys:consent", kwargs={"slug": "t3", "key": world.ask_8a.pk})
    page = client.post(address, {field_name(row.pupil, ConsentState.NOT_INFORMED): "reserved"}, follow=True)
    taken.drop()
    assert "Ingenting er endret" in page.content.decode()
    assert len(codes(wave)) == 26
    assert not wave.consents.exists()


@pytest.fixture
def released(world, data_dir):
    wave = an_open_wave(world, a_pupil_questionnaire())
    rows = codes(wave)
    for number, row in enumerate(rows):
        assert answer(wave, code_of(row), choice=1 + number % 4)
    actions.close_wave(wave=wave, by=None, at=CLOSES, tells=False)
    release_wave(wave=wave, by=None, at=CLOSES)
    wave.refresh_from_db()
    return wave


def digests(wave):
    rows = ReleasedPage.objects.everywhere(why=WHY).filter(release__wave=wave).order_by("pk")
    return [bytes(row.payload) for row in rows]


def test_after_the_close_it_waits_for_the_link_key_and_the_release_stays(world, data_dir, released):
    pupil = world.ask_8a.enrolments.order_by("pk")[0].pupil
    key, pages = store.link_key(), digests(released)
    (pid,) = pids_of(released, pupil)
    request = actions.ask_erasure(wave=released, unit=world.ask_8a, pupil=pupil, by=world.bob)
    assert actions.ask_erasure(wave=released, unit=world.ask_8a, pupil=pupil, by=world.bob) == request
    key.put_away(store.keys_dir())
    with pytest.raises(actions.LinkKeyIsAway, match="To av de tre"):
        actions.erase_those_waiting(wave=released, by=world.erik)
    before = places(data_dir, pid)
    key.store(store.keys_dir())
    assert actions.erase_those_waiting(wave=released, by=world.erik) == 1
    after = places(data_dir, pid)
    same = sum(one == two for one, two in zip(pages, digests(released), strict=True))
    print(f"P7: places of an erased pupil in a closed wave: {before} before, {after} after")
    print(f"P3: released pages unchanged by the erasure: {same} of {len(pages)}")
    assert (before, after) == (1, 0)
    assert same == len(pages) > 0
    assert len(read_columns(store.answers_place(), "t3", Informant.PUPIL_5_10.number).pid) == 25
    request.refresh_from_db()
    assert request.pupil is None
    assert request.done_on is not None
    assert actions.erase_those_waiting(wave=released, by=world.erik) == 0


def test_all_forms_about_a_child_are_erased_though_each_has_its_own_pseudonym(world, data_dir):
    own, about = Informant.PUPIL_5_10, Informant.RATER_TEACHER
    wave = a_wave(world.county, [world.ask], [a_questionnaire(informant) for informant in (own, about)])
    actions.open_wave(wave=wave, by=None, at=OPENS)
    pupil = world.ask_8a.enrolments.order_by("pk")[0].pupil
    for row in codes(wave):
        assert answer(wave, code_of(row))
    actions.close_wave(wave=wave, by=None, at=CLOSES, tells=False)
    pids = pids_of(wave, pupil)
    assert len(set(pids)) == 2
    assert [places(data_dir, pid) for pid in pids] == [1, 1]
    actions.ask_erasure(wave=wave, unit=world.ask_8a, pupil=pupil, by=world.bob)
    assert actions.erase_those_waiting(wave=wave, by=world.erik) == 1
    assert places(data_dir, *pids) == 0


def test_who_rated_the_children_does_not_find_their_own_sheets_in_a_closed_file(world, data_dir, promise):
    """A teacher knows each rating that she wrote, each unlike the others, and has the file, but no key."""
    own, about = Informant.PUPIL_5_10, Informant.RATER_TEACHER
    wave = a_wave(world.county, [world.ask], [a_questionnaire(informant) for informant in (own, about)])
    actions.open_wave(wave=wave, by=None, at=OPENS)
    for row in codes(wave):
        assert answer(wave, code_of(row), choice=1 + row.pk % 4)
    key = store.link_key()
    rated = [row.pupil for row in codes(wave) if row.form.informant == about]
    actions.close_wave(wave=wave, by=None, at=CLOSES, tells=False)
    sheets = {pid.tobytes() for pid in read_columns(store.answers_place(), "t3", own.number).pid}
    ratings = {pid.tobytes() for pid in read_columns(store.answers_place(), "t3", about.number).pid}
    known = {key.pid(wave.series, about, pupil.uuid) for pupil in rated}
    assert known == ratings, "the attacker knows the row of each rating"
    found = len(known & sheets)
    assert (found, len(sheets)) == (0, len(rated))
    promise("M2 own ratings and the closed file", f"{found} of {len(sheets)} children's own sheets found")


def test_erasing_somebody_who_never_answered_looks_the_same(world, data_dir, released):
    late = world.bjork_8a.enrolments.order_by("pk")[0].pupil
    actions.ask_erasure(wave=released, unit=world.ask_8a, pupil=late, by=world.bob)
    assert actions.erase_those_waiting(wave=released, by=world.erik) == 1
    assert ErasureRequest.objects.everywhere(why=WHY).get().done_on is not None
    assert [line.what for line in AuditLine.plumbing.all()[:1]] == ["person.erased"]


def test_the_school_asks_and_the_county_carries_out_without_names(world, data_dir, released):
    pupil = world.ask_8a.enrolments.order_by("pk")[0].pupil
    teacher, county = Client(), Client()
    teacher.force_login(world.bob)
    county.force_login(world.erik)
    address = reverse("surveys:erase", kwargs={"slug": "t3", "key": world.ask_8a.pk})
    assert teacher.post(address, {"pupil": 99999}).status_code == 404
    page = teacher.post(address, {"pupil": pupil.pk}, follow=True).content.decode()
    assert f"{pupil.name} – venter på nøkkelen" in page
    wave_page = reverse("surveys:wave-detail", kwargs={"slug": "t3"})
    page = county.get(wave_page).content.decode()
    assert "Ett ønske om sletting venter" in page
    assert pupil.name not in page
    page = county.post(reverse("surveys:wave-erase", kwargs={"slug": "t3"}), follow=True).content.decode()
    assert "1 ønske om sletting er utført" in page
    assert "venter</h2>" not in page
    page = teacher.get(address).content.decode()
    assert "utført" in page


def test_a_wave_without_any_link_key_says_so_instead_of_making_one(world, data_dir, released):
    pupil = world.ask_8a.enrolments.order_by("pk")[0].pupil
    actions.ask_erasure(wave=released, unit=world.ask_8a, pupil=pupil, by=world.bob)
    LinkKey.path(store.keys_dir()).unlink()
    county = Client()
    county.force_login(world.erik)
    page = county.post(reverse("surveys:wave-erase", kwargs={"slug": "t3"}), follow=True).content.decode()
    assert "Lenkenøkkelen er ikke på serveren" in page
    assert not LinkKey.path(store.keys_dir()).exists()


def test_a_wave_without_its_code_key_stays_open_and_says_why(world, settings):
    """Where a restore brought back the answers but not the key: nothing is lost by trying to close."""
    settings.KFL_JOBS_AT_ONCE = True
    wave = an_open_wave(world)
    assert answer(wave, code_of(codes(wave)[0]))
    key = CodeKey.path(store.keys_dir(), "t3")
    away = key.rename(key.with_suffix(".away"))
    row = jobs.enqueue("surveys.close", by=None, wave="t3")
    assert (row.state, "t3.code.key mangler" in row.message) == (jobs.JobState.FAILED, True)
    away.rename(key)
    assert jobs.enqueue("surveys.close", by=None, wave="t3").state == jobs.JobState.DONE
