"""A release: what it holds, that it is made once, and that nothing changes it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from kfl.core.jobs import enqueue
from kfl.core.lifecycle import NotNow
from kfl.disclosure import ReleaseRefused
from kfl.people import actions as people
from kfl.people.models import AuditLine
from kfl.questionnaires.written import WrittenItem
from kfl.research.release_audit import stored_digest
from kfl.results.making import release as releases
from kfl.results.making.release import release_wave
from kfl.results.models import Reference, Release, ReleasedForm, ReleasedPage, ReleaseIsFrozen
from kfl.results.payload import Certainty
from kfl.surveys import actions as surveys
from kfl.surveys.models import WaveState
from tests.results.making import Missing, a_closed_wave, a_pupil_questionnaire, a_released_wave, number_of
from tests.surveys.answering import answer, code_of
from tests.surveys.making import CLOSES, OPENS, a_questionnaire, a_wave

WHY = "a test"


def page_of(wave, unit, *, grade=None):
    number = number_of(wave, unit, grade=grade)
    return ReleasedPage.objects.everywhere(why=WHY).get(release__wave=wave, node__number=number)


def cell_of(wave, unit, key, *, grade=None):
    page = page_of(wave, unit, grade=grade)
    place = [scale.key for scale in page.form.read().scales].index(key)
    return page.read().scales[place]


def test_every_node_with_invited_has_a_page(county):
    pages = ReleasedPage.objects.everywhere(why=WHY).filter(release__wave=county.t1)
    assert pages.count() == county.t1.nodes.count() == 14
    assert county.t1.state == WaveState.RELEASED


def test_a_large_class_shows_points_and_a_small_one_a_reason(county):
    shown, hidden = cell_of(county.t1, county.bjork, "trivsel"), cell_of(county.t1, county.bjork_8b, "trivsel")
    assert shown.value.n >= 7
    assert shown.value.half > 0
    assert hidden.value is None
    assert hidden.hidden == "protected"
    assert hidden.nearest == number_of(county.t1, county.bjork, grade=8)


def test_the_class_beside_a_small_one_is_hidden_with_it(county):
    assert cell_of(county.t1, county.bjork_8a, "trivsel").hidden == "protected"


def test_sensitive_scales_wait_for_their_own_gate(county):
    for row in ReleasedPage.objects.everywhere(why=WHY).filter(release__wave=county.t1):
        cell = row.read().scales[2]
        assert (cell.hidden, cell.value, cell.items) == ("sensitive_awaits_gate", None, [])


def test_the_reference_population_has_500_points(county):
    cell = cell_of(county.t1, county.county, "trivsel")
    assert cell.value.points == 500
    assert cell.above is None


def test_level_above_a_class_is_the_school_not_the_grade(county):
    cell = cell_of(county.t1, county.ask_8a, "trivsel")
    assert cell.above.node == number_of(county.t1, county.ask)


def test_a_level_with_the_same_pupils_is_passed_over(county):
    """Ask is the only school in Hamar, so it is compared with the region, which holds Stange too."""
    cell = cell_of(county.t1, county.ask, "trivsel")
    assert cell.above.node == number_of(county.t1, county.region)


def test_a_cell_stands_against_the_rest_of_the_level_above_and_of_the_top(county):
    cell = cell_of(county.t1, county.ask_8a, "trivsel")
    for versus, unit in ((cell.above, county.ask), (cell.top, county.county)):
        whole = cell_of(county.t1, unit, "trivsel")
        assert versus.node == number_of(county.t1, unit)
        assert versus.whole == whole.value.points
        assert versus.apart == cell.value.points - versus.rest
        assert versus.half > versus.rest_half  # the class is not known exactly either
        left = whole.value.n - cell.value.n
        together = (left * versus.rest + cell.value.n * cell.value.points) / whole.value.n
        assert abs(together - versus.whole) <= 1


def test_a_hidden_cell_tells_nothing_by_its_design_effect(county):
    """It could be turned into n; a class has none, and nothing is told of a school that is hidden."""
    for row in ReleasedPage.objects.everywhere(why=WHY).filter(release__wave=county.t1):
        for cell in row.read().scales:
            assert cell.effect >= 1
            if cell.hidden or row.node.kind == "group":
                assert cell.effect == 1
            if cell.hidden:
                assert (cell.top, cell.above, cell.between, cell.d) == (None, None, None, [])
    assert cell_of(county.t1, county.county, "trivsel").effect > 1


def test_reliability_and_likeness_are_told_of_the_whole_wave_and_not_of_sensitive_scales(county):
    form = page_of(county.t1, county.county).form.read()
    known = {scale.key: found for scale, found in zip(form.scales, form.reliability, strict=True)}
    assert known["trivsel"] is None  # a few skipped a question, and could decide the word
    assert known["mobbing"] is None
    assert known["rommet"] is None  # one question
    sensitive = [scale.key for scale in form.scales].index("mobbing")
    assert form.icc2["group"][sensitive] is None
    assert form.icc2["group"][0] is None  # five classes
    assert form.spread[sensitive] is None
    assert [spread is not None for spread in form.spread[:2]] == [True, True]


def test_reliability_has_word_and_numbers_where_nobody_skipped(county):
    again = timedelta(days=10)
    wave = a_released_wave(
        county,
        [county.version],
        slug="t2",
        opens=OPENS + again,
        closes=CLOSES + again,
        seed=2,
        missing=Missing(skipped=0),
    )
    form = page_of(wave, county.county).form.read()
    found = dict(zip([scale.key for scale in form.scales], form.reliability, strict=True))["trivsel"]
    assert found is not None
    assert found.word == "weak"
    assert found.people == form_sheets(wave)
    assert found.alpha is not None


def form_sheets(wave):
    """How many sheets of pupils the wave holds, as its top page tells."""
    return page_of(wave, wave.unit).read().answered


def test_references_are_frozen_by_the_first_release(two_waves):
    rows = Reference.objects.everywhere(why=WHY).all()
    assert rows.count() == 2  # trivsel and stress; not the sensitive one
    assert {row.release.wave_id for row in rows} == {two_waves.t1.pk}
    assert cell_of(two_waves.t2, two_waves.county, "trivsel").value.points != 500


def test_change_is_the_difference_between_what_is_shown(two_waves):
    now, then = (cell_of(wave, two_waves.ask_8a, "trivsel") for wave in (two_waves.t2, two_waves.t1))
    assert now.before[0].points == then.value.points
    assert now.change.points == now.value.points - then.value.points
    between = page_of(two_waves.t2, two_waves.county).form.read().spread[0].frozen.between
    # Another class: what sets classes apart counts twice.
    least = (now.value.half**2 + then.value.half**2 + 1.96**2 * 2 * between[0]) ** 0.5
    assert abs(now.change.half - least) <= 0.05 * least
    assert now.change.certainty == Certainty.CERTAIN
    assert now.change.best is None


def test_a_changed_item_is_a_break(county):
    from datetime import timedelta

    from kfl.questionnaires import actions
    from tests.results.making import a_released_wave
    from tests.surveys.making import OPENS

    version = actions.next_version(questionnaire=county.version.questionnaire, by=county.frida)
    item = version.items.get(key="trivsel1")
    actions.save_item(
        version=version,
        item=item,
        scale=item.scale,
        written=WrittenItem(text=item.text, format=item.format, reversed=True),
        by=county.frida,
    )
    later = timedelta(days=10)
    t2 = a_released_wave(county, [version], slug="t2", opens=OPENS + later, closes=CLOSES + later, seed=3)
    broken, same = cell_of(t2, county.ask, "trivsel"), cell_of(t2, county.ask, "stress")
    assert broken.before[0].gap == "changed"
    assert broken.change is None
    assert broken.value.points != 0
    assert same.change is not None


def test_a_second_release_finds_the_first(county):
    before = stored_digest(county.t1.releases.get())
    again = release_wave(wave=county.t1, by=county.erik, at=CLOSES)
    assert Release.objects.everywhere(why=WHY).count() == 1
    assert again.digest == before


def test_the_same_answers_give_the_same_digest(county):
    release = county.t1.releases.get()
    assert releases.prepare(county.t1).forms[0].pages[3].text == page_text(release, 3)


def page_text(release, number):
    from kfl.results.payload import unpack

    return unpack(ReleasedPage.objects.everywhere(why=WHY).get(release=release, node__number=number).payload)


def test_a_crash_before_the_end_leaves_nothing(world, data_dir, monkeypatch):
    wave = a_closed_wave(world, [a_pupil_questionnaire()])

    def crash(**kwargs):
        raise RuntimeError("power cut")

    monkeypatch.setattr("kfl.results.actions.surveys.release_wave", crash)
    with pytest.raises(RuntimeError):
        release_wave(wave=wave, by=world.erik, at=CLOSES)
    assert not Release.objects.everywhere(why=WHY).exists()
    assert not ReleasedPage.objects.everywhere(why=WHY).exists()
    monkeypatch.undo()
    release_wave(wave=wave, by=world.erik, at=CLOSES)
    assert ReleasedPage.objects.everywhere(why=WHY).exists()


def test_what_the_gate_refuses_is_never_shown(world, data_dir, monkeypatch):
    """A decision that shows everything is caught by the gate, and nothing is written."""
    from dataclasses import replace

    from kfl import disclosure
    from kfl.results.making import compute

    def show_all(*given):
        decision = decide(*given)
        return replace(decision, scale=decision.scale * 0, items=decision.items * 0, split=decision.split * 0)

    decide = disclosure.decide
    monkeypatch.setattr(compute.disclosure, "decide", show_all)
    wave = a_closed_wave(world, [a_pupil_questionnaire()])
    with pytest.raises(ReleaseRefused):
        release_wave(wave=wave, by=world.erik, at=CLOSES)
    assert not Release.objects.everywhere(why=WHY).exists()
    wave.refresh_from_db()
    assert wave.state == WaveState.CLOSED


def test_an_open_wave_has_no_results(world, data_dir):
    wave = a_closed_wave(world, [a_pupil_questionnaire()])
    type(wave).objects.within(wave).update(state=WaveState.OPEN)
    with pytest.raises(NotNow, match="åpen"):
        release_wave(wave=wave, by=world.erik, at=CLOSES)


def test_released_rows_refuse_every_change(county):
    release = county.t1.releases.get()
    page = page_of(county.t1, county.ask)
    form = page.form
    for row in (release, page, form, Reference.objects.everywhere(why=WHY).first()):
        with pytest.raises(ReleaseIsFrozen):
            row.save()
        with pytest.raises(ReleaseIsFrozen):
            row.delete()
    for model in (Release, ReleasedPage, ReleasedForm, Reference):
        rows = model.objects.everywhere(why=WHY)
        with pytest.raises(ReleaseIsFrozen):
            rows.update(pk=99)
        with pytest.raises(ReleaseIsFrozen):
            rows.all().delete()
        with pytest.raises(ReleaseIsFrozen):
            rows.bulk_update([], [])


def test_life_after_the_release_changes_nothing(county, client):
    """P3: moved pupils, renamed units, ended roles and new classes leave every page and its names as they were."""
    digest = county.t1.releases.get().digest
    pupil = county.ask_8a.enrolments.first().pupil
    people.enrol_pupils(pupils=[], enrolments=[(pupil, county.ask_8b, 8, date(2027, 1, 1), None)], by=county.erik)
    pupil.delete()
    county.ask.name = "Nye Ask skole"
    county.ask.save()
    assert stored_digest(county.t1.releases.get()) == digest
    client.force_login(county.alice)
    page = client.get(f"/resultater/t1/{number_of(county.t1, county.ask)}/pupil_5_10/").content.decode()
    assert "Ask skole" in page
    assert "Nye Ask skole" not in page.partition("<main")[2]


def test_the_job_releases_and_says_how_far_it_is(world, data_dir):
    wave = a_closed_wave(world, [a_pupil_questionnaire()])
    job = enqueue("results.release", by=world.erik, wave=wave.slug)
    assert (job.state, job.done, job.total) == ("done", 100, 100)
    lines = AuditLine.objects.everywhere(why=WHY).filter(what="results.released")
    assert [line.by for line in lines] == [world.erik]


def test_without_the_key_of_who_is_alone_the_job_stops_and_says_which_it_needs(world, data_dir):
    """Everybody could have handed in twice: nothing is computed, and whoever runs the portal reads what to do."""
    wave = a_wave(world.county, [world.ask], [a_questionnaire()])
    surveys.open_wave(wave=wave, by=None, at=OPENS)
    assert answer(wave, code_of(wave.codes.select_related("wave", "pupil")[0]))
    surveys.close_wave(wave=wave, by=None, at=CLOSES, tells=False)
    (data_dir / "keys" / "t3.alone.key").unlink()
    job = enqueue("results.release", by=world.erik, wave="t3")
    assert job.state == "failed"
    assert "keys/t3.alone.key" in job.message
    assert not wave.releases.exists()
