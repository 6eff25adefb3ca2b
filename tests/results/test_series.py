"""Waves of a series: the break stands where the questions changed, and waves that open at one time have an order."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kfl.core.text import text
from kfl.questionnaires import actions
from kfl.questionnaires.written import WrittenItem
from kfl.research.making import report
from kfl.results.making.release import release_wave
from kfl.results.models import ReleasedPage
from kfl.results.reading.presenter import Reading
from kfl.surveys.models import Wave
from kfl.surveys.waves.series import earlier_than, in_order
from tests.results.making import a_closed_wave, a_released_wave, number_of
from tests.surveys.making import CLOSES, OPENS

WHY = "a test"
STEP = timedelta(days=10)


def edited(version, by):
    """The next edition, in which a question of one scale is another."""
    fresh = actions.next_version(questionnaire=version.questionnaire, by=by)
    scale = fresh.scales.get(key="trivsel")
    item = scale.items.get(key="trivsel1")
    actions.save_item(
        version=fresh,
        scale=scale,
        item=item,
        key=item.key,
        written=WrittenItem(
            text=text("Noe annet enn før"),
            format=item.format,
            reversed=item.reversed,
            sensitive=False,
            counts_from_code=None,
        ),
        by=by,
    )
    return fresh


def released(county, version, number):
    opens, closes = OPENS + number * STEP, CLOSES + number * STEP
    return a_released_wave(county, [version], slug=f"t{number + 1}", opens=opens, closes=closes, seed=number + 1)


def drawn(wave, unit, monkeypatch):
    """The points of each scale's trend as they go to the drawing: label, whether a value, whether a break before."""
    seen = {}

    def trend(points, *, title, axis=None):
        seen[title.split(":")[0]] = [(p.value is not None, p.break_before) for p in points]
        return ""

    monkeypatch.setattr("kfl.results.reading.presenter.figures.trend", trend)
    row = ReleasedPage.objects.everywhere(why=WHY).get(release__wave=wave, node__number=number_of(wave, unit))
    assert Reading(row.read(), row.form.read()).pasts
    return seen


def test_a_break_is_drawn_between_the_waves_where_the_questions_changed(county, monkeypatch):
    fresh = edited(county.version, county.frida)
    released(county, fresh, 1)
    third = released(county, fresh, 2)
    points = drawn(third, county.ask, monkeypatch)
    assert points["Trivsel"] == [(False, False), (True, True), (True, False)]
    assert points["Stress"] == [(True, False), (True, False), (True, False)]


def test_a_break_before_the_newest_wave_stands_before_it(county, monkeypatch):
    released(county, county.version, 1)
    third = released(county, edited(county.version, county.frida), 2)
    points = drawn(third, county.ask, monkeypatch)
    assert points["Trivsel"] == [(False, False), (False, False), (True, True)]


def test_waves_that_open_at_one_time_stand_in_the_order_they_were_made(county):
    twin = a_closed_wave(county, [county.version], slug="t1b", seed=2)
    release_wave(wave=twin, by=county.erik, at=CLOSES)
    assert twin.opens_at == county.t1.opens_at
    waves = Wave.objects.everywhere(why=WHY)
    assert [wave.slug for wave in waves.order_by(*in_order())] == ["t1", "t1b"]
    assert [wave.slug for wave in waves.order_by(*in_order(newest_first=True))] == ["t1b", "t1"]
    assert list(waves.filter(earlier_than(twin))) == [county.t1]
    assert not waves.filter(earlier_than(county.t1)).exists()
    page = ReleasedPage.objects.everywhere(why=WHY).get(release__wave=twin, node__number=number_of(twin, county.ask))
    assert [then.title for then in page.form.read().earlier] == ["Kartlegging T1"]
    since = [one.wave for one in report._since(twin, "pupil_5_10", page.form.read()) if one is not None]
    assert set(since) == {county.t1.name}
    first = ReleasedPage.objects.everywhere(why=WHY).get(release__wave=county.t1, node__number=page.node.number)
    assert not any(report._since(county.t1, "pupil_5_10", first.form.read()))


@pytest.mark.parametrize("prefix", ["", "wave__"])
def test_the_order_is_made_for_rows_that_belong_to_a_wave_too(prefix):
    assert in_order(of=prefix) == (f"{prefix}opens_at", f"{prefix}pk")
