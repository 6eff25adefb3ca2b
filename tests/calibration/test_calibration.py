"""What pages tell, against counties whose truth is known: a sample in every run, the whole table in `make prove`."""

from __future__ import annotations

import os
from dataclasses import replace

import numpy as np
import pytest

from . import truths
from .planted import plant
from .promised import GOALS, KNOWN, LINES, is_known
from .runs import run
from .scenarios import COUNTIES, DIFFER, GOALS_SET, SCENARIOS, one_county
from .table import CERTAINLY, CLEARLY, markdown, misses, write
from .tallies import together
from .worlds import (
    CLASS,
    GRADE,
    LEVELS,
    MUNICIPALITY,
    REGION,
    SCHOOL,
    SCHOOLS,
    a_county,
    a_wave,
    an_instrument,
    answers_of,
)

PROVE = bool(os.environ.get("KFL_PROVE"))
SEED = "the worlds' names"
SLACK = 4  # standard errors in a sample: the numbers of a run are always the same
BY_NAME = {one.name: one for one in SCENARIOS}


@pytest.fixture(scope="module")
def counted():
    """A few counties of three worlds."""
    chosen = {"nothing differs": 2, "all differ": 3, "two waves, 37 % the same pupils": 1}
    return {name: [one_county(BY_NAME[name], number) for number in range(n)] for name, n in chosen.items()}


@pytest.fixture(scope="module")
def sample(counted):
    return {name: together(counties) for name, counties in counted.items()}


@pytest.mark.parametrize("kind", [CLASS, GRADE, SCHOOL])
@pytest.mark.parametrize("name", ["all differ", "two waves, 37 % the same pupils"])
def test_intervals_cover_the_truth(sample, kind, name):
    found = sample[name][kind, "covered"]
    slack = SLACK * max(found.se, (0.05 * 0.95 / found.of) ** 0.5)
    assert 0.94 - slack < found.value < 0.96 + slack


@pytest.mark.parametrize("kind", [CLASS, GRADE, SCHOOL])
def test_stated_and_true_errors_agree(sample, kind):
    found = sample["all differ"][kind, "variance, stated to true"]
    assert 0.9 < found.value**0.5 < 1.1


@pytest.mark.parametrize("kind", [CLASS, GRADE, SCHOOL, MUNICIPALITY])
def test_few_pages_tell_what_is_false(sample, kind):
    for name, table in sample.items():
        found = table[kind, "wrong pages"]
        assert found.value < 0.05 + SLACK * (0.05 * 0.95 / found.of) ** 0.5, name


@pytest.mark.parametrize("kind", [CLASS, SCHOOL])
def test_pages_speak_where_units_differ_and_are_right(sample, kind):
    found = sample["all differ"]
    assert found[kind, "silent pages"].value < 0.10
    assert found[kind, "right sign, likely"].value > 0.90
    assert found[kind, "right sign, certain"].value > 0.97


def test_goals_on_the_weakest_scale_are_judged_against_what_comes_by_itself(sample):
    found = sample["two waves, 37 % the same pupils"]
    assert found[SCHOOL, "goals, points by themselves"].value > 5  # else nothing was tried
    assert found[SCHOOL, "goals, above by chance"].value < 0.05 + SLACK * (0.05 * 0.95 / 220) ** 0.5
    assert found[SCHOOL, "goals, +40 seen"].value > 0.5


@pytest.mark.parametrize("kind", LEVELS)
def test_truth_is_what_very_many_would_answer(kind):
    """The expectation in closed form against a unit that is drawn again and again, all below it anew."""
    random = np.random.default_rng(3)
    instrument = an_instrument((0.0, 1.3))
    wave = a_wave(random, a_county(random, SCHOOLS[6:10]), instrument, DIFFER)
    county, scales = wave.county, instrument.scales
    unit = county.of_kind(kind)[1]
    kept = np.zeros(len(county.parent), dtype=bool)
    node = unit
    while node >= 0:
        kept[node], node = True, county.parent[node]
    under = county.ancestor(kind)[wave.people.group] == unit
    means = []
    for _ in range(200):
        new = a_wave(random, county, instrument, DIFFER)
        codes = answers_of(random, replace(new, effect=np.where(kept[:, np.newaxis], wave.effect, new.effect)))
        mine = county.ancestor(kind)[codes.group] == unit
        chosen = np.where(codes.codes[:, mine] < 0, np.nan, codes.codes[:, mine])
        chosen[3::4] = 6 - chosen[3::4]
        means.append(np.nanmean(chosen, axis=1).reshape(scales, 4).mean(axis=1))
    assert under.sum() > 0
    found, error = np.mean(means, axis=0), np.std(means, axis=0) / len(means) ** 0.5
    assert np.abs(found - truths.of_units(wave)[unit]).max() < 4 * error.max()


