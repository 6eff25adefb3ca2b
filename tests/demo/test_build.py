from datetime import date, datetime

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone

from kfl.demo import mark
from kfl.demo.build import AnotherFolder, build
from kfl.demo.progress import Quiet
from kfl.demo.waves import rounds
from kfl.people.audit import verify_chain
from kfl.people.circles.queries import who_sits
from kfl.people.kinds import Kind
from kfl.people.models import AuditLine, Circle, Enrolment, Pupil, RoleAssignment, Seat, Unit, UnitCode
from kfl.people.queries import unit_by_code
from kfl.results.models import Release
from kfl.surveys import store
from kfl.surveys.models import Code, Wave, WaveState

pytestmark = pytest.mark.django_db
WHY = "a test looks at everything"


@pytest.fixture(autouse=True)
def today(demo):
    with time_machine.travel(datetime(2026, 11, 20, 12), tick=False):
        yield


def test_all_of_hedmarks_municipalities_are_there_in_their_regions(demo):
    units = Unit.objects.everywhere(why=WHY).order_by("name")
    assert units.filter(kind=Kind.MUNICIPALITY).count() == 22
    assert [region.name for region in units.filter(kind=Kind.REGION)] == [
        "Glåmdalen", "Hedmarken", "Nord-Østerdal", "Sør-Østerdal",
    ]  # fmt: skip
    assert unit_by_code("3427").parent.name == "Nord-Østerdal"


def test_a_municipality_is_known_by_its_old_number_until_2019_and_the_new_one_after(demo):
    tynset = unit_by_code("0437", on=date(2019, 12, 31))
    assert tynset == unit_by_code("3427", on=date(2020, 1, 1))
    assert tynset.name == "Tynset"
    with pytest.raises(LookupError):
        unit_by_code("0437", on=date(2020, 1, 1))
    codes = UnitCode.objects.everywhere(why=WHY)
    assert not codes.filter(scheme="organisasjonsnummer").exists()  # an invented one could be somebody's


def test_each_school_year_has_its_pupils(demo):
    enrolments = Enrolment.objects.everywhere(why=WHY).filter(group__kind=Kind.GROUP)
    assert Pupil.objects.everywhere(why=WHY).filter(enrolments__in=enrolments).distinct().count() == 880
    for day in (date(2016, 11, 1), date(2018, 11, 1)):
        assert enrolments.filter(from_on__lte=day, to_on__gte=day).count() == 440
    assert enrolments.filter(to_on__isnull=True).count() == 440


def test_kindergartens_have_departments_with_leaders_and_children_of_two_autumns(demo):
    departments = Unit.objects.everywhere(why=WHY).filter(kind=Kind.DEPARTMENT)
    assert {unit.parent.kind for unit in departments.select_related("parent")} == {Kind.KINDERGARTEN}
    led = RoleAssignment.objects.everywhere(why=WHY).filter(role="pedagogical_leader")
    assert set(led.values_list("unit", flat=True)) == set(departments.values_list("pk", flat=True))
    enrolments = Enrolment.objects.everywhere(why=WHY).filter(group__in=departments)
    first = enrolments.filter(from_on=date(2017, 8, 1))
    now = enrolments.filter(to_on__isnull=True)
    assert first.count() == now.count() == enrolments.count() // 2
    assert {2017 - one.pupil.birth_year for one in first.select_related("pupil")} == {3, 4, 5}
    wave = Wave.objects.everywhere(why=WHY).get(slug="b2")
    invited = {form.informant: sum(form.invited.values_list("count", flat=True)) for form in wave.forms.all()}
    assert invited["child"] == invited["rater_kindergarten"] < now.count(), "three-year-olds are neither"


