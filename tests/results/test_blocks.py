"""Every released number is a function of whole blocks: who sits where inside one shows nowhere (RULES A.3).

The strongest form of it: people are moved about among the hidden classes of one parent, who were invited as before, and
every byte of every page stays, and every number that is pooled over the wave, in this wave and in the next.
"""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kfl.results.making import history, release
from kfl.results.making.change_over_time import changes
from kfl.results.making.expectation import expected
from kfl.results.making.pages import PageWriter
from kfl.results.making.sheet_arrays import Answers
from kfl.results.payload import NodeBeside
from tests.results.counties import CALM, County, frozen_by


def written(results, earlier=()):
    """Pages as bytes by node, and all that is pooled over the wave."""
    nodes = results.nodes.tolist()
    kinds = results.kind.tolist()
    places = [NodeBeside(node, kind, f"node {node}", None) for node, kind in zip(nodes, kinds, strict=True)]
    pages = {page.node: page.text for page in PageWriter(results, [CALM], places, earlier).pages()}
    made = results.measure
    pooled = [
        made.reference.mu.tolist(),
        made.reference.sigma.tolist(),
        release._spread(results, 0),
        {kind: found.tolist() for kind, found in results.icc2.items()},
        results.reliability,
        expected(results, changes(results, earlier).then),
    ]
    return pages, msgspec.json.encode(pooled)


def as_earlier(results, pages):
    """As the next wave reads it from the pages."""
    keys = [(node, None) for node in results.nodes.tolist()]
    scales = [(CALM.spec.key, CALM.digest)]
    return history.earlier(
        keys,
        scales,
        scales,
        {(node, None): msgspec.json.decode(text, type=history.Page) for node, text in pages.items()},
    )


def same_decision(one, other):
    return all(
        np.array_equal(getattr(one.decision, name), getattr(other.decision, name))
        for name in ("scale", "items", "split", "answered")
    )


def moved(answers, results, random, anywhere):
    """Those who hang at hidden nodes have changed places inside their block; with `anywhere` counts change, too."""
    place = np.full(results.nodes.max() + 1, -1)
    place[results.nodes] = np.arange(len(results.nodes))
    at = place[answers.group]
    block = results.nearest[at, 0]
    counted = results.tree.nearest(results.decision.answered == 0)[at]
    hidden = (block != at) & (counted != at)
    group = answers.group.copy()
    for one in np.unique(block[hidden]):
        for other in np.unique(counted[hidden & (block == one)]):
            people = np.flatnonzero(hidden & (block == one) & (counted == other))
            if anywhere:
                group[people] = random.choice(np.unique(group[people]), len(people))
            else:
                group[people] = random.permutation(group[people])
    return Answers(group, answers.split, answers.codes, answers.alone), int(hidden.sum())


SIZES = st.integers(0, 15)
CLASSES = st.lists(SIZES, min_size=1, max_size=4)
SCHOOLS = st.lists(st.tuples(st.lists(CLASSES, max_size=3), st.lists(SIZES, max_size=3)), min_size=1, max_size=4)
COUNTIES = st.lists(SCHOOLS, min_size=1, max_size=3)


def county_of(shape, seed):
    """Municipalities of schools with grades of classes, and mixed classes right under them; 0 people are 0 answers."""
    county = County(seed)
    for schools in shape:
        municipality = county.node(0, "municipality")
        for grades, mixed in schools:
            school = county.node(municipality, "school")
            for classes in grades:
                grade = county.node(school, "grade")
                for people in classes:
                    county.class_of(grade, people)
            for people in mixed:
                county.class_of(school, people)
            if not grades and not mixed:
                county.answered(school, 9)
    return county


@settings(max_examples=40, deadline=None)
@given(COUNTIES, st.integers(0, 2**32), st.booleans(), st.sampled_from([0.0, 0.05]))
def test_moving_people_inside_hidden_blocks_leaves_every_byte(shape, seed, anywhere, skipped):
    county = county_of(shape, seed)
    random = np.random.default_rng(seed)
    assume(sum(count for _, count in county.people) >= 7)
    answers = county.answers(seed, skipped=skipped)
    first = county.computed(answers)
    other_answers, count = moved(answers, first, random, anywhere)
    other = county.computed(other_answers)
    assume(count and same_decision(first, other))
    pages = written(first)
    assert written(other) == pages
    # The next wave measures with what this one froze, and its hidden people are moved, too.
    again = county.answers(seed + 1, skipped=skipped)
    second = county.computed(again, frozen_by(first))
    third = county.computed(moved(again, second, random, anywhere)[0], frozen_by(other))
    assume(same_decision(second, third))
    earlier = [as_earlier(first, pages[0])]
    assert written(third, earlier) == written(second, earlier)


def test_a_hundred_waves_tell_nothing_of_two_hidden_classes():
    """One school, and all that its block holds is known: which of two hidden classes is the happier one is not told."""
    county = County(4)
    school = county.node(0, "school")
    grade = county.node(school, "grade")
    for _ in range(12):
        county.class_of(grade, 14)
    small = [county.class_of(grade, people) for people in (4, 5)]
    frozen = [None, None]
    told = 0
    for wave in range(100):
        answers = county.answers(100 + wave, lift={small[0]: 1.0, small[1]: -1.0}, skipped=0.0)
        group = answers.group.copy()
        hidden = np.flatnonzero(np.isin(group, small))
        group[hidden] = group[hidden[::-1]]
        results = []
        for number, sheets in enumerate((answers, Answers(group, answers.split, answers.codes, answers.alone))):
            found = county.computed(sheets, frozen[number])
            frozen[number] = frozen[number] or frozen_by(found)
            results.append(found)
        assert (results[0].decision.scale[small, 0] != 0).all()
        assert frozen[0] == frozen[1]
        assert written(results[0]) == written(results[1])
        told += len(written(results[0])[0])
    assert told == 100 * len(county.parent)


@pytest.mark.parametrize("at, differs", [("hidden", False), ("shown", True)])
def test_moving_people_between_shown_classes_would_show(at, differs):
    """The test above can fail: the same move among shown classes changes pages."""
    county = County(4)
    grade = county.node(county.node(0, "school"), "grade")
    classes = [county.class_of(grade, 14) for _ in range(12)]
    small = [county.class_of(grade, people) for people in (4, 5)]
    answers = county.answers(1, skipped=0.0)
    two = small if at == "hidden" else classes[:2]
    group = answers.group.copy()
    chosen = np.flatnonzero(np.isin(group, two))
    group[chosen] = group[chosen[::-1]]
    before, after = (
        county.computed(Answers(one, answers.split, answers.codes, answers.alone)) for one in (answers.group, group)
    )
    assert (written(before) != written(after)) == differs