def test_planted_units_lie_as_far_from_the_rest_as_they_should():
    random = np.random.default_rng(8)
    wave = a_wave(random, a_county(random), an_instrument((0.0, 0.6, 1.3)), DIFFER)
    county, sigma = wave.county, truths.spread_of_persons(wave.instrument, DIFFER)
    moved, units = plant(random, wave, (MUNICIPALITY, SCHOOL, CLASS))
    assert {one.kind for one in units} == {MUNICIPALITY, SCHOOL, CLASS}
    truth = truths.of_units(moved)
    for one in units:
        above = county.ancestor({CLASS: SCHOOL, SCHOOL: MUNICIPALITY, MUNICIPALITY: REGION}[one.kind])[one.node]
        rest = truths.of_rest(moved, truth, np.full(truth.shape, above))
        apart = 100 * (truth - rest)[one.node, one.scale] / sigma[one.scale]
        assert apart == pytest.approx(one.points, abs=0.01)


def test_the_rest_of_a_region_lacks_what_is_left_out():
    random = np.random.default_rng(9)
    wave = a_wave(random, a_county(random, (3, 3, 3, 3)), an_instrument((0.3,)), DIFFER)
    county, truth = wave.county, truths.of_units(wave)
    one, other = (node for node in county.of_kind(MUNICIPALITY) if county.parent[node] == 1)
    above = np.where(county.tree.kind == CLASS, county.ancestor(SCHOOL), 1)[:, np.newaxis]
    rest = truths.of_rest(wave, truth, above)
    assert rest[one] == pytest.approx(truth[other])
    a_class = county.of_kind(CLASS)[0]
    assert rest[a_class] == pytest.approx(truth[county.ancestor(SCHOOL)[a_class]])


def test_errors_know_what_belongs_to_one_county():
    """Ten counties in each of which all or nothing is so tell as little as ten answers."""
    key = (CLASS, "x")
    found = together([{key: (100.0 * (number % 2), 100.0)} for number in range(10)])[key]
    assert found.value == 0.5
    assert found.se == pytest.approx((0.25 / 9) ** 0.5)


def test_another_process_counts_the_same(counted):
    found = run([BY_NAME["all differ"]], {"all differ": 1}, processes=1)
    assert found == {"all differ": together(counted["all differ"][:1])}


@pytest.mark.skipif(not PROVE, reason="many minutes: only with KFL_PROVE")
def test_all_goals_are_reached_but_those_known_to_be_missed(promise):
    table = run(SCENARIOS, COUNTIES)
    write(markdown(table, COUNTIES, LINES, GOALS))
    assert [str(one) for one in misses(table, GOALS, CERTAINLY) if not is_known(one)] == []
    missed = list(misses(table, GOALS, CLEARLY))
    assert [known for known in KNOWN if not any(known.holds(one) for one in missed)] == []
    covered, wrong = (table["all differ"][SCHOOL, what].value for what in ("covered", "wrong pages"))
    chance = table[GOALS_SET[0]][SCHOOL, "goals, above by chance"].value
    promise("C.3 intervals", f"{100 * covered:.1f} % of schools' intervals cover the truth", seed=SEED)
    promise("C.4 certain", f"{100 * wrong:.1f} % of schools' pages call certain what is not so", seed=SEED)
    promise("C.10 goals", f"{100 * chance:.1f} % of schools' goals certainly above without a change", seed=SEED)
