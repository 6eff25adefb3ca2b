"""From frames of any kind to matrices and groups, and from results to columns with labels."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

from kfl.stats import BadAnswers, WrongKind, alphas, collect, collect_products, group_scores, nested_intercepts
from kfl.stats.labelling import answers_of, groups_of, labelled, tree_of
from kfl.stats.nested import NestedIntercepts
from kfl.stats.ordinal.factor import OrdinalConfirmatory

COLUMNS = {
    "calm": [1, None, 4, 2],
    "glad": [5, 3, None, None],
    "school": ["b", "a", None, "b"],
    "class": ["1", "2", "1", None],
}
CODES = [[1, -1, 4, 2], [5, 3, -1, -1]]
FRAMES = {
    "dict": COLUMNS,
    "polars": pl.DataFrame(COLUMNS),
    "pandas": pd.DataFrame(COLUMNS),
    "pandas with its own integers": pd.DataFrame(COLUMNS).convert_dtypes(),
    "words of a CSV": pl.DataFrame(COLUMNS).cast(pl.String),
    "arrays": {name: np.array(column, dtype=object) for name, column in COLUMNS.items()},
}


@pytest.mark.parametrize("kind", FRAMES)
def test_every_kind_of_frame_gives_the_same(kind):
    answers = answers_of(FRAMES[kind], ["calm", "glad"])
    assert answers.codes.tolist() == CODES
    assert answers.codes.dtype == np.int8
    groups = groups_of(FRAMES[kind], "school")
    assert (groups.labels, groups.number.tolist(), groups.count) == (("a", "b"), [1, 0, -1, 1], 2)
    both = groups_of(FRAMES[kind], "school", "class")
    assert (both.labels, both.number.tolist()) == ((("a", "2"), ("b", "1")), [1, 0, -1, -1])
    named = groups_of(FRAMES[kind], "school", blank="none")
    assert (named.labels, named.number.tolist()) == (("a", "b", "none"), [1, 0, 2, 1])
    tree = tree_of(FRAMES[kind], "school", "class")
    assert tree.labels == ((), ("a",), ("a", "2"), ("b",), ("b", "1"))
    assert (tree.parent.tolist(), tree.level.tolist()) == ([-1, 0, 1, 0, 3], [-1, 0, 1, 0, 1])
    assert tree.number.tolist() == [4, 2, 0, 3]
    assert (tree.count, tree.levels) == (5, 2)


def test_categories_and_words():
    frame = pd.DataFrame({"often": pd.Categorical(["never", "daily", None])})
    assert answers_of(frame, ["often"], words={"never": 1, "daily": 4}).codes.tolist() == [[1, 4, -1]]
    with pytest.raises(BadAnswers, match="'never' is no whole number, and no word with a code"):
        answers_of(frame, ["often"], words={"daily": 4})


@pytest.mark.parametrize("value", [2.5, -1, 127, 1e9, float("inf")])
def test_values_that_are_no_codes(value):
    with pytest.raises(BadAnswers, match="'calm'.*whole number from 0 to 126"):
        answers_of({"calm": [1, value]}, ["calm"])


def test_frames_that_do_not_fit():
    for frame in FRAMES.values():
        with pytest.raises(BadAnswers, match="no column 'sad'"):
            answers_of(frame, ["calm", "sad"])
    for wrong in (np.ones((3, 2)), None, "pupils.csv", [[1, 2]]):
        with pytest.raises(WrongKind, match="expected a frame"):
            groups_of(wrong, "school")
    with pytest.raises(BadAnswers, match="one length"):
        answers_of({"calm": [1], "glad": [1, 2]}, ["calm", "glad"])
    with pytest.raises(BadAnswers, match="one column"):
        answers_of(COLUMNS, [])


def test_a_scale_by_names():
    answers = answers_of(COLUMNS, ["glad", "calm"])
    scale = answers.scale("mood", ["calm", "glad"], low=1, high=5, turned=["glad"])
    assert (scale.items, scale.turned) == ((1, 0), (False, True))
    with pytest.raises(BadAnswers, match="no item 'sad'"):
        answers.scale("mood", ["calm", "sad"], low=1, high=5)
    with pytest.raises(BadAnswers, match="no item 'glad'"):
        answers.scale("mood", ["calm"], low=1, high=5, turned=["glad"])


def test_results_become_columns_with_labels():
    frame = pl.DataFrame({"a": [1, 2, 3, 4, 5, 4], "b": [2, 2, 3, 5, 5, 3], "school": ["x", "x", "x", "y", "y", "y"]})
    answers, schools = answers_of(frame, ["a", "b"]), groups_of(frame, "school")
    scale = answers.scale("mood", ["a", "b"], low=1, high=5)
    found = alphas(collect_products(answers.codes, schools.number, schools.count, scale))
    table = labelled(found, school=schools.labels)
    assert list(table) == ["school", "value", "low", "high", "people"]
    assert table["school"] == ["x", "y"]
    assert table["value"] == found.value.tolist()
    assert pl.DataFrame(table).shape == pd.DataFrame(table).shape == (2, 5)
    scores = group_scores(collect(answers.codes, schools.number, schools.count, [scale]))
    means = labelled(scores, "mean", school=schools.labels, scale=["mood"])
    assert means == {"school": ["x", "y"], "scale": ["mood", "mood"], "mean": scores.mean.ravel().tolist()}
    with pytest.raises(BadAnswers, match="no field 'mena'"):
        labelled(scores, "mena", school=schools.labels, scale=["mood"])
    with pytest.raises(BadAnswers, match="nothing of shape"):
        labelled(scores, school=["x"], scale=["mood"])
    with pytest.raises(BadAnswers, match="call the axis something else"):
        labelled(scores, mean=schools.labels, scale=["mood"])
    for wrong in (np.ones(2), None, dict):
        with pytest.raises(WrongKind, match="result of"):
            labelled(wrong, school=["x"])


def test_a_field_of_other_axes_is_never_labelled_with_these():
    """As many scales as levels, as many thresholds as factors."""
    one, two = np.arange(2.0), np.arange(4.0).reshape(2, 2)
    nested = NestedIntercepts(one, two, one, one, two, one)
    assert list(labelled(nested, level=["a", "b"], scale=["c", "d"])) == ["level", "scale", "groups", "between"]
    model = OrdinalConfirmatory(two, two, two, two, two, two, two, one, two, None, None, proper=True)
    assert "thresholds" not in labelled(model, item=["a", "b"], factor=["f", "g"])
    assert "thresholds" in labelled(model, item=["a", "b"], threshold=["1|2", "2|3"])


def test_a_tree_is_what_nested_models_want():
    random = np.random.default_rng(3)
    place = np.repeat(np.arange(6), 40)
    school = place * 4 + np.tile(np.repeat(np.arange(4), 10), 6)
    trait = random.normal(0, 0.8, 6)[place] + random.normal(0, 0.8, 24)[school] + random.normal(size=240)
    codes = np.clip(np.rint(3 + trait), 1, 5)
    frame = {"place": [f"p{one}" for one in place], "school": [f"s{one:02}" for one in school], "q": codes}
    answers, tree = answers_of(frame, ["q"]), tree_of(frame, "place", "school")
    scale = answers.scale("q", ["q"], low=1, high=5)
    own = group_scores(collect(answers.codes, tree.number, tree.count, [scale]))
    found = nested_intercepts(own, tree.parent, tree.level, tree.levels)
    assert found.groups.tolist() == [[6], [24]]
    assert (found.between > 0).all()
