"""Differential item functioning: equal to R's tests, planted differences found, none seen where none are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kfl.stats import BadAnswers, ScaleSpec, SumsDiffer, TooLittleData
from kfl.stats.dif import DifSize, DifTables, collect_dif, dif
from kfl.stats.dif_measures import cumulative_log_odds, general_association, mantel, mean_difference

from .worlds import committed_world, read_reference, synthetic_world

SIX = ScaleSpec("six", tuple(range(6)), (False, True, False, False, False, True), 1, 5)


def graded_answers(random, people, shift=0.0, apart=0.0):
    """Answers to SIX by a graded model: the second side lies `apart` higher, and on item 0 `shift` higher still."""
    side = random.integers(0, 2, people)
    person = random.normal(0, 1, people) + apart * side
    answers = np.empty((6, people), dtype=np.int8)
    for row, turned in enumerate(SIX.turned):
        value = 1.5 * person + (shift * side if row == 0 else 0) + random.logistic(size=people)
        code = 1 + (value > np.array([[-2.5], [-0.8], [0.8], [2.5]])).sum(axis=0)
        answers[row] = 6 - code if turned else code
    return answers, side


@pytest.mark.parametrize("matching", ["total", "rest"])
def test_dif_equals_r(matching):
    world = committed_world()
    rows = [row for row in read_reference("dif.csv") if row["matching"] == matching]
    assert len(rows) == 12
    for scale in world.scales:
        found = dif(collect_dif(world.answers, world.group % 2, scale), matching=matching)
        for i, row in enumerate(row for row in rows if row["scale"] == scale.key):
            assert found.strata[i] == int(row["strata"])
            assert found.people[i].sum() == int(row["people"])
            assert found.general_df[i] == int(row["general_df"])
            for name in ("chi2", "p", "smd", "smd_sd", "general_chi2", "general_p"):
                assert getattr(found, name)[i] == pytest.approx(float(row[name]), rel=1e-9, abs=1e-12)


def r_table(name):
    rows = [row for row in read_reference("dif_odds_tables.csv") if row["table"] == name]
    keys = [(int(row["stratum"]) - 1, int(row["side"]), int(row["code"])) for row in rows]
    counts = np.zeros(np.max(keys, axis=0) + 1)
    counts[tuple(np.transpose(keys))] = [int(row["people"]) for row in rows]
    return counts, next(row for row in read_reference("dif_odds.csv") if row["table"] == name)


def test_with_two_codes_all_is_mantel_haenszel():
    counts, row = r_table("admissions")
    log_odds, se = cumulative_log_odds(counts)
    assert log_odds == pytest.approx(float(row["log_odds"]), rel=1e-9)
    assert se == pytest.approx(float(row["se"]), rel=0.01)  # R's is the variance of Robins, Breslow and Greenland
    assert mantel(counts)[0] == pytest.approx(float(row["chi2"]), rel=1e-9)
    assert general_association(counts) == pytest.approx((float(row["chi2"]), 1, mantel(counts)[1]), rel=1e-9)


def test_cumulative_odds_are_near_those_of_a_proportional_odds_model():
    counts, row = r_table("housing")
    log_odds, se = cumulative_log_odds(counts)
    assert log_odds == pytest.approx(float(row["log_odds"]), abs=0.1 * float(row["se"]))
    assert se == pytest.approx(float(row["se"]), rel=0.02)


@pytest.mark.parametrize("strata, size", [(2, 60), (120, 4)])
def test_standard_errors_hold_in_few_large_and_many_small_strata(strata, size):
    random = np.random.default_rng(8)
    draws = []
    for _ in range(300):
        level = random.normal(0, 1, strata).repeat(size)
        side = np.arange(strata * size) % 2
        code = (0.5 * side + level + random.logistic(size=strata * size) > np.array([[-1], [0.5]])).sum(axis=0)
        counts = np.zeros((strata, 2, 3))
        np.add.at(counts, (np.arange(strata).repeat(size), side, code), 1)
        draws.append((*cumulative_log_odds(counts), *mean_difference(counts)))
    log_odds, log_se, smd, smd_se = np.transpose(draws)
    assert log_odds.mean() == pytest.approx(0.5, abs=0.05)
    assert np.sqrt((log_se**2).mean()) == pytest.approx(log_odds.std(), rel=0.1)
    assert np.sqrt((smd_se**2).mean()) == pytest.approx(smd.std(), rel=0.1)


@pytest.mark.parametrize("shift, size", [(1.0, DifSize.LARGE), (-1.0, DifSize.LARGE), (0.6, DifSize.MODERATE)])
def test_planted_difference_is_found_in_its_item(shift, size):
    answers, side = graded_answers(np.random.default_rng(4), 6000, shift=shift, apart=0.5)
    found = dif(collect_dif(answers, side, SIX))
    assert found.size[0] == size
    assert np.sign(found.smd[0]) == np.sign(found.log_odds[0]) == np.sign(shift)
    assert set(found.size[1:]) == {DifSize.NEGLIGIBLE}


def test_without_planted_differences_the_tests_hold_their_level():
    random = np.random.default_rng(11)
    p, general, sizes = [], [], []
    for _ in range(60):
        found = dif(collect_dif(*graded_answers(random, 600, apart=0.3), SIX))
        p.extend(found.p)
        general.extend(found.general_p)
        sizes.extend(found.size)
    assert 0.02 < np.mean(np.array(p) < 0.05) < 0.08
    assert 0.02 < np.mean(np.array(general) < 0.05) < 0.08
    assert sizes.count(DifSize.LARGE) <= 1


def test_a_difference_that_chance_may_explain_is_not_called_negligible():
    answers, side = graded_answers(np.random.default_rng(4), 90, shift=0.9)
    found = dif(collect_dif(answers, side, SIX))
    large = (np.abs(found.smd_sd) > 0.17) & (found.p_holm >= 0.05)
    assert large.any()
    assert [size is DifSize.OPEN for size in found.size] == large.tolist()
    assert all(abs(smd) <= 0.17 for smd, size in zip(found.smd_sd, found.size, strict=True) if size.value == "A")


def test_swapping_the_sides_turns_the_signs():
    answers, side = graded_answers(np.random.default_rng(5), 900, shift=0.4)
    one, two = (dif(collect_dif(answers, s, SIX)) for s in (side, 1 - side))
    assert one.log_odds == pytest.approx(-two.log_odds)
    assert one.log_odds_se == pytest.approx(two.log_odds_se)
    assert one.chi2 == pytest.approx(two.chi2)
    assert one.people.tolist() == two.people[:, ::-1].tolist()


@given(st.integers(0, 2**32), st.data())
def test_tables_are_the_same_for_any_split_and_order(seed, data):
    world = synthetic_world(seed, schools=4, size=8)
    side = world.group % 3 - 1
    scale = world.scales[0]
    whole = collect_dif(world.answers, side, scale)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(side)), max_size=3)))
    merged = None
    for piece in np.split(np.random.default_rng(seed).permutation(len(side)), cuts):
        part = collect_dif(world.answers[:, piece], side[piece], scale)
        merged = part if merged is None else part + merged
    assert np.array_equal(merged.counts, whole.counts)
    complete = (world.answers[list(scale.items)] >= 0).all(axis=0)
    assert whole.people.tolist() == [(complete & (side == s)).sum() for s in (0, 1)]


def tables_of(people):
    """A scale of three yes-no items with so many people at each total, half on each side, who answer alike."""
    counts = np.zeros((3, 4, 2, 2), dtype=np.int64)
    for total, half in enumerate(people):
        counts[:, total, :, 0] = half
    return DifTables(ScaleSpec("s", (0, 1, 2), (False,) * 3, 0, 1), counts)


@pytest.mark.parametrize(
    "people, strata",
    [([5, 5, 5, 5], 4), ([4, 5, 1, 5], 2), ([5, 5, 5, 4], 3), ([5, 0, 0, 5], 2), ([1, 1, 1, 1], 1), ([9, 0, 0, 0], 1)],
)
def test_thin_strata_are_joined_from_the_lowest_up(people, strata):
    found = dif(tables_of(people), smallest=10)
    assert found.strata.tolist() == [strata] * 3
    assert (found.people == sum(people)).all()


def test_nothing_is_known_where_all_answer_alike_or_no_score_is_shared():
    alike = dif(tables_of([9, 9, 9, 9]))
    assert np.isnan(alike.p).all()
    assert np.isnan(alike.general_p).all()
    assert np.isnan(alike.log_odds).all()
    assert set(alike.size) == {DifSize.UNKNOWN}
    counts = np.zeros((3, 4, 2, 2), dtype=np.int64)
    counts[:, 0, 0, 0] = counts[:, 3, 1, 1] = 20
    apart = dif(DifTables(alike.scale, counts))
    assert apart.strata.tolist() == [0, 0, 0]
    assert np.isnan(apart.smd).all()
    assert set(apart.size) == {DifSize.UNKNOWN}


def test_what_is_refused():
    answers, side = graded_answers(np.random.default_rng(6), 50)
    pair = ScaleSpec("pair", (0, 1), (False, False), 1, 5)
    with pytest.raises(TooLittleData, match="3 items"):
        dif(collect_dif(answers, side, pair))
    with pytest.raises(TooLittleData, match="one side"):
        dif(collect_dif(answers, np.zeros(50, dtype=int), SIX))
    with pytest.raises(BadAnswers, match="outside -1..1"):
        collect_dif(answers, side + 1, SIX)
    with pytest.raises(BadAnswers, match="at least 1"):
        dif(collect_dif(answers, side, SIX), smallest=1)
    with pytest.raises(BadAnswers, match="'sum'"):
        dif(collect_dif(answers, side, SIX), matching="sum")
    with pytest.raises(SumsDiffer):
        collect_dif(answers, side, SIX) + collect_dif(answers, side, pair)
