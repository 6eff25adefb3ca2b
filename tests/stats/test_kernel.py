"""The compiled loops: any order, shape, code and length of run; what they refuse; who imports them."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kfl.stats import (
    BadAnswers,
    BadScale,
    ReferenceMoments,
    ScaleSpec,
    collect,
    collect_alpha,
    collect_pairwise,
    collect_products,
    collect_scores,
    collect_tables,
    kernel,
    person_points,
    person_scores,
    planes,
    points,
)
from kfl.stats.columns import blocks, in_runs
from kfl.stats.scores import person_totals
from kfl.stats.warm import warm

from . import plain

SUMMING = [
    lambda answers, scale: collect(answers, everybody(answers), 1, [scale]),
    lambda answers, scale: collect_scores(answers, everybody(answers), 1, [scale]),
    lambda answers, scale: collect_products(answers, everybody(answers), 1, scale),
    lambda answers, scale: collect_alpha(answers, everybody(answers), 1, [scale]),
    lambda answers, scale: collect_pairwise(answers, scale),
    lambda answers, scale: collect_tables(answers, scale),
    lambda answers, scale: person_scores(answers, scale),
    lambda answers, scale: person_totals(answers, scale),
    lambda answers, scale: person_points(answers, [scale], ReferenceMoments(np.array([3.0]), np.array([1.0]))),
]


def everybody(answers):
    return np.zeros(answers.shape[1], dtype=int)


@st.composite
def forms(draw):
    """A scale of any codes a byte holds, and sheets of it, some answers missing."""
    items = draw(st.integers(1, 9))
    low = draw(st.integers(0, 3))
    high = low + draw(st.sampled_from([1, 2, 4, 5, 6, 7, 10, 60, 120]))
    turned = tuple(draw(st.lists(st.booleans(), min_size=items, max_size=items)))
    rows = tuple(draw(st.permutations(range(items + 1)))[:items])
    people = draw(st.integers(0, 30))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    answers = random.integers(low, high + 1, (items + 1, people)).astype(np.int8)
    answers[random.random(answers.shape) < draw(st.sampled_from([0.0, 0.05, 0.5]))] = -1
    return answers, ScaleSpec("any", rows, turned, low, high), random


def sheets_of(answers, scale):
    """Turned sheets as lists, None where not answered."""
    return [
        [plain.turned(None if c < 0 else int(c), i, scale) for i, c in ((i, sheet[i]) for i in scale.items)]
        for sheet in answers.T
    ]


@given(forms())
@settings(max_examples=60)
def test_every_code_and_length_is_summed_as_people_one_by_one(form):
    answers, scale, random = form
    group = random.integers(0, 3, answers.shape[1])
    sums = collect(answers, group, 3, [scale])
    products = collect_products(answers, group, 3, scale)
    (alpha,) = collect_alpha(answers, group, 3, [scale])
    people = [[None if c < 0 else int(c) for c in sheet] for sheet in answers.T]
    for g in range(3):
        members = [p for p, of in zip(people, group, strict=True) if of == g]
        scores = plain.scores(members, scale)
        assert sums.persons[g, 0] == len(scores)
        assert sums.score_sum[g, 0] == sum(scores) * scale.unit
        assert sums.score_square_sum[g, 0] == sum(v * v for v in scores) * scale.unit**2
        for row in scale.items:
            given_codes = [p[row] for p in members if p[row] is not None]
            assert sums.counts[g, row].tolist() == [given_codes.count(code) for code in range(scale.high + 1)]
        full = [sheet for sheet in sheets_of(answers[:, group == g], scale) if None not in sheet]
        assert products.people[g] == alpha.people[g] == len(full)
        for i in range(len(scale.items)):
            assert products.totals[g, i] == alpha.totals[g, i] == sum(s[i] for s in full)
            assert alpha.squares[g, i] == sum(s[i] ** 2 for s in full)
            for j in range(len(scale.items)):
                assert products.products[g, i, j] == sum(s[i] * s[j] for s in full)
        assert alpha.total_squares[g] == sum(sum(s) ** 2 for s in full)


def test_chunks_runs_and_blocks_have_no_seams(monkeypatch):
    """Groups longer than a chunk, and mixed groups over many blocks, give what bincount gives."""
    monkeypatch.setattr("kfl.stats.columns._BLOCK", 5000)
    random = np.random.default_rng(1)
    people = 3 * kernel.CHUNK + 77
    answers = random.integers(-1, 5, (3, people)).astype(np.int8)
    answers[answers == 0] = -1
    scale = ScaleSpec("mood", (0, 1, 2), (False, True, False), 1, 4)
    for group in (np.sort(random.integers(0, 4, people)), random.integers(0, 300, people), np.arange(people)):
        groups = int(group.max()) + 1
        sums = collect(answers, group, groups, [scale])
        for row in range(3):
            for code in range(1, 5):
                expected = np.bincount(group[answers[row] == code], minlength=groups)
                np.testing.assert_array_equal(sums.counts[:, row, code], expected)
        answered, total = person_totals(answers, scale)
        scored = answered >= 2
        points_each = np.where(scored, total * 6 // np.maximum(answered, 1), 0)
        np.testing.assert_array_equal(sums.persons[:, 0], np.bincount(group[scored], minlength=groups))
        np.testing.assert_array_equal(sums.score_sum[:, 0], np.bincount(group, points_each, groups))
        np.testing.assert_array_equal(sums.score_square_sum[:, 0], np.bincount(group, points_each**2, groups))
        only = collect_scores(answers, group, groups, [scale])
        assert (only.persons == sums.persons).all()
        assert (only.score_square_sum == sums.score_square_sum).all()


def test_people_are_put_in_order_only_where_groups_are_mixed():
    assert in_runs(np.repeat([3, 1, 2], 20))[0][0] is None
    mixed = np.tile([70_000, 1, 2], 20)
    ((order, runs),) = in_runs(mixed)
    assert runs.group.tolist() == [1, 2, 70_000]
    assert mixed[order].tolist() == sorted(mixed)
    columns = np.arange(60, dtype=np.uint8)[np.newaxis]
    columns.flags.writeable = False
    (block,) = blocks(columns, ScaleSpec("one", (0,), (False,), 0, 60), [(order, runs)])
    assert block.columns[0].tolist() == order.tolist()


@pytest.mark.parametrize("total", SUMMING)
@pytest.mark.parametrize("kind", [np.int8, np.int16, np.int64])
@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("code", [0, 6, -2, 99, -128, 127])
def test_codes_outside_the_scale_are_named(total, kind, turned, code):
    answers = np.array([[3] * 40, [3] * 40, [1] * 40], dtype=kind)
    answers[1, 17] = code
    scale = ScaleSpec("mood", (0, 1), (turned, turned), 1, 5)
    with pytest.raises(BadAnswers, match=r"mood.*row 1.*1\.\.5"):
        total(answers, scale)


@pytest.mark.parametrize("total", SUMMING)
def test_other_bad_input_is_named(total):
    answers = np.ones((2, 4), dtype=np.int8)
    with pytest.raises(BadAnswers, match="row 2"):
        total(answers, ScaleSpec("mood", (0, 2), (False, False), 1, 5))
    with pytest.raises(BadScale, match="above 126"):
        total(answers, ScaleSpec("long", (0, 1), (False, False), 1, 127))
    with pytest.raises(BadAnswers, match="whole"):
        total(answers.astype(float), ScaleSpec("mood", (0, 1), (False, False), 1, 5))
    with pytest.raises(BadScale, match="1000"):
        total(answers, ScaleSpec("long", tuple(range(1001)), (False,) * 1001, 1, 5))


@pytest.mark.parametrize("total", SUMMING)
def test_answers_may_lie_in_memory_in_any_way(total):
    random = np.random.default_rng(3)
    scale = ScaleSpec("mood", (0, 1), (False, True), 1, 5)
    answers = random.integers(1, 6, (2, 90)).astype(np.int8)
    by_people = np.asfortranarray(answers)
    wide = np.repeat(answers, 2, axis=1)[:, ::2]
    frozen = answers.copy()
    frozen.flags.writeable = False
    expected = numbers(total(answers, scale))
    for other in (by_people, wide, frozen, answers.astype(np.int32), answers.astype(np.uint16)):
        for one, two in zip(numbers(total(other, scale)), expected, strict=True):
            np.testing.assert_array_equal(one, two)


def numbers(result):
    """The arrays of whatever was summed."""
    if isinstance(result, np.ndarray):
        return [result]
    if isinstance(result, (list, tuple)):
        return [array for part in result for array in numbers(part)]
    return [value for value in vars(result).values() if isinstance(value, np.ndarray)]


def test_long_scales_have_person_scores_too():
    scale = ScaleSpec("joint", tuple(range(120)), (False, True) * 60, 1, 5)
    answers = np.random.default_rng(5).integers(1, 6, (120, 9)).astype(np.int8)
    answers[:70, 2] = -1
    people = [[None if c < 0 else int(c) for c in sheet] for sheet in answers.T]
    expected = [plain.person_score(p, scale) for p in people]
    expected = [np.nan if score is None else float(score) for score in expected]
    np.testing.assert_array_equal(person_scores(answers, scale), expected)


def test_points_of_people_are_their_scores_in_points():
    scales = [ScaleSpec("a", (0, 1), (False, True), 1, 5), ScaleSpec("b", (2,), (False,), 0, 1)]
    answers = np.array([[1, 2, -1], [5, 5, -1], [0, 1, 1]], dtype=np.int8)
    by = ReferenceMoments(np.array([2.0, 0.5]), np.array([0.7, 0.4]))
    scores = np.stack([person_scores(answers, scale) for scale in scales])
    np.testing.assert_array_equal(person_points(answers, scales, by), points(scores.T, by).T)


def test_work_spread_over_threads_gives_the_same(monkeypatch):
    random = np.random.default_rng(8)
    answers = random.integers(1, 6, (6, 9000)).astype(np.int8)
    scales = [ScaleSpec(f"s{i}", (i, (i + 1) % 6), (False, True), 1, 5) for i in range(6)]
    group = random.integers(0, 9, 9000)
    alone = collect(answers, group, 9, scales), collect_alpha(answers, group, 9, scales)
    joint = ScaleSpec("joint", tuple(range(6)), (False,) * 6, 1, 5)
    tables = collect_tables(answers, joint)
    monkeypatch.setattr("kfl.stats.columns._WORTH_THREADS", 0)
    monkeypatch.setattr("kfl.stats.columns.cores", lambda: 3)
    monkeypatch.setattr("kfl.stats.crossed.cores", lambda: 3)
    together = collect(answers, group, 9, scales), collect_alpha(answers, group, 9, scales)
    for one, two in zip(numbers(alone), numbers(together), strict=True):
        np.testing.assert_array_equal(one, two)
    np.testing.assert_array_equal(collect_tables(answers, joint).counts, tables.counts)


def run(code, **environment):
    """A new process with the packages that this one has."""
    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_nobody_imports_numba_before_there_is_something_to_sum():
    setup = "import django, os; os.environ['DJANGO_SETTINGS_MODULE'] = 'kfl.web.settings'; django.setup(); "
    run(
        setup + "import sys, kfl.stats, kfl.results.views, kfl.results.making.compute; sys.exit('numba' in sys.modules)"
    )


def test_sums_are_made_where_no_folder_can_keep_compiled_code(tmp_path):
    """Installed read-only, with a home that does not exist."""
    code = """
import numpy as np, numba.core.caching as caching
caching.CacheImpl._locator_classes = []
from kfl.stats import ScaleSpec
from kfl.stats.scores import person_totals
print(person_totals(np.array([[0, 1], [1, 1]], dtype=np.int8), ScaleSpec("two", (0, 1), (False, False), 0, 1)))
"""
    assert run(code) == "(array([2, 2]), array([1, 2]))\n"


def test_two_processes_may_compile_into_one_folder_at_once(tmp_path):
    code = """
import numpy as np
from kfl.stats import ScaleSpec
from kfl.stats.scores import person_totals
print(person_totals(np.array([[0, 1], [1, 1]], dtype=np.int8), ScaleSpec("two", (0, 1), (False, False), 0, 1)))
"""
    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(lambda _: run(code, NUMBA_CACHE_DIR=str(tmp_path)), range(2)))
    assert said == ["(array([2, 2]), array([1, 2]))\n"] * 2
    assert list(tmp_path.rglob("*.nbi"))


def test_warming_up_leaves_nothing_to_compile():
    warm()
    compiled = [kernel.sum_runs, kernel.look_up, kernel.sheets, kernel.complete_runs, kernel.gather, planes.pair_tables]
    assert all(len(function.signatures) == 1 for function in compiled)
