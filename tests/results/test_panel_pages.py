"""The panel on result pages: which persons are in it, its numbers from sheets counted by hand, and where it falls."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import msgspec
import numpy as np
import pytest

from kfl.answers.bulk import read_columns
from kfl.disclosure import ReleaseRefused, Thresholds
from kfl.people.kinds import Kind
from kfl.research.release_audit import audit_release
from kfl.results.making import extract
from kfl.results.making import release as releases
from kfl.results.making.closed_forms import ClosedForm, closed_form, frozen_wave
from kfl.results.making.panel_numbers import make_panels, members, panel_wave
from kfl.results.making.panel_partners import answers_folder, partners, waves_before
from kfl.results.models import ReleasedForm, ReleasedPage
from kfl.results.payload import PanelGap, read_page
from kfl.surveys import store
from kfl.surveys.models import Wave, WaveForm
from tests.factories import a_class, a_unit
from tests.research.test_audit import tamper
from tests.results.making import Missing, a_closed_wave, a_pupil_questionnaire, a_released_wave, number_of
from tests.surveys.making import CLOSES, OPENS

YEAR = timedelta(days=20)
CALM = 0  # the first scale


def later(world: SimpleNamespace, number: int, away: float = 0.0, *, released: bool = True) -> Wave:
    make = a_released_wave if released else a_closed_wave
    return make(
        world, [world.version], slug=f"t{number}", opens=OPENS + (number - 1) * YEAR,
        closes=CLOSES + (number - 1) * YEAR, seed=number, missing=Missing(away=away),
    )  # fmt: skip


@pytest.fixture
def world_of_panels(world, data_dir) -> SimpleNamespace:
    """Schools of 60 and of 50 pupils, of whom a third is away each time."""
    world.version = a_pupil_questionnaire()
    for name, grade, pupils in (("8B", 8, 20), ("9A", 9, 20), ("10A", 10, 6)):
        a_class(world.ask, name, grade, pupils)
    a_class(world.bjork, "9A", 9, 30)
    world.t1 = later(world, 1, away=0.4)
    return world


def form_of(wave: Wave) -> ClosedForm:
    return closed_form(frozen_wave(wave), WaveForm.objects.within(wave).get())


def page(wave: Wave, unit: object, grade: int | None = None):
    number = number_of(wave, unit, grade=grade)
    return ReleasedPage.objects.everywhere(why="system: a test").get(release__wave=wave, node__number=number).read()


def told_at(wave, form, members):
    """The lowest unit whose page holds the panel, and its members there."""
    rows = ReleasedPage.objects.everywhere(why="system: a test").filter(release__wave=wave)
    node = max(row.node.number for row in rows.select_related("node") if row.read().scales[CALM].panel is not None)
    inside = members & (form.tree.nearest(np.arange(len(form.tree)) == node)[form.answers.group] == node)
    return wave.nodes.get(number=node).unit, inside


def test_numbers_are_those_of_the_pairs(world_of_panels):
    world = world_of_panels
    t2 = later(world, 2, away=0.4)
    now, then = form_of(t2), form_of(world.t1)
    row = extract.same_persons(store.answers_place().folder, now.name, then.name)
    here = members(now, then, row, [(CALM, CALM)])
    unit, inside = told_at(t2, now, here)
    items = list(now.asked[CALM].spec.items)
    found = []
    for codes in (then.answers.codes[items][:, row[inside]], now.answers.codes[items][:, inside]):
        turned = np.where(np.array(now.asked[CALM].spec.turned)[:, np.newaxis] & (codes >= 0), 5 - codes, codes)
        found.append(([(one >= 0).sum() for one in codes], np.mean([one[one >= 0].mean() for one in turned])))
    mu, sigma = ReleasedForm.objects.everywhere(why="system: a test").get(release__wave=t2).read().references[CALM]
    result = page(t2, unit).scales[CALM]
    panel = result.panel
    before = page(world.t1, unit).scales[CALM].value.n
    n = min(*found[0][0], *found[1][0])
    assert n >= 7
    assert (panel.n, panel.then, panel.now) == (n, *(round(500 + 100 * (mean - mu) / sigma) for _n, mean in found))
    assert (panel.only_then, panel.only_now) == (before - n, result.value.n - n)
    assert panel.matched == round(100 * n / before)
    assert panel.change == panel.now - panel.then
    assert panel.half > 0
    assert panel.wave == 0


def test_who_of_the_panel_sits_where_inside_a_block_shows_in_no_number(world_of_panels):
    """Persons change places, with both their sheets, among those of one gender in the same blocks of both waves."""
    world = world_of_panels
    t2 = later(world, 2, away=0.4)
    now, partner = partner_of(t2)
    results = releases.results_of(now, Thresholds())[0]
    n = np.zeros((len(now.tree), len(now.asked)), dtype=np.int64)
    n[results.nodes] = np.where(np.isfinite(results.points), results.n, 0)
    before = make_panels(now, n, 7, results.reference, lambda _scales: partner)
    inside = np.flatnonzero(partner.row >= 0)
    row = partner.row[inside]
    member = np.stack([one.waves[0].member for one in before.shared], axis=1)[inside]
    blocks = [
        np.stack([form.tree.nearest(shown > 0)[form.answers.group] for shown in table.T], axis=1)
        for form, table in ((now, n), (partner.form, partner.n))
    ]
    answered = [(form.answers.codes[:, at] >= 0).T for form, at in ((now, inside), (partner.form, row))]
    alike = np.column_stack(
        [now.answers.split[inside], member, blocks[0][inside], blocks[1][row], answered[0], answered[1]]
    )
    order, random = np.arange(len(inside)), np.random.default_rng(1)
    groups = np.unique(alike, axis=0, return_inverse=True)[1].ravel()
    for group in np.unique(groups):
        order[groups == group] = random.permutation(order[groups == group])
    assert (order != np.arange(len(inside))).sum() > 3

    def moved(form, at):
        codes = form.answers.codes.copy()
        codes[:, at] = codes[:, at[order]]
        return replace(form, answers=replace(form.answers, codes=codes))

    other = replace(partner, form=moved(partner.form, row))
    after = make_panels(moved(now, inside), n, 7, results.reference, lambda _scales: other)
    assert before.shown.any()
    for name in ("shown", "n", "then", "now", "half"):
        np.testing.assert_array_equal(getattr(after, name), getattr(before, name))


def test_the_rule_is_told_of_gender_and_of_the_complete_sheets_that_a_report_counts(world_of_panels):
    """Else a panel of nearly all who skipped a question could be taken from the report's numbers."""
    form = form_of(world_of_panels.t1)
    everybody = np.ones(len(form.answers.group), dtype=bool)
    part = panel_wave(form, [CALM], everybody, np.ones(len(form.tree), dtype=bool), 7).part
    complete = (form.answers.codes[list(form.asked[CALM].spec.items)] >= 0).all(axis=0)
    assert 0 < complete.sum() < len(complete)
    for number in np.unique(part):
        here = part == number
        assert len(np.unique(form.answers.split[here])) == len(np.unique(complete[here])) == 1