def test_the_forums_bodies_have_members_a_deputy_and_one_who_has_left(demo):
    county = Circle.objects.everywhere(why=WHY).get(unit__kind=Kind.COUNTY)
    now, before = who_sits(county, on=date(2026, 11, 20)), who_sits(county, on=date(2022, 7, 31))
    assert (len(now), len(before)) == (2, 3)
    assert sum(len(one.deputies) for one in now) == 1
    assert {str(one.seat.represents) for one in now} == {"None", "Skolefolkets forbund (oppdiktet)"}
    regions = Circle.objects.everywhere(why=WHY).filter(unit__kind=Kind.REGION)
    assert len(regions) == 4
    held = RoleAssignment.objects.everywhere(why=WHY).filter(role="forum_member")
    assert set(held.values_list("user", "unit")) <= set(
        Seat.objects.everywhere(why=WHY).values_list("person", "circle__unit")
    )


def test_two_waves_of_the_schools_are_released_and_one_is_open_and_so_with_one_of_the_kindergartens(demo):
    waves = {wave.slug: wave for wave in Wave.objects.everywhere(why=WHY)}
    assert [waves[slug].state for slug in ("t1", "t2", "t3")] == [
        WaveState.RELEASED, WaveState.RELEASED, WaveState.OPEN,
    ]  # fmt: skip
    assert timezone.localdate(waves["t1"].opened_at) == date(2016, 11, 1)
    assert waves["t3"].opens_at < timezone.now() < waves["t3"].closes_at
    assert [waves[slug].state for slug in ("b1", "b2")] == [WaveState.RELEASED, WaveState.OPEN]
    assert Release.objects.everywhere(why=WHY).count() == 3


@pytest.mark.parametrize("slug", ["t3", "b2"])
def test_about_half_of_the_groups_have_answered_in_an_open_wave(demo, slug):
    wave = Wave.objects.everywhere(why=WHY).get(slug=slug)
    counts = store.answered_counts(wave.slug)
    for form in wave.forms.all():
        invited = dict(form.invited.values_list("node__number", "count"))
        answered = {node: count for (node, number), count in counts.items() if number == form.number}
        assert all(count <= invited[node] for node, count in answered.items())
        assert 0 < len(answered) < len(invited), form.informant
    assert Code.objects.everywhere(why=WHY).filter(wave=wave).count() == sum(
        sum(form.invited.values_list("count", flat=True)) for form in wave.forms.all()
    )


def test_everything_has_its_line_in_the_audit_log(demo):
    done = set(AuditLine.objects.everywhere(why=WHY).values_list("what", flat=True))
    assert {"units.added", "pupils.enrolled", "roles.given", "wave.opened", "wave.closed", "wave.released"} <= done
    assert verify_chain() is None


def test_a_folder_with_data_is_refused_and_left_as_it_is(tmp_path, settings):
    settings.KFL_DATA = tmp_path
    (tmp_path / "portal.sqlite3").write_text("somebody's")
    with pytest.raises(mark.FolderInUse, match=r"portal\.sqlite3"):
        build("tiny", tmp_path, Quiet())
    assert [path.name for path in tmp_path.iterdir()] == ["portal.sqlite3"]


def test_another_folder_than_the_settings_is_refused(tmp_path):
    with pytest.raises(AnotherFolder):
        build("tiny", tmp_path / "elsewhere", Quiet())
    assert tmp_path / "elsewhere" != settings.KFL_DATA


def test_empty_folders_and_the_key_of_sessions_are_no_data(tmp_path):
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "secret.key").write_text("made with the folder")
    (tmp_path / "answers").mkdir()
    mark.claim(tmp_path, mark.Mark("tiny", "2026-11-20"))
    assert mark.read(tmp_path).size == "tiny"


@pytest.mark.parametrize("day", [date(2026, 8, 3), date(2027, 7, 20), date(2026, 11, 22)])
def test_the_open_wave_lies_around_the_day_and_within_one_school_year(day):
    open_wave = rounds(day)[-1]
    assert open_wave.opens <= day < open_wave.closes
    assert date(open_wave.school_year, 8, 1) <= open_wave.opens <= date(open_wave.school_year + 1, 7, 31)