def test_grades_and_classes_have_no_panel_and_nothing_to_say_of_it(world_of_panels):
    t2 = later(world_of_panels, 2, away=0.4)
    cell = page(t2, world_of_panels.ask, grade=8).scales[CALM]
    assert (cell.value is not None, cell.panel, cell.panel_hidden) == (True, None, PanelGap.NONE)


def test_a_first_wave_has_none(world_of_panels):
    cell = page(world_of_panels.t1, world_of_panels.ask).scales[CALM]
    assert (cell.panel, cell.panel_hidden) == (None, PanelGap.NONE)


def test_where_nearly_all_are_in_it_there_is_none(world_of_panels):
    """Fewer than seven are outside it."""
    world = world_of_panels
    world.t2, t3 = later(world, 2), later(world, 3)
    cell = page(t3, world.ask).scales[CALM]
    assert (cell.panel, cell.panel_hidden) == (None, PanelGap.PROTECTED)


def test_where_the_earlier_answers_are_deleted_the_page_says_so(world_of_panels):
    store.delete_answers(world_of_panels.t1.slug)
    t2 = later(world_of_panels, 2, away=0.4)
    cell = page(t2, world_of_panels.ask).scales[CALM]
    assert (cell.panel, cell.panel_hidden) == (None, PanelGap.DELETED)


@pytest.mark.parametrize("damage", [lambda whole: whole[: len(whole) // 2], lambda whole: bytes(4096)])
def test_where_the_earlier_answers_cannot_be_read_the_next_results_are_made_all_the_same(world_of_panels, damage):
    t2 = later(world_of_panels, 2, away=0.4)
    place = answers_folder() / "t1.sqlite3"
    place.write_bytes(damage(place.read_bytes()))
    (form,) = releases.prepare(t2).forms
    pages = [read_page(one.stored) for one in form.pages]
    assert {one.scales[CALM].panel for one in pages} == {None}
    assert pages[0].scales[CALM].panel_hidden == PanelGap.DELETED


def test_the_latest_wave_whose_answers_are_there_is_the_earlier_one(world_of_panels):
    """Unless it has been that for another: three panels over one wave's sheets would be one too many."""
    world = world_of_panels
    t2 = later(world, 2, away=0.4)
    t3 = later(world, 3, away=0.4)
    assert page(t3, world.county).scales[CALM].panel.wave == 1
    store.delete_answers(t3.slug)
    t4 = later(world, 4, away=0.4)
    assert page(t4, world.county).scales[CALM].panel_hidden == PanelGap.TAKEN
    assert page(t2, world.county).scales[CALM].panel is not None


def test_a_wave_that_was_compared_out_of_turn_has_no_second_panel(world_of_panels):
    """Two panels of the first wave's sheets, of a later and of a still later wave, would differ by a few known ones."""
    third = later(world_of_panels, 3, away=0.4)
    assert page(third, world_of_panels.county).scales[CALM].panel.wave == 0
    second = later(world_of_panels, 2, away=0.4)
    assert page(second, world_of_panels.county).scales[CALM].panel_hidden == PanelGap.TAKEN
    assert audit_release(second.releases.get()).is_clean


@pytest.mark.parametrize("again", [1, 2])
def test_answers_that_stand_in_two_waves_are_in_no_panel(world_of_panels, again):
    """Each wave would have its panel, and nobody would have judged both over the one set of sheets."""
    world, twin = world_of_panels, later(world_of_panels, 2, away=0.4) if again == 2 else world_of_panels.t1
    moment = (again - 1) * YEAR + timedelta(days=1)
    a_released_wave(
        world, [world.version], slug="again", opens=OPENS + moment, closes=CLOSES + moment, seed=again,
        missing=Missing(away=0.4),
    )  # fmt: skip
    assert twin.slug == f"t{again}"
    last = later(world, again + 1, away=0.4)
    assert page(last, world.county).scales[CALM].panel_hidden == PanelGap.TAKEN


def test_a_release_that_another_of_its_series_came_before_is_judged_again(world_of_panels, monkeypatch):
    """Both were made ready at once, and each would have its panel with the first wave."""
    second = later(world_of_panels, 2, away=0.4, released=False)
    prepare, times = releases.prepare, []

    def and_then_another(wave, report=None):
        prepared = prepare(wave)
        times.append(wave.slug)
        if len(times) == 1:
            monkeypatch.setattr(releases, "prepare", prepare)
            later(world_of_panels, 3, away=0.4)
            monkeypatch.setattr(releases, "prepare", and_then_another)
        return prepared

    monkeypatch.setattr(releases, "prepare", and_then_another)
    releases.release_wave(wave=second, by=None, at=CLOSES + YEAR)
    assert times == ["t2", "t2"]
    assert page(second, world_of_panels.county).scales[CALM].panel_hidden == PanelGap.TAKEN


def test_pseudonyms_that_nobody_shares_make_no_panel(world_of_panels, monkeypatch):
    monkeypatch.setattr(extract, "_pseudonyms", lambda pid: np.arange(len(pid)) + 1000 * next(count))
    count = iter(range(10))
    t2 = later(world_of_panels, 2, away=0.4)
    assert page(t2, world_of_panels.ask).scales[CALM].panel_hidden == PanelGap.PROTECTED


def partner_of(t2):
    """The earlier wave of the panel that `t2` would have if it were made anew."""
    form = form_of(t2)
    return form, partners(form, waves_before(t2, form.form.informant), [])([CALM])


def lose_a_sheet(wave) -> None:
    """One goes after the release, as an erasure takes it."""
    pid = read_columns(store.answers_place(), wave.slug, form_of(wave).form.number).pid[0]
    store.erase_person(wave.slug, [pid.tobytes()])


def test_a_sheet_that_was_erased_since_is_held_to_be_outside_the_panel(world_of_panels):
    """Its block is one in which somebody is in it and somebody is not, however the others are."""
    world = world_of_panels
    t2 = later(world, 2, away=0.4)
    assert partner_of(t2)[1].lost is None
    lose_a_sheet(world.t1)
    _form, partner = partner_of(t2)
    assert partner.lost[0] == 1
    lacking = np.flatnonzero(partner.lost)  # where it hung, and all above
    assert partner.form.tree.depth[lacking].tolist() == list(range(len(lacking)))


def test_where_a_sheet_of_the_wave_before_is_erased_nobody_knows_who_was_in_that_panel(world_of_panels):
    world = world_of_panels
    later(world, 2, away=0.4)
    t3 = later(world, 3, away=0.4)
    there, shown = partner_of(t3)[1].other(CALM)
    assert shown.any()
    assert there.sum() > 7
    lose_a_sheet(world.t1)
    there, again = partner_of(t3)[1].other(CALM)
    assert there is None
    np.testing.assert_array_equal(shown, again)


def test_the_gate_judges_what_the_pages_hold(world_of_panels):
    world = world_of_panels
    t2 = later(world, 2, away=0.4)
    form = form_of(t2)
    results = releases.results_of(form, Thresholds())[0]
    panels = releases.panels_of(form, results, 7, waves_before(t2, form.form.informant))
    panels.gate(panels.shown)
    for unit, scale in ((world.ask_8a, CALM), (world.county, len(panels.why_not) - 1)):
        told = panels.shown.copy()
        told[number_of(t2, unit), scale] = True
        with pytest.raises((ReleaseRefused, ValueError)):
            panels.gate(told)


def test_the_audit_goes_through_panels_of_both_waves(world_of_panels):
    world = world_of_panels
    t2 = later(world, 2, away=0.4)
    for wave in (world.t1, t2):
        assert audit_release(wave.releases.get()).is_clean
    rows = ReleasedPage.objects.everywhere(why="system: a test").filter(release__wave=t2)
    panel = rows.get(node__number=0).read().scales[CALM].panel
    a_class_page = rows.get(node__number=number_of(t2, world.ask_8a))
    content = a_class_page.read()
    first = msgspec.structs.replace(content.scales[CALM], panel=panel)
    tamper(a_class_page, msgspec.structs.replace(content, scales=[first, *content.scales[1:]]))
    found = audit_release(t2.releases.get())
    assert any("panel" in line for line in found.refused)
    store.delete_answers(world.t1.slug)
    assert any("answers of another wave are gone" in line for line in audit_release(t2.releases.get()).left_out)


def test_a_school_that_was_not_there_then_has_nothing_to_say_of_a_panel(world_of_panels):
    world = world_of_panels
    new = a_unit(Kind.SCHOOL, "Furu skole", world.hamar)
    a_class(new, "8A", 8, 40)
    t2 = later(world, 2, away=0.4)
    cell = page(t2, new).scales[CALM]
    assert (cell.value is not None, cell.panel, cell.panel_hidden) == (True, None, PanelGap.NONE)
